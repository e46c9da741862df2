"""A new rule's folder: small files that run as they are, to be rewritten."""

import re
from datetime import date, timedelta
from pathlib import Path

from yijian.rulebook.library import EARLIER, load_declaration
from yijian.vocabulary.errors import UserError

RULE = """id            = "{id}"
title         = "（一句话说明什么情形）"
official      = []
notices       = []
legal_basis   = ["医疗保障基金使用监督管理条例 第十五条"]
subject       = "hospital"
verdict       = "suspicion"
status        = "draft"
stages        = ["post"]
locality      = "person"
grain         = ["row_id"]
applies_to    = "fee_line where list_type = '201'"
needs         = ["code"]
valid_from    = 2019-01-01
explain       = "{{name}} 金额 {{amount}} 元，超过 {{limit}} 元"
look_first    = ["（先看什么）"]
known_gaps    = []
false_alarms  = []
{kind}
[parameters]
limit         = {{ default = 1000, unit = "元", source = "（出处）" }}
"""

SQL = """-- （为什么这样判断）
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.name,
  $limit AS limit,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
WHERE f.amount > $limit
"""

EXAMPLES = """# 所有人员均为虚构。只写有关的列，其余取视图的中性值。
[[example]]
name     = "超过一分；远远超过"
fee_line = [{ row_id = "L1", list_type = "201", amount = 1000.01 }, { row_id = "L2", list_type = "201", amount = 9000.00 }]
finds    = [{ row_id = "L1", amount = 1000.01 }, { row_id = "L2", amount = 9000.00 }]

[[example]]
name     = "刚好不超过"
fee_line = [{ row_id = "L1", list_type = "201", amount = 1000.00 }]
finds    = []

[[example]]
name     = "（合法相似的情形）"
fee_line = [{ row_id = "L1", list_type = "201", amount = 10.00 }]
finds    = []

[[example]]
name       = "没有编码：未能判定"
fee_line   = [{ row_id = "L1", list_type = "201", amount = 2000.00, code = "" }]
finds      = []
not_judged = [{ row_id = "L1", cause = "code 缺失" }]
"""


def revise(folder: Path, since: date) -> Path:
    """Put the rule's present version under `earlier/`, in force until the day before `since`, and number a new one.

    Gives the folder of the earlier version. UserError where the present one is not yet in force on the day before.
    """
    path = folder / "rule.toml"
    text = path.read_text(encoding="utf-8")
    present = load_declaration(text, str(path))
    if since <= present.valid_from:
        raise UserError(
            f"第 {present.version} 版自 {present.valid_from} 起有效，新版不能更早", where="--from", do="请给出更晚的日期"
        )
    earlier = folder / EARLIER / str(present.version)
    earlier.mkdir(parents=True)
    for name in ("rule.toml", "rule.sql", "examples.toml"):
        if (folder / name).is_file():
            (earlier / name).write_bytes((folder / name).read_bytes())
    until = since - timedelta(days=1)
    closed = re.sub(r"(?m)^valid_to\s*=.*\n", "", text)
    closed = re.sub(r"(?m)^(valid_from\s*=.*\n)", rf"\g<1>valid_to      = {until}\n", closed)
    (earlier / "rule.toml").write_text(closed, encoding="utf-8")
    opened = re.sub(r"(?m)^version(\s*)=.*$", rf"version\g<1>= {present.version + 1}", text)
    opened = re.sub(r"(?m)^valid_from(\s*)=.*$", rf"valid_from\g<1>= {since}", opened)
    path.write_text(opened, encoding="utf-8")
    return earlier


def scaffold(root: Path, path: str, kind: str | None) -> Path:
    """Make `<family>/<rule>/` under `root`. UserError if it exists, or the name or the kind will not do."""
    family, _, name = path.partition("/")
    if not (family.isidentifier() and name.isidentifier() and path == path.lower()):
        raise UserError(f"“{path}”不是“族/规则”的小写英文名", do="例如 charging/my_rule")
    if kind and not (root / "_kinds" / f"{kind}.sql").is_file():
        raise UserError(f"没有种类“{kind}”", where=str(root / "_kinds"), do="请选用其中已有的种类，或不写 --kind")
    folder = root / family / name
    if folder.exists():
        raise UserError("规则已经存在", where=str(folder), do="请换一个名字")
    folder.mkdir(parents=True)
    line = f'kind          = "{kind}"\n' if kind else ""
    (folder / "rule.toml").write_text(RULE.format(id=name, kind=line), encoding="utf-8")
    if not kind:
        (folder / "rule.sql").write_text(SQL, encoding="utf-8")
    (folder / "examples.toml").write_text(EXAMPLES, encoding="utf-8")
    return folder
