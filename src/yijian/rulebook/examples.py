"""What `examples.toml` says of a rule: invented rows in, findings and rows not judged out.

An example's tables are views (`stay`, `fee_line` …) and lists (`kb`, the rule's own list; `kb_<list>`, another one). A row
names only the columns that matter; a date stands for its day number (`adm_date = 2026-03-01` fills `adm_day`), a time for
its minute number and, where the view has it, its day.
"""

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from yijian.vocabulary.days import EPOCH, day_number
from yijian.vocabulary.errors import UserError

Row = dict[str, Any]


class Example(msgspec.Struct, frozen=True):
    """One example: rows by table, the findings expected (columns that matter), the rows that cannot be judged."""

    name: str
    tables: dict[str, list[Row]]
    finds: list[Row]
    not_judged: list[Row]
    parameters: dict[str, Any]


def _numbers(row: Row) -> Row:
    """Dates and times as the numbers that views have."""
    out: Row = {}
    for column, value in row.items():
        if isinstance(value, datetime):
            stem = column.removesuffix("_time")
            out[f"{stem}_minute"] = int((value - datetime(1970, 1, 1)).total_seconds() // 60)  # noqa: DTZ001
            out.setdefault(f"{stem}_day", (value.date() - EPOCH).days)
        elif isinstance(value, date) and column.endswith("_date"):
            out[f"{column.removesuffix('_date')}_day"] = day_number(value)
        else:
            out[column] = value
    return out


def load_examples(folder: Path) -> list[Example]:
    """The examples of a rule folder. A `UserError` names the file and what is wrong."""
    path = folder / "examples.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8")).get("example", [])
    except FileNotFoundError as error:
        raise UserError(
            "规则没有示例", where=str(path), do="请至少写一个应命中、一个合法相似、一个边界、一个缺值的示例"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"示例不是合法的 TOML：{error}", where=str(path), do="请按提示的行列改正") from error
    examples: list[Example] = []
    for number, item in enumerate(raw, 1):
        if "name" not in item or "finds" not in item:
            raise UserError(f"第 {number} 个示例缺少 name 或 finds", where=str(path), do="请补上")
        rest = {k: v for k, v in item.items() if k not in ("name", "finds", "not_judged", "parameters")}
        examples.append(
            Example(
                item["name"],
                {table: [_numbers(r) for r in rows] for table, rows in rest.items()},
                [_numbers(r) for r in item["finds"]],
                [_numbers(r) for r in item.get("not_judged", [])],
                item.get("parameters", {}),
            )
        )
    return examples
