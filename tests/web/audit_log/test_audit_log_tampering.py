"""Whoever reaches round the program into the database is found out."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests.web.audit_log.audit_log_cast import forge_hashes, tamper, write_lines
from yijian.trust.merkle import root_of
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home
from yijian.web.audit_log import reading
from yijian.web.audit_log.actions import sign_checkpoint
from yijian.web.audit_log.models import LogCheckpoint, LogEntry, LogHead
from yijian.web.audit_log.verifying import MOST_SAID, verify


@pytest.fixture
def home(db, tmp_path) -> Home:
    """Where nine lines were written; the key lies here."""
    write_lines(9)
    return Home(tmp_path)


def checkpoint(home, name="kept.txt"):
    """A checkpoint of now, as another body keeps it."""
    path = home.path / name
    path.write_text(sign_checkpoint(home, who=None, when=timezone.now(), where=None, name="命令行").note, encoding="utf-8")
    return path


def copied(number, to):
    """The statement that inserts a line like another."""
    columns = "at, who, address, act, kind, about, person, purpose, changes, leaf, area"
    table = "audit_log_logentry"
    return f"INSERT INTO {table} (number, {columns}) SELECT {to}, {columns} FROM {table} WHERE number = {number}"


def faults(home, *kept):
    return verify(home, kept).wrong


def test_an_honest_log_holds_with_numbers_from_nought_without_gaps(home):
    kept = checkpoint(home)
    write_lines(4, begin=9)
    report = verify(home, [kept])
    assert (report.wrong, report.more_wrong, report.size) == ([], 0, 14)
    assert any("1 个检查点相符" in said for said in report.held)
    assert list(LogEntry.objects.order_by("number").values_list("number", flat=True)) == list(range(14))


def test_an_empty_log_holds(db, tmp_path):
    assert faults(Home(tmp_path)) == []


@pytest.mark.parametrize(
    "change",
    [
        "purpose = '随便看看'",
        "who = 'wang2'",
        "at = '2026-03-01 09:00:00+00:00'",
        "person = ''",
        "changes = '{}'",
        "address = ''",
    ],
)
def test_an_edited_line_is_named_with_number_and_time(home, change):
    tamper(f"UPDATE audit_log_logentry SET {change} WHERE number = 4")
    (said,) = faults(home)
    assert "第 4 条" in said
    assert "2026-03-01 " in said
    assert "被改动过" in said


def test_a_line_edited_together_with_its_hash_is_noticed_by_the_root(home):
    tamper("UPDATE audit_log_logentry SET purpose = '随便看看' WHERE number = 4")
    with transaction.atomic():
        size, peaks = LogHead.objects.values_list("size", "peaks").get()
        forge_hashes()
        LogHead.objects.update(size=size, peaks=peaks)
    (said,) = faults(home)
    assert "根" in said


@pytest.mark.parametrize("number", [0, 4, 8])
def test_a_removed_line_is_named(home, number):
    tamper(f"DELETE FROM audit_log_logentry WHERE number = {number}")
    (said,) = faults(home)
    assert f"第 {number} 条不见了" in said


def test_several_removed_lines_are_named_as_a_run(home):
    tamper("DELETE FROM audit_log_logentry WHERE number IN (2, 3, 4)")
    assert "第 2 至 4 条不见了" in faults(home)[0]


def test_a_truncated_log_is_noticed_by_its_head(home):
    tamper("DELETE FROM audit_log_logentry WHERE number >= 6")
    (said,) = faults(home)
    assert "第 6 至 8 条不见了" in said
    assert "截短" in said


def test_a_log_truncated_with_its_head_is_noticed_by_a_checkpoint_kept_elsewhere(home):
    kept = checkpoint(home)
    tamper("DELETE FROM audit_log_logentry WHERE number >= 6", "DELETE FROM audit_log_logcheckpoint")
    forge_hashes()
    assert faults(home) == []
    (said,) = faults(home, kept)
    assert "截短" in said
    assert str(kept) in said


def test_two_lines_that_changed_places_are_noticed(home):
    tamper(
        "UPDATE audit_log_logentry SET number = 100 WHERE number = 2",
        "UPDATE audit_log_logentry SET number = 2 WHERE number = 5",
        "UPDATE audit_log_logentry SET number = 5 WHERE number = 100",
    )
    assert [said[:6] for said in faults(home)[:2]] == ["第 2 条（", "第 5 条（"]


@pytest.mark.parametrize(("number", "said"), [(9, "超出登记"), (-1, "插入")])
def test_an_inserted_line_is_named(home, number, said):
    tamper(copied(3, to=number))
    (found,) = faults(home)
    assert said in found
    assert str(number) in found


def test_a_line_pushed_in_between_with_all_hashes_forged_is_between_two_checkpoints(home):
    first = checkpoint(home, "first.txt")
    write_lines(5, begin=9)
    second = checkpoint(home, "second.txt")
    tamper(
        "UPDATE audit_log_logentry SET number = -number WHERE number >= 12",
        "UPDATE audit_log_logentry SET number = 1 - number WHERE number <= -12",
        copied(3, to=12),
    )
    forge_hashes()
    (said,) = faults(home, first, second)[:1]
    assert "第 10 至 15 条之中有改动" in said


def test_a_log_written_anew_from_the_first_line_is_noticed(home):
    kept = checkpoint(home)
    tamper("DELETE FROM audit_log_logentry", "DELETE FROM audit_log_logcheckpoint", "DELETE FROM audit_log_loghead")
    write_lines(12)
    assert faults(home) == []
    assert "另一份日志" in faults(home, kept)[0]


def test_a_head_that_was_changed_or_is_gone_is_noticed(home):
    tamper("UPDATE audit_log_loghead SET peaks = ''")
    assert "登记" in faults(home)[0]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_log_loghead")
    assert "不见了" in faults(home)[0]
    with pytest.raises(RuntimeError, match="head"):
        write_lines(1)


def test_many_faults_are_counted_and_the_first_are_said(db, tmp_path):
    write_lines(MOST_SAID + 5)
    tamper("UPDATE audit_log_logentry SET who = 'x'")
    report = verify(Home(tmp_path), [])
    assert (len(report.wrong), report.more_wrong) == (MOST_SAID, 5)


def test_a_changed_checkpoint_in_the_database_is_named_and_one_that_is_given_is_refused(home):
    kept = checkpoint(home)
    changed = kept.read_text(encoding="utf-8").replace("time 2", "time 1")
    LogCheckpoint.objects.update(note=changed)
    assert "改动过" in faults(home)[0]
    kept.write_text(changed, encoding="utf-8")
    with pytest.raises(UserError, match="改动过"):
        verify(home, [kept])


def test_a_checkpoint_signed_with_another_key_is_pointed_out(home):
    kept = checkpoint(home)
    (home.keys / "signing-ed25519.key").unlink()
    report = verify(home, [kept])
    assert report.wrong == []
    assert any("别的密钥" in said for said in report.held)


def test_a_log_longer_than_one_piece_is_read_whole(home, monkeypatch):
    monkeypatch.setattr(reading, "PIECE", 4)
    assert faults(home) == []
    assert root_of(reading.leaves(0, 9)) == root_of(line.entry().leaf() for line in LogEntry.objects.order_by("number"))
    tamper("DELETE FROM audit_log_logentry WHERE number BETWEEN 3 AND 8")
    assert "第 3 至 8 条不见了" in faults(home)[0]


def test_the_database_refuses_to_let_the_head_shrink(home):
    with pytest.raises(DatabaseError, match="shrink"), transaction.atomic():
        LogHead.objects.update(size=3)
