"""The ledger, letters and payments as lists that may leave as files."""

from django.http import QueryDict

from yijian.vocabulary.codes import code_tables
from yijian.web.accounts.queries import User
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of
from yijian.web.institutions.queries import institution_names
from yijian.web.recoveries import queries, views
from yijian.web.recoveries.models import Payment, Recovery, Stage

RECOVERIES: tuple[Field[Recovery], ...] = (
    Field("机构编码", 16, lambda r: r.institution.code),
    Field("机构名称", 30, lambda r: r.institution.name),
    Field("审核单", 10, lambda r: r.review),
    Field("规则", 26, lambda r: r.rule),
    Field("问题", 36, lambda r: r.rule_title),
    Field("险种", 16, lambda r: code_tables()["insutype"].name_of(r.fund_type) if r.fund_type else ""),
    Field("发现月份", 10, lambda r: f"{r.month:%Y-%m}"),
    Field("退回通知", 34, lambda r: r.order.number if r.order else ""),
    Field("发现（元）", 14, lambda r: float(r.identified)),
    Field("告知（元）", 14, lambda r: float(r.notified)),
    Field("机构认可（元）", 14, lambda r: float(r.admitted)),
    Field("认定（元）", 14, lambda r: float(r.confirmed)),
    Field("责令退回（元）", 14, lambda r: float(r.ordered)),
    Field("已退回（元）", 14, lambda r: float(r.repaid)),
    Field("核销（元）", 14, lambda r: float(r.written_off)),
)
PAYMENTS: tuple[Field[Payment], ...] = (
    Field("到账日", 12, lambda p: p.day.isoformat()),
    Field("流水号", 30, lambda p: p.reference),
    Field("机构编码", 16, lambda p: p.institution.code if p.institution else ""),
    Field("机构名称", 30, lambda p: p.institution.name if p.institution else "未识别"),
    Field("付款单位", 30, lambda p: p.payer),
    Field("金额（元）", 14, lambda p: float(p.amount)),
    Field("未冲抵（元）", 14, lambda p: float(p.left)),
    Field("摘要", 40, lambda p: p.note),
    Field("登记人", 14, lambda p: p.by.display_name),
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
