"""The bureau's pack over a hospital's own export: the same ruler on both sides. Needs no home and no lake.

The files are read as `yijian import` reads them, into a folder that is thrown away; then person by person, all encounters at
once, by the rules before and during settlement.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from yijian.claims.intake import import_files
from yijian.claims.lake import Lake
from yijian.claims.manifest import Manifest
from yijian.claims.mapping import Mapping as FileMapping
from yijian.claims.views import views
from yijian.engine.backends.duckdb import Session as DuckDB
from yijian.engine.bind import closure
from yijian.gateway.answer import evidence
from yijian.gateway.history import KEPT, SHARED
from yijian.gateway.judge import Found, Judge
from yijian.gateway.pack import Pack
from yijian.gateway.rows import Case, Row
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

EXCEL_ROWS = 1_048_576
VERDICTS = {"violation": "明确违规", "suspicion": "可疑"}
Tell = Callable[[str, int, int | None], None]


def _silent(_what: str, _done: int, _total: int | None) -> None:
    """Tell nobody."""


@dataclass
class Checked:
    """What came of it. not_judged: (rule, cause) → persons."""

    manifest: Manifest
    persons: int = 0
    lines: int = 0
    found: list[Found] = field(default_factory=list[Found])
    not_judged: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])


def check(pack: Pack, files: Sequence[Path], mapping: FileMapping | None = None, *, tell: Tell = _silent) -> Checked:
    """Judge the files. UserError where one cannot be read or holds no encounter."""
    with TemporaryDirectory(prefix="yijian-selfcheck-") as folder:
        home = Home(Path(folder))
        done = import_files(home, files, mapping, tell=tell)
        checked = Checked(done.manifest)
        judge = Judge(pack, rule_seconds=20.0, request_seconds=200.0)
        try:
            for case in _persons(home, tell):
                answer = judge.judge(case, "")
                checked.persons += 1
                checked.lines += len(case.now.get("fee_line", ()))
                checked.found += answer.found
                checked.not_judged.update(answer.not_judged.items())
        finally:
            judge.close()
    if not checked.persons:
        raise UserError("文件里没有可以审核的就诊", do="请至少提供就诊（mdtrt_d）、结算（setl_d）与费用明细（fee_list_d）")
    return checked


def _persons(home: Home, tell: Tell) -> Iterator[Case]:
    """Each person's rows of all views."""
    snapshot = Lake.open(home).snapshot()
    loaded = closure(KEPT)
    wanted = {name: set(views()[name].columns) for name in loaded if name in views()}
    buckets = snapshot.commit.buckets
    with DuckDB(threads=1) as reading:
        for bucket in range(buckets):
            tell("审核", bucket, buckets)
            reading.load_views(wanted, {name: snapshot.locations(name, bucket) for name in loaded if name not in views()})
            rows = {name: _rows(reading, name) for name in KEPT}
            shared = {name: rows[name] for name in SHARED}
            of: dict[str, dict[str, list[Row]]] = {}
            for name in KEPT:
                for row in rows[name] if name not in SHARED else ():
                    of.setdefault(row["psn_no"], {}).setdefault(name, []).append(row)
            for psn_no, mine in sorted(of.items()):
                if "settlement" in mine:
                    yield _case(psn_no, mine, shared)


def _case(psn_no: str, mine: Mapping[str, list[Row]], shared: Mapping[str, list[Row]]) -> Case:
    first = mine["settlement"][0]
    case = Case(psn_no, "", "", first["fixmedins_code"], first["service_day"] or 0, whole=True)
    for name, rows in mine.items():
        (case.now if "mdtrt_id" in views()[name].columns else case.context)[name] = rows
    case.context |= shared
    return case


def _rows(reading: DuckDB, name: str) -> list[Row]:
    columns = views()[name].columns
    chosen = ", ".join(f"CAST({c} AS DOUBLE)" if col.sql_type.startswith("DECIMAL") else c for c, col in columns.items())
    return [
        dict(zip(columns, row, strict=True)) for row in reading.rows(f"SELECT {chosen} FROM {name} ORDER BY {views()[name].key}")
    ]


HEADS = (
    ("规则", 26), ("国家规则编码", 20), ("性质", 9), ("机构", 14), ("人员编号", 18), ("就诊ID", 20), ("结算ID", 20), ("项目", 24),
    ("涉及金额（元）", 12), ("说明", 70), ("依据与核对要点", 70), ("相关记录", 40),
)  # fmt: skip


def write(checked: Checked, pack: Pack, target: Path) -> None:
    """The workbook: a summary, the findings, what could not be judged. UserError where it cannot be written."""
    if len(checked.found) >= EXCEL_ROWS:
        raise UserError(f"疑点 {len(checked.found):,} 条，超过 Excel 一张表的行数", do="请分几次提交文件")
    fresh = target.with_name(f".{target.name}.tmp")
    try:
        book = xlsxwriter.Workbook(str(fresh), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        bold = book.add_format({"bold": True, "bg_color": "#E8EEF4"})
        _summary(book, bold, checked, pack)
        _findings(book, bold, checked.found)
        _unjudged(book, bold, checked, pack)
        book.close()
        fresh.replace(target)
    except (OSError, FileCreateError) as error:
        raise UserError("自查结果写不出来", where=str(target), do="请检查文件夹是否存在、文件是否正被打开") from error


def _sheet(book: xlsxwriter.Workbook, bold: Any, name: str, heads: Sequence[tuple[str, int]]) -> Any:
    sheet = book.add_worksheet(name)
    for column, (head, width) in enumerate(heads):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, head, bold)
    sheet.freeze_panes(1, 0)
    return sheet


def _summary(book: xlsxwriter.Workbook, bold: Any, checked: Checked, pack: Pack) -> None:
    sheet = _sheet(book, bold, "汇总", (("规则", 44), ("国家规则编码", 20), ("性质", 9), ("疑点数", 9), ("涉及金额（元）", 14)))
    by_rule: dict[str, list[Found]] = {}
    for one in checked.found:
        by_rule.setdefault(one.rule.id, []).append(one)
    rows = sorted(by_rule.values(), key=lambda ones: (ones[0].rule.verdict != "violation", -len(ones), ones[0].rule.id))
    for number, ones in enumerate(rows, 1):
        rule = ones[0].rule
        sheet.write_row(number, 0, [rule.official_title or rule.title, rule.official_code, VERDICTS[rule.verdict], len(ones)])
        sheet.write_number(number, 4, float(sum(one.amount for one in ones)))
    end = len(rows) + 2
    facts = (
        ("规则包", pack.manifest.version),
        ("统筹区", pack.manifest.area),
        ("签发者指纹", pack.signature.fingerprint),
        ("参保人", checked.persons),
        ("费用明细", checked.lines),
        ("疑点（规则间可重叠）", len(checked.found)),
    )
    for number, (name, value) in enumerate(facts, end):
        sheet.write_row(number, 0, [name, value])


def _findings(book: xlsxwriter.Workbook, bold: Any, found: Sequence[Found]) -> None:
    sheet = _sheet(book, bold, "疑点", HEADS)
    sheet.autofilter(0, 0, max(len(found), 1), len(HEADS) - 1)
    for number, one in enumerate(sorted(found, key=lambda f: (f.rule.verdict != "violation", f.rule.id, f.finding_id)), 1):
        rule, row = one.rule, one.row
        texts = [rule.official_title or rule.title, rule.official_code, VERDICTS[rule.verdict]]
        texts += [row.get("fixmedins_code"), row.get("psn_no"), one.mdtrt_id, row.get("setl_id"), row.get("name"), ""]
        texts += [one.sentence, evidence(one), " ".join(one.evidence)]
        for column, value in enumerate(texts):
            if HEADS[column][0] == "涉及金额（元）":
                sheet.write_number(number, column, float(one.amount))
            elif value:
                sheet.write_string(number, column, str(value)[:32_000])


def _unjudged(book: xlsxwriter.Workbook, bold: Any, checked: Checked, pack: Pack) -> None:
    sheet = _sheet(book, bold, "未能判定", (("规则", 44), ("原因", 40), ("涉及参保人", 12)))
    titles = {r.id: r.official_title or r.title for r in pack.rules}
    rows = [(titles[rule], cause, n) for (rule, cause), n in sorted(checked.not_judged.items())]
    rows += [(rule, why, 0) for rule, why in sorted(pack.manifest.left_out.items())]
    for number, row in enumerate(rows, 1):
        sheet.write_row(number, 0, row)
