"""The national message as it comes, made plain: one spelling, lists where the standard has lists, values of their type.

What is wrong with a message is a `Refused`: a Chinese sentence that names the field, for `err_msg`.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from math import isfinite
from typing import Any, cast

import msgspec

Fields = dict[str, Any]
"""A node with canonical names; values are text, float, datetime or lists of nodes; what was not sent is not there."""

MAX_LINES = 2_000
"""Orders of one message; hospitals send tens."""

LISTS = {
    "patient": {"fsi_encounter_dtos": "encounter"},
    "encounter": {"fsi_diagnose_dtos": "diagnose", "fsi_order_dtos": "order", "fsi_operation_dtos": "operation"},
}
"""Node → its list nodes and what stands in them."""


class Refused(Exception):
    """A message that cannot be worked on. `code`: the infcode, never 0; the text is for people."""

    def __init__(self, message: str, code: int = -1) -> None:
        super().__init__(message)
        self.code = code


class Field(msgspec.Struct, frozen=True):
    """A field of the standard: Chinese title, type, and how much it is needed (`must`, `required`, `extra` or '')."""

    title: str
    type: str
    use: str = ""


@cache
def declared() -> dict[str, dict[str, Field]]:
    """Node → its fields."""
    raw = _toml()
    return {node: {n: Field(**f) for n, f in spec.items()} for node, spec in raw.items() if node != "aliases"}


@cache
def _toml() -> dict[str, Any]:
    return tomllib.loads((files(__package__ or "") / "message.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """The standard's spelling of a field name.

    >>> canonical("orderDtos"), canonical("dr_code"), canonical("MDTRTAREA_ADMVS")
    ('fsi_order_dtos', 'dr_codg', 'mdtrtarea_admvs')
    """
    plain = name if "_" in name else re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name)
    plain = plain.lower()
    return str(_toml()["aliases"].get(plain, plain))


def decode(body: bytes) -> dict[str, Any]:
    """The JSON of a request. Refused where it is none, or no object, or nested beyond reason."""
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(f"报文不是合法的 JSON：{error}") from error
    except RecursionError as error:
        raise Refused("报文嵌套过深") from error
    if not isinstance(said, dict):
        raise Refused("报文应为一个 JSON 对象")
    return _spelled(cast("dict[str, Any]", said))


def _spelled(node: Mapping[str, Any]) -> dict[str, Any]:
    """The node with canonical names; where two spellings of a name are sent, the first that says something."""
    plain: dict[str, Any] = {}
    for name, value in node.items():
        known = canonical(name)
        if known not in plain or plain[known] in (None, ""):
            plain[known] = value
    return plain


def read(node: str, given: Mapping[str, Any], where: str = "") -> Fields:
    """The fields of a node, each of its type. Refused where one is mistyped or one that must be there is not.

    Where two spellings of a name are sent, the first that says something counts.
    """
    spec, inner = declared()[node], LISTS.get(node, {})
    fields: Fields = {}
    lists: dict[str, Any] = {}
    for name, value in given.items():
        if value is None or value == "":
            continue
        known = name if name in spec else canonical(name)
        if known in inner:
            lists.setdefault(known, value)
        if known not in spec or known in fields:
            continue
        field = spec[known]
        made = READERS[field.type](value)
        if made is None:
            raise Refused(f"{where}{known}（{field.title}）{WRONG[field.type]}")
        if made != "":
            fields[known] = made
    for name in _musts(node):
        if name not in fields:
            raise Refused(f"{where}{name}（{spec[name].title}）缺失")
    for name, of in inner.items():
        fields[name] = [read(of, one, path) for one, path in nodes(lists.get(name), f"{where}{name}")]
    return fields


@cache
def _musts(node: str) -> tuple[str, ...]:
    return tuple(name for name, field in declared()[node].items() if field.use == "must")


def nodes(value: Any, where: str) -> list[tuple[Mapping[str, Any], str]]:
    """A list node, sent as a list, as one object or not at all: each object with its path."""
    if value is None or value == "" or value == {}:
        return []
    listed = cast("list[Any]", value) if isinstance(value, list) else [value]
    if len(listed) > MAX_LINES:
        raise Refused(f"{where} 超过 {MAX_LINES} 条")
    found: list[tuple[Mapping[str, Any], str]] = []
    for number, one in enumerate(listed):
        if one is None:
            continue
        if not isinstance(one, dict):
            raise Refused(f"{where}[{number}] 应为对象")
        found.append((cast("Mapping[str, Any]", one), f"{where}[{number}]."))
    return found


def input_data(message: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """What stands under `input.data` (or under `input` itself, or in `input` as text), and its path."""
    given = message.get("input")
    if isinstance(given, str):
        given = decode(given.encode()) if given.strip() else None
    if not isinstance(given, dict):
        raise Refused("input（交易输入）缺失或不是对象")
    plain = _spelled(cast("dict[str, Any]", given))
    data = plain.get("data")
    if data is None:
        return plain, "input."
    if isinstance(data, list) and len(cast("list[Any]", data)) == 1:
        data = data[0]
    if not isinstance(data, dict):
        raise Refused("input.data 应为对象")
    return _spelled(cast("dict[str, Any]", data)), "input.data."


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value.strip() if len(value) <= 4000 and "\x00" not in value else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if isfinite(number) and abs(number) < 1e14 else None


def _time(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    return time_of(value)


@lru_cache(maxsize=4096)
def time_of(text: str) -> datetime | None:
    """A date or time as clients write them; None if it is none.

    >>> time_of("2026-03-01"), time_of("20260301083000"), time_of("2026/03/01 08:30"), time_of("春天")
    (datetime.datetime(2026, 3, 1, 0, 0), datetime.datetime(2026, 3, 1, 8, 30), datetime.datetime(2026, 3, 1, 8, 30), None)
    """
    plain = text.strip().replace("/", "-")
    if plain.isdigit() and len(plain) in (8, 14):
        hour = f" {plain[8:10]}:{plain[10:12]}:{plain[12:]}" if len(plain) == 14 else ""
        plain = f"{plain[:4]}-{plain[4:6]}-{plain[6:8]}{hour}"
    try:
        made = datetime.fromisoformat(plain)
    except ValueError:
        return None
    made = made.replace(tzinfo=None)
    return made if date(1850, 1, 1) <= made.date() else None


READERS: dict[str, Callable[[Any], Any]] = {"text": _text, "number": _number, "time": _time}
WRONG = {"text": "应为文本", "number": "应为数值", "time": "应为 yyyy-MM-dd 或 yyyy-MM-dd HH:mm:ss"}
