"""How an account is recognised."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from yijian.web.accounts.models import User


class OpenAccounts(ModelBackend):
    """Django's, for accounts that are in use and not expired; asked at every request, so a closed one is out at once."""

    def user_can_authenticate(self, user: Any) -> bool:
        return isinstance(user, User) and user.open
