"""Causes of the ledger as officials read them: view columns by their Chinese names."""

import re

from yijian.claims.views import views


def cause_words(cause: str) -> str:
    """“dscg_day 缺失” → “出院日期缺失（dscg_day）”; a cause in words stays as it is."""
    found = re.fullmatch(r"([a-z][a-z0-9_]*) 缺失", cause)
    if not found:
        return cause
    column = found[1]
    title = next((v.columns[column].title for v in views().values() if column in v.columns), "")
    return f"{title}缺失（{column}）" if title else cause
