"""The 35 causes, what their articles allow, and where in that range a fine lies."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError

CENT, ZERO = Decimal("0.01"), Decimal(0)
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Cause:
    """A cause. times: the fine as multiples of the loss; yuan: where correction was refused; suspend: months of service."""

    number: int
    subject: str
    kind: str
    text: str
    article: str
    times: tuple[Decimal, Decimal] | None = None
    yuan: tuple[Decimal, Decimal] | None = None
    suspend: tuple[int, int] | None = None

    @property
    def words(self) -> str:
        """Number and text, for lists."""
        return f"{self.number} {self.text}"

    @property
    def range_words(self) -> str:
        """What the article allows, for people."""
        said: list[str] = []
        if self.times:
            said.append(f"罚款为损失的 {self.times[0]}–{self.times[1]} 倍")
        if self.yuan:
            said.append(f"拒不改正的罚款 {self.yuan[0]:,.0f}–{self.yuan[1]:,.0f} 元")
        if self.suspend:
            said.append(f"暂停服务或联网结算 {self.suspend[0]}–{self.suspend[1]} 个月")
        return "；".join(said) or "没有可以处罚的条款"

    def fines(self, loss: Decimal, *, refused: bool) -> tuple[Decimal, Decimal]:
        """The least and the most fine in yuan that the article allows; (0, 0) where it allows none."""
        if self.times and loss > 0:
            return _cent(loss * self.times[0]), _cent(loss * self.times[1])
        if self.yuan and refused:
            return self.yuan
        return ZERO, ZERO


@dataclass(frozen=True)
class Factor:
    """Something that makes a penalty lighter, heavier, or (`mitigated`) lets it go below the range."""

    word: str
    title: str
    effect: str
    source: str


@dataclass(frozen=True)
class Proposal:
    """A band of fines within the range, and why. least, most: yuan."""

    band: str
    least: Decimal
    most: Decimal
    floor: Decimal
    ceiling: Decimal

    @property
    def words(self) -> str:
        title = {"lighter": "从轻", "normal": "一般", "heavier": "从重", "mitigated": "减轻"}[self.band]
        return f"{title}：{self.least:,.2f}–{self.most:,.2f} 元（法定幅度 {self.floor:,.2f}–{self.ceiling:,.2f} 元）"


@cache
def causes() -> dict[int, Cause]:
    """All causes by number."""
    said: dict[str, Any] = tomllib.loads((HERE / "causes.toml").read_text(encoding="utf-8"))
    return {int(number): _cause(int(number), one) for number, one in said.items()}


def _cause(number: int, one: dict[str, Any]) -> Cause:
    pairs: dict[str, Any] = {name: (Decimal(one[name][0]), Decimal(one[name][1])) for name in ("times", "yuan") if name in one}
    months = (int(one["suspend"][0]), int(one["suspend"][1])) if "suspend" in one else None
    return Cause(number, one["subject"], one["kind"], one["text"], one["article"], suspend=months, **pairs)


@cache
def factors() -> dict[str, Factor]:
    """All factors of discretion by their word."""
    said = _discretion()["factors"]
    return {word: Factor(word, one["title"], one["effect"], one["source"]) for word, one in said.items()}


@cache
def _discretion() -> dict[str, Any]:
    return tomllib.loads((HERE / "discretion.toml").read_text(encoding="utf-8"))


def proposed(cause: Cause, loss: Decimal, words: Sequence[str], *, refused: bool) -> Proposal:
    """Where the fine lies by its factors: as many lighter as heavier ones leave it in the middle band."""
    floor, ceiling = cause.fines(loss, refused=refused)
    effects = [factors()[word].effect for word in words if word in factors()]
    if "mitigated" in effects:
        return Proposal("mitigated", ZERO, floor, ZERO, ceiling)
    balance = effects.count("heavier") - effects.count("lighter")
    band = "heavier" if balance > 0 else "lighter" if balance < 0 else "normal"
    low, high = (Decimal(str(share)) for share in _discretion()["bands"][band])
    width = ceiling - floor
    return Proposal(band, _cent(floor + width * low), _cent(floor + width * high), floor, ceiling)


def check_penalty(cause: Cause, loss: Decimal, fine: Decimal, months: int, words: Sequence[str], *, refused: bool) -> None:
    """ValidationError where a fine or a suspension of service lies outside what the article and the factors allow."""
    if unknown := [word for word in words if word not in factors()]:
        raise ValidationError(f"没有这样的裁量情节：{'、'.join(unknown)[:60]}")
    allowed = proposed(cause, loss, words, refused=refused)
    if fine and not allowed.ceiling:
        why = "，该条仅在拒不改正时可以罚款" if cause.yuan else "，或没有基金损失可以计算" if cause.times else ""
        raise ValidationError(f"案由 {cause.number} 依据的条款不能处罚款{why}；请把罚款改为 0")
    if not allowed.floor <= fine <= allowed.ceiling:
        raise ValidationError(
            f"罚款 {fine:,.2f} 元超出{cause.article}的幅度，应在 {allowed.floor:,.2f} 元与 {allowed.ceiling:,.2f} 元之间"
        )
    if months and (cause.suspend is None or not cause.suspend[0] <= months <= cause.suspend[1]):
        span = f"应在 {cause.suspend[0]} 至 {cause.suspend[1]} 个月之间" if cause.suspend else "该条没有这种处理"
        raise ValidationError(f"暂停 {months} 个月超出条款的幅度，{span}")


def _cent(yuan: Decimal) -> Decimal:
    return yuan.quantize(CENT, ROUND_HALF_UP)
