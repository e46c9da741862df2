"""Reviews as a list that may leave as a file; an institution takes out its own."""

from django.http import QueryDict

from yijian.vocabulary.masking import masked_number
from yijian.web.accounts.queries import User
from yijian.web.frame.export import Field, Listing, Sheet, sheet_of
from yijian.web.frame.tables import sorting_of
from yijian.web.institutions.queries import institution_names
from yijian.web.reviews import queries, views
from yijian.web.reviews.models import Review
from yijian.web.reviews.steps import WORDS


def _inpatient(review: Review) -> str:
    return "是" if review.inpatient else "否"


def _person(review: Review) -> str:
    return masked_number(review.psn_no)


def _state(review: Review) -> str:
    return WORDS[review.state]


REVIEWS: tuple[Field[Review], ...] = (
    Field("审核单", 10, "pk"),
    Field("机构编码", 16, "institution.code"),
    Field("机构名称", 30, "institution.name"),
    Field("来源", 10, "get_source_display"),
    Field("住院", 8, _inpatient),
    Field("结算编号", 24, "setl_id"),
    Field("就诊编号", 24, "mdtrt_id"),
    Field("人员编号（掩码）", 20, _person),
    Field("结算日期", 12, "day"),
    Field("医疗费总额（元）", 16, "fees"),
    Field("基金支付（元）", 16, "fund"),
    Field("疑点金额（元）", 16, "amount"),
    Field("认定金额（元）", 16, "determined"),
    Field("告知书", 34, "notice.number"),
    Field("答复期限", 12, "notice.due"),
    Field("状态", 14, _state),
)


def _reviews(user: User, address: QueryDict) -> Sheet:
    filters = views.filters_of(address)
    found = queries.reviews_for(user, filters)
    rows = found.order_by(*sorting_of(address, views.COLUMNS, "-amount").order)
    said = filters.words(institution_names())
    return sheet_of("审核单", REVIEWS, rows.iterator(chunk_size=2000), found.count(), said)


LISTINGS = {"reviews": Listing("审核单", _reviews)}
