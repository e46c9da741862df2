"""The files of a city: whole, the same every time, in the extract format, and nobody in them can be real."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from yijian.city.catalogue import catalogue
from yijian.city.generate import make_city, make_district
from yijian.city.schemes import RULES
from yijian.claims.tables import tables
from yijian.vocabulary.errors import UserError

WRITTEN = (
    "mdtrt_d", "setl_d", "fee_list_d", "setl_list_diag_d", "setl_list_oprn_d", "psn_info_b",
    "psn_insu_d", "fixmedins_b", "medins_dr_b", "opsp_reg_d", "invinfo_d",
    "invchg_d", "purcinfo_d", "selinfo_d", "drug_trac_d", "staf_psn_clct_detl_d", "opter_b", "opt_log_d", "manl_reim_d",
    "clr_d", "disb_d", "agre_d", "ltc_assess_d", "ltc_plan_d", "ltc_serv_d",
)  # fmt: skip
RECORDS = (
    ("rid", "invinfo_d"), ("trt_dcla_detl_sn", "opsp_reg_d"), ("manl_reim_id", "manl_reim_d"), ("clr_id", "clr_d"),
    ("disb_id", "disb_d"), ("rid", "opt_log_d"), ("opter_id", "opter_b"), ("psn_insu_rlts_id", "psn_insu_d"),
    ("rid", "ltc_assess_d"), ("rid", "ltc_serv_d"),
)  # fmt: skip
"""What a label may be about beside lines, stays and settlements."""


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_persons_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("other", 4)):
        make_city(tmp_path / name, persons=1_000, seed=seed)
    first = contents(tmp_path / "a")
    assert first == contents(tmp_path / "b")
    assert first["fee_list_d.csv"] != contents(tmp_path / "other")["fee_list_d.csv"]


def test_parquet_holds_what_csv_holds(tmp_path: Path) -> None:
    make_city(tmp_path / "c", persons=1_000, seed=5)
    make_city(tmp_path / "p", persons=1_000, seed=5, parquet=True)
    with duckdb.connect() as db:
        for name in (*WRITTEN, "fee_list_d_corrections"):
            types = ", ".join(f"{c.name}::{c.sql_type} AS {c.name}" for c in tables()[name.removesuffix("_corrections")].columns)
            csv = f"SELECT {types} FROM read_csv('{tmp_path}/c/{name}.csv', all_varchar=true)"
            parquet = f"SELECT {types} FROM '{tmp_path}/p/{name}.parquet'"
            assert db.sql(f"({csv} EXCEPT ALL {parquet}) UNION ALL ({parquet} EXCEPT ALL {csv})").fetchall() == [], name
    assert (tmp_path / "c/labels.csv").read_bytes() == (tmp_path / "p/labels.csv").read_bytes()


@pytest.mark.parametrize("name", WRITTEN)
def test_a_table_has_its_declared_columns_and_unique_keys(name: str, files: duckdb.DuckDBPyConnection) -> None:
    relation = files.table(name)
    assert relation.columns == [c.name for c in tables()[name].columns]
    key = ", ".join(tables()[name].key)
    assert files.sql(f"SELECT {key} FROM {name} GROUP BY {key} HAVING count(*) > 1").fetchall() == []
    missing = " OR ".join(f"{c} IS NULL" for c in tables()[name].required)
    assert files.sql(f"SELECT count(*) FROM {name} WHERE {missing}").fetchall() == [(0,)]
    assert files.sql(f"SELECT count(*) > 0 FROM {name}").fetchall() == [(True,)]


def test_settlements_are_the_sums_of_their_lines(files: duckdb.DuckDBPyConnection) -> None:
    wrong = files.sql("""
        WITH line AS (
          SELECT * FROM fee_list_d ANTI JOIN fee_list_d_corrections USING (bkkp_sn) UNION ALL FROM fee_list_d_corrections)
        SELECT s.setl_id FROM setl_d s LEFT JOIN line l USING (setl_id)
        WHERE s.setl_id NOT IN (SELECT setl_id FROM labels WHERE kind = 'fee_detail_incomplete') GROUP BY ALL
        HAVING any_value(s.medfee_sumamt)::DECIMAL(16,2) <> coalesce(sum(l.det_item_fee_sumamt::DECIMAL(16,2)), 0)
            OR any_value(s.inscp_amt)::DECIMAL(16,2) <> coalesce(sum(l.inscp_amt::DECIMAL(16,2)), 0)
            OR any_value(s.fund_pay_sumamt)::DECIMAL(16,2) + any_value(s.psn_pay)::DECIMAL(16,2)
               <> any_value(s.medfee_sumamt)::DECIMAL(16,2)""").fetchall()
    assert wrong == []


def test_rows_refer_to_rows_that_exist(files: duckdb.DuckDBPyConnection) -> None:
    for child, column, parent in (
        ("fee_list_d", "setl_id", "setl_d"), ("setl_d", "mdtrt_id", "mdtrt_d"), ("mdtrt_d", "psn_no", "psn_info_b"),
        ("mdtrt_d", "fixmedins_code", "fixmedins_b"), ("setl_list_diag_d", "setl_id", "setl_d"),
        ("selinfo_d", "setl_id", "setl_d"), ("drug_trac_d", "bkkp_sn", "fee_list_d"),
        ("fee_list_d_corrections", "bkkp_sn", "fee_list_d"),
    ):  # fmt: skip
        assert files.sql(f"SELECT {column} FROM {child} ANTI JOIN {parent} USING ({column})").fetchall() == [], (child, column)
    for child, column, key in (("setl_d", "init_setl_id", "setl_id"), ("fee_list_d", "init_feedetl_sn", "bkkp_sn")):
        orphans = f"SELECT 1 FROM {child} c WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT {key} FROM {child})"
        assert files.sql(orphans).fetchall() == []
        assert files.sql(f"SELECT count({column}) > 0 FROM {child}").fetchall() == [(True,)]


def test_a_correction_comes_later_with_the_same_key(files: duckdb.DuckDBPyConnection) -> None:
    later = files.sql("""SELECT c.updt_time > f.updt_time, c.memo FROM fee_list_d_corrections c
        JOIN fee_list_d f USING (bkkp_sn, setl_id)""").fetchall()
    assert later
    assert set(later) == {(True, "更正")}


def test_a_year_looks_like_a_year(tmp_path: Path) -> None:
    persons = 2_000
    make_city(tmp_path / "c", persons=persons, seed=8, parquet=True, clean=True)  # schemes keep their people quiet
    with duckdb.connect() as db:
        for name in ("fee_list_d", "mdtrt_d", "psn_info_b", "fixmedins_b", "ltc_serv_d", "opt_log_d", "setl_d"):
            db.execute(f"CREATE VIEW {name} AS FROM '{tmp_path}/c/{name}.parquet'")
        (lines,) = db.sql("SELECT count(*) FROM fee_list_d").fetchall()[0]
        (stays, newborns) = db.sql(
            "SELECT count(*) FILTER (med_type IN ('21', '24', '52')), count(*) FILTER (nwb_flag = '1') FROM mdtrt_d"
        ).fetchall()[0]
        (dead,) = db.sql("SELECT count(die_date) FROM psn_info_b").fetchall()[0]
        kinds = db.sql("SELECT count(DISTINCT medins_lv), count(DISTINCT fixmedins_type), count(*) FROM fixmedins_b").fetchall()[
            0
        ]
        (cared, reviewed) = db.sql(
            "SELECT (SELECT count(DISTINCT psn_no) FROM ltc_serv_d), (SELECT count(DISTINCT record_id) FROM opt_log_d)"
        ).fetchall()[0]
        (settled,) = db.sql("SELECT count(*) FROM setl_d WHERE refd_setl_flag = '0'").fetchall()[0]
    assert 50 < lines / persons < 75
    assert 0.12 < stays / persons < 0.25
    assert dead > 5
    assert newborns >= 2
    assert kinds[0] >= 4
    assert kinds[1] == 2
    assert kinds[2] >= 12
    assert cared >= 1
    assert reviewed == settled


def test_nobody_can_be_real(files: duckdb.DuckDBPyConnection) -> None:
    weights, check = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
    numbers = {n for (n,) in files.sql("SELECT certno FROM mdtrt_d UNION SELECT certno FROM setl_d").fetchall()}
    people = files.sql("SELECT count(DISTINCT psn_no) FROM mdtrt_d").fetchall()[0][0]
    assert len(numbers) == people
    for number in numbers:
        assert number.startswith("999999")
        assert len(number) == 18
        assert number[17] != check[sum(w * int(d) for w, d in zip(weights, number, strict=False)) % 11]
    for table in ("mdtrt_d", "fixmedins_b"):
        assert files.sql(f"SELECT count(*) FROM {table} WHERE tel NOT LIKE '000%'").fetchall() == [(0,)]


def test_every_rule_has_labelled_hits_and_look_alikes(files: duckdb.DuckDBPyConnection) -> None:
    found = files.sql("SELECT kind, verdict, count(*) FROM labels GROUP BY ALL").fetchall()
    counts = {(kind, verdict): n for kind, verdict, n in found}
    assert {kind for kind, _ in counts} == set(RULES)
    assert all(counts[rule, verdict] >= 2 for rule in RULES for verdict in ("hit", "near_miss"))
    assert files.sql("SELECT count(*) = count(DISTINCT case_id) FROM labels").fetchall() == [(True,)]


def test_labels_name_rows_that_exist(files: duckdb.DuckDBPyConnection) -> None:
    for column, key, table in (
        ("bkkp_sns", "bkkp_sn", "fee_list_d"),
        ("setl_id", "setl_id", "setl_d"),
        ("mdtrt_id", "mdtrt_id", "mdtrt_d"),
    ):
        known = " UNION ".join(f"SELECT {k} FROM {t}" for k, t in ((key, table), *(RECORDS if column == "bkkp_sns" else ())))
        split = f"unnest(string_split({column}, ' '))"
        named = f"SELECT regexp_replace({split}, '.*\\|', '') AS id FROM labels WHERE {column} IS NOT NULL"
        assert files.sql(f"SELECT id FROM ({named}) WHERE id NOT IN ({known})").fetchall() == []


def test_codes_have_the_national_shapes() -> None:
    goods = catalogue().goods
    shapes = {"101": (20, 23), "102": (10,), "201": (15,), "301": (27,)}
    assert all(len(good.code) in shapes[good.list_type] for good in goods)
    assert len({good.code for good in goods}) == len(goods)


def test_a_district_does_not_depend_on_the_others() -> None:
    alone, labels = make_district(0, 1_000, 9)
    other, other_labels = make_district(1, 1_000, 9)
    assert not {one.case_id for one in labels} & {one.case_id for one in other_labels}
    for name in WRITTEN:
        keys = [part[tables()[name].key[0]].combine_chunks().cast(pa.string()) for part in (alone[name], other[name])]
        assert not pc.any(pc.is_in(keys[0], keys[1])).as_py(), name


def test_an_interrupted_city_leaves_nothing(tmp_path: Path) -> None:
    def stop(_done: int, _all: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_city(tmp_path / "c", persons=1_000, seed=1, done=stop)
    assert list(tmp_path.iterdir()) == []


def test_too_few_people_or_a_full_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="人数太少"):
        make_city(tmp_path / "c", persons=20, seed=1)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(UserError, match="已存在且不为空"):
        make_city(tmp_path / "full", persons=1_000, seed=1)
