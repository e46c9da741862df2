"""`python -m yijian.web administrator`: the first account, or a way back for one who lost password and telephone."""

from datetime import datetime
from typing import TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction

from yijian.vocabulary.errors import UserError
from yijian.web.accounts import actions, second_factor
from yijian.web.accounts.models import Organisation, User


@transaction.atomic
def make_administrator(username: str, *, name: str, organisation: str, division: str, when: datetime) -> str:
    """An initial password, to be changed at the first log-in, for an administrator: new, or one who is there already.

    organisation and division: `code=name`; those that exist stay as they are. One who is there keeps name and roles; the
    authenticator is taken away. UserError where something is missing or another role forbids it.
    """
    by = _by(when)
    try:
        user = User.objects.filter(username=username).first()
        if user is None:
            return _first(username, name, _pair(organisation, "--organisation"), _pair(division, "--division"), when)
        if "administrator" not in {role.name for role in user.roles}:
            actions.post(user, "administrator", **by)
        if second_factor.enrolled(user):
            second_factor.reset(user, **by)
        return actions.give_new_password(user, **by)
    except ValidationError as refused:
        raise UserError("；".join(refused.messages), where=f"账号 {username}", do="请改正后重新运行") from refused


class _By(TypedDict):
    who: None
    when: datetime
    where: None


def _by(when: datetime) -> _By:
    """The command line: whoever owns the files."""
    return {"who": None, "when": when, "where": None}


def _first(username: str, name: str, organisation: tuple[str, str], division: tuple[str, str], when: datetime) -> str:
    by = _by(when)
    place = Organisation.objects.filter(pk=organisation[0]).first()
    if place is None:
        actions.keep_division(*division, **by)
        kind = Organisation.Kind.AUTHORITY.value
        place = actions.keep_organisation(organisation[0], name=organisation[1], kind=kind, division=division[0], **by)
    password = actions.fresh_password()
    actions.make_account(username, password, display_name=name, organisation=place, role="administrator", initial=True, **by)
    return password


def _pair(text: str, option: str) -> tuple[str, str]:
    code, sign, name = text.partition("=")
    if not sign or not code.strip() or not name.strip():
        raise UserError(f"{option} 看不懂：“{text}”", do=f"请写成 {option} 编码=名称")
    return code.strip(), name.strip()
