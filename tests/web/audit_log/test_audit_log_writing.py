"""Lines are written with their action or not at all, numbered without gaps whoever writes at once, and signed once a day."""

import json
import os
import subprocess
import sys
import uuid
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tests.web.audit_log.audit_log_cast import BEGIN, write_lines
from yijian.trust.checkpoint import read_file
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home
from yijian.web.audit_log import actions
from yijian.web.audit_log.actions import record, sign_checkpoint
from yijian.web.audit_log.models import LogCheckpoint, LogEntry, LogHead
from yijian.web.findings.acts import Act

COMMON = {"who": None, "when": BEGIN, "where": None}


def test_an_action_that_fails_leaves_no_line_and_no_gap(db):
    write_lines(2)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(Act.LOAD, **COMMON)
        raise ZeroDivisionError
    write_lines(1)
    assert list(LogEntry.objects.order_by("number").values_list("number", flat=True)) == [0, 1, 2]
    assert LogHead.objects.get().size == 3


def test_what_changed_is_kept_as_old_and_new(db):
    changes = {"amount": ("1.00", 0), "day": (BEGIN.date(), None), "names": ([], ["a", "b"]), "state": (True, False)}
    line = record(Act.LOAD, changes=changes, **COMMON)
    said = [("amount", "1.00", "0"), ("day", "2026-03-01", "无"), ("names", "无", "a、b"), ("state", "是", "否")]
    assert LogEntry.objects.get().changed == said
    assert json.loads(line.changes)["state"] == [True, False]


@pytest.mark.parametrize(
    ("where", "kept"),
    [("::FFFF:10.0.0.9", "10.0.0.9"), ("2001:DB8::0:1", "2001:db8::1"), (None, ""), ("unix socket", "unix socket")],
)
def test_an_address_is_kept_in_one_spelling_and_comes_back_as_it_was_hashed(db, where, kept):
    record(Act.LOAD, who=None, when=timezone.now(), where=where, name="a\x00b" * 100, purpose="含\x00零")
    line = LogEntry.objects.get()
    assert (line.address, line.purpose, len(line.who)) == (kept, "含零", 150)
    assert line.is_sound


def test_the_first_line_of_a_day_signs_the_log(db, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.HOME = Home(tmp_path)
    with django_capture_on_commit_callbacks(execute=True):
        write_lines(3)
    (signed,) = LogCheckpoint.objects.all()
    assert signed.size == 3
    (path,) = tmp_path.joinpath("log").iterdir()
    assert read_file(path)[0].size == 3
    assert path.stat().st_mode & 0o077 == 0
    with django_capture_on_commit_callbacks(execute=True):
        record(Act.LOAD, who=None, when=timezone.now(), where=None)
    assert LogCheckpoint.objects.count() == 1
    LogHead.objects.update(signed_on="2026-03-02")
    with django_capture_on_commit_callbacks(execute=True):
        record(Act.LOAD, who=None, when=timezone.now(), where=None)
    assert list(LogCheckpoint.objects.order_by("size").values_list("size", flat=True)) == [3, 5]


def test_a_key_that_cannot_be_read_does_not_undo_what_was_done(db, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.HOME = Home(tmp_path)
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "signing-ed25519.key").write_bytes(b"short")
    with django_capture_on_commit_callbacks(execute=True) as after:
        write_lines(1)
    with pytest.raises(UserError):
        after[0]()
    assert (LogEntry.objects.count(), LogCheckpoint.objects.count()) == (1, 0)


def test_an_empty_log_cannot_be_signed(db, tmp_path):
    with pytest.raises(UserError, match="空"):
        sign_checkpoint(Home(tmp_path), **COMMON)
    assert not LogEntry.objects.exists()


def test_a_database_that_was_emptied_begins_a_new_log(db):
    LogHead.objects.all().delete()
    write_lines(2)
    assert LogHead.objects.get().size == 2
    assert actions._locked_head().origin.startswith("yijian.log/")


WRITER = """
from django.db import transaction
from tests.web.audit_log.audit_log_cast import write_lines
for n in range(40):
    with transaction.atomic():
        write_lines(1, begin=n)
"""


@pytest.fixture
def place(db, tmp_path):
    """(home, environment) of an installation with a database of its own, of the kind that the suite runs on."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("YIJIAN_", "DJANGO_"))}
    env["PYTHONPATH"] = os.pathsep.join(sys.path)
    if connection.vendor != "postgresql":
        yield tmp_path, env
        return
    import psycopg

    name, url = f"yijian_log_{uuid.uuid4().hex[:12]}", os.environ["YIJIAN_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield tmp_path, {**env, "YIJIAN_DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=f"/{name}"))}
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_three_processes_that_write_at_once_make_neither_gaps_nor_forks(place):
    home, env = place
    command = [sys.executable, "-W", "ignore", "-m", "yijian.web"]
    subprocess.run([*command, "manage", "migrate", "-v0", "--home", str(home)], check=True, env=env)
    shell = [*command, "manage", "shell", "-v0", "-c", WRITER, "--home", str(home)]
    writers = [subprocess.Popen(shell, env=env) for _ in range(3)]
    assert [one.wait(timeout=120) for one in writers] == [0, 0, 0]
    checked = subprocess.run(
        [*command, "log", "verify", "--home", str(home)], env=env, capture_output=True, text=True, check=False
    )
    assert "✓ 共 120 条" in checked.stdout, checked.stdout + checked.stderr
    assert checked.returncode == 0
