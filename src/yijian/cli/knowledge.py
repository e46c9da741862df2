"""`yijian knowledge import|list|show|diff`: the knowledge lists, as people look at them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yijian.cli.common import HomeOption, console, show_table
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

if TYPE_CHECKING:
    from yijian.knowledge.lists import KnowledgeList
    from yijian.knowledge.sources import Row
    from yijian.knowledge.store import Change

app = typer.Typer(help="知识库：导入、查看和比较知识点清单", no_args_is_help=True)

ListArgument = Annotated[str, typer.Argument(metavar="LIST", help="清单 id 或规则名称")]

_OUTCOMES = {"added": "新增", "replaced": "替换", "unchanged": "未变"}


@app.command("import")
def import_(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILES…", help="国家公布的工作簿、本地清单（.xlsx .csv），或它们所在的目录"),
    ] = None,
    home: HomeOption = None,
) -> None:
    """导入知识点。不带文件时只导入随项目发布的清单。"""
    from yijian.knowledge.importing import import_knowledge

    changes = import_knowledge(Home.of(home), files or [])
    show_table(
        "知识库导入结果",
        ["文件", "清单", "知识点", "编码", "已解析", "需人工", "替代旧知识点", "结果"],
        [_import_row(change) for change in changes],
        ["知识点", "编码", "已解析", "需人工", "替代旧知识点"],
    )
    for change in changes:
        for line in _notes(change):
            console().print(line)


def _import_row(change: "Change") -> list[object]:
    source, counts = change.source, change.source.counts()
    unread = len(counts.needs_person)
    return [
        source.file, source.list_id, counts.points, counts.codes, counts.points - unread, unread,
        change.effect.replaced, _OUTCOMES[change.outcome],
    ]  # fmt: skip


def _notes(change: "Change") -> list[str]:
    """What a person should know about a source, a line each."""
    source, effect = change.source, change.effect
    lines = [f"不一致 {source.file}：{problem}" for problem in source.problems]
    lines += [f"没有编码，未作为知识点 {source.file}：{remark}" for remark in source.remarks]
    if not source.kind.person and (unread := source.counts().needs_person):
        lines.append(f"限定需人工确认 {source.file}：{'、'.join(unread)}")
    if effect.ended:
        lines.append(f"本次整类修订未再列出，随旧版目录终止 {source.file}：{'、'.join(effect.ended)}")
    if effect.still_open:
        what = f"旧知识点中有 {len(effect.still_open)} 个名称本次未再列出，继续有效"
        lines.append(f"{what} {source.file}：{'、'.join(effect.still_open)}")
    return lines


@app.command("list")
def list_(
    home: HomeOption = None,
    columns: Annotated[bool, typer.Option("--columns", help="列出每个清单的列，供编制本地清单")] = False,
) -> None:
    """列出所有清单及其当前版本。"""
    from yijian.knowledge.lists import knowledge_lists
    from yijian.knowledge.store import KnowledgeStore

    kinds = knowledge_lists()
    if columns:
        words = ([k.id, k.title, "、".join(f"{c.name}（{c.title}）" for c in k.columns)] for k in kinds.values())
        show_table("清单的列", ["清单", "规则名称", "列"], words)
        return
    store = KnowledgeStore.open(Home.of(home))
    have = store.lists()
    rows: list[list[object]] = []
    for kind in kinds.values():
        now = have.get(kind.id)
        told = [now.points, now.codes, now.needs_person, now.sha256[:12]] if now else ["", "", "", "未导入"]
        rows.append([kind.id, kind.title, kind.official, *told, len(store.sources(kind.id)) or ""])
    header = ["清单", "规则名称", "规则编码", "知识点", "编码", "需人工", "版本", "来源数"]
    show_table("知识库", header, rows, ["知识点", "编码", "需人工", "来源数"])


@app.command("show")
def show(
    name: ListArgument,
    home: HomeOption = None,
    code: Annotated[str, typer.Option("--code", help="只看这个编码（或它的开头）")] = "",
    unparsed: Annotated[bool, typer.Option("--unparsed", help="只看限定需人工确认的知识点")] = False,
    version: Annotated[str, typer.Option("--version", help="看早先的版本（版本号开头几位）")] = "",
    limit: Annotated[int, typer.Option("--limit", help="最多显示多少个知识点，0 为全部")] = 50,
) -> None:
    """显示一个清单的知识点、限定、有效期和来源。"""
    from yijian.knowledge.sources import row_needs_person
    from yijian.knowledge.store import KnowledgeStore

    kind = _kind(name)
    store = KnowledgeStore.open(Home.of(home))
    rows = [r for r in store.rows(kind.id, version) if str(r["code"]).startswith(code)]
    if unparsed:
        rows = [r for r in rows if row_needs_person(kind, r)]
    points = _by_point(rows)
    shown = list(points.values())[: limit or None]
    limits = [c.title for c in kind.limits]
    header = ["知识点编号", "名称", "编码", *limits, "限定原文", "有效期", "替代"]
    show_table(f"{kind.title}（{kind.id}）", header, [_point_row(kind, p) for p in shown])
    console().print(f"共 {len(points)} 个知识点、{len(rows)} 个编码，显示 {len(shown)} 个知识点")
    for source in store.sources(kind.id):
        published = f"，{source.published} 公布" if source.published else ""
        console().print(f"来源：{source.file}{published}（{source.sha256[:12]}）")


def _point_row(kind: "KnowledgeList", rows: "list[Row]") -> list[object]:
    first = rows[0]
    codes = str(first["code"]) + (f" 等 {len(rows)} 个" if len(rows) > 1 else "")
    limits = [c.values.get(str(first[c.name]), first[c.name]) for c in kind.limits]
    until = max(str(row["valid_to"]) for row in rows)
    valid = f"{first['valid_from']} 起" if until.startswith("9999") else f"{first['valid_from']} 至 {until}"
    return [first["point_id"], first["name"], codes, *limits, first["note"], valid, first["supersedes"]]


@app.command("diff")
def diff(
    name: ListArgument,
    old: Annotated[str, typer.Argument(help="旧版本号开头几位，默认上一版")] = "",
    new: Annotated[str, typer.Argument(help="新版本号开头几位，默认当前版")] = "",
    home: HomeOption = None,
) -> None:
    """比较一个清单的两个版本：新增、去掉、改变的知识点。"""
    from yijian.knowledge.store import KnowledgeStore

    kind = _kind(name)
    store = KnowledgeStore.open(Home.of(home))
    versions = store.versions(kind.id)
    if not old and len(versions) < 2:
        raise UserError(f"清单 {kind.id} 只有 {len(versions)} 个版本，无可比较", do="导入更新后的文件后再比较")
    before = store.version(kind.id, old or versions[-2].sha256)
    after = store.version(kind.id, new)
    rows = _differences(kind, _by_point(store.rows(kind.id, before.sha256)), _by_point(store.rows(kind.id, after.sha256)))
    show_table(f"{kind.title}：{before.sha256[:12]} → {after.sha256[:12]}", ["变化", "知识点编号", "名称", "内容"], rows)
    console().print(f"共 {len(rows)} 处不同" if rows else "两个版本内容相同")


def _differences(kind: "KnowledgeList", before: "dict[str, list[Row]]", after: "dict[str, list[Row]]") -> list[list[object]]:
    found: list[list[object]] = []
    for point in sorted(before.keys() | after.keys()):
        old, new = before.get(point), after.get(point)
        if old is None or new is None:
            there = new or old or []
            found.append(["新增" if old is None else "去掉", point, there[0]["name"], f"{len(there)} 个编码"])
        elif old != new:
            found.append(["改变", point, new[0]["name"], "；".join(_changes(kind, old, new))])
    return found


def _changes(kind: "KnowledgeList", old: "list[Row]", new: "list[Row]") -> list[str]:
    told: list[str] = []
    for column in kind.columns:
        was, now = ({str(row[column.name]) for row in rows} for rows in (old, new))
        if was != now and column.name == "code":
            told.append(f"编码增加 {len(now - was)} 个、减少 {len(was - now)} 个")
        elif was != now:
            told.append(f"{column.title} {'、'.join(sorted(was))} → {'、'.join(sorted(now))}")
    return told or ["部分编码的内容改变"]


@app.command("propose")
def propose(
    name: ListArgument,
    home: HomeOption = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE.csv", help="写成文件，供人改正")] = None,
    take: Annotated[bool, typer.Option("--take", help="收入知识库：未经确认的据以得出的疑点会写明")] = False,
) -> None:
    """限定是一句话的知识点（限适应症、限二线）：按疾病名称推荐诊断编码前缀。"""
    from yijian.claims.diagnosis_names import settled_diagnoses
    from yijian.knowledge import proposing
    from yijian.knowledge.store import KnowledgeStore

    place, kind = Home.of(home), _kind(name)
    store = KnowledgeStore.open(place)
    names = settled_diagnoses(place)
    if "disease_code" in store.lists():
        names |= {(str(r["code"]), str(r["name"])) for r in store.rows("disease_code")}
    if not names:
        raise UserError("没有疾病名称可比对", do="请先导入疾病诊断编码库（disease_code.csv：code,name），或导入结算清单诊断")
    found = proposing.propose(store, kind.id, proposing.DiseaseNames(names))
    with_prefix = sum(bool(p.prefixes) for p in found)
    said = f"{kind.title}：{len(found)} 个知识点的限定是一句话，{with_prefix} 个推荐出诊断前缀"
    console().print(f"{said}，{len(found) - with_prefix} 个要由人填写")
    if output is not None:
        output.write_bytes(proposing.write(found))
        console().print(f"已写 {output}，改正后运行 yijian knowledge confirm {kind.id} {output}", markup=False, soft_wrap=True)
    if take:
        proposing.keep(store, kind.id, found)
        console().print("已收入知识库，确认之前得出的疑点会写明“由程序推荐、尚未经人确认”")


@app.command("confirm")
def confirm(
    name: ListArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="yijian knowledge propose 写出、经人改正的文件")],
    home: HomeOption = None,
) -> None:
    """收入经人改正的诊断前缀：confirmed 为 1 的是已确认，其余仍是推荐。"""
    from yijian.knowledge import proposing
    from yijian.knowledge.store import KnowledgeStore

    kind = _kind(name)
    given = proposing.read(file)
    proposing.keep(KnowledgeStore.open(Home.of(home)), kind.id, given)
    console().print(f"{kind.title}：{len(given)} 个知识点，其中已确认 {sum(p.confirmed for p in given)} 个")


def _by_point(rows: "list[Row]") -> "dict[str, list[Row]]":
    points: dict[str, list[Row]] = {}
    for row in rows:
        points.setdefault(str(row["point_id"]), []).append(row)
    return points


def _kind(name: str) -> "KnowledgeList":
    from yijian.knowledge.lists import by_title, knowledge_lists

    kind = knowledge_lists().get(name) or by_title().get(name)
    if kind is None:
        raise UserError(f"没有名为“{name}”的清单", do="用 yijian knowledge list 查看所有清单")
    return kind
