"""An evidence pack leads to the same finding on another computer, and tells when anything in it was changed."""

import json
import zipfile

import pytest

from tests.engine.conftest import together, visit, write_lake
from yijian.engine.audit import audit
from yijian.engine.evidence import pack, verify
from yijian.engine.findings import read_findings
from yijian.rulebook.library import load_rules
from yijian.trust.signing import signed_file
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

RULES = {r: rule for r, rule in load_rules().items() if r in ("amount_arithmetic", "overlapping_admissions", "group_admission")}
STAY = {"med_type": "21", "begntime": "2025-06-02 09:00:00", "endtime": "2025-06-09 10:00:00", "dscg_maindiag_code": "J18.900"}
LATER = STAY | {"begntime": "2025-07-02 09:00:00", "endtime": "2025-07-09 10:00:00"}
ELSEWHERE = STAY | {"begntime": "2025-06-05 09:00:00", "fixmedins_code": "H2"}


@pytest.fixture
def judged(home):
    """A wrong sum, an overlap, four people admitted together twice, and somebody who has nothing to do with it."""
    together_twice = [visit(f"P{n}", f"{n}{t}", **s) for n in range(1, 5) for t, s in enumerate((STAY, LATER))]
    wrong = {"cnt": "2", "det_item_fee_sumamt": "250.00"}
    write_lake(
        home,
        together(*together_twice, visit("P1", "90", [wrong], **ELSEWHERE), visit("P8", "80", hilist_name="他人", med_type="11")),
    )
    run = audit(home, RULES)
    return home, {f["rule"]: f["finding_id"] for f in read_findings(home, run).to_pylist()}


@pytest.fixture
def packed(judged, tmp_path):
    home, findings = judged
    pack(home, RULES, list(findings.values()), tmp_path / "pack.zip")
    return tmp_path / "pack.zip"


def changed(path, member, old, new):
    """The pack with a piece of one member replaced."""
    with zipfile.ZipFile(path) as archive:
        files = {n: archive.read(n) for n in archive.namelist()}
    name = next(n for n in files if n.endswith(member))
    assert old in files[name]
    files[name] = files[name].replace(old, new, 1)
    with zipfile.ZipFile(path, "w") as archive:
        for n, data in files.items():
            archive.writestr(n, data)
    return files


def test_findings_about_one_person_and_about_an_area_come_out_the_same(judged, packed):
    signature, again = verify(packed)
    assert {f.rule: f.differs for f in again} == dict.fromkeys(RULES, "")
    assert signature.algorithm == "ed25519"


def test_only_rows_of_those_concerned_are_in_it(packed, judged):
    with zipfile.ZipFile(packed) as archive:
        finding = judged[1]["amount_arithmetic"]
        rows = archive.read(f"{finding}/rows/fee_list_d.csv").decode()
        page = archive.read("说明.html").decode()
    assert '"P1"' in rows
    assert "P2" not in rows
    assert "P8" not in rows
    assert "第三十八条第（三）项" in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("member", "old", "new"),
    [("rows/fee_list_d.csv", b"250", b"260"), ("rule.sql", b">", b"<"), ("说明.html", b"50.00", b"90.00")],
)
def test_a_changed_file_is_noticed(packed, member, old, new):
    changed(packed, member, old, new)
    with pytest.raises(UserError, match="与签名时不同"):
        verify(packed)


def test_whoever_signs_other_rows_does_not_get_the_same_finding(judged, packed, tmp_path):
    """The forger has a key of his own: the signature fits, the figures do not (and the fingerprint is another)."""
    import hashlib

    before, _ = verify(packed)
    files = changed(packed, "rows/fee_list_d.csv", b"250", b"260")
    manifest = json.loads(files["manifest.json"])["content"]
    manifest["files"] = {n: hashlib.sha256(d).hexdigest() for n, d in files.items() if n != "manifest.json"}
    with zipfile.ZipFile(packed, "w") as archive:
        for n, data in {**files, "manifest.json": signed_file(Home(tmp_path / "forger"), manifest)}.items():
            archive.writestr(n, data)
    after, again = verify(packed)
    assert after.fingerprint != before.fingerprint
    assert any("重算结果不同" in f.differs for f in again)


def test_an_unknown_finding_is_said(judged, tmp_path):
    with pytest.raises(UserError, match="没有疑点 none"):
        pack(judged[0], RULES, ["none"], tmp_path / "x.zip")
    assert list(tmp_path.glob("*.zip")) == []
