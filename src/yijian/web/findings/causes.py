"""Causes of the ledger as officials read them: view columns by their Chinese names."""

import re

from yijian.claims.tables import tables

_VIEW_COLUMNS = {
    "inst_level": "机构级别",
    "adm_day": "入院日期",
    "dscg_day": "出院日期",
    "upload_day": "上传时间",
    "service_day": "费用日期",
    "service_minute": "费用时间",
    "setl_day": "结算日期",
    "setl_minute": "结算时间",
    "die_day": "死亡日期",
    "brdy_ymd": "出生日期",
    "age": "年龄",
    "amount": "金额",
    "code": "国家编码",
    "local_code": "院内编码",
    "addr_tok": "住址",
    "counter": "收费窗口",
    "maindiag_code": "主要诊断",
    "charge_type": "收费类别",
}
"""Columns that only the rules' views have; all others are named in `claims/columns.toml`."""


def cause_words(cause: str) -> str:
    """“dscg_day 缺失” → “出院日期缺失（dscg_day）”; a cause in words stays as it is."""
    found = re.fullmatch(r"([a-z][a-z0-9_]*) 缺失", cause)
    if not found:
        return cause
    column = found[1]
    title = _VIEW_COLUMNS.get(column) or next((t.by_name[column].title for t in tables().values() if column in t.by_name), "")
    return f"{title}缺失（{column}）" if title else cause
