"""Asking who may do what."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypedDict

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from yijian.web.accounts.filters import Filters
from yijian.web.accounts.models import Division, Organisation, Posting, User
from yijian.web.accounts.rights import Right, Role, roles
from yijian.web.accounts.scope import Scope, prefix_of, within
from yijian.web.audit_log.actions import address_of

__all__ = [
    "By",
    "Organisation",
    "Right",
    "Role",
    "Scope",
    "User",
    "accounts_for",
    "agencies_in",
    "areas_with",
    "by",
    "colleagues",
    "division_above",
    "division_name",
    "divisions_below",
    "divisions_of",
    "need",
    "organisation_of_institution",
    "organisations_for",
    "organisations_named",
    "organisations_taking_part",
    "partner_named",
    "partners_around",
    "partners_near",
    "people_of",
    "people_of_institution",
    "people_of_institutions",
    "people_with",
    "people_with_mail",
    "person_of",
    "places_of_organisations",
    "roles",
    "user_named",
    "user_with",
    "usernames",
    "within",
]


def person_of(request: HttpRequest) -> User:
    """The person of this request, whatever the roles: for pages that show only what is one's own. PermissionDenied for nobody."""
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    return user


class By(TypedDict):
    """Who does something, when, from where: what every action is told."""

    who: User
    when: datetime
    where: str | None


def by(request: HttpRequest) -> By:
    """The person of this request, now: `actions.send(…, **by(request))`. The action asks for the right."""
    return {"who": person_of(request), "when": timezone.now(), "where": address_of(request)}


def user_with(request: HttpRequest, right: Right) -> User:
    """The person of this request, who has this right. PermissionDenied otherwise."""
    user = person_of(request)
    need(user, right)
    return user


def need(user: User, right: Right) -> None:
    """PermissionDenied unless the user has this right."""
    if not user.may(right):
        raise PermissionDenied


def usernames() -> set[str]:
    """All accounts."""
    return set(User.objects.values_list("username", flat=True))


def user_named(username: str) -> User | None:
    """An account by its name, or None."""
    return User.objects.filter(username=username).first()


def colleagues(user: User, right: Right) -> "Sequence[User]":
    """Accounts in use that have this right within the organisations of the user's scope, himself included; by name."""
    having = [name for name, role in roles().items() if right in role.rights]
    inside = user.scope(right).condition(area="organisation__division__code", institution="organisation__institution")
    found = User.objects.filter(inside, is_active=True, postings__role__in=having).distinct().prefetch_related("postings")
    return [one for one in found.order_by("display_name") if one.open]


def people_with(right: Right, area: str) -> "Sequence[User]":
    """Accounts in use that have this right for exactly this division, by name: who does its work."""
    having = [name for name, role in roles().items() if right in role.rights]
    posted = Posting.objects.filter(role__in=having, division=area).values("user")
    found = User.objects.filter(pk__in=posted, is_active=True)
    return [one for one in found.order_by("display_name") if one.open]


def areas_with(right: Right) -> list[str]:
    """Divisions for which somebody in use has this right, by code: whose offices do that work."""
    having = [name for name, role in roles().items() if right in role.rights]
    posted = Posting.objects.filter(role__in=having, user__is_active=True).values_list("division_id", flat=True)
    return sorted(set(posted))


def division_above(code: str) -> Division | None:
    """The next division above that there is, or None."""
    prefix = prefix_of(code)
    above = [f"{prefix[:length]:0<6}" for length in (4, 2, 0) if length < len(prefix)]
    return Division.objects.filter(pk__in=above).order_by("-code").first()


def divisions_below(code: str) -> "QuerySet[Division]":
    """The divisions that lie in one, itself excluded, by code."""
    return Division.objects.filter(Scope(areas=(code,)).condition(area="code")).exclude(pk=code).order_by("code")


def division_name(code: str) -> str:
    """The division's name, or its code."""
    found = Division.objects.filter(pk=code).first()
    return found.name if found else code


def division_names() -> dict[str, str]:
    """Code → name of all divisions."""
    return dict(Division.objects.values_list("code", "name"))


def divisions_of(user: User, right: Right) -> "QuerySet[Division]":
    """The divisions that this right of the user's opens, by code."""
    return Division.objects.filter(user.scope(right).condition(area="code", institution="code")).order_by("code")


def organisation_of_institution(code: str) -> Organisation | None:
    """The organisation that is this institution, or None where it has no account yet."""
    return Organisation.objects.filter(institution=code).first() if code else None


def partners_near(area: str) -> "QuerySet[Organisation]":
    """Other authorities of this division and of those above it, the nearest first."""
    prefix = prefix_of(area)
    chain = {area} | {f"{prefix[:length]:0<6}" for length in (0, 2, 4)}
    found = Organisation.objects.filter(kind=Organisation.Kind.PARTNER, division__in=chain)
    return found.order_by("-division_id", "name")


def organisations_taking_part(area: str) -> "QuerySet[Organisation]":
    """Who may take part in what this division does together with others: authorities, agencies and partners of this division and
    of those above it, the nearest first."""
    prefix = prefix_of(area)
    chain = {area} | {f"{prefix[:length]:0<6}" for length in (0, 2, 4)}
    kinds = (Organisation.Kind.AUTHORITY, Organisation.Kind.AGENCY, Organisation.Kind.PARTNER)
    return Organisation.objects.filter(kind__in=kinds, division__in=chain).order_by("-division_id", "kind", "name")


def agencies_in(area: str) -> "QuerySet[Organisation]":
    """Agencies of a division and of those below it, by code."""
    inside = Scope(areas=(area,)).condition(area="division__code", institution="institution")
    return Organisation.objects.filter(inside, kind=Organisation.Kind.AGENCY).order_by("code")


def places_of_organisations(codes: Iterable[str]) -> dict[str, str]:
    """Code → six digits of its division, of those organisations that exist."""
    return dict(Organisation.objects.filter(pk__in=list(codes)).values_list("pk", "division_id"))


def partners_around(area: str) -> "QuerySet[Organisation]":
    """The same, and those of the divisions below it: whose sealed files may come here."""
    below = Q(division__in=divisions_below(area))
    near = Q(pk__in=partners_near(area).order_by().values("pk"))
    return Organisation.objects.filter(near | below, kind=Organisation.Kind.PARTNER).order_by("-division_id", "name")


def partner_named(code: str, area: str) -> Organisation | None:
    """One of `partners_near`, or None."""
    return partners_near(area).filter(pk=code).first()


def organisations_named(name: str) -> "QuerySet[Organisation]":
    """Organisations of the installation with exactly this name. For apps that were told one by somebody else."""
    return Organisation.objects.filter(name=name)


def people_of(organisation: Organisation, right: Right) -> "Sequence[User]":
    """Accounts in use of an organisation that have this right."""
    found = User.objects.filter(organisation=organisation, is_active=True).prefetch_related("postings")
    return [one for one in found if one.may(right)]


def people_of_institution(code: str) -> "Sequence[User]":
    """Accounts in use of an institution."""
    found = User.objects.filter(organisation__institution=code, is_active=True) if code else User.objects.none()
    return [one for one in found if one.open]


def people_of_institutions(codes: Sequence[str]) -> "dict[str, list[User]]":
    """Institution → accounts in use, of those that have any."""
    found: dict[str, list[User]] = {}
    for start in range(0, len(codes), 500):
        some = User.objects.filter(organisation__institution__in=codes[start : start + 500], is_active=True)
        for one in some.exclude(organisation__institution="").order_by("pk"):
            if one.open:
                found.setdefault(one.organisation.institution, []).append(one)
    return found


def people_with_mail() -> "QuerySet[User]":
    """Accounts that are not closed and gave an address for mail, with their postings; one may have expired (`open`)."""
    return User.objects.filter(is_active=True).exclude(mail="").prefetch_related("postings").order_by("pk")


def organisations_for(user: User, filters: Filters | None = None) -> "QuerySet[Organisation]":
    """Organisations whose accounts the user keeps, narrowed, by division and name."""
    need(user, Right.KEEP_ACCOUNTS)
    inside = user.scope(Right.KEEP_ACCOUNTS).condition(area="division__code", institution="institution")
    found = Organisation.objects.filter(inside).select_related("division").order_by("division_id", "kind", "name")
    return found.filter(filters.organisations()) if filters else found


def accounts_for(user: User, filters: Filters | None = None) -> "QuerySet[User]":
    """Accounts that the user keeps, narrowed, with their postings."""
    need(user, Right.KEEP_ACCOUNTS)
    scope = user.scope(Right.KEEP_ACCOUNTS)
    inside = scope.condition(area="organisation__division__code", institution="organisation__institution")
    found = User.objects.filter(inside).prefetch_related("postings__division")
    return found.filter(filters.accounts()) if filters else found


def organisations_with_people(user: User, filters: Filters) -> "QuerySet[Organisation]":
    """The same, each with `people`: how many accounts it has."""
    return organisations_for(user, filters).annotate(people=Count("users"))


def counted(user: User, filters: Filters) -> dict[str, int]:
    """How many of the accounts that the filters leave are there, in use, closed, expired, in use without a role."""
    today = timezone.localdate()
    in_use = Q(is_active=True) & (Q(expires=None) | Q(expires__gte=today))
    found = accounts_for(user, filters).prefetch_related(None).order_by()
    return found.aggregate(
        all=Count("pk"),
        open=Count("pk", filter=in_use),
        closed=Count("pk", filter=Q(is_active=False)),
        expired=Count("pk", filter=Q(is_active=True, expires__lt=today)),
        idle=Count("pk", filter=in_use & ~Q(pk__in=Posting.objects.values("user"))),
    )


def account_for(user: User, username: str) -> User:
    """One account that the user keeps. Http404 if there is none in the scope."""
    found = accounts_for(user).filter(username=username).first()
    if found is None:
        raise Http404(f"您管理的范围内没有账号 {username}。")
    return found


def organisation_for(user: User, code: str) -> Organisation:
    """One organisation whose accounts the user keeps. Http404 if there is none in the scope."""
    found = organisations_for(user).filter(pk=code).first()
    if found is None:
        raise Http404(f"您管理的范围内没有单位 {code}。")
    return found
