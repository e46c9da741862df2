"""Records that a lead can be made from: what they say of it, and which wait for one."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from yijian.web.accounts.queries import Right, User
from yijian.web.findings.queries import FindingGroup, group_for
from yijian.web.leads.actions import Given
from yijian.web.leads.models import Lead
from yijian.web.reviews.queries import Review, review_for, reviews_for


def _of_group(group: FindingGroup) -> Given:
    """A group of findings: what the rule says, how many were not rejected, what they come to."""
    live = group.n_new + group.n_confirmed + group.n_review
    yuan = group.yuan_new + group.yuan_confirmed + group.yuan_review
    return Given(
        source=Lead.Source.FINDING,
        title=f"{group.rule_short}：{live} 个疑点",
        facts=f"规则“{group.rule_title}”在该机构发现 {live} 个疑点，涉及 {yuan:,.2f} 元。",
        subject_kind=Lead.Subject.INSTITUTION if group.institution else Lead.Subject.AGENCY,
        received=timezone.localdate(),
        institution=group.institution,
        about=f"findings.group:{group.pk}",
        amount=yuan,
    )


def _of_review(review: Review) -> Given:
    """A bill whose determination was to look for a case."""
    lines = "；".join(line.what for line in review.lines.all())  # type: ignore[attr-defined]
    return Given(
        source=Lead.Source.REVIEW,
        title=f"审核单 {review.pk} 转立案线索",
        facts=f"审核认定转立案线索。结算 {review.setl_id or '—'}：{lines}"[:3000],
        subject_kind=Lead.Subject.INSTITUTION,
        received=timezone.localdate(),
        institution=review.institution,
        about=f"reviews.review:{review.pk}",
        amount=review.determined,
        begin=review.day,
        end=review.day,
    )


def given_of(user: User, about: str) -> Given:
    """What the record says, for whoever may see it. Http404 where it is none of these."""
    kind, _, key = about.partition(":")
    try:
        if kind == "findings.group":
            return _of_group(group_for(user, key))
        if kind == "reviews.review" and key.isdecimal():
            return _of_review(review_for(user, int(key)))
    except PermissionDenied:
        raise Http404 from None
    raise Http404("这条记录不能登记为线索。")


def waiting(user: User, limit: int = 20) -> "list[Review]":
    """Bills of the user's divisions that were determined to be leads and are in no book yet."""
    if not (user.may(Right.KEEP_LEADS) and user.may(Right.SEE_REVIEWS)):
        return []
    turned = list(reviews_for(user).filter(decision__outcome="to_case").order_by("pk")[:500])
    held = set(Lead.objects.filter(about__in=[f"reviews.review:{one.pk}" for one in turned]).values_list("about", flat=True))
    return [one for one in turned if f"reviews.review:{one.pk}" not in held][:limit]


PAGES = {
    "findings.group": ("疑点组", "findings:group", Right.SEE_FINDINGS),
    "reviews.review": ("审核单", "reviews:detail", Right.SEE_REVIEWS),
    "joint.visit": ("联合检查", "joint:visited", Right.SEE_JOINT),
    "transfers.transfer": ("部门移送", "transfers:detail", Right.SEE_TRANSFERS),
}
"""Kind of record → its word, its page, the right to see it."""


def page_of_source(user: User, lead: Lead) -> tuple[str, str] | None:
    """(words, address) of the record that it was made from, for whoever may see such records."""
    kind, _, key = lead.about.partition(":")
    if kind not in PAGES or not user.may(PAGES[kind][2]):
        return None
    words, name, _ = PAGES[kind]
    return f"查看{words}", reverse(name, args=[key])
