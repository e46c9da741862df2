"""`python -m yijian.web transfer pack|open …`: what `yijian transfer …` starts where there are pages. Messages in Chinese."""

import argparse
from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.utils import timezone

from yijian.trust.files import read_file, write_file
from yijian.trust.parcel import KINDS
from yijian.trust.parcel_words import shown
from yijian.vocabulary.errors import UserError
from yijian.web.accounts.queries import User, user_named
from yijian.web.transfers import opening, packing
from yijian.web.transfers.queries import transfers_for
from yijian.web.transfers.steps import WORDS


def run(arguments: list[str]) -> None:
    """Run one command. UserError on a user's mistake."""
    given = _parser().parse_args(arguments)
    try:
        if given.what == "pack":
            _pack(given)
        else:
            _open(given)
    except ValidationError as mistake:
        raise UserError("；".join(mistake.messages)) from None
    except PermissionDenied:
        raise UserError(f"账号 {given.account} 没有这项权限", do="请换一个本区划有移送权限的账号") from None
    except Http404 as gone:
        raise UserError(str(gone)) from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="yijian transfer", allow_abbrev=False)
    commands = parser.add_subparsers(dest="what", required=True)
    pack = commands.add_parser("pack")
    pack.add_argument("number")
    pack.add_argument("--out", type=Path, required=True)
    pack.add_argument("--kind", choices=list(KINDS), default="letter")
    pack.add_argument("--as", dest="account", required=True)
    opened = commands.add_parser("open")
    opened.add_argument("file", type=Path)
    opened.add_argument("--as", dest="account", default="")
    opened.add_argument("--area", default="")
    opened.add_argument("--to", type=Path)
    return parser


def _account(name: str) -> User:
    found = user_named(name)
    if found is None or not found.open:
        raise UserError(f"没有账号 {name}，或已停用", do="请用 --as 写明经办人的账号")
    return found


def _pack(given: argparse.Namespace) -> None:
    who, number = _account(given.account), str(given.number)
    seen = transfers_for(who)
    found = list(seen.filter(number=number)[:2]) or list(seen.filter(pk=int(number)) if number.isdecimal() else ())
    if len(found) != 1:
        what = f"有几件移送的文号是 {number}" if found else f"没有移送 {number}，或不在该账号的范围内"
        raise UserError(what, do="请写移送书文号，或移送页面地址里的序号")
    made = packing.pack_transfer(found[0].pk, given.kind, who=who, when=timezone.now(), where=None)
    write_file(given.out, made.held)
    print(f"{KINDS[given.kind]} {found[0]} 已写入 {given.out}，{len(made.held):,} 字节，只有{found[0].partner.name}能打开")


def _open(given: argparse.Namespace) -> None:
    held = read_file(given.file)
    if not given.account:
        print(shown(opening.look(held), given.to))
        return
    who = _account(given.account)
    made = opening.take_in(held, given.area or who.home, who=who, when=timezone.now(), where=None)
    print(f"已核对签名并登记：{made}，{made.title}，{WORDS[made.state]}")
