"""The questions of `checklist.toml`, and what the record itself says about each: a help to whoever looks, not an answer."""

import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from django.utils import timezone

from yijian.web.parameters.queries import Book
from yijian.web.transfers.queries import Transfer, lead_of_transfer

ANSWERS = {"yes": "是", "no": "否", "na": "不涉及"}


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to look at. way: out, in, or '' for both; known: a function of `FACTS`."""

    word: str
    title: str
    source: str
    known: str
    way: str = ""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    question: tuple[Question, ...]


@cache
def _table() -> tuple[Question, ...]:
    said = tomllib.loads((Path(__file__).parent / "checklist.toml").read_text(encoding="utf-8"))
    return msgspec.convert(said, _Table).question


def questions(direction: str = "") -> dict[str, Question]:
    """Word → question for one direction, or all, in the order of the file."""
    return {one.word: one for one in _table() if direction in ("", one.way) or not one.way}


def known(transfer: Transfer) -> dict[str, str]:
    """Word of a question → what the record says about it, in words."""
    changes = list(transfer.changes.select_related("by").order_by("at", "pk"))  # type: ignore[attr-defined]
    items = list(transfer.items.all())  # type: ignore[attr-defined]
    return {word: FACTS[one.known](transfer, changes, items) for word, one in questions(transfer.direction).items()}


def _letter(transfer: Transfer, changes: list[Any], items: list[Any]) -> str:
    return f"文号：{transfer.number or '没有'}；类别：{transfer.category_title}"


def _lists(transfer: Transfer, changes: list[Any], items: list[Any]) -> str:
    problems = sum(1 for one in items if one.kind == "problem")
    return f"问题 {problems} 项，证据 {len(items) - problems} 份"


def _approved(transfer: Transfer, changes: list[Any], items: list[Any]) -> str:
    last = next((one for one in reversed(changes) if one.step == "approve"), None)
    return f"{transfer.by.display_name}拟稿，{last.by.display_name}审批" if last else "没有审批记录"


def _in_time(transfer: Transfer, changes: list[Any], items: list[Any]) -> str:
    if transfer.sent_on is None:
        return "没有移送日期"
    book = Book()
    took = book.calendar_of(transfer.area).between(transfer.since, transfer.sent_on)
    limit = book.value_of("transfer_out", transfer.area, transfer.since)
    return f"{transfer.since} 起，{transfer.sent_on} 移送，第 {took} 个工作日（期限 {limit}）"


def _receipt(transfer: Transfer, changes: list[Any], items: list[Any]) -> str:
    return _day_of("receive", changes, "签收", "还没有签收")


def _supplement(transfer: Transfer, changes: list[Any], items: list[Any]) -> str:
    asked = [one for one in changes if one.step == "ask"]
    if not asked:
        return "没有通知补正"
    days = [
        f"{timezone.localdate(one.at)}{'通知' if one.step == 'ask' else '补正'}"
        for one in changes
        if one.step in ("ask", "supply")
    ]
    return "，".join(days)


def _taken_up(transfer: Transfer, changes: list[Any], items: list[Any]) -> str:
    lead = lead_of_transfer(transfer)
    return f"登记为{lead.number}，{lead.get_state_display()}" if lead else "没有线索"


def _result(transfer: Transfer, changes: list[Any], items: list[Any]) -> str:
    return _day_of("report", changes, f"反馈：{transfer.get_result_display()}", "还没有反馈")  # type: ignore[attr-defined]


def _told(transfer: Transfer, changes: list[Any], items: list[Any]) -> str:
    return f"移送{transfer.body_title}；抄送：{transfer.copy_to.name if transfer.copy_to else '没有'}"


def _recorded(transfer: Transfer, changes: list[Any], items: list[Any]) -> str:
    return f"状态“{transfer.get_state_display()}”，经过 {len(changes)} 条"  # type: ignore[attr-defined]


def _day_of(step: str, changes: list[Any], done: str, none: str) -> str:
    last = next((one for one in reversed(changes) if one.step == step), None)
    return f"{timezone.localdate(last.at)} {done}" if last else none


FACTS: dict[str, Callable[[Transfer, list[Any], list[Any]], str]] = {
    "letter": _letter, "lists": _lists, "approved": _approved, "in_time": _in_time, "receipt": _receipt,
    "supplement": _supplement, "taken_up": _taken_up, "result": _result, "told": _told, "recorded": _recorded,
}  # fmt: skip
