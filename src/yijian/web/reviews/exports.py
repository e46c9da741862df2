"""Reviews as a list that may leave as a file; an institution takes out its own."""

from decimal import Decimal

from django.http import QueryDict

from yijian.vocabulary.masking import masked_number
from yijian.web.accounts.queries import User
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of
from yijian.web.institutions.queries import institution_names
from yijian.web.reviews import queries, views
from yijian.web.reviews.models import Review
from yijian.web.reviews.steps import WORDS


def _figure(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


REVIEWS: tuple[Field[Review], ...] = (
    Field("审核单", 10, lambda r: r.pk),
    Field("机构编码", 16, lambda r: r.institution.code),
    Field("机构名称", 30, lambda r: r.institution.name),
    Field("来源", 10, lambda r: str(Review.Source(r.source).label)),
    Field("住院", 8, lambda r: "是" if r.inpatient else "否"),
    Field("结算编号", 24, lambda r: r.setl_id),
    Field("就诊编号", 24, lambda r: r.mdtrt_id),
    Field("人员编号（掩码）", 20, lambda r: masked_number(r.psn_no)),
    Field("结算日期", 12, lambda r: r.day.isoformat() if r.day else ""),
    Field("医疗费总额（元）", 16, lambda r: _figure(r.fees)),
    Field("基金支付（元）", 16, lambda r: _figure(r.fund)),
    Field("疑点金额（元）", 16, lambda r: _figure(r.amount)),
    Field("认定金额（元）", 16, lambda r: _figure(r.determined)),
    Field("告知书", 34, lambda r: r.notice.number if r.notice else ""),
    Field("答复期限", 12, lambda r: r.notice.due.isoformat() if r.notice else ""),
    Field("状态", 14, lambda r: WORDS[r.state]),
)


def _reviews(user: User, address: QueryDict) -> Sheet:
    filters = views.filters_of(address)
    found = queries.reviews_for(user, filters)
    rows = found.order_by(*sorting_of(address, views.COLUMNS, "-amount").order)
    said = filters.words(institution_names())
    return sheet_of("审核单", REVIEWS, rows.iterator(chunk_size=2000), found.count(), said)


LISTINGS = {"reviews": Listing("审核单", _reviews)}
