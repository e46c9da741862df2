"""`yijian draw`: two bodies draw by files alone."""

import subprocess
import sys

import pytest

from tests.cli.test_commands import one_sentence, yijian
from tests.draws import independent

A, B = "示例市医疗保障局", "派驻纪检监察组"
ROWS = (
    "id,stratum,weight,recused,cooling\n"
    + "".join(f"H{n:02},三级,{n % 3 + 1},,\n" for n in range(10))
    + "P1,药店,,亲属任职,\nP2,药店,,,\n"
)


def _freeze(folder, *more):
    (folder / "objects.csv").write_text(ROWS, encoding="utf-8-sig")
    told = ("--title", "抽查", "--body", A, "--body", B, "--floor", "三级=20%+3", "--floor", "药店=全部", *more)
    return yijian("draw", "freeze", folder / "objects.csv", *told, "--out", folder / "list.json")


def _commit(folder, body, name):
    return yijian(
        "draw",
        "commit",
        folder / "list.json",
        "--body",
        body,
        "--secret",
        folder / f"{name}.secret",
        "--out",
        folder / f"{name}.json",
    )


def _reveal(folder, body, name, *promises):
    told = ("--body", body, "--secret", folder / f"{name}.secret", "--out", folder / f"{name}2.json")
    return yijian("draw", "reveal", folder / "list.json", *promises, *told)


@pytest.fixture
def table(tmp_path):
    """A folder with a frozen list, its hash, and the commitments of both."""
    said = _freeze(tmp_path)
    assert said.returncode == 0, said.stderr
    for body, name in ((A, "a"), (B, "b")):
        assert _commit(tmp_path, body, name).returncode == 0
    return tmp_path, said.stdout.split()[-1]


def test_two_bodies_draw_by_files_and_a_third_recomputes(table):
    folder, list_hash = table
    promises = folder / "a.json", folder / "b.json"
    for body, name in ((A, "a"), (B, "b")):
        assert _reveal(folder, body, name, *promises).returncode == 0
    shown = folder / "b2.json", folder / "a2.json"
    drawn = yijian("draw", "run", folder / "list.json", *shown, *promises, "--out", folder / "record.json")
    assert drawn.returncode == 0, drawn.stderr
    assert [line.split()[0] for line in drawn.stdout.splitlines()[:-1]] == ["三级"] * 3 + ["药店"]
    said = yijian("draw", "verify", folder / "record.json", "--list", list_hash)
    assert (said.returncode, "12 个机构中抽出 4 个" in said.stdout) == (0, True), said.stdout
    script = [sys.executable, "-I", independent.__file__, folder / "record.json"]
    assert subprocess.run(script, capture_output=True, text=True, check=True).stdout == "same\n"
    other = yijian("draw", "verify", folder / "record.json", "--list", "0" * 64)
    assert (other.returncode, "不是公布的那一份" in other.stdout) == (1, True)
    _swap(folder / "record.json", '"id":"H01"', '"id":"H91"')
    changed = yijian("draw", "verify", folder / "record.json")
    assert (changed.returncode, changed.stdout[:1]) == (1, "✗")


def _swap(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_secret_is_not_shown_before_all_have_committed(table):
    folder, _ = table
    assert "还没有派驻纪检监察组的承诺" in one_sentence(_reveal(folder, A, "a", folder / "a.json"))
    assert (folder / "a.secret").stat().st_mode & 0o077 == 0
    assert "已存在" in one_sentence(_commit(folder, A, "a"))


def test_a_list_changed_after_its_commitment_is_refused(table):
    folder, _ = table
    _swap(folder / "list.json", "亲属任职", "亲属就职")
    assert "不是为这份名单作的" in one_sentence(_reveal(folder, A, "a", folder / "a.json", folder / "b.json"))


@pytest.mark.parametrize(
    ("floor", "said"),
    [("三级=两个", "看不懂"), ("三级=11", "只剩 10 个"), ("三级=1.234%", "最多两位小数"), ("二级=1", "不属于任何一个分层")],
)
def test_a_floor_that_cannot_be_held_is_said(tmp_path, floor, said):
    (tmp_path / "objects.csv").write_text("id,stratum\n" + "".join(f"H{n},三级\n" for n in range(10)), encoding="utf-8")
    told = ("--title", "抽查", "--body", A, "--body", B, "--floor", floor, "--out", tmp_path / "list.json")
    assert said in one_sentence(yijian("draw", "freeze", tmp_path / "objects.csv", *told))
    assert not (tmp_path / "list.json").exists()
