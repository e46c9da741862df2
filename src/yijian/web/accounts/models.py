"""Accounts, roles and rights."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Role(models.TextChoices):
    """What someone does here."""

    SUPERVISOR = "supervisor", "监管科"
    ADMINISTRATOR = "administrator", "系统管理员"


class Right(models.TextChoices):
    """What a role may do."""

    SEE_FINDINGS = "see_findings", "查看疑点"
    SHOW_IDENTITY = "show_identity", "查看身份"
    SEE_DATA = "see_data", "查看规则、覆盖与数据导入"
    SETTLE_KNOWLEDGE = "settle_knowledge", "确认知识点"
    READ_LOG = "read_log", "查看操作日志"


RIGHTS: dict[str, frozenset[Right]] = {
    Role.SUPERVISOR: frozenset({Right.SEE_FINDINGS, Right.SHOW_IDENTITY, Right.SEE_DATA, Right.SETTLE_KNOWLEDGE}),
    Role.ADMINISTRATOR: frozenset({Right.SEE_DATA, Right.READ_LOG}),
}
"""Those who keep the log see no identities; those who see identities do not keep the log."""


class _Users(BaseUserManager["User"]):
    def create_user(self, username: str, password: str, *, display_name: str, role: str) -> "User":
        """An account with its password hashed."""
        user = self.model(username=self.model.normalize_username(username), display_name=display_name, role=role)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who logs in."""

    username = models.CharField("账号", max_length=150, unique=True)
    display_name = models.CharField("姓名", max_length=100)
    role = models.CharField("岗位", max_length=20, choices=Role.choices)
    is_active = models.BooleanField("启用", default=True)

    objects: ClassVar[_Users] = _Users()  # pyright: ignore[reportIncompatibleVariableOverride]

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name", "role"]

    def __str__(self) -> str:
        return f"{self.display_name}（{self.username}）"

    def may(self, right: str) -> bool:
        """Whether the role allows it."""
        return self.is_active and right in RIGHTS.get(self.role, frozenset[Any]())
