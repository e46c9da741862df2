"""`yijian rules docs DIR`: the rulebook as a static site. Plain HTML without scripts: an index, and a page for each rule."""

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from yijian.knowledge.lists import knowledge_lists
from yijian.rulebook.law import asks
from yijian.rulebook.rule import Rule
from yijian.rulebook.shown import ShownExample, ShownTable, families, shown_examples, shown_versions

VERDICTS = {"violation": "明确违规", "suspicion": "可疑"}
STATUS = {"draft": "草稿", "trial": "试用", "active": "启用", "retired": "停用"}
STAGES = {"pre": "事前", "mid": "事中", "post": "事后"}

STYLE = """body{font-family:"Noto Sans CJK SC","Microsoft YaHei",sans-serif;color:#1a1a1a}
body{max-width:64rem;margin:0 auto;padding:1rem}
a{color:#0b5cad}h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem;border-bottom:1px solid #999}h3{font-size:1rem}
table{border-collapse:collapse;font-size:.85rem;margin:.3rem 0}
th,td{border:1px solid #bbb;padding:.2rem .5rem;text-align:left;vertical-align:top}
th{background:#f0f3f6;font-weight:normal}.wide{overflow-x:auto}dt{font-weight:bold;margin-top:.4rem}dd{margin:0 0 0 1.2rem}
code,pre{font-family:monospace}pre{white-space:pre-wrap;background:#f4f4f4;padding:.8rem;font-size:.8rem}
.v{color:#b00020}.s{color:#8a5a00}.small{color:#555;font-size:.85rem}@media print{nav{display:none}}"""


def pages(rules: Mapping[str, Rule], root: Path) -> dict[str, str]:
    """File name → HTML of the whole site."""
    made = {"index.html": _index(rules.values()), "style.css": STYLE}
    return made | {f"{rule.id}.html": _rule(rule, root) for rule in rules.values()}


def _whole(title: str, body: str) -> str:
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    head += '<link rel="stylesheet" href="style.css">'
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{body}</body></html>\n'


def _index(rules: Iterable[Rule]) -> str:
    rules = list(rules)
    violations = sum(r.declaration.verdict == "violation" for r in rules)
    parts = [f"<h1>规则库</h1><p>共 {len(rules)} 条规则：明确违规 {violations} 条，可疑 {len(rules) - violations} 条。</p>"]
    for family, members in families(rules).items():
        rows = [[_link(r), _verdict(r), escape(r.official_code or "—"), STATUS[r.declaration.status]] for r in members]
        parts.append(f"<h2>{escape(family)}（{len(members)} 条）</h2>{_html_table(['规则', '判断', '两库编码', '状态'], rows)}")
    return _whole("规则库", "".join(parts))


def _link(rule: Rule) -> str:
    return f'<a href="{rule.id}.html">{escape(rule.declaration.title)}</a>'


def _verdict(rule: Rule) -> str:
    verdict = rule.declaration.verdict
    return f'<span class="{verdict[0]}">{VERDICTS[verdict]}</span>'


def _rule(rule: Rule, root: Path) -> str:
    d = rule.declaration
    law = "<br>".join(escape(c) + (f'<br><span class="small">{escape(asks(c))}</span>' if asks(c) else "") for c in d.legal_basis)
    facts = [
        ("判断", _verdict(rule)),
        ("状态", STATUS[d.status]),
        ("两库规则", "<br>".join(map(escape, d.official))),
        ("通知", escape("、".join(d.notices))),
        ("法律依据（要点）", law),
        ("用在", "、".join(STAGES[s] for s in d.stages)),
        ("判断对象", f"{escape(rule.view.title)}：<code>{escape(d.applies_to)}</code>"),
        ("缺少即不判", escape("、".join(n.cause for n in rule.needs))),
        ("知识清单", escape("、".join(knowledge_lists()[k].title for k in d.knowledge))),
        ("参数", "<br>".join(escape(f"{n} = {p.default} {p.unit}（{p.source}）") for n, p in d.parameters.items())),
        ("先看什么", escape("；".join(d.look_first))),
        ("已知不足", escape("；".join(d.known_gaps))),
        ("常见误报", escape("；".join(d.false_alarms))),
        ("说明句式", escape(d.explain)),
        ("引擎", escape("、".join(rule.engines)) + "".join(f"<br>{e}：{escape(why)}" for e, why in d.engine_gaps.items())),
    ]
    told = "".join(f"<dt>{t}</dt><dd>{v}</dd>" for t, v in facts if v)
    versions = [[str(v.version), v.since, v.until or "今", f"<code>{v.digest[:16]}</code>"] for v in shown_versions(rule, root)]
    body = (
        f'<nav><a href="index.html">规则库</a></nav><h1>{escape(d.title)}</h1>'
        f'<p class="small"><code>{d.id}</code></p><dl>{told}</dl>'
        f"<h2>版本</h2>{_html_table(['版本', '自', '至', '内容摘要'], versions)}"
        f"<h2>示例</h2>{''.join(map(_example, shown_examples(rule)))}"
        f"<h2>SQL</h2><pre>{escape(rule.sql)}</pre>"
    )
    return _whole(d.title, body)


def _example(example: ShownExample) -> str:
    given = "".join(_shown(table, table.title) for table in example.given)
    parameters = f'<p class="small">参数：{escape(example.parameters)}</p>' if example.parameters else ""
    found = _shown(example.finds, "发现") if example.finds else ""
    unjudged = _shown(example.not_judged, "未能判定") if example.not_judged else ""
    nothing = "" if example.finds else "<p>没有发现。</p>"
    return f"<h3>{escape(example.name)}（{example.kind}）</h3>{parameters}{given}{found}{unjudged}{nothing}"


def _shown(table: ShownTable, title: str) -> str:
    rows = [[escape(cell) for cell in row] for row in table.rows]
    return f'<p class="small">{escape(title)}</p>{_html_table([escape(h) for h in table.heads], rows)}'


def _html_table(heads: list[str], rows: list[list[str]]) -> str:
    head = "".join(f"<th>{h}</th>" for h in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="wide"><table><tr>{head}</tr>{body}</table></div>'
