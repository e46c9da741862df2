"""`make bench-reminders`: a million reminders through intake into the pages' database; how long each page takes.

Beside the overview in the same run: the same counts read from the rows instead of an index alone.
"""

import argparse
import os
import shutil
import time
from pathlib import Path

import duckdb

from bench.measure import show

PAGES = (
    "/reminders/", "/reminders/?month=2024-05", "/reminders/?institution=H3", "/reminders/?rule=rule3", "/reminders/list/",
    "/reminders/list/?page=300", "/reminders/list/?rule=rule3", "/reminders/list/?done=1&sort=-amount",
    "/reminders/list/?text=M12346", "/reminders/by/rule/", "/reminders/by/institution/", "/reminders/by/doctor/",
    "/reminders/by/reason/",
)  # fmt: skip
ROWS = """
SELECT 'W' || i AS warn_rslt_id, 1 + i % 10 AS trig_scen, '11' AS med_type,
  strftime(TIMESTAMP '2024-01-01' + INTERVAL ((i * 7919) % 63072000) SECOND, '%Y-%m-%d %H:%M:%S') AS reqt_time,
  reqt_time AS rsp_time, 2.5 AS ana_dura, IF(i % 5 = 0, 0, 1) AS vola_flag, IF(i % 5 = 0, '', 'GZ' || hash(i) % 80) AS rule_id,
  IF(i % 5 = 0, '', 'rule' || hash(i) % 80) AS rule_code, IF(i % 5 = 0, '', '规则' || hash(i) % 80) AS rule_name,
  1 AS rule_sev_deg, 1 AS rule_warn_lv, '参保人当日使用的药品限女性使用，参保人为男性，请核对' AS warn_cont,
  100 AS medfee_sumamt, i % 500 AS vola_amt, CASE hash(i + 3) % 3 WHEN 1 THEN '1' WHEN 2 THEN '2' ELSE '' END AS warn_dspo_way,
  IF(hash(i + 3) % 3 = 1, '原因' || hash(i + 9) % 3000, '') AS warn_dspo_way_dscr, 'H' || hash(i + 1) % 600 AS fixmedins_code,
  'P' || i % 700000 AS psn_no, 'M' || i AS mdtrt_id, 'D' || hash(i + 1) % 600 || '-' || i % 17 AS dr_code, 'pack' AS pack_version
FROM range({rows}) AS t(i)
"""
"""Four in five are reminders: 80 rules, 600 institutions with 17 doctors each, two years, 3,000 reasons, all evenly spread."""


def main(folder: Path, reminders: int) -> None:
    """Make the home anew, load it, ask for each page twice and show the second time."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "web").mkdir(parents=True)
    os.environ |= {"YIJIAN_HOME": str(folder), "DJANGO_SETTINGS_MODULE": "yijian.web.settings"}
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    client, home = _client(), _lake(folder, reminders)
    from yijian.web.loading import take_over_newest_reminders
    from yijian.web.reminders.models import Reminder

    rows: list[tuple[object, ...]] = []
    for what in ("taken over", "taken over again, nothing changed"):
        begun = time.perf_counter()
        take_over_newest_reminders(home)
        rows.append((what, f"{time.perf_counter() - begun:.1f}"))
    for address in PAGES:
        for _ in range(2):
            begun = time.perf_counter()
            answer = client.get(address, headers={"host": "127.0.0.1"})
            seconds = time.perf_counter() - begun
        assert answer.status_code == 200, address
        assert "没有符合条件" not in answer.content.decode(), address
        rows.append((address, f"{seconds:.2f}"))
    show(f"{Reminder.objects.count():,} reminders", ("page", "seconds"), rows)
    show("counting by rule and what was done", ("way", "seconds"), _beside())


def _lake(folder: Path, reminders: int):
    from yijian.claims.intake import import_files
    from yijian.vocabulary.home import Home

    home, file = Home.of(folder), folder / "bffact_warn_rslt_d.csv"
    duckdb.sql(f"COPY ({ROWS.format(rows=reminders * 5 // 4)}) TO '{file}' (FORMAT csv, HEADER)")
    import_files(home, [file])
    file.unlink()
    return home


def _client():
    from django.test import Client
    from django.utils import timezone

    from yijian.web.accounts.actions import keep_division, keep_organisation, make_account

    by = {"who": None, "when": timezone.now()}
    keep_division("000000", "全国", where=None, **by)
    bureau = keep_organisation("YB", name="示例局", kind="authority", division="000000", institution="", where=None, **by)
    who = make_account("bench", "an-invented-pass-phrase-7", display_name="量测", role="head", organisation=bureau, **by)
    client = Client()
    client.force_login(who)
    return client


def _beside() -> list[tuple[str, str]]:
    from django.db import connection

    ways = {"the index alone": "INDEXED BY reminder_by_rule", "the rows": "NOT INDEXED"}
    seconds: list[tuple[str, str]] = []
    for title, how in ways.items():
        begun = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT rule_id, done, COUNT(*), SUM(amount) FROM reminders_reminder {how} GROUP BY rule_id, done")
            cursor.fetchall()
        seconds.append((title, f"{time.perf_counter() - begun:.2f}"))
    return seconds


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.reminders", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("bench-home") / "reminders")
    parser.add_argument("--reminders", type=int, default=1_000_000)
    given = parser.parse_args()
    main(given.folder.absolute(), given.reminders)
