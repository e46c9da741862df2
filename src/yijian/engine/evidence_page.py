"""The page of an evidence pack: for the person who holds it in hand. Plain HTML, no script, prints as it is."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yijian.claims.tables import tables
from yijian.engine.bind import BoundRule
from yijian.knowledge.lists import knowledge_lists
from yijian.knowledge.store import KnowledgeStore
from yijian.rulebook.law import asks

MOST_ROWS = 200
"""Rows of a table that the page shows; the CSV has all."""

STYLE = """body{font-family:"Noto Sans CJK SC","Microsoft YaHei",sans-serif;color:#1a1a1a}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.15rem;border-top:2px solid #333;padding-top:1rem;margin-top:2rem}h3{font-size:1rem}
table{border-collapse:collapse;font-size:.85rem;width:100%}
th,td{border:1px solid #bbb;padding:.2rem .4rem;text-align:left;vertical-align:top}
code,.id{font-family:monospace;word-break:break-all}.wide{overflow-x:auto}dt{font-weight:bold}dd{margin:0 0 .4rem 0}
pre{white-space:pre-wrap;background:#f4f4f4;padding:.6rem;font-size:.8rem}"""

VERDICTS = {"violation": "明确违规", "suspicion": "可疑，须人工核实"}


def page(findings: Iterable[tuple[Mapping[str, Any], BoundRule, Mapping[str, pa.Table]]], store: KnowledgeStore) -> str:
    """The page for findings, each with its rule and rows."""
    told = [_finding(finding, bound, rows, store) for finding, bound, rows in findings]
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>疑点证据包</title><style>{STYLE}</style>'
        f"<h1>疑点证据包</h1><p>共 {len(told)} 个疑点。证据包只有编号，没有姓名与证件号码。</p>"
        "<p>核验：在任何装有医监的电脑上运行 <code>yijian verify 本文件.zip</code>，"
        "程序先核对签名与每个文件的摘要，再用包内的数据、规则与清单重新计算，应得出同样的金额与说明。</p>"
        f"{''.join(told)}</html>"
    )


def _finding(finding: Mapping[str, Any], bound: BoundRule, rows: Mapping[str, pa.Table], store: KnowledgeStore) -> str:
    d = bound.rule.declaration
    evidence = {str(i) for i in (finding["evidence"] or "").split()}
    facts = [
        ("结论", f"{VERDICTS[d.verdict]}：{finding['explanation']}"),
        ("涉及金额", f"{finding['amount']} 元"),
        ("发生日期", finding["date"]),
        ("机构", finding["fixmedins_code"]),
        ("人员编号", finding["psn_no"]),
        ("就诊", finding["mdtrt_id"]),
        ("结算", finding["setl_id"]),
        ("先看什么", "；".join(d.look_first)),
        ("可能误报", "；".join(d.false_alarms)),
        ("规则", f"{d.id} 第 {d.version} 版，摘要 {finding['rule_hash']}；清单摘要 {finding['knowledge_hash'] or '不用清单'}"),
        ("参数", "；".join(f"{n} = {v}" for n, v in bound.rule.bound().items())),
        ("疑点编号", finding["finding_id"]),
    ]
    law = "".join(f"<dt>{escape(c)}</dt><dd>{escape(asks(c))}</dd>" for c in d.legal_basis)
    told = "".join(f"<dt>{t}</dt><dd>{escape(str(v))}</dd>" for t, v in facts if v)
    marked = "".join(_table(name, table, evidence) for name, table in rows.items())
    return (
        f"<h2>{escape(d.title)}</h2><dl>{told}</dl><h3>依据（要点，原文以公布的为准）</h3><dl>{law}</dl>"
        f"<h3>作为证据的记录</h3>{marked}{_points(bound, rows, evidence, store)}"
        f"<h3>规则</h3><pre>{escape(bound.rule.sql)}</pre>"
    )


def _table(name: str, table: pa.Table, evidence: set[str]) -> str:
    """The rows of a table that the evidence names by any of their keys."""
    declared = tables()[name]
    keys = [c for c in dict.fromkeys((*declared.key, "mdtrt_id", "setl_id")) if c in table.column_names]
    shown = [row for row in table.to_pylist() if str(row[keys[0]]) in evidence] if keys else []
    if not shown:
        return ""
    columns = [c for c in table.column_names if any(row[c] is not None for row in shown)]
    titles = {c.name: c.title for c in declared.lake_columns}
    head = "".join(f"<th>{escape(str(titles.get(c, c)))}</th>" for c in columns)
    body = "".join(f"<tr>{''.join(_cell(row[c]) for c in columns)}</tr>" for row in shown[:MOST_ROWS])
    more = f"<p>另有 {len(shown) - MOST_ROWS} 行，见 rows/{name}.csv。</p>" if len(shown) > MOST_ROWS else ""
    return f'<p>{escape(declared.title)}</p><div class="wide"><table><tr>{head}</tr>{body}</table></div>{more}'


def _cell(value: object) -> str:
    return f"<td>{'' if value is None else escape(str(value))}</td>"


def _points(bound: BoundRule, rows: Mapping[str, pa.Table], evidence: set[str], store: KnowledgeStore) -> str:
    """The points about the codes of the evidence's fee lines."""
    lines = rows.get("fee_list_d")
    codes = {r["med_list_codg"] for r in lines.to_pylist() if r["bkkp_sn"] in evidence} if lines is not None else set()
    told: list[str] = []
    for list_id in bound.lists:
        path = store.path(list_id)
        points = [p for p in pq.read_table(path).to_pylist() if p["code"] in codes] if path else []
        for p in points[:MOST_ROWS]:
            said = f"{p['code']} {p['name'] or ''}：{p['note'] or ''}（{p['valid_from']} 至 {p['valid_to']}；来源 {p['source']}）"
            told.append(f"<li>{escape(knowledge_lists()[list_id].title)}：{escape(said)}</li>")
    return f"<h3>知识点</h3><ul>{''.join(told)}</ul>" if told else ""
