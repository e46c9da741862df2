"""`yijian draw freeze|commit|reveal|run|verify`: a draw between two bodies by files alone, without a network or a database."""

import csv
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from yijian.cli.common import console
from yijian.draws import bodies, form, frozen, record
from yijian.draws.form import Broken, Json
from yijian.vocabulary.errors import UserError

app = typer.Typer(help="随机抽取：冻结名单、承诺、揭示、抽取、核验", no_args_is_help=True)

OutOption = Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="写到哪个文件")]
ListArgument = Annotated[Path, typer.Argument(metavar="LIST", help="冻结的名单（draw freeze 写出的文件）")]
FilesArgument = Annotated[list[Path], typer.Argument(metavar="FILE…", help="各机构的承诺文件、揭示文件")]
BodyOption = Annotated[str, typer.Option("--body", help="本机构的名称，与名单上一致")]
COLUMNS = ("id", "stratum", "weight", "recused", "cooling")


@app.command()
def freeze(
    objects: Annotated[Path, typer.Argument(metavar="CSV", help=f"对象，列：{'、'.join(COLUMNS)}；后三列可缺")],
    title: Annotated[str, typer.Option("--title", help="抽取的名称")],
    body: Annotated[list[str], typer.Option("--body", help="参与机构，至少两个，多次给出")],
    floor: Annotated[
        list[str], typer.Option("--floor", help="分层=数量、比例或全部，例如 三级=3、药店=20%、经办=全部；可合写 药店=20%+2")
    ],
    out: OutOption,
    kind: Annotated[str, typer.Option("--kind", help="、".join(frozen.KINDS))] = "institutions",
    redraw_of: Annotated[
        str, typer.Option("--redraw-of", metavar="HASH", help="重新抽取：前次记录（没抽成的，前次名单）的哈希")
    ] = "",
    reason: Annotated[str, typer.Option("--reason", help="重新抽取的理由")] = "",
) -> None:
    """冻结名单并显示它的哈希：先公布，各机构再作承诺。"""
    before = frozen.Before(redraw_of, reason) if redraw_of or reason else None
    try:
        made = frozen.freeze(
            title=title,
            kind=kind,
            at=_now(),
            bodies=body,
            strata=[_floor(f) for f in floor],
            objects=_objects(objects),
            before=before,
        )
    except Broken as mistake:
        raise UserError(str(mistake), where=str(objects), do="请改正后重新冻结") from None
    form.write(out, made.plain())
    out_ = console()
    for stratum in made.strata:
        out_.print(f"{stratum.name}：{len(made.by_stratum[stratum.name])} 个中抽 {made.count(stratum)} 个", markup=False)
    out_.print(f"名单的哈希 {made.hash}", markup=False, soft_wrap=True)


@app.command()
def commit(
    given: ListArgument,
    body: BodyOption,
    out: OutOption,
    secret: Annotated[Path, typer.Option("--secret", metavar="FILE", help="秘密写到哪个文件，自己保管")],
) -> None:
    """为本机构生成秘密，写出承诺：承诺交出去，秘密留着，等所有机构都承诺了再揭示。"""
    listed = _list(given)
    if body not in listed.bodies:
        raise UserError(f"名单上没有机构“{body}”", where=str(given), do=f"名单上是{'、'.join(listed.bodies)}")
    if out.exists():
        raise UserError("文件已存在，不覆盖", where=str(out), do="请换一个文件名")
    mine = bodies.new_secret()
    _keep(secret, mine)
    promise = bodies.commitment_of(listed.hash, body, mine)
    form.write(out, {"form": bodies.COMMITMENT, "list": listed.hash, "body": body, "commitment": promise, "at": _now()})
    console().print(f"承诺 {promise}\n秘密在 {secret}，揭示之前不要给任何人看", markup=False, soft_wrap=True)


@app.command()
def reveal(
    given: ListArgument,
    commitments: FilesArgument,
    body: BodyOption,
    secret: Annotated[Path, typer.Option("--secret", metavar="FILE", help="draw commit 写出的秘密")],
    out: OutOption,
) -> None:
    """揭示本机构的秘密；所有机构的承诺都给出了才可以。"""
    listed = _list(given)
    promised, _ = _papers(listed, commitments)
    try:
        bodies.check_commitments(listed, promised)
        mine = form.hashed(_secret(secret), "秘密")
        held = {c.body: c.commitment for c in promised}
        if held.get(body) != bodies.commitment_of(listed.hash, body, mine):
            raise Broken(f"秘密与{body}的承诺不符")
    except Broken as mistake:
        raise UserError(str(mistake), where=str(given), do="没有揭示，请核对文件") from None
    form.write(out, {"form": bodies.REVEAL, "list": listed.hash, "body": body, "secret": mine, "at": _now()})
    console().print(f"{body}已揭示", markup=False)


@app.command("run")
def run(given: ListArgument, papers: FilesArgument, out: OutOption) -> None:
    """用名单、全部承诺和揭示抽取，写出抽取记录。"""
    listed = _list(given)
    try:
        made = record.run(listed, *_papers(listed, papers))
    except Broken as mistake:
        raise UserError(str(mistake), where=str(given), do="没有抽取，请补齐或核对文件") from None
    form.write(out, made.plain())
    out_ = console()
    for one in made.result:
        out_.print(f"{one.stratum}  {one.id}", markup=False, soft_wrap=True)
    out_.print(f"抽取记录的哈希 {made.hash}", markup=False, soft_wrap=True)


@app.command()
def verify(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="抽取记录")],
    list_hash: Annotated[str, typer.Option("--list", metavar="HASH", help="抽取之前公布的名单哈希")] = "",
    record_hash: Annotated[str, typer.Option("--record", metavar="HASH", help="公布的抽取记录哈希")] = "",
) -> None:
    """重新计算抽取记录，说出哪里不符；有不符则退出码为 1。"""
    try:
        found = record.check(form.read(path))
        if list_hash not in ("", found.frozen.hash):
            raise Broken(f"名单不是公布的那一份：记录里的哈希是 {found.frozen.hash}")
        if record_hash not in ("", found.hash):
            raise Broken(f"记录不是公布的那一份：它的哈希是 {found.hash}")
    except Broken as wrong:
        console().print(f"✗ {wrong}", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None
    listed = found.frozen
    said = f"✓ {listed.title}：{len(listed.objects)} 个{frozen.KINDS[listed.kind]}中抽出 {len(found.result)} 个，重新计算完全相同"
    console().print(f"{said}\n名单的哈希 {listed.hash}\n记录的哈希 {found.hash}", markup=False, soft_wrap=True)


def _now() -> str:
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _floor(said: str) -> frozen.Stratum:
    """`name=20%+2` and the like."""
    name, _, rest = said.rpartition("=")
    number = share = 0
    for part in rest.split("+"):
        if part == "全部":
            share = frozen.WHOLE
        elif part.endswith("%") and _digits(part[:-1].replace(".", "", 1)):
            whole, _, rest_ = part[:-1].partition(".")
            if len(rest_) > 2:
                raise UserError(f"比例 {part} 最多两位小数", where="--floor", do="例如 12.5%")
            share = int(whole or "0") * 100 + int(rest_.ljust(2, "0"))
        elif _digits(part):
            number = int(part)
        else:
            raise UserError(f"看不懂 {said}", where="--floor", do="请写成 分层=3、分层=20%、分层=20%+2 或 分层=全部")
    return frozen.Stratum(name, number, share)


def _digits(said: str) -> bool:
    return said.isascii() and said.isdecimal() and len(said) < 9


def _objects(path: Path) -> list[frozen.Candidate]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            if wrong := [c for c in ("id", "stratum") if c not in (rows.fieldnames or ())]:
                raise UserError(f"没有列 {wrong[0]}", where=str(path), do=f"列名应是 {'、'.join(COLUMNS)}")
            return [_object(row, f"{path}，第 {rows.line_num} 行") for row in rows]
    except OSError as fault:
        raise UserError(f"文件打不开：{fault.strerror}", where=str(path), do="请检查路径") from None
    except (UnicodeDecodeError, csv.Error):
        raise UserError("不是 UTF-8 的 CSV 文件", where=str(path), do="请另存为 UTF-8 编码的 CSV") from None


def _object(row: dict[str, str | None], where: str) -> frozen.Candidate:
    said = {name: (row.get(name) or "").strip() for name in COLUMNS}
    weight = said["weight"] or "1"
    if not _digits(weight):
        raise UserError(f"权重“{weight[:20]}”不是整数", where=where, do="请填 0 至 1000 的整数")
    return frozen.Candidate(said["id"], said["stratum"], int(weight), said["recused"], said["cooling"])


def _list(path: Path) -> frozen.FrozenList:
    try:
        return frozen.of(form.read(path))
    except Broken as mistake:
        raise UserError(str(mistake), where=str(path), do="请重新取得名单") from None


def _papers(listed: frozen.FrozenList, paths: list[Path]) -> tuple[tuple[bodies.Commitment, ...], tuple[bodies.Reveal, ...]]:
    """Commitments and reveals from files, each for this list, in the order of its bodies. UserError otherwise."""
    promised: list[bodies.Commitment] = []
    shown: list[bodies.Reveal] = []
    place = {body: n for n, body in enumerate(listed.bodies)}
    for path in paths:
        said: Json = form.read(path)
        kind, of = said.pop("form", None), said.pop("list", None)
        if of != listed.hash:
            raise UserError("承诺或揭示不是为这份名单作的", where=str(path), do="请核对名单的哈希")
        try:
            if kind == bodies.COMMITMENT:
                promised.append(bodies.commitment(said))
            elif kind == bodies.REVEAL:
                shown.append(bodies.reveal(said))
            else:
                raise Broken("不是承诺文件，也不是揭示文件")
        except Broken as mistake:
            raise UserError(str(mistake), where=str(path), do="请重新取得该文件") from None
    in_order = sorted(promised, key=lambda c: place.get(c.body, len(place)))
    return tuple(in_order), tuple(sorted(shown, key=lambda r: place.get(r.body, len(place))))


def _keep(path: Path, secret: str) -> None:
    """A secret that only its owner reads. UserError where the file is there already, or cannot be written."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secret + "\n")
    except FileExistsError:
        raise UserError("秘密的文件已存在，不覆盖", where=str(path), do="请换一个文件名") from None
    except OSError as fault:
        raise UserError(f"文件写不进去：{fault.strerror}", where=str(path), do="请换一个目录") from None


def _secret(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise UserError("秘密的文件打不开", where=str(path), do="请给出 draw commit 写出的秘密文件") from None
