"""Divisions, organisations, people and what they are posted to."""

from functools import cached_property
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from yijian.web.accounts.rights import Right, Role, roles
from yijian.web.accounts.scope import Scope


class Division(models.Model):
    """An administrative division by its six digits; its prefix (省 2, 市 4, 县 6 digits) covers those below. 000000 is all."""

    code = models.CharField("行政区划代码", max_length=6, primary_key=True)
    name = models.CharField("名称", max_length=100)

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A bureau, an agency, an institution, a partner. institution: the code under which the lake knows it, of institutions."""

    class Kind(models.TextChoices):
        """What it is."""

        AUTHORITY = "authority", "医保行政部门"
        AGENCY = "agency", "经办机构"
        INSTITUTION = "institution", "定点医药机构"
        PARTNER = "partner", "协作部门"
        THIRD_PARTY = "third_party", "第三方机构"

    code = models.CharField("单位编码", max_length=40, primary_key=True)
    name = models.CharField("单位名称", max_length=200)
    kind = models.CharField("单位类别", max_length=20, choices=Kind.choices)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="行政区划")
    institution = models.CharField("定点机构编码", max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["institution"], name="org_of_institution")]  # queries.organisation_of_institution

    def __str__(self) -> str:
        return self.name


class _Users(BaseUserManager["User"]):
    def get_queryset(self) -> "models.QuerySet[User]":
        """With the organisation: whoever asks for a person asks for the scope next."""
        return super().get_queryset().select_related("organisation__division")


class User(AbstractBaseUser):
    """A person who logs in."""

    username = models.CharField("账号", max_length=150, unique=True)
    display_name = models.CharField("姓名", max_length=100)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="users", verbose_name="单位")
    mail = models.EmailField("通知邮箱", blank=True)
    """Where `clocks.digests` go; the person's own affair."""
    is_active = models.BooleanField("启用", default=True)
    expires = models.DateField("有效期至", null=True, blank=True)
    must_change = models.BooleanField("须更换初始密码", default=False)
    session_round = models.PositiveIntegerField(default=0)
    """Sessions of an earlier round are over: see `get_session_auth_hash`."""

    objects: ClassVar[_Users] = _Users()  # pyright: ignore[reportIncompatibleVariableOverride]

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "mail"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    def __str__(self) -> str:
        return f"{self.display_name}（{self.username}）"

    @property
    def home(self) -> str:
        """The division of the organisation, six digits."""
        return self.organisation.division_id  # type: ignore[attr-defined]

    @property
    def open(self) -> bool:
        """Whether the account may be used today."""
        return self.is_active and (self.expires is None or timezone.localdate() <= self.expires)

    @property
    def standing(self) -> str:
        """open, closed or expired."""
        if not self.is_active:
            return "closed"
        return "open" if self.open else "expired"

    def get_session_auth_hash(self) -> str:
        """What a session must match at every request: a new password or a new round ends all sessions."""
        return f"{super().get_session_auth_hash()}-{self.session_round}"

    @property
    def needs_second_factor(self) -> bool:
        """Whether one of the roles is only worked in with a second factor."""
        return any(role.second_factor for role in self.roles)

    @cached_property
    def _posted(self) -> "list[Posting]":
        return list(self.postings.all()) if self.open else []  # type: ignore[attr-defined]

    def forget_postings(self) -> None:
        """Read them again when next asked: they were changed."""
        vars(self).pop("_posted", None)

    @property
    def roles(self) -> list[Role]:
        """The roles held."""
        return [roles()[p.role] for p in self._posted if p.role in roles()]

    @property
    def role_titles(self) -> str:
        """The roles in words."""
        return "、".join(role.title for role in self.roles) or "未分配岗位"

    def may(self, right: str) -> bool:
        """Whether one of the roles allows it."""
        return any(right in role.rights for role in self.roles)

    def scope(self, right: Right) -> Scope:
        """Whose records this right opens: of areas by prefix, or the own institution's."""
        with_right = [p for p in self._posted if p.role in roles() and right in roles()[p.role].rights]
        if self.organisation.kind == Organisation.Kind.INSTITUTION:
            return Scope(institution=self.organisation.institution if with_right else "")
        return Scope(areas=tuple(sorted({p.division_id for p in with_right})))  # type: ignore[attr-defined]

    def log_areas(self) -> tuple[str, ...] | None:
        """Divisions whose lines of the audit log may be read; None = all lines, for whoever has all organisations below him.

        At the top of the tree only: lines of no division are what the system and its command line did.
        """
        scope = self.scope(Right.READ_LOG)
        inside = scope.condition(area="division__code", institution="institution")  # empty = everything: excludes nothing
        return scope.areas if inside and Organisation.objects.exclude(inside).exists() else None


class Posting(models.Model):
    """A role that a person has, for a division of the organisation's or below."""

    user = models.ForeignKey(User, models.CASCADE, related_name="postings")
    role = models.CharField("岗位", max_length=30)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="管辖区划")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "role", "division"], name="posted_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.division_id}"  # type: ignore[attr-defined]

    @property
    def title(self) -> str:
        """The role in words; its word where it is gone from the file."""
        return roles()[self.role].title if self.role in roles() else self.role
