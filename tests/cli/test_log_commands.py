"""`yijian log`: signed here, kept and checked elsewhere."""

import os
import sqlite3
import subprocess
import sys

import pytest

from tests.cli.test_commands import ROOT, one_sentence, yijian

LINES = "from tests.web.audit_log.audit_log_cast import write_lines; write_lines(30)"


@pytest.fixture
def home(tmp_path):
    """A home whose log has thirty lines, and the checkpoint that another body took then."""
    here = tmp_path / "home"
    here.mkdir()
    _write(here)
    assert yijian("log", "checkpoint", "--out", tmp_path / "kept.txt", home=here).returncode == 0
    _write(here)
    return here


def _write(home):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    command = [sys.executable, "-W", "ignore", "-m", "yijian.web"]
    for words in (["migrate", "-v0"], ["shell", "-v0", "-c", LINES]):
        subprocess.run([*command, "manage", *words, "--home", str(home)], check=True, env=env, cwd=ROOT)


@pytest.mark.skipif("YIJIAN_DATABASE_URL" in os.environ, reason="写 SQLite 文件的测试")
def test_another_body_holds_the_log_to_what_it_was(home, tmp_path):
    kept = tmp_path / "kept.txt"
    said = yijian("log", "verify", "-c", kept, home=home)
    assert (said.returncode, said.stdout.count("✗")) == (0, 0), said.stdout + said.stderr
    _check_files(home, tmp_path, kept)
    _forge(home)
    said = yijian("log", "verify", "--checkpoint", kept, home=home)
    assert said.returncode == 1
    assert "第 4 条" in said.stdout
    assert "被改动过" in said.stdout


def _check_files(home, folder, kept):
    """A proof that the log continues the checkpoint, and some days' lines, are checked without the home."""
    assert yijian("log", "prove", kept, "--out", folder / "proof.json", home=home).returncode == 0
    assert "此后只有追加" in yijian("log", "check", folder / "proof.json", "-c", kept).stdout
    period = ("--from", "2026-03-01", "--to", "2026-03-01")
    assert yijian("log", "export", *period, "--out", folder / "march.json", home=home).returncode == 0
    exported = (folder / "march.json").read_text(encoding="utf-8")
    assert "✗" not in yijian("log", "check", folder / "march.json").stdout
    for change in (('"about":"f7"', '"about":"f8"'), ('"number":3,', '"number":2,')):
        (folder / "march.json").write_text(exported.replace(*change, 1), encoding="utf-8")
        changed = yijian("log", "check", folder / "march.json")
        assert changed.returncode == 1
        assert "✗" in changed.stdout
    assert "保管的" in yijian("log", "check", folder / "proof.json", "-c", sorted((home / "log").iterdir())[-1]).stdout


def _forge(home):
    with sqlite3.connect(home / "web" / "yijian.sqlite3") as database:
        database.execute("DROP TRIGGER log_no_update")
        database.execute("UPDATE audit_log_logentry SET purpose = '随便看看' WHERE number = 4")


def test_users_mistakes_are_one_sentence_each(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    home, file = tmp_path / "home", tmp_path / "x.json"
    assert "空的" in one_sentence(yijian("log", "checkpoint", home=home))
    assert "不是日志检查点" in one_sentence(yijian("log", "verify", "-c", file, home=home))
    assert "没有日志" in one_sentence(
        yijian("log", "export", "--from", "2026-01-01", "--to", "2026-01-02", "-o", file, home=home)
    )
    assert "不是日志的导出" in one_sentence(yijian("log", "check", file))
    assert "打不开" in one_sentence(yijian("log", "check", tmp_path / "nothing.json"))
    assert "没有这个数据目录" in one_sentence(yijian("log", "verify", home=tmp_path / "nowhere"))
