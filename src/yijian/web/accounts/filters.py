"""What lists of accounts and organisations are narrowed to; it stands in the address, and in the first rows of an export."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from yijian.web.accounts.models import Organisation, Posting
from yijian.web.accounts.rights import roles
from yijian.web.frame.narrowing import Narrowing

STANDINGS = {"open": "在用", "closed": "已停用", "expired": "已过期"}
KINDS = {str(value): str(label) for value, label in Organisation.Kind.choices}


@dataclass(frozen=True)
class Filters(Narrowing):
    """Narrowing words; '' = not narrowed. `organisation` is a code."""

    text: str = ""
    role: str = ""
    organisation: str = ""
    standing: str = ""
    kind: str = ""

    def accounts(self) -> Q:
        """The same as a condition on accounts."""
        q, today = Q(), timezone.localdate()
        if self.text:
            q &= Q(username__icontains=self.text) | Q(display_name__icontains=self.text)
        if self.role:
            q &= Q(pk__in=Posting.objects.filter(role=self.role).values("user"))
        if self.organisation:
            q &= Q(organisation_id=self.organisation)
        if self.standing == "closed":
            q &= Q(is_active=False)
        elif self.standing == "expired":
            q &= Q(is_active=True, expires__lt=today)
        elif self.standing == "open":
            q &= Q(is_active=True) & (Q(expires=None) | Q(expires__gte=today))
        return q

    def organisations(self) -> Q:
        """The same as a condition on organisations."""
        q = Q()
        if self.text:
            q &= Q(code__icontains=self.text) | Q(name__icontains=self.text) | Q(institution__icontains=self.text)
        return q & Q(kind=self.kind) if self.kind else q

    def words(self) -> list[tuple[str, str]]:
        """(title, value) of each narrowing in Chinese."""
        role = roles().get(self.role)
        said = [
            ("查找", self.text),
            ("岗位", role.title if role else self.role),
            ("单位", self.organisation),
            ("状态", STANDINGS.get(self.standing, self.standing)),
            ("类别", KINDS.get(self.kind, self.kind)),
        ]
        return [(title, value) for title, value in said if value]
