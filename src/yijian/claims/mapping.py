"""Mapping files: how an extract with names of its own becomes a claims table.

    [[file]]
    match = ["*门诊处方*"]                     file names it applies to; without it, every file
    table = "fee_list_d"
    ignore = ["组号"]                          delivered columns that nothing is taken from
    [file.columns]                             delivered column = lake column
    "项目代码" = "medins_list_codg"
    [file.codes.chrgitm_lv]                    delivered code = national code; values not listed stay as they are
    "甲" = "01"
    [file.constants]                           lake column = value, where the file has none
    vali_flag = "1"
    [file.tokens]                              lake column = delivered identity: the column gets the identity's token
    psn_no = "身份证号"
    [file.identity]                            identity column of the vault = delivered column
    certno = "身份证号"
    [file.digests]                             lake column = delivered columns that together name the row; equal rows are numbered
    bkkp_sn = ["结算流水号", "项目代码"]

`--mapping` takes a path, or the name of one that ships in `claims/mappings/`.
"""

import tomllib
from fnmatch import fnmatch
from importlib.resources import files
from pathlib import Path

import msgspec

from yijian.claims.tables import tables
from yijian.vocabulary.errors import UserError


class FileMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How files whose name matches become rows of one table."""

    table: str
    match: tuple[str, ...] = ("*",)
    columns: dict[str, str] = {}
    codes: dict[str, dict[str, str]] = {}
    constants: dict[str, str] = {}
    tokens: dict[str, str] = {}
    identity: dict[str, str] = {}
    digests: dict[str, list[str]] = {}
    ignore: list[str] = []


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mapping file."""

    file: list[FileMapping]

    def of(self, path: Path) -> FileMapping | None:
        """The mapping of a file by its name, or None."""
        return next((m for m in self.file if any(fnmatch(path.name, pattern) for pattern in m.match)), None)


def shipped() -> dict[str, Path]:
    """Mappings that ship with the program, by name: the file's stem and its first word."""
    found = sorted(Path(str(files(__package__ or "") / "mappings")).glob("*.toml"))
    return {name: path for path in found for name in (path.stem, path.stem.split("_")[0])}


def load_mapping(named: str) -> Mapping:
    """The mapping file of that path or shipped name. Raises UserError if there is none or it is wrong."""
    path = Path(named)
    if not path.is_file():
        path = shipped().get(named, path)
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        mapping = msgspec.convert(raw if "file" in raw else {"file": [raw]}, Mapping)
    except FileNotFoundError:
        known = "、".join(sorted(p.stem for p in shipped().values()))
        raise UserError("没有这个映射文件", where=named, do=f"请给出文件路径，或随程序提供的名称：{known}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise UserError(f"映射文件有误：{error}", where=str(path), do="请对照 claims/mappings 中的例子改正") from None
    for part in mapping.file:
        _check(part, path)
    return mapping


def _check(part: FileMapping, path: Path) -> None:
    table = tables().get(part.table)
    if table is None:
        raise UserError(f"映射文件写的表 “{part.table}” 不存在", where=str(path), do="请改成数据表的英文名，如 fee_list_d")
    targets = [*part.columns.values(), *part.codes, *part.constants, *part.tokens, *part.digests]
    unknown = next((c for c in targets if c not in table.by_name), None)
    if unknown:
        raise UserError(f"映射文件写的列 “{unknown}” 不在表 {table.name} 中", where=str(path), do="请改成该表的列名")
