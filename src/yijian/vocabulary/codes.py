"""National code tables and what the codes mean; `codes.toml` holds them.

A table is `open` when local tails are lawful (`med_type`, `med_chrgitm_type`: two national digits, then local ones) or
when the whole official table was not at hand; a closed table rejects what it does not list.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class CodeTable:
    """One code table: `values` maps code to Chinese name; `prefix` is how many characters are national (0 = all)."""

    name: str
    title: str
    values: dict[str, str]
    prefix: int = 0
    open: bool = False

    def name_of(self, code: str | None) -> str:
        """The Chinese name of a code, by its national head where it has a local tail; the code itself if unknown."""
        if not code:
            return ""
        return self.values.get(code) or self.values.get(code[: self.prefix] if self.prefix else code, code)


@cache
def code_tables() -> dict[str, CodeTable]:
    """All code tables by name."""
    raw = tomllib.loads((files(__package__ or "") / "codes.toml").read_text(encoding="utf-8"))
    return {
        name: CodeTable(name, t["title"], t["values"], int(t.get("prefix", 0)), bool(t.get("open", False)))
        for name, t in raw.items()
    }
