"""The JSON schema of `rule.toml`, made from `Declaration`; editors and strangers read it."""

import json
from pathlib import Path

import msgspec

from yijian.rulebook.rule import Declaration

SCHEMA = "rule.schema.json"


def schema_text() -> str:
    """`rules/rule.schema.json` as it must be."""
    schema = msgspec.json.schema(Declaration)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "rule.toml"
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def write_schema(root: Path) -> None:
    (root / SCHEMA).write_text(schema_text(), encoding="utf-8")
