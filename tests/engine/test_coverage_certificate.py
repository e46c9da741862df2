"""A coverage certificate: signed, chained, and recomputed from the lake."""

import json
import subprocess
import sys

import pytest

from tests.engine.conftest import together, visit, write_lake
from yijian.engine.audit import audit
from yijian.engine.certificate import certify, read_certificate, verify
from yijian.rulebook.library import load_rules
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.period import Period

RULES = {r: rule for r, rule in load_rules().items() if r in ("amount_arithmetic", "late_upload", "overlapping_admissions")}
WRONG = {"cnt": "2", "pric": "100", "det_item_fee_sumamt": "250.00"}
IN_MAY = {"fee_ocur_time": "2025-05-30 09:00:00", "crte_time": "2025-05-30 10:00:00"}


@pytest.fixture
def judged(home):
    write_lake(
        home,
        together(
            visit("P1", "1", [WRONG, IN_MAY | WRONG]),
            visit("P2", "2", [{}, {"crte_time": None}]),
            visit("P3", "3", [{"fee_ocur_time": None}, {"vali_flag": "0"}]),
        ),
    )
    audit(home, RULES)
    return home


def test_the_lines_of_a_period_are_passed_found_or_not_judged_by_cause(judged):
    june, _ = read_certificate(certify(judged, Period("2025-06", "2025-06")))
    line = june.rules["amount_arithmetic"]
    assert (line.rows.total, line.rows.excluded, line.rows.passed, line.rows.found, line.undated) == (4, 1, 2, 1, 1)
    assert (line.findings, str(line.amount)) == (1, "50.00")
    assert june.rules["late_upload"].rows.causes == {"upload_day 缺失": 1}
    whole, _ = read_certificate(certify(judged, Period()))
    assert whole.rules["amount_arithmetic"].rows.total == 6
    assert whole.rules["amount_arithmetic"].findings == 2


def test_a_certificate_names_its_predecessor_and_is_recomputed(judged):
    certify(judged, Period())
    checked = verify(certify(judged, Period("2025-05", "2025-05")), judged, RULES)
    assert checked.wrong == []
    assert any("链条完整" in s for s in checked.held)
    assert any("重新计算" in s and "3 条规则" in s for s in checked.held)


def test_a_changed_figure_breaks_the_signature(judged):
    path = certify(judged, Period())
    path.write_text(path.read_text().replace('"passed":', '"passed": ', 1))
    with pytest.raises(UserError, match="签名与内容不符"):
        verify(path, None, {})


def test_a_replaced_predecessor_is_noticed(judged):
    first = certify(judged, Period("2025-05", "2025-05"))
    second = certify(judged, Period())
    first.unlink()
    assert any("不在手边" in s for s in verify(second, None, {}).held)
    replaced = certify(judged, Period("2025-06", "2025-06"))  # number 3 now; put where number 1 was
    replaced.rename(first)
    assert any("不是同一份" in s for s in verify(second, None, {}).wrong)


def test_figures_that_the_lake_does_not_give_are_noticed(judged):
    """Somebody with the key signs other figures: only judging again shows it."""
    from yijian.trust.signing import signed_file

    path = certify(judged, Period())
    content = json.loads(path.read_bytes())["content"]
    rows = content["rules"]["amount_arithmetic"]["rows"]
    rows["found"], rows["passed"] = rows["found"] - 1, rows["passed"] + 1
    content["total"]["found"], content["total"]["passed"] = content["total"]["found"] - 1, content["total"]["passed"] + 1
    path.write_bytes(signed_file(judged, content))
    assert verify(path, None, {}).wrong == []
    assert verify(path, judged, RULES).wrong == ["重新计算的结果与证书不同：amount_arithmetic"]


def test_sm2_signs_where_it_is_configured(judged):
    judged.keys.mkdir(mode=0o700, exist_ok=True)
    (judged.keys / "signing.toml").write_text('algorithm = "sm2"\n')
    path = certify(judged, Period())
    assert verify(path, None, {}).signature.algorithm == "sm2"
    path.write_text(path.read_text().replace('"number":1', '"number":2'))
    with pytest.raises(UserError, match="签名与内容不符"):
        verify(path, None, {})


def test_the_command_line_certifies_and_verifies(judged, tmp_path):
    def yijian(*words):
        return subprocess.run(
            [sys.executable, "-m", "yijian.cli", *map(str, words), "--home", str(judged.path)], capture_output=True, text=True
        )

    made = yijian("coverage", "certify", "--period", "2025-05..2025-06", "-o", tmp_path / "c.json")
    assert made.returncode == 0, made.stderr
    assert "第 1 号覆盖证书" in made.stdout
    checked = yijian("coverage", "verify", tmp_path / "c.json", "--no-recompute")
    assert checked.returncode == 0, checked.stdout
    assert "核验通过" in checked.stdout
    assert yijian("coverage", "certify", "--period", "2025").returncode == 2
    assert yijian("coverage").returncode == 0
