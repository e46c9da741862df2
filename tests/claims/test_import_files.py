"""What a bureau delivers is read whatever its form, and loaded once."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from tests.claims.claims_cast import Bureau, rows_of
from yijian.claims.lake import Lake, bucket_of
from yijian.vocabulary.errors import UserError


def test_a_csv_is_loaded_with_its_types(bureau: Bureau) -> None:
    bureau.write("fee_list_d")
    bureau.write("setl_d")
    done = bureau.take()
    assert bureau.counts(done, "fee_list_d") == {"new": 1}
    assert bureau.rows("fee_list_d", "bkkp_sn, fee_ocur_time, cnt, pric, det_item_fee_sumamt, memo") == [
        ("L1", dt.datetime(2026, 1, 5, 10), Decimal("2.0000"), Decimal("5.500000"), Decimal("11.00"), None)
    ]


@pytest.mark.parametrize(("encoding", "delimiter"), [
    ("utf-8", ","), ("utf-8-sig", ","), ("gbk", ","), ("gb18030", "\t"), ("utf-8", "\t"), ("utf-8", "\x01"), ("gbk", "\x01"),
])  # fmt: skip
def test_encodings_and_delimiters_give_the_same_rows(bureau: Bureau, encoding: str, delimiter: str) -> None:
    name = '阿莫西林"胶囊",\n0.25g'
    bureau.write("fee_list_d", [{"medins_list_name": name}, {"bkkp_sn": "L2"}], encoding=encoding, delimiter=delimiter)
    bureau.take()
    assert bureau.rows("fee_list_d", "bkkp_sn, medins_list_name") == [("L1", name), ("L2", None)]


def test_an_excel_workbook_with_real_dates_and_numbers(bureau: Bureau) -> None:
    path = bureau.folder / "fee_list_d_2026.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    row = rows_of("fee_list_d")[0]
    sheet.write_row(0, 0, [k.upper() for k in row])
    sheet.write_row(1, 0, list(row.values()))
    sheet.write_row(2, 0, [*row.values()])
    sheet.write(2, 0, "L2")
    sheet.write_datetime(1, list(row).index("fee_ocur_time"), dt.datetime(2026, 1, 7, 8, 30), day)
    sheet.write_number(2, list(row).index("fee_ocur_time"), 46029.5)
    sheet.write_number(1, list(row).index("det_item_fee_sumamt"), 12.5)
    book.close()
    bureau.take()
    assert bureau.rows("fee_list_d", "bkkp_sn, fee_ocur_time, det_item_fee_sumamt") == [
        ("L1", dt.datetime(2026, 1, 7, 8, 30), Decimal("12.50")),
        ("L2", dt.datetime(2026, 1, 7, 12), Decimal("11.00")),
    ]


def test_parquet_with_natural_types(bureau: Bureau) -> None:
    row = ", ".join(f"'{v}' AS {k}" for k, v in rows_of("fee_list_d")[0].items())
    path = bureau.folder / "fee_list_d.parquet"
    duckdb.sql(
        f"COPY (SELECT * REPLACE (CAST(cnt AS DOUBLE) AS cnt, CAST(fee_ocur_time AS TIMESTAMP) AS fee_ocur_time, "
        f"CAST(det_item_fee_sumamt AS DECIMAL(16,2)) AS det_item_fee_sumamt) FROM (SELECT {row})) TO '{path}'"
    )
    bureau.take()
    assert bureau.rows("fee_list_d", "cnt, fee_ocur_time, det_item_fee_sumamt") == [
        (Decimal("2.0000"), dt.datetime(2026, 1, 5, 10), Decimal("11.00"))
    ]


def test_interface_names_and_a_file_known_by_its_header_only(bureau: Bureau) -> None:
    row = rows_of("fee_list_d")[0]
    row["feedetl_sn"] = row.pop("bkkp_sn")
    path = bureau.folder / "明细导出.csv"
    path.write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n", encoding="utf-8")
    bureau.take()
    assert bureau.rows("fee_list_d", "bkkp_sn") == [("L1",)]


def test_a_hive_file_without_header_in_warehouse_order(bureau: Bureau) -> None:
    path = bureau.write("fee_list_d", delimiter="\x01", name="fee_list_d.txt")
    path.write_text(path.read_text().split("\n", 1)[1])
    bureau.take()
    assert bureau.rows("fee_list_d", "bkkp_sn, med_list_codg") == [("L1", "XA01")]


@pytest.mark.parametrize(("written", "read"), [
    ("2026/1/5", dt.date(2026, 1, 5)), ("20260105", dt.date(2026, 1, 5)), ("2026-01-05 23:59:59", dt.date(2026, 1, 5)),
    ("2026年1月5日", dt.date(2026, 1, 5)),
])  # fmt: skip
def test_dates_are_read_in_the_forms_people_write(bureau: Bureau, written: str, read: dt.date) -> None:
    bureau.write("psn_info_b", [{"brdy": written}])
    bureau.take()
    assert bureau.rows("psn_info_b", "brdy") == [(read,)]


def test_a_time_with_an_offset_is_brought_to_local_time(bureau: Bureau) -> None:
    bureau.write("fee_list_d", [{"fee_ocur_time": "2026-01-05T02:00:00+00:00"}])
    bureau.take()
    assert bureau.rows("fee_list_d", "fee_ocur_time") == [(dt.datetime(2026, 1, 5, 10),)]


def test_a_folder_is_taken_whole_without_labels_and_knowledge(bureau: Bureau) -> None:
    bureau.write("fee_list_d")
    bureau.write("setl_d")
    (bureau.folder / "labels.csv").write_text("case_id\n1\n")
    (bureau.folder / "knowledge").mkdir()
    done = bureau.take()
    assert [t.table for t in done.manifest.tables] == ["setl_d", "fee_list_d"]
    assert len(done.notes) == 2


def test_rows_lie_in_their_person_s_bucket_sorted(bureau: Bureau) -> None:
    bureau.write("fee_list_d", [{"bkkp_sn": f"L{i}", "psn_no": f"P{i % 7}"} for i in range(70)])
    bureau.take()
    lake = Lake.open(bureau.home)
    assert lake.snapshot().rows("fee_list_d") == 70
    for n in range(7):
        files = lake.snapshot().files("fee_list_d", bucket_of(f"P{n}", lake.buckets))
        found = duckdb.sql(f"SELECT psn_no FROM read_parquet({[str(f) for f in files]!r})").fetchall()
        assert (f"P{n}",) in found
        assert found == sorted(found)


def refused(bureau: Bureau, *paths: Path) -> str:
    """The sentence with which an import is refused; the lake has nothing of it."""
    with pytest.raises(UserError) as said:
        bureau.take(*paths)
    assert not (bureau.home.lake / "commits").exists() or Lake.open(bureau.home).snapshot().number == 0
    assert not list(bureau.home.lake.rglob("*.parquet"))
    return str(said.value)


def test_an_unknown_column_stops_the_import(bureau: Bureau) -> None:
    bureau.write("setl_d")
    path = bureau.write("fee_list_d")
    path.write_text(path.read_text().replace("prodname", "shangpinming", 1))
    assert "shangpinming" in refused(bureau)
    assert "--mapping" in refused(bureau)


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02binary", b"PK\x03\x04broken", b"a,b\n1,2\n"])
@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_a_broken_file_is_refused_with_its_name(bureau: Bureau, content: bytes, suffix: str) -> None:
    path = bureau.folder / f"fee_list_d.{suffix}"
    path.write_bytes(content)
    assert path.name in refused(bureau, path)


def test_a_missing_required_column_is_named(bureau: Bureau) -> None:
    path = bureau.folder / "fee_list_d.csv"
    path.write_text("bkkp_sn,setl_id\n1,2\n")
    assert "psn_no" in refused(bureau, path)


def test_a_missing_path_is_named(bureau: Bureau) -> None:
    assert "nirgends" in refused(bureau, bureau.folder / "nirgends.csv")


def test_a_lake_of_another_version_is_refused(bureau: Bureau) -> None:
    bureau.write("setl_d")
    bureau.take()
    (bureau.home.lake / "lake.toml").write_text("format = 99\nbuckets = 16\n")
    with pytest.raises(UserError, match="99"):
        Lake.open(bureau.home)
