"""Whether the log is what it was: every line against its hash, all lines against the head and against signed checkpoints.

1. Each line is hashed again: one that was edited is named.
2. Numbers run from 0 to the head's size: one that was removed, cut off or inserted is named.
3. The tree of all hashes has the root that the head keeps: lines edited together with their hashes are noticed.
4. It goes through every checkpoint: a log that was rewritten whole, head and all, is noticed as far as checkpoints were kept
   where the rewriter does not reach. Those of the home are looked at always, those of other bodies when they are given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db.models import Max
from django.utils import timezone

from yijian.trust.checkpoint import Checkpoint, read, read_file
from yijian.trust.merkle import HASH_BYTES, Frontier
from yijian.trust.signing import Signature, public_key
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home
from yijian.web.audit_log.models import LogCheckpoint, LogEntry, LogHead
from yijian.web.audit_log.reading import rows

MOST_SAID = 20
"""Faults that are spelled out; the rest are counted."""


@dataclass
class Report:
    """What checking showed: `size` lines; sentences about what holds, and about what is wrong, first fault first."""

    size: int = 0
    held: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])
    more_wrong: int = 0

    def fault(self, sentence: str) -> None:
        """Note a fault."""
        if len(self.wrong) < MOST_SAID:
            self.wrong.append(sentence)
        else:
            self.more_wrong += 1


@dataclass(frozen=True)
class Kept:
    """A checkpoint, and where it was kept."""

    where: str
    checkpoint: Checkpoint
    signature: Signature


def verify(home: Home, given: Sequence[Path], tell: Callable[[int, int], None] = lambda _done, _all: None) -> Report:
    """Check the whole log. `given`: checkpoints from elsewhere; UserError where one of these files is none."""
    report = Report()
    outside = [Kept(str(path), *read_file(path)) for path in given]
    kept = sorted([*_own(home, report), *outside], key=lambda k: k.checkpoint.size)
    # First the highest number, then the head: whoever writes meanwhile raises both, so no honest line is beyond the head.
    highest = LogEntry.objects.aggregate(n=Max("number"))["n"]
    head = LogHead.objects.first()
    if head is None:
        report.fault("日志的登记（条数与根）不见了，或网页数据库是空的")
        return report
    report.size = head.size
    found = _recompute(head, {k.checkpoint.size for k in kept}, report, tell)
    _beyond(head, -1 if highest is None else highest, report)
    _against_head(head, found, report)
    _against_checkpoints(home, head, found, kept, report)
    return report


def _own(home: Home, report: Report) -> list[Kept]:
    """The checkpoints of the database and of the home's folder."""
    notes = {f"数据库中的检查点 {size}": note for size, note in LogCheckpoint.objects.values_list("size", "note")}
    notes |= {str(path): path.read_text(encoding="utf-8", errors="replace") for path in sorted(home.log.glob("*.txt"))}
    kept: list[Kept] = []
    for where, note in notes.items():
        try:
            kept.append(Kept(where, *read(note, where)))
        except UserError as mistake:
            report.fault(f"{mistake.where}：{mistake.what}")
    return kept


def _recompute(head: LogHead, sizes: set[int], report: Report, tell: Callable[[int, int], None]) -> dict[int, bytes]:
    """Hash every line again. Returns the roots at `sizes` and at the head's size, as far as no line is missing."""
    tree, found, expected, before = Frontier(), dict[int, bytes](), 0, "（最早的一条）"
    if 0 in sizes:
        found[0] = tree.root()
    for entry, at, kept in rows(0, head.size):
        if entry.number != expected:
            report.fault(f"{_numbers(expected, entry.number)}不见了；前一条{before}，后一条 {_time(at)}")
            expected = entry.number
        leaf = entry.leaf()
        if leaf.hex() != kept:
            report.fault(f"第 {entry.number} 条（{_time(at)}，{entry.who}）的内容与写入时的哈希不符：被改动过")
        if tree.size == expected:  # nothing is missing so far; the kept hash goes in, so that one edit is one fault
            tree.append(_bytes(kept) or leaf)
            if tree.size in sizes or tree.size == head.size:
                found[tree.size] = tree.root()
        expected, before = expected + 1, f" {_time(at)}"
        if expected % 10_000 == 0:
            tell(expected, head.size)
    if expected < head.size:
        report.fault(f"{_numbers(expected, head.size)}不见了：日志被截短；现存最后一条{before}")
    return found


def _bytes(digits: str) -> bytes | None:
    try:
        value = bytes.fromhex(digits)
    except ValueError:
        return None
    return value if len(value) == HASH_BYTES else None


def _beyond(head: LogHead, highest: int, report: Report) -> None:
    """Lines that no number of the log stands for."""
    for line in LogEntry.objects.filter(number__lt=0).order_by("number")[:MOST_SAID]:
        report.fault(f"编号 {line.number} 的一条（{_time(line.at)}，{line.who}）不属于日志：是插入的")
    for line in LogEntry.objects.filter(number__gte=head.size, number__lte=highest).order_by("number")[:MOST_SAID]:
        report.fault(f"第 {line.number} 条（{_time(line.at)}，{line.who}）超出登记的 {head.size} 条：是插入的，或登记被改小")


def _against_head(head: LogHead, found: dict[int, bytes], report: Report) -> None:
    try:
        root = Frontier.unpacked(head.size, bytes.fromhex(head.peaks)).root()
    except ValueError:
        report.fault("登记的根看不懂：登记被改动过")
        return
    if not report.wrong:
        report.held.append(f"共 {head.size} 条，编号连续，每一条都与写入时的哈希相符")
    if head.size not in found and head.size > 0:
        return  # lines are missing, and that was said
    if head.size and found[head.size] != root:
        report.fault("全部条目重算的根与登记的根不符：有条目连同它的哈希一起被改动、插入或调换")
    elif not report.wrong:
        report.held.append(f"重算的根与登记相符：{root.hex()}")


def _against_checkpoints(home: Home, head: LogHead, found: dict[int, bytes], kept: Sequence[Kept], report: Report) -> None:
    own_key, good, broken, foreign = public_key(home)[1], {0}, 0, set[str]()
    for one in kept:
        checkpoint, said = one.checkpoint, f"{one.where}（{one.checkpoint.size} 条，{_when(one.checkpoint)}）"
        if one.signature.public_key != own_key:
            foreign.add(one.signature.fingerprint)
        if checkpoint.origin != head.origin:
            report.fault(f"{said}属于另一份日志 {checkpoint.origin}：拿错了文件，或日志被整个换掉")
        elif checkpoint.size > head.size:
            report.fault(f"{said}比现在的日志长，现在只有 {head.size} 条：日志被截短")
        elif found.get(checkpoint.size) == checkpoint.root:
            good.add(checkpoint.size)
        elif not broken:
            broken = 1
            where = _numbers(max(good), checkpoint.size)
            report.fault(f"{said}与现在的日志不符：{where}之中有改动、删除或插入；在那以前的与检查点相符")
        else:
            broken += 1
    if broken > 1:
        report.fault(f"其后的 {broken - 1} 个检查点也都不符")
    if len(good) > 1:
        report.held.append(f"与 {len(good) - 1} 个检查点相符，最近的一个签发时有 {max(good)} 条；现在的日志是它们的接续")
    if foreign:
        report.held.append(f"注意：有检查点由别的密钥签发（公钥指纹 {'、'.join(sorted(foreign))}），请与保管单位核对")


def _numbers(first: int, after: int) -> str:
    return f"第 {first} 条" if after - first == 1 else f"第 {first} 至 {after - 1} 条"


def _time(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"


def _when(checkpoint: Checkpoint) -> str:
    try:
        return _time(datetime.fromisoformat(checkpoint.at))
    except ValueError:
        return checkpoint.at
