"""The ledger, letters and payments as lists that may leave as files."""

from django.http import QueryDict

from yijian.vocabulary.codes import code_tables
from yijian.web.accounts.queries import User
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of
from yijian.web.institutions.queries import institution_names
from yijian.web.recoveries import queries, views
from yijian.web.recoveries.models import Payment, Recovery, Stage


def _fund(recovery: Recovery) -> str:
    return code_tables()["insutype"].name_of(recovery.fund_type) if recovery.fund_type else ""


def _review(recovery: Recovery) -> int | None:
    return recovery.review or None  # a case's money is on no review


def _month(recovery: Recovery) -> str:
    return f"{recovery.month:%Y-%m}"


def _payer(payment: Payment) -> str:
    return payment.institution.name if payment.institution else "未识别"


RECOVERIES: tuple[Field[Recovery], ...] = (
    Field("机构编码", 16, "institution.code"),
    Field("机构名称", 30, "institution.name"),
    Field("审核单", 10, _review),
    Field("规则", 26, "rule"),
    Field("问题", 36, "rule_title"),
    Field("险种", 16, _fund),
    Field("发现月份", 10, _month),
    Field("退回通知", 34, "order.number"),
    Field("发现（元）", 14, "identified"),
    Field("告知（元）", 14, "notified"),
    Field("机构认可（元）", 14, "admitted"),
    Field("认定（元）", 14, "confirmed"),
    Field("责令退回（元）", 14, "ordered"),
    Field("已退回（元）", 14, "repaid"),
    Field("核销（元）", 14, "written_off"),
)
PAYMENTS: tuple[Field[Payment], ...] = (
    Field("到账日", 12, "day"),
    Field("流水号", 30, "reference"),
    Field("机构编码", 16, "institution.code"),
    Field("机构名称", 30, _payer),
    Field("付款单位", 30, "payer"),
    Field("金额（元）", 14, "amount"),
    Field("未冲抵（元）", 14, "left"),
    Field("摘要", 40, "note"),
    Field("登记人", 14, "by.display_name"),
)


def _recoveries(user: User, address: QueryDict) -> Sheet:
    filters = views.filters_of(address)
    found = queries.recoveries_for(user, filters)
    rows = found.order_by(*sorting_of(address, views.COLUMNS, "-confirmed").order)
    stages = {str(value): str(word) for value, word in Stage.choices} | {"open": "未退清"}
    said = [
        ("机构", institution_names().get(filters.institution, filters.institution)),
        ("问题", filters.rule),
        ("险种", code_tables()["insutype"].name_of(filters.fund_type) if filters.fund_type else ""),
        ("发现月份", filters.month),
        ("环节", stages.get(filters.stage, filters.stage)),
    ]
    chosen = [(title, value) for title, value in said if value]
    return sheet_of("追回台账", RECOVERIES, rows.iterator(chunk_size=2000), found.count(), chosen)


def _payments(user: User, address: QueryDict) -> Sheet:
    found = queries.payments_for(user)
    return sheet_of("到账登记", PAYMENTS, found.iterator(chunk_size=2000), found.count(), [])


LISTINGS = {"recoveries": Listing("追回台账", _recoveries), "payments": Listing("到账登记", _payments)}
