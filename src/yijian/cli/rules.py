"""`yijian rules …`: list, check, test, explain, lock and start rules."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from yijian.cli.common import HomeOption, console, show_table
from yijian.vocabulary.errors import UserError

app = typer.Typer(help="规则库：列出、检查、测试、说明、锁定、新建", no_args_is_help=True)
RootOption = Annotated[Path | None, typer.Option("--rules", metavar="DIR", help="规则库文件夹，默认随程序自带")]


def _root(root: Path | None) -> Path:
    from yijian.vocabulary.content import content

    return root or content("rules")


@app.command("list")
def list_rules(rules: RootOption = None) -> None:
    """列出全部规则。"""
    from yijian.rulebook.library import load_rules

    loaded = load_rules(_root(rules)).values()
    verdicts = {"violation": "明确违规", "suspicion": "可疑"}
    show_table(
        f"规则库（{len(loaded)} 条）",
        ("规则", "标题", "判断", "状态", "范围", "两库编码"),
        [
            (
                r.id,
                r.declaration.title,
                verdicts[r.declaration.verdict],
                r.declaration.status,
                r.declaration.locality,
                r.official_code,
            )
            for r in loaded
        ],
    )


@app.command()
def check(rules: RootOption = None) -> None:
    """检查每条规则的字段、SQL、示例与版本锁。"""
    from yijian.rulebook.check import check_rule
    from yijian.rulebook.library import load_rules
    from yijian.rulebook.lock import unlocked
    from yijian.rulebook.schema import SCHEMA, schema_text

    root = _root(rules)
    loaded = load_rules(root)
    complaints = [c for rule in loaded.values() for c in check_rule(rule)] + unlocked(loaded, root)
    schema = root / SCHEMA
    if not schema.is_file() or schema.read_text(encoding="utf-8") != schema_text():
        complaints.append(f"{SCHEMA} 与程序不一致，请运行 yijian rules lock")
    for complaint in complaints:
        console().print(complaint, markup=False, soft_wrap=True)
    if complaints:
        raise UserError(f"规则库有 {len(complaints)} 处问题", where=str(root), do="请按上面各行改正后再检查")
    console().print(f"{len(loaded)} 条规则检查通过")


@app.command()
def test(
    ids: Annotated[list[str] | None, typer.Argument(help="规则 id，默认全部")] = None,
    rules: RootOption = None,
    spark: Annotated[bool, typer.Option("--spark", help="也在 Spark（本机模式）上运行")] = False,
) -> None:
    """运行规则的示例。"""
    from yijian.engine.examples import run_examples

    outcomes = run_examples(_chosen(ids, rules), spark=spark)
    wrong = [o for o in outcomes if o.complaint]
    for outcome in wrong:
        console().print(
            f"{outcome.rule}（{outcome.engine}）「{outcome.example}」{outcome.complaint}", markup=False, soft_wrap=True
        )
    if wrong:
        raise UserError(f"{len(outcomes)} 个示例中有 {len(wrong)} 个不符", do="请改规则或示例后重试")
    console().print(f"{len(outcomes)} 个示例全部相符")


@app.command()
def explain(rule_id: Annotated[str, typer.Argument(metavar="RULE")], rules: RootOption = None) -> None:
    """说明一条规则：依据、参数、先看什么、已知不足，以及它实际运行的 SQL。"""
    from yijian.rulebook import dialect
    from yijian.rulebook.check import bound_query

    (rule,) = _chosen([rule_id], rules)
    d, out = rule.declaration, console()
    out.print(f"[bold]{d.title}[/bold]（{d.id} 第 {d.version} 版，{rule.family}）")
    rows = [
        ("两库", "、".join(d.official)), ("通知", "、".join(d.notices)), ("依据", "；".join(d.legal_basis)),
        ("判断对象", d.applies_to), ("缺少即不判", "、".join(n.cause for n in rule.needs)),
        ("知识清单", "、".join(d.knowledge)),
        ("先看什么", "；".join(d.look_first)), ("已知不足", "；".join(d.known_gaps)),
        ("常见误报", "；".join(d.false_alarms)), ("内容摘要", rule.digest),
        *((f"参数 {n}", f"{p.default} {p.unit} {p.source}") for n, p in d.parameters.items()),
    ]  # fmt: skip
    show_table("", ("", ""), [r for r in rows if r[1]])
    out.print(bound_query(rule).sql(dialect.DIALECT, pretty=True), markup=False, highlight=False)


@app.command()
def mutate(
    ids: Annotated[list[str] | None, typer.Argument(help="规则 id，默认全部")] = None,
    least: Annotated[float, typer.Option("--least", help="任一规则低于此比例则退出码为 1")] = 0.0,
    rules: RootOption = None,
) -> None:
    """逐处改动规则的比较、限值、条件和连接，看示例能否察觉。"""
    from yijian.cli.common import progress
    from yijian.engine.backends.duckdb import Session
    from yijian.engine.mutate import report

    chosen = _chosen(ids, rules)
    with Session(threads=1) as session, progress() as bar:
        reports = [report(session, rule) for rule in bar.track(chosen, description="改动规则")]
    rows = [(r.rule, r.mutants, r.mutants - len(r.unnoticed), f"{r.share:.0%}", "\n".join(r.unnoticed)) for r in reports]
    show_table("示例察觉的改动", ("规则", "改动", "察觉", "比例", "没有察觉的改动"), rows, right=("改动", "察觉", "比例"))
    whole = sum(r.mutants for r in reports)
    console().print(f"共 {whole} 处改动，察觉 {1 - sum(len(r.unnoticed) for r in reports) / max(whole, 1):.1%}")
    if any(r.share < least for r in reports):
        raise typer.Exit(1)


@app.command()
def impact(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="旧规则库文件夹")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="新规则库文件夹")],
    period: Annotated[str, typer.Option("--period", metavar="2026-01..2026-03", help="只看这些月份的疑点，默认全部")] = "",
    home: HomeOption = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE.csv", help="另存为 CSV")] = None,
) -> None:
    """启用新规则之前：同一批数据按新旧规则各审一遍，看哪些疑点新增、消失，金额移动多少。"""
    import pyarrow as pa

    from yijian.engine.findings import export
    from yijian.engine.impact import impact as compare
    from yijian.rulebook.library import load_rules
    from yijian.vocabulary.home import Home
    from yijian.vocabulary.period import Period

    changes = compare(Home.of(home), load_rules(old), load_rules(new), Period.parse(period))
    names = ("rule", "institution", "added", "gone", "changed", "old_amount", "new_amount", "moved")
    if output:
        export(pa.table({n: [getattr(c, n) for c in changes] for n in names}), "csv", output)
    header = ("规则", "机构", "新增", "消失", "金额变化", "原金额", "新金额", "增减（元）")
    show_table("规则变更的影响", header, [tuple(getattr(c, n) for n in names) for c in changes], right=header[2:])
    total = sum((c.moved for c in changes), 0)
    console().print(
        f"新增 {sum(c.added for c in changes)} 个，消失 {sum(c.gone for c in changes)} 个，金额合计增减 {total:,.2f} 元"
    )


@app.command()
def lock(rules: RootOption = None) -> None:
    """锁定新版本的规则内容，并更新 rule.schema.json。"""
    from yijian.rulebook.library import load_rules
    from yijian.rulebook.lock import write_lock
    from yijian.rulebook.schema import write_schema

    root = _root(rules)
    added = write_lock(load_rules(root), root)
    write_schema(root)
    console().print(f"新锁定 {added} 个版本")


@app.command()
def new(
    path: Annotated[str, typer.Argument(metavar="FAMILY/RULE", help="如 charging/my_rule")],
    kind: Annotated[str | None, typer.Option(help="沿用已有的种类（rules/_kinds）")] = None,
    rules: RootOption = None,
) -> None:
    """新建一条规则的文件夹，附可以运行的样板。"""
    from yijian.rulebook.scaffold import scaffold

    folder = scaffold(_root(rules), path, kind)
    console().print(f"已建 {folder}，请改写后运行 yijian rules check 与 yijian rules test {folder.name}")


@app.command()
def docs(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="写到这个文件夹")],
    rules: RootOption = None,
) -> None:
    """把规则库写成静态网页：总览，每条规则一页（依据、示例、SQL、版本）。"""
    from yijian.rulebook.library import load_rules
    from yijian.rulebook.site import pages

    root = _root(rules)
    made = pages(load_rules(root), root)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"写不进文件夹：{error.strerror}", where=str(folder), do="请检查路径与权限") from error
    console().print(f"已写 {len(made)} 个文件，从 {folder / 'index.html'} 看起", markup=False, soft_wrap=True)


@app.command()
def revise(
    rule_id: Annotated[str, typer.Argument(metavar="RULE")],
    since: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="新版从这一天起有效")],
    rules: RootOption = None,
) -> None:
    """为一条规则开新版：现版收进 earlier/，到前一天为止仍按它判断；改新版之后再锁定。"""
    from yijian.rulebook.scaffold import revise

    (rule,) = _chosen([rule_id], rules)
    earlier = revise(rule.folder, since.date())
    console().print(f"现版已收进 {earlier}；请改写 {rule.folder} 后运行 yijian rules check、test 与 lock", soft_wrap=True)


def _chosen(ids: list[str] | None, root: Path | None):
    from yijian.rulebook.library import load_rules

    loaded = load_rules(_root(root))
    if unknown := [i for i in ids or [] if i not in loaded]:
        raise UserError(f"没有规则“{unknown[0]}”", do="请用 yijian rules list 查看")
    return [loaded[i] for i in ids] if ids else list(loaded.values())
