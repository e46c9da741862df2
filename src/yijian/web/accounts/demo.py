"""The organisations and accounts of a demo, with random passwords and authenticators. Only `load --demo-accounts` calls this."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from yijian.web.accounts.actions import keep_division, keep_organisation, make_account
from yijian.web.accounts.models import User
from yijian.web.accounts.second_factor import code_now, enrol_for_demo, enrolled

__all__ = ["code_now", "enrol_demo_accounts", "make_demo_accounts"]

DIVISIONS = {"990000": "示例省", "999900": "示例市", "999901": "示例市东城区", "999902": "示例市西城区", "999903": "示例市北山县"}
ORGANISATIONS = {
    "YB9999": ("示例市医疗保障局", "authority", "999900"),
    "YB999901": ("东城区医疗保障局", "authority", "999901"),
    "YB999902": ("西城区医疗保障局", "authority", "999902"),
    "WJ9999": ("示例市卫生健康委员会", "partner", "999900"),
    "GA9999": ("示例市公安局", "partner", "999900"),
    "JB9999": ("示例市医疗保障事务中心", "agency", "999900"),
}
ACCOUNTS = {
    "jianguan": ("监管科演示", "YB9999", "supervisor"),
    "dongcheng": ("东城区监管演示", "YB999901", "supervisor"),
    "banan": ("办案人员演示", "YB9999", "case_officer"),
    "jubao": ("举报受理演示", "YB9999", "tip_officer"),
    "jubaoshen": ("举报审批演示", "YB9999", "tip_head"),
    "jubaoshen2": ("举报审批二演示", "YB9999", "tip_head"),
    "banan2": ("办案人员二演示", "YB9999", "case_officer"),
    "fazhi": ("法制审核演示", "YB9999", "legal_reviewer"),
    "fuze": ("负责人演示", "YB9999", "head"),
    "dcbanan": ("东城区办案演示", "YB999901", "case_officer"),
    "dcfuze": ("东城区负责人演示", "YB999901", "head"),
    "xicheng": ("西城区监管演示", "YB999902", "supervisor"),
    "weijian": ("卫生健康委演示", "WJ9999", "partner"),
    "shenhe": ("经办审核演示", "JB9999", "reviewer"),
    "fushen": ("经办复审演示", "JB9999", "reviewer"),
    "caiwu": ("基金财务演示", "JB9999", "finance"),
    "neishen": ("内审演示", "JB9999", "agency_auditor"),
    "guanli": ("管理员演示", "YB9999", "administrator"),
    "shenji": ("审计员演示", "YB9999", "auditor"),
}


def make_demo_accounts(institutions: dict[str, str], *, when: datetime) -> dict[str, str]:
    """Make what does not exist yet; username → password of the new accounts.

    institutions: code → name of those that get an account, `yiyuan1`, `yiyuan2` …
    """
    for code, name in DIVISIONS.items():
        keep_division(code, name, who=None, when=when, where=None)
    organisations = {
        code: keep_organisation(code, name=name, kind=kind, division=division, who=None, when=when, where=None)
        for code, (name, kind, division) in ORGANISATIONS.items()
    }
    accounts = dict(ACCOUNTS)
    for number, (code, name) in enumerate(institutions.items(), 1):
        organisations[code] = keep_organisation(
            code, name=name, kind="institution", division="999900", institution=code, who=None, when=when, where=None
        )
        accounts[f"yiyuan{number}"] = (f"{name}医保办", code, "institution")
    made: dict[str, str] = {}
    for username, (name, organisation, role) in accounts.items():
        if not User.objects.filter(username=username).exists():
            made[username] = secrets.token_urlsafe(12)
            make_account(
                username,
                made[username],
                display_name=name,
                organisation=organisations[organisation],
                role=role,
                who=None,
                when=when,
            )
    return made


def enrol_demo_accounts(usernames: Iterable[str], *, when: datetime) -> dict[str, str]:
    """Give an authenticator to those of the accounts whose role needs one and who have none; username → secret."""
    users = User.objects.filter(username__in=list(usernames))
    return {u.username: enrol_for_demo(u, when=when) for u in users if u.needs_second_factor and not enrolled(u)}
