"""`python -m yijian.web log checkpoint|verify|export|prove …`: what `yijian log …` starts. Messages in Chinese."""

import argparse
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from yijian.trust.checkpoint import read, read_file
from yijian.trust.log_proof import Continuation, Export, write
from yijian.trust.merkle import consistency_ranges, inclusion_ranges
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home
from yijian.web.audit_log.actions import note_export, sign_checkpoint
from yijian.web.audit_log.models import LogCheckpoint, LogEntry, LogHead
from yijian.web.audit_log.reading import roots, rows
from yijian.web.audit_log.verifying import verify
from yijian.web.place import write_private

WHO = "命令行"
MOST_ROWS = 1_000_000
"""Lines of one export file: it is put together in memory."""


def run(arguments: list[str], home: Home) -> None:
    """Run one command. UserError on a user's mistake; SystemExit(1) where the log is not what it was."""
    given = _parser().parse_args(arguments)
    if given.what == "checkpoint":
        _checkpoint(home, given.out)
    elif given.what == "verify":
        _verify(home, given.checkpoint)
    elif given.what == "export":
        _export(home, given.first, given.last, given.out)
    else:
        _prove(home, given.earlier, given.out)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yijian log", allow_abbrev=False)
    commands = parser.add_subparsers(dest="what", required=True)
    checkpoint = commands.add_parser("checkpoint")
    checkpoint.add_argument("--out", type=Path)
    check = commands.add_parser("verify")
    check.add_argument("--checkpoint", type=Path, action="append", default=[])
    export = commands.add_parser("export")
    export.add_argument("--from", dest="first", type=date.fromisoformat, required=True)
    export.add_argument("--to", dest="last", type=date.fromisoformat, required=True)
    export.add_argument("--out", type=Path, required=True)
    prove = commands.add_parser("prove")
    prove.add_argument("earlier", type=Path)
    prove.add_argument("--out", type=Path, required=True)
    return parser


def _signed_now(home: Home) -> LogCheckpoint:
    return sign_checkpoint(home, who=None, when=timezone.now(), where=None, name=WHO)


def _checkpoint(home: Home, out: Path | None) -> None:
    signed = _signed_now(home)
    if out is not None:
        try:
            write_private(out.absolute(), signed.note)
        except OSError as fault:
            raise UserError(f"检查点写不进去：{fault.strerror}", where=str(out), do="请换一个目录") from None
    fingerprint = read(signed.note, str(home.log))[1].fingerprint
    print(f"已签发检查点：{signed.size} 条，写在 {out or home.log}。请交由另一单位保管，并另行告知公钥指纹 {fingerprint}")


def _verify(home: Home, given: list[Path]) -> None:
    def tell(done: int, of: int) -> None:
        if sys.stderr.isatty():
            print(f"\r核对 {done:,} / {of:,} 条", end="", file=sys.stderr, flush=True)

    report = verify(home, given, tell)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    for sentence in report.held:
        print(f"✓ {sentence}")
    for sentence in report.wrong:
        print(f"✗ {sentence}")
    if report.more_wrong:
        print(f"✗ 另有 {report.more_wrong} 处")
    if not given:
        print("  没有给出别处保管的检查点：只与本机保管的核对过。用 --checkpoint 文件 与外单位保管的核对")
    if report.wrong:
        raise SystemExit(1)


def _day(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _export(home: Home, first: date, last: date, out: Path) -> None:
    """Numbers, not times, are what a proof speaks of: the lines from the period's lowest number to its highest."""
    found = LogEntry.objects.filter(at__gte=_day(first), at__lt=_day(last + timedelta(days=1)))
    ends = found.aggregate(low=Min("number"), high=Max("number"))
    if ends["low"] is None:
        raise UserError(f"{first} 至 {last} 没有日志", do="请换一个时段")
    low, after = ends["low"], ends["high"] + 1
    if after - low > MOST_ROWS:
        raise UserError(f"这一时段有 {after - low:,} 条，超过一个文件的上限 {MOST_ROWS:,} 条", do="请缩短时段，分次导出")
    with transaction.atomic():
        note_export(rows=after - low, filters=f"{first} 至 {last}", who=None, when=timezone.now(), where=None, name=WHO)
        signed = _signed_now(home)
    proof = roots(inclusion_ranges(low, after, signed.size))
    write(out.absolute(), Export([entry for entry, _, _ in rows(low, after)], proof, signed.note))
    print(f"已导出第 {low} 至 {after - 1} 条，附证明与检查点，写在 {out}；对方用 yijian log check 核对")


def _prove(home: Home, earlier: Path, out: Path) -> None:
    old, _ = read_file(earlier)
    head = LogHead.objects.first()
    if head is None or old.origin != head.origin or old.size > head.size:
        raise UserError("这个检查点不是本日志从前的检查点", where=str(earlier), do="请运行 yijian log verify --checkpoint 查明")
    signed = _signed_now(home)
    proof = roots(consistency_ranges(old.size, signed.size))
    write(out.absolute(), Continuation(earlier.read_text(encoding="utf-8"), signed.note, proof))
    print(f"已写出接续证明 {out}：从 {old.size} 条到 {signed.size} 条；对方用 yijian log check --checkpoint 核对")
