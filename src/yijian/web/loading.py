"""`load`: lay out the database, take over institutions and the newest run, make demo accounts where asked."""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from yijian.claims.lake import Lake
from yijian.engine.findings import needed_run, read_coverage, read_findings
from yijian.engine.ledger import Run
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home
from yijian.web.accounts.demo import code_now, enrol_demo_accounts, make_demo_accounts
from yijian.web.accounts.queries import usernames
from yijian.web.findings.queries import most_doubted, newest_run
from yijian.web.findings.rulebook import rules_now
from yijian.web.findings.taking_over import load_run
from yijian.web.institutions.actions import take_over_institutions
from yijian.web.institutions.lake import institutions_in
from yijian.web.institutions.queries import areas_of_institutions
from yijian.web.place import write_private
from yijian.web.reminders.actions import take_over_reminders
from yijian.web.reminders.lake import Lake as Reminders
from yijian.web.story import tell_story

WHO = "命令行"


def load(home: Home, *, demo_accounts: bool = False, story: bool = False) -> None:
    """Bring the pages up to the newest run. A run that is loaded already is not loaded again."""
    call_command("migrate", verbosity=0)
    print(take_over_newest_run(home))
    if said := take_over_newest_reminders(home):
        print(said)
    if demo_accounts:
        _keep_demo_accounts(home)
        if story and (said := tell_story(home, passphrase=_passphrase(home), now=timezone.now())):
            print(said)
        show_demo_accounts(home)


def run_to_load(home: Home) -> Run | None:
    """The newest run, where the pages do not have it yet. UserError where nothing was judged."""
    run, before = needed_run(home), newest_run()
    return None if before is not None and before.id == run.id and before.snapshot == run.snapshot else run


def take_over_newest_run(home: Home, who: str = WHO) -> str:
    """Institutions and the newest run with its findings, unless it is there already; says what was done. who: for the log."""
    run = run_to_load(home)
    if run is None:
        return f"审核 {needed_run(home).id} 已在网页中"
    begun = time.perf_counter()
    snapshot = Lake.open(home).at(run.snapshot)
    institutions = take_over_institutions(institutions_in(snapshot, _named(home, run)), who=who, when=timezone.now())
    areas = areas_of_institutions()
    official = {rule.id: rule.official_code for rule in rules_now().values()}
    findings = load_run(
        run, read_coverage(home, run), _rows(home, run), official_codes=official, areas=areas, who=who, when=timezone.now()
    )
    return f"已装入审核 {run.id}：{findings:,} 个疑点、{institutions:,} 家机构，{time.perf_counter() - begun:.1f} 秒"


def take_over_newest_reminders(home: Home, who: str = WHO) -> str:
    """Reminders as the lake has them now (feedback comes after a run too); says what was done, '' where nothing changed."""
    begun = time.perf_counter()
    with closing(Reminders(Lake.open(home).snapshot())) as lake:
        months = take_over_reminders(lake, who=who, when=timezone.now())
    return f"已装入提醒：{months} 个月有变化，{time.perf_counter() - begun:.1f} 秒" if months else ""


def _named(home: Home, run: Run) -> set[str]:
    """The institutions that findings name."""
    return {code for code in read_findings(home, run).column("fixmedins_code").unique().to_pylist() if code}


def _rows(home: Home, run: Run) -> Iterator[dict[str, Any]]:
    """The findings of a run, without holding all of them as Python rows."""
    for batch in read_findings(home, run).to_batches(max_chunksize=10_000):
        yield from batch.to_pylist()


DemoAccounts = dict[str, dict[str, str]]
"""Username → its `password`, and the `secret` of its authenticator where its role needs one."""


def _keep_demo_accounts(home: Home) -> None:
    """Make what is missing and keep it where only the owner reads it, so that passwords and codes can be printed again."""
    held = _demo_accounts(home)
    for username, password in make_demo_accounts(most_doubted(6), when=timezone.now()).items():
        held[username] = {"password": password}
    for username, secret in enrol_demo_accounts(held, when=timezone.now()).items():
        held[username]["secret"] = secret
    write_private(home.web / "demo_accounts.json", json.dumps(held, ensure_ascii=False, indent=1))


def _passphrase(home: Home) -> str:
    """Of the keys of the demo's tip officer and head: random, and kept with their passwords."""
    held = _demo_accounts(home)
    words = held.get("jubao", {}).get("passphrase") or secrets.token_urlsafe(12)
    for username in held.keys() & {"jubao", "jubaoshen"}:
        held[username]["passphrase"] = words
    write_private(home.web / "demo_accounts.json", json.dumps(held, ensure_ascii=False, indent=1))
    return words


def _demo_accounts(home: Home) -> DemoAccounts:
    """As they were kept; earlier versions kept only the password."""
    path = home.web / "demo_accounts.json"
    held: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return {name: one if isinstance(one, dict) else {"password": one} for name, one in held.items()}


def show_demo_accounts(home: Home) -> None:
    """Print the demo accounts with the codes of this half minute. UserError where none were made."""
    held = _demo_accounts(home)
    if not held:
        raise UserError("这里没有演示账号", where=str(home.path), do="请运行 python -m yijian.web load --demo-accounts")
    print("登录账号（演示用，随机生成）：")
    for username in sorted(held.keys() & usernames()):
        one = held[username]
        code = f"  动态验证码 {code_now(one['secret'])}" if "secret" in one else ""
        words = f"  举报密钥口令 {one['passphrase']}" if "passphrase" in one else ""
        print(f"  账号 {username:<10} 密码 {one['password']}{code}{words}")
    if any("secret" in one for one in held.values()):
        print(f"动态验证码每 30 秒换一个、只能用一次；要新的请运行 python -m yijian.web accounts --home {home.path}")
