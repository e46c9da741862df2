"""What leaves the log as a file and can be checked without it: a run of entries, or that a later log continues an earlier one.

Both are JSON and carry the signed checkpoint that they are proven against. Checking needs nothing but the file (and, for the
second, the checkpoint that one kept): no database, no key, no network.
"""

from pathlib import Path

import msgspec

from yijian.trust.checkpoint import Checkpoint, read
from yijian.trust.log_entry import Entry
from yijian.trust.merkle import is_continuation, is_included
from yijian.trust.signing import Signature
from yijian.vocabulary.errors import UserError

EXPORT = "yijian-log-export/1"
CONTINUATION = "yijian-log-continuation/1"


class Export(msgspec.Struct, frozen=True, tag=EXPORT, tag_field="form"):
    """Entries with running numbers. `proof`: roots (hex) of `merkle.inclusion_ranges`; `checkpoint`: the note."""

    entries: list[Entry]
    proof: list[str]
    checkpoint: str


class Continuation(msgspec.Struct, frozen=True, tag=CONTINUATION, tag_field="form"):
    """Two notes, and `proof`: roots (hex) of `merkle.consistency_ranges`."""

    earlier: str
    later: str
    proof: list[str]


class Shown(msgspec.Struct, frozen=True):
    """What a file shows: its newest checkpoint and whose signature that is, a sentence, and what is wrong ('' = nothing)."""

    checkpoint: Checkpoint
    signature: Signature
    said: str
    wrong: str


def write(path: Path, document: Export | Continuation) -> None:
    """Write a file; it appears whole. UserError where that cannot be."""
    fresh = path.with_name(f".{path.name}.part")
    try:
        fresh.write_bytes(msgspec.json.encode(document) + b"\n")
        fresh.replace(path)
    except OSError as fault:
        raise UserError(f"文件写不进去：{fault.strerror}", where=str(path), do="请换一个目录") from None


def check_file(path: Path, kept: Checkpoint | None) -> Shown:
    """Check a file; `kept` is the checkpoint that one has. UserError where it is neither of both, or badly signed."""
    try:
        document = msgspec.json.decode(path.read_bytes(), type=Export | Continuation)
    except OSError as fault:
        raise UserError(f"文件打不开：{fault.strerror}", where=str(path), do="请检查路径") from None
    except msgspec.DecodeError:
        mistake = "不是日志的导出或接续证明，或文件已损坏"
        raise UserError(mistake, where=str(path), do="请给出 yijian log export 或 yijian log prove 写出的文件") from None
    try:
        proof = [bytes.fromhex(digits) for digits in document.proof]
    except ValueError:
        raise UserError("证明里有看不懂的哈希", where=str(path), do="请重新取得该文件") from None
    if isinstance(document, Export):
        return _check_export(document, proof, kept, str(path))
    return _check_continuation(document, proof, kept, str(path))


def _check_export(document: Export, proof: list[bytes], kept: Checkpoint | None, where: str) -> Shown:
    checkpoint, signature = read(document.checkpoint, where)
    entries = document.entries
    first = entries[0].number if entries else 0
    said = f"第 {first} 至 {first + len(entries) - 1} 条，共 {len(entries)} 条，在有 {checkpoint.size} 条的日志里"
    wrong = ""
    if not entries or [e.number for e in entries] != list(range(first, first + len(entries))):
        wrong = "编号不连续，有的条目不见了"
    elif not is_included([e.leaf() for e in entries], first, checkpoint.size, proof, checkpoint.root):
        wrong = "条目与检查点不符：内容被改动过"
    elif kept is not None and kept != checkpoint:
        wrong = "文件里的检查点不是您保管的那一个；请用 yijian log prove 证明两者相接"
    return Shown(checkpoint, signature, said, wrong)


def _check_continuation(document: Continuation, proof: list[bytes], kept: Checkpoint | None, where: str) -> Shown:
    earlier, _ = read(document.earlier, where)
    later, signature = read(document.later, where)
    said = f"有 {later.size} 条的日志（{later.at}）以有 {earlier.size} 条的日志（{earlier.at}）开头，此后只有追加"
    wrong = ""
    if kept is not None and kept != earlier:
        wrong = "证明所说的不是您保管的那个检查点"
    elif earlier.origin != later.origin:
        wrong = "两个检查点属于不同的日志"
    elif not is_continuation(earlier.size, earlier.root, later.size, later.root, proof):
        wrong = "后来的日志不是从先前的日志接着写的：有条目被改动或删去"
    return Shown(later, signature, said, wrong)
