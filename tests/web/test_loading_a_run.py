"""Taking over a run: whole, again, and a later one."""

import os
import re
import stat
import subprocess
import sys
from datetime import UTC, datetime

from django.utils import timezone

from yijian.engine.findings import needed_run, read_coverage, read_findings
from yijian.web.findings.models import Finding, RuleResult, Run
from yijian.web.findings.taking_over import load_run
from yijian.web.institutions.models import Institution
from yijian.web.loading import take_over_newest_run


def load(run, home, rows):
    return load_run(run, read_coverage(home, run), rows, official_codes={}, areas={"": "000000"}, who="test", when=timezone.now())


def test_a_run_is_taken_over_with_days_and_institutions(loaded):
    finding = Finding.objects.get(rule="bed_days_over_stay")
    assert finding.day.isoformat() == "2026-01-05"
    assert finding.institution.name == "示例市第一医院"
    assert Institution.objects.get(pk="H1").settlements == 2
    assert RuleResult.objects.count() == 5


def test_the_same_run_again_changes_nothing(loaded):
    before = list(Finding.objects.order_by("pk").values())
    assert "已在网页中" in take_over_newest_run(loaded)
    assert list(Finding.objects.order_by("pk").values()) == before


def test_a_finding_that_a_later_run_no_longer_has_is_gone_and_may_come_back(loaded, area):
    run = needed_run(area)
    rows = read_findings(area, run).to_pylist()
    later = type(run)("f" * 16, datetime.now(UTC).isoformat(), run.snapshot, run.rules, run.units)
    kept = [r for r in rows if r["rule"] != "amount_arithmetic"]
    assert load(later, area, kept) == len(kept)
    gone = Finding.objects.get(rule="amount_arithmetic", institution_id="H2")
    assert gone.gone_in_id == later.id
    assert Finding.objects.filter(gone_in=None).count() == len(kept)
    load(run, area, rows)
    back = Finding.objects.get(pk=gone.pk)
    assert back.gone_in is None
    assert back.first_run_id == run.id
    assert Run.objects.count() == 2


def test_a_gone_finding_says_so(page, area):
    run = needed_run(area)
    later = type(run)("e" * 16, datetime.now(UTC).isoformat(), run.snapshot, run.rules, run.units)
    load(later, area, [])
    finding = Finding.objects.first()
    assert "这个疑点已不成立" in page.get(f"/findings/{finding.pk}/").content.decode()
    assert len(page.get("/findings/").context["page"]) == 0


def web(*arguments, home):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("YIJIAN_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "yijian.web", *arguments, "--home", str(home)],
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )


def test_demo_accounts_are_made_once_and_kept_for_the_owner_only(tmp_path, area):
    home = tmp_path / "home"
    home.symlink_to(area.path)
    first = web("load", "--demo-accounts", home=home)
    assert first.returncode == 0, first.stderr
    printed = re.compile(r"账号 (\w+) +密码 (\S+)(?:  动态验证码 (\d{6}))?")
    accounts = printed.findall(first.stdout)
    assert len(accounts) == 21
    assert {name for name, _, code in accounts if code} == {
        "jianguan",
        "dongcheng",
        "xicheng",
        "jubao",
        "jubaoshen",
        "jubaoshen2",
    }
    again = web("accounts", home=home)
    assert [found[:2] for found in printed.findall(again.stdout)] == [found[:2] for found in accounts]
    for name in ("secret_key", "demo_accounts.json"):
        assert stat.S_IMODE((home / "web" / name).stat().st_mode) == 0o600


def test_a_home_that_is_not_there_is_one_sentence(tmp_path):
    done = web("load", home=tmp_path / "nothing")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "没有这个数据目录" in done.stderr


def test_an_institution_that_only_a_finding_names_goes_by_its_code(area):
    from yijian.claims.lake import Lake
    from yijian.web.institutions.lake import institutions_in

    made = {one["code"]: one["name"] for one in institutions_in(Lake.open(area).snapshot(), ["L9"])}
    assert made["L9"] == "L9"
    assert made["H1"] == "示例市第一医院"
