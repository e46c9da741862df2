"""A hospital's computer runs Windows, and its user's folder is named as people name things."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.cli.test_commands import ROOT
from tests.gateway.test_selfcheck import export  # noqa: F401 - a fixture

pytestmark = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="没有 /proc，看不出文件是否还开着")


def elsewhere(*arguments: object, temporary: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as on Windows."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(temporary), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-m", "tests.gateway.elsewhere", *map(str, arguments)],
        capture_output=True, text=True, encoding="utf-8", env=env, cwd=ROOT, check=False,
    )  # fmt: skip


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    folder = tmp_path / "医保 科's files"
    folder.mkdir()
    return folder


def test_a_selfcheck_needs_nothing_that_windows_does_not_have(export: Path, area_pack: Path, temporary: Path) -> None:  # noqa: F811
    out = temporary / "自查.xlsx"
    done = elsewhere("selfcheck", area_pack, export, "-o", out, temporary=temporary)
    assert done.returncode == 0, done.stderr
    assert "2 名参保人" in done.stdout
    assert "药品区分性别使用" in {row[0] for row in CalamineWorkbook.from_path(out).get_sheet_by_name("疑点").to_python()}
    assert sorted(path.name for path in temporary.iterdir()) == ["自查.xlsx"]


def test_a_pack_is_looked_at_and_compared_there(area_pack: Path, temporary: Path) -> None:
    for command in (("show", area_pack), ("verify", area_pack), ("diff", area_pack, area_pack)):
        done = elsewhere("pack", *command, temporary=temporary)
        assert done.returncode == 0 and done.stdout, done.stderr


def test_a_pack_is_built_there(home, temporary: Path) -> None:
    done = elsewhere("pack", "build", "-o", temporary / "本地.pack", "--home", home.path, temporary=temporary)
    assert done.returncode == 0, done.stderr
    assert elsewhere("pack", "verify", temporary / "本地.pack", temporary=temporary).returncode == 0


def test_a_screen_of_another_code_page_shows_what_it_can(area_pack: Path, temporary: Path, monkeypatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = elsewhere("pack", "verify", area_pack, temporary=temporary)
    assert done.returncode == 0 and "?" in done.stdout, done.stderr
