"""Rejected rows wait, masked, until corrected; identities are nowhere but in the vault."""

import stat
from pathlib import Path

import duckdb
import pytest

from tests.claims.claims_cast import Bureau
from yijian.claims.mapping import load_mapping
from yijian.claims.quarantine import Quarantine
from yijian.claims.resubmitting import export_rows, resubmit
from yijian.claims.vault import Vault, token
from yijian.trust.keys import key
from yijian.vocabulary.errors import UserError

NAME, CERT = "张小三", "99999919900101001X"


def test_a_corrected_row_is_loaded_and_leaves_quarantine(bureau: Bureau, tmp_path: Path) -> None:
    bureau.write("setl_d", [{}, {"setl_id": "S2", "medfee_sumamt": "oops"}])
    bureau.take()
    (path,) = export_rows(bureau.home, tmp_path / "out")
    text = path.read_text(encoding="utf-8-sig")
    assert NAME not in text
    assert CERT not in text
    assert "张**" in text
    path.write_text(text.replace("oops", "22.00"), encoding="utf-8-sig")
    done = resubmit(bureau.home, path)
    assert bureau.counts(done, "setl_d") == {"new": 1}
    assert Quarantine(bureau.home).rejections() == []
    tokens = bureau.rows("setl_d", "certno_tok")
    assert tokens[0] == tokens[1] == (token(bureau.home, CERT),)
    with Vault.open(bureau.home) as vault:
        assert vault.identity("P1")["psn_name"] == NAME


def test_a_row_still_wrong_stays_in_quarantine_once(bureau: Bureau, tmp_path: Path) -> None:
    bureau.take(bureau.write("psn_info_b", [{"gend": "7"}]))
    (path,) = export_rows(bureau.home, tmp_path / "out")
    path.write_text(path.read_text(encoding="utf-8-sig").replace(",7,", ",8,"), encoding="utf-8-sig")
    resubmit(bureau.home, path)
    (found,) = Quarantine(bureau.home).rejections()
    assert found.value == "8"
    with pytest.raises(UserError, match="已处理"):
        resubmit(bureau.home, path)


def test_with_identity_the_export_is_in_full(bureau: Bureau, tmp_path: Path) -> None:
    bureau.take(bureau.write("setl_d", [{"medfee_sumamt": "oops"}]))
    (path,) = export_rows(bureau.home, tmp_path / "out", identity=True)
    assert CERT in path.read_text(encoding="utf-8-sig")


def test_a_file_that_is_no_export_is_refused(bureau: Bureau) -> None:
    path = bureau.write("setl_d")
    bureau.take()
    with pytest.raises(UserError, match="quarantine export"):
        resubmit(bureau.home, path)


def test_no_identity_is_written_in_plain_anywhere(bureau: Bureau) -> None:
    bureau.write("setl_d", [{}, {"setl_id": "S2", "medfee_sumamt": "oops"}])
    bureau.write("mdtrt_d", [{}, {"mdtrt_id": "M2", "begntime": "nie"}])
    bureau.take()
    known = [s.encode() for s in (NAME, CERT, "13000000001", "海滨路")]
    for path in bureau.home.path.rglob("*"):
        if path.is_file():
            assert not any(k in path.read_bytes() for k in known), path
    for table in ("setl_d", "mdtrt_d"):  # Parquet is compressed: look at the values too
        assert not any(k.decode() in str(bureau.rows(table)) for k in known)


def test_the_same_person_has_the_same_token_in_all_tables(bureau: Bureau) -> None:
    bureau.write("setl_d")
    bureau.write("mdtrt_d", [{"certno": " 99999919900101001x "}])
    bureau.take()
    assert bureau.rows("setl_d", "certno_tok") == bureau.rows("mdtrt_d", "certno_tok")
    assert bureau.rows("mdtrt_d", "addr_tok") == [(token(bureau.home, "海滨路 1 号"),)]


def test_the_vault_keeps_the_latest_identity(bureau: Bureau) -> None:
    later = {"setl_id": "S2", "psn_name": "张大三", "updt_time": "2026-05-01 00:00:00"}
    bureau.take(bureau.write("setl_d", [later, {}]))
    bureau.take(bureau.write("mdtrt_d"))
    with Vault.open(bureau.home) as vault:
        assert vault.identity("P1") == {
            "psn_name": "张大三",
            "certno": CERT,
            "tel": "13000000001",
            "addr": "海滨路 1 号",
        }
        assert vault.identity("P2") == {}


def test_keys_are_for_their_owner_only(bureau: Bureau) -> None:
    bureau.take(bureau.write("setl_d"))
    assert {stat.S_IMODE(p.stat().st_mode) for p in bureau.home.keys.iterdir()} == {0o600}
    assert stat.S_IMODE(bureau.home.keys.stat().st_mode) == 0o700
    (bureau.home.keys / "token.key").chmod(0o644)
    with pytest.raises(UserError, match="chmod 600"):
        key(bureau.home, "token")


def test_sm4_by_configuration_and_what_was_sealed_before_stays_readable(bureau: Bureau) -> None:
    with Vault.open(bureau.home) as vault:
        vault.put([("P1", {"psn_name": "甲"}, "")])
    (bureau.home.keys / "cipher.toml").write_text('cipher = "sm4-gcm"\n')
    with Vault.open(bureau.home) as vault:
        vault.put([("P2", {"psn_name": "乙"}, "")])
        assert (vault.identity("P1"), vault.identity("P2")) == ({"psn_name": "甲"}, {"psn_name": "乙"})


def test_another_key_does_not_open_the_vault(bureau: Bureau) -> None:
    with Vault.open(bureau.home) as vault:
        vault.put([("P1", {"psn_name": "甲"}, "")])
    (bureau.home.keys / "vault-aes-256-gcm.key").unlink()
    with Vault.open(bureau.home) as vault, pytest.raises(UserError, match="密钥"):
        vault.identity("P1")


HOSPITAL = (
    "机构编码,机构名称,险种类别,身份证号,人员姓名,住院号,医嘱号,组号,项目代码,项目名称,国标代码,国标名称,规格,收费项目类别,收费项目等级,"
    "数量,单价,金额,费用发生日期,费用科室名称,结算流水号\n"
    f"H1,第一医院,310,{CERT},{NAME},Z1,Y1,1,X1,项目一,A01,国标一,1次,检查费,甲类,1,20,20.00,2026-01-05,内科,S1\n"
    f"H1,第一医院,310,{CERT},{NAME},Z1,Y1,1,X1,项目一,A01,国标一,1次,检查费,甲类,1,20,20.00,2026-01-05,内科,S1\n"
    f"H1,第一医院,310,{CERT},{NAME},Z1,Y2,1,X2,项目二,A02,国标二,1次,化验费,乙类,1,30,30.00,2026-01-06,内科,S1\n"
)


def test_the_hospital_side_extract_comes_in_by_the_shipped_mapping(bureau: Bureau) -> None:
    path = bureau.folder / "3.3 住院医嘱.csv"
    path.write_bytes(HOSPITAL.encode("gbk"))
    done = bureau.take(path, mapping=load_mapping("inspection"))
    assert bureau.counts(done, "fee_list_d") == {"new": 3, "suspect": 3}
    person = token(bureau.home, CERT)
    assert set(bureau.rows("fee_list_d", "psn_no, setl_id, med_type, chrgitm_lv, med_chrgitm_type")) == {
        (person, "S1", "21", "01", "03"), (person, "S1", "21", "02", "04"),
    }  # fmt: skip
    with Vault.open(bureau.home) as vault:
        assert vault.identity(person) == {"certno": CERT, "psn_name": NAME}
    again = path.with_name("住院医嘱 2.csv")
    again.write_bytes("\n".join([(lines := HOSPITAL.splitlines())[0], *lines[:0:-1]]).encode())
    assert bureau.counts(bureau.take(again, mapping=load_mapping("inspection")), "fee_list_d") == {"unchanged": 3}


def test_a_mapping_of_one_s_own(bureau: Bureau, tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text('table = "psn_info_b"\nignore = ["备注"]\n[columns]\n"编号" = "psn_no"\n"性别" = "gend"\n'
                       '[codes.gend]\n"男" = "1"\n"女" = "2"\n[constants]\nsurv_stas = "1"\n')  # fmt: skip
    path = bureau.folder / "人员.csv"
    path.write_text("编号,性别,备注\nP1,男,x\nP2,女,y\n")
    bureau.take(path, mapping=load_mapping(str(mapping)))
    assert bureau.rows("psn_info_b", "psn_no, gend, surv_stas") == [("P1", "1", "1"), ("P2", "2", "1")]


@pytest.mark.parametrize("text", ['table = "nix"', 'table = "setl_d"\n[columns]\nx = "nix"', "tabel = 1", "[["])
def test_a_wrong_mapping_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text)
    with pytest.raises(UserError, match=r"map\.toml"):
        load_mapping(str(path))


def test_suspects_and_reasons_hold_no_identity(bureau: Bureau) -> None:
    bureau.take(bureau.write("setl_d", [{"medfee_sumamt": "x"}]))
    for path in bureau.home.quarantine.rglob("*.parquet"):
        assert CERT not in str(duckdb.sql(f"SELECT * FROM '{path}'").fetchall())
