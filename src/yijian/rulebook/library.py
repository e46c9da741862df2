"""All rules of a folder: `<family>/<rule>/rule.toml`, kinds in `_kinds/<kind>.sql`, versions of the past in `earlier/`."""

import tomllib
from pathlib import Path

import msgspec

from yijian.rulebook.rule import Declaration, Rule
from yijian.vocabulary.content import content
from yijian.vocabulary.errors import UserError

EARLIER = "earlier"
"""In a rule's folder: `earlier/<version>/`, whole rules that were in force before it."""


def rule_folders(root: Path) -> list[Path]:
    """The folders of rules under `root`, by family and name."""
    return sorted(p.parent for p in root.glob("*/*/rule.toml") if not p.parent.parent.name.startswith("_"))


def load_declaration(text: str, where: str) -> Declaration:
    """What a `rule.toml` says. A `UserError` names the file and what is wrong with it."""
    try:
        return msgspec.convert(tomllib.loads(text), Declaration)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"规则文件不是合法的 TOML：{error}", where=where, do="请按提示的行列改正") from error
    except msgspec.ValidationError as error:
        raise UserError(f"规则字段有误：{error}", where=where, do="字段说明见 rules/rule.schema.json") from error


def load_rule(folder: Path) -> Rule:
    """Read one rule with its earlier versions. A `UserError` names the file and what is wrong with it."""
    rule = _load_version(folder, folder.name, folder.parent.name, folder.parent.parent)
    before = sorted((p.parent for p in folder.glob(f"{EARLIER}/*/rule.toml")), key=lambda p: (len(p.name), p.name))
    earlier = tuple(_load_version(p, folder.name, rule.family, folder.parent.parent) for p in before)
    return msgspec.structs.replace(rule, earlier=earlier)


def _load_version(folder: Path, name: str, family: str, root: Path) -> Rule:
    path = folder / "rule.toml"
    declaration = load_declaration(path.read_text(encoding="utf-8"), str(path))
    if declaration.id != name:
        raise UserError(f"规则 id“{declaration.id}”与文件夹名不同", where=str(path), do="请改为一致")
    sql_path = folder / "rule.sql"
    if declaration.kind:
        if sql_path.exists():
            raise UserError("规则既写了 kind 又有 rule.sql", where=str(folder), do="请二者留一")
        sql_path = root / "_kinds" / f"{declaration.kind}.sql"
    if not sql_path.is_file():
        raise UserError("找不到规则的 SQL", where=str(sql_path), do="请补上该文件，或在 rule.toml 中写明已有的 kind")
    return Rule(declaration, family, folder, sql_path.read_text(encoding="utf-8"), sql_path)


def load_rules(root: Path | None = None) -> dict[str, Rule]:
    """All rules by id, in the order of families. Two rules of one id are a `UserError`."""
    rules: dict[str, Rule] = {}
    root = root or content("rules")
    for folder in rule_folders(root):
        rule = load_rule(folder)
        if rule.id in rules:
            raise UserError(f"规则 id“{rule.id}”出现两次", where=f"{rules[rule.id].folder} 与 {folder}", do="请改名")
        rules[rule.id] = rule
    if not rules:
        raise UserError("没有找到任何规则", where=str(root), do="请检查规则库文件夹")
    return rules
