"""`yijian docs DIR`: the reference pages that follow from declarations: tables, views, rules, lists. A test keeps them true."""

from pathlib import Path
from typing import Annotated

import typer

from yijian.claims.tables import Table, tables
from yijian.claims.views import View, views
from yijian.cli.common import console
from yijian.knowledge.lists import knowledge_lists
from yijian.rulebook.library import load_rules
from yijian.rulebook.rule import Rule

MADE = "由 `make docs` 从声明生成，请勿手改。\n"
VERDICTS = {"violation": "明确违规", "suspicion": "可疑"}


def _rows(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return "\n".join([*lines, *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)]) + "\n"


def _table(table: Table) -> str:
    aliases: dict[str, list[str]] = {}
    for other, name in table.aliases.items():
        aliases.setdefault(name, []).append(other)
    rows = [
        (
            f"`{c.name}`",
            c.title,
            c.type,
            f"`{c.codes}`" if c.codes else "",
            "、".join(
                [
                    *(["主键"] if c.name in table.key else []),
                    *(["必填"] if c.name in table.required else []),
                    *(
                        ["进身份库" + (f"，湖中为 `{table.tokens[c.name]}`" if c.name in table.tokens else "")]
                        if c.name in table.identity
                        else []
                    ),
                    *(f"别名 `{a}`" for a in aliases.get(c.name, [])),
                ]
            ),
        )
        for c in table.columns
    ]
    place = "按人员分桶" if table.bucketed else "不分桶"
    head = f"## `{table.name}` {table.title}\n\n一行是{table.row}；{place}。\n\n"
    return head + _rows(("列", "名称", "类型", "代码表", "说明"), rows)


def tables_page() -> str:
    """Every claims table with its columns."""
    return "# 数据表\n\n" + MADE + "\n" + "\n".join(_table(t) for t in tables().values())


def _view(view: View) -> str:
    rows = [(f"`{name}`", c.title, c.type, "（缺）" if c.neutral == "" else str(c.neutral)) for name, c in view.columns.items()]
    reads = "、".join(f"`{r}`" for r in view.reads)
    base = "、".join(f"`{table}`" for table in view.bases)
    head = f"## `{view.name}` {view.title}\n\n键 `{view.key}`，对应湖表 {base}，读 {reads}。\n\n"
    return head + _rows(("列", "名称", "类型", "示例中的中性值"), rows)


def views_page() -> str:
    """Every view that rules read."""
    return "# 规则读取的视图\n\n" + MADE + "\n" + "\n".join(_view(v) for v in views().values())


def _rule(rule: Rule) -> tuple[str, ...]:
    d = rule.declaration
    return (
        f"`{d.id}`",
        d.title,
        VERDICTS[d.verdict],
        "、".join(d.stages),
        d.locality,
        "、".join(d.official),
        "；".join(d.legal_basis),
    )


def rules_page() -> str:
    """Every rule by family."""
    families: dict[str, list[tuple[str, ...]]] = {}
    for rule in load_rules().values():
        families.setdefault(rule.family, []).append(_rule(rule))
    header = ("规则", "标题", "判断", "环节", "范围", "两库", "依据")
    parts = [f"## {family}\n\n{_rows(header, rows)}" for family, rows in sorted(families.items())]
    return "# 规则库\n\n" + MADE + "\n" + "\n".join(parts)


def lists_page() -> str:
    """Every knowledge list with its limit columns."""
    rows = [
        (f"`{one.id}`", one.title, one.official, "、".join(f"`{c.name}` {c.title}" for c in one.limits))
        for one in knowledge_lists().values()
    ]
    return "# 知识清单\n\n" + MADE + "\n" + _rows(("清单", "两库规则名称", "编码", "限定列"), rows)


PAGES = {"tables.md": tables_page, "views.md": views_page, "rules.md": rules_page, "lists.md": lists_page}
"""File name below `docs/reference/` → what it must say."""


def run(folder: Annotated[Path, typer.Argument(metavar="DIR", help="写到哪个文件夹")] = Path("docs/reference")) -> None:
    """从声明生成参考页：数据表、视图、规则、清单。"""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")
    console().print(f"已写 {len(PAGES)} 页到 {folder}")
