"""Which pack a home's gateway judges by: copies under `gateway/packs`, and `packs.json` that names the one in use.

`packs.json` is replaced in one step; the workers look at it every second and change over between two requests.
"""

import os
import shutil
from pathlib import Path

import msgspec

from yijian.gateway.pack import Pack
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

TRUSTED = "trusted-packs.txt"
"""In `keys/`: fingerprints of signers, one a line. Where the file is, packs of others are refused."""


class InUse(msgspec.Struct, frozen=True):
    """The present pack's file and the ones before it, newest first."""

    current: str
    before: tuple[str, ...] = ()


def folder(home: Home) -> Path:
    return home.path / "gateway" / "packs"


def pointer(home: Home) -> Path:
    """The file that names the pack in use."""
    return home.path / "gateway" / "packs.json"


def in_use(home: Home) -> InUse:
    """UserError where no pack was ever put in use."""
    try:
        return msgspec.json.decode(pointer(home).read_bytes(), type=InUse)
    except FileNotFoundError:
        raise UserError(
            "还没有启用规则包", where=str(home.path), do="请用 yijian pack use FILE 启用，或加上 --pack FILE"
        ) from None


def trusted(home: Home) -> tuple[str, ...]:
    """Fingerprints that are believed; none: any."""
    path = home.keys / TRUSTED
    return tuple(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()) if path.is_file() else ()


def current(home: Home) -> Pack:
    """The pack in use, checked. UserError where it is missing or was changed."""
    return Pack.open(folder(home) / in_use(home).current, trusted=trusted(home))


def use(home: Home, path: Path) -> Pack:
    """Check a pack and put it in use; the gateway takes it over without dropping a request."""
    pack = Pack.open(path, trusted=trusted(home))
    name = f"{pack.manifest.version}.pack"
    kept = folder(home) / name
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_name(f".{name}.{os.getpid()}")
        shutil.copyfile(path, fresh)
        fresh.replace(kept)
    if pointer(home).is_file():
        now = in_use(home)
        if now.current != name:
            _point(home, InUse(name, (now.current, *(b for b in now.before if b != name))))
    else:
        _point(home, InUse(name))
    return Pack.open(kept)


def back(home: Home) -> Pack:
    """Go back to the pack before. UserError where there is none."""
    now = in_use(home)
    if not now.before:
        raise UserError("没有更早的规则包", where=str(folder(home)), do="请用 yijian pack use FILE 启用别的规则包")
    pack = Pack.open(folder(home) / now.before[0], trusted=trusted(home))
    _point(home, InUse(now.before[0], now.before[1:]))
    return pack


def _point(home: Home, to: InUse) -> None:
    fresh = pointer(home).with_name(f".packs.{os.getpid()}")
    fresh.write_bytes(msgspec.json.encode(to))
    fresh.replace(pointer(home))
