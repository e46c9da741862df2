"""What a transfer says when it travels as a sealed file (`trust.parcel`): the letter with both lists, and what answers it."""

from typing import TypeVar

import msgspec

from yijian.trust.parcel import Parcel
from yijian.vocabulary.errors import UserError

T = TypeVar("T", bound=msgspec.Struct)
MOST_TEXT = 5000
MOST_LINES = 200
RESULTS = {
    "penalty": "行政处罚",
    "sanction": "处分",
    "criminal": "刑事立案",
    "corrected": "责令改正",
    "passed_on": "转其他部门",
    "none": "不予立案或处理",
    "lead": "医保部门办结",
}
"""What an authority may say that it did."""


class Line(msgspec.Struct, frozen=True):
    """A line of the list of problems (amount: yuan as text, or '') or of evidence (pages, or 0)."""

    what: str
    amount: str = ""
    pages: int = 0


class Letter(msgspec.Struct, frozen=True):
    """移送书. category: its word and title; institution: its code, or ''; amount: yuan as text, or ''; since: a day, ISO."""

    title: str
    party: str
    facts: str
    category: str
    category_title: str
    to: str
    since: str
    problems: list[Line]
    evidence: list[Line]
    institution: str = ""
    amount: str = ""
    copy_to: str = ""


class Answer(msgspec.Struct, frozen=True):
    """回执, 补正通知, 补正材料, 处理结果. signer: who signed; text: what is missing, comes, or was done; result: of `RESULTS`."""

    signer: str
    text: str = ""
    result: str = ""


def letter_in(parcel: Parcel, where: str) -> Letter:
    """The letter of a parcel. UserError where it says something else, or more than a letter does."""
    said = _said(parcel, Letter, where)
    texts = (said.title, said.party, said.facts, said.category, said.category_title, said.to, said.copy_to, said.institution)
    lines = [*said.problems, *said.evidence]
    if any(len(text) > MOST_TEXT for text in texts) or len(lines) > 2 * MOST_LINES or any(len(one.what) > 300 for one in lines):
        raise UserError("移送书的内容过长", where=where, do="请发件单位把明细作为附件")
    return said


def answer_in(parcel: Parcel, where: str) -> Answer:
    """What answers a letter. UserError where it says something else."""
    said = _said(parcel, Answer, where)
    if len(said.text) > MOST_TEXT or len(said.signer) > 200 or not parcel.manifest.answers:
        raise UserError("文件的内容过长，或没有写明答复哪一份移送书", where=where, do="请发件单位重新制作")
    if parcel.head.kind == "result" and said.result not in RESULTS:
        raise UserError("处理结果不在约定的范围内", where=where, do=f"请发件单位从{'、'.join(RESULTS.values())}中选择")
    return said


def _said(parcel: Parcel, kind: type[T], where: str) -> T:
    try:
        return msgspec.json.decode(parcel.manifest.said, type=kind)
    except msgspec.DecodeError:
        raise UserError("文件里没有约定的内容", where=where, do="请双方使用相同版本的程序") from None
