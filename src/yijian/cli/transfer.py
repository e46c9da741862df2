"""`yijian transfer …`: transfers between offices without a common system, as signed and sealed files (docs/transfer-file.md).

An office with pages packs and takes in by `pack` and `open --as`, which run in the web's process. An office without needs nothing
but a folder for its keys (`--home`) and the other side's key file: `key`, `open --from`, `receipt`, `ask`, `result`.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from yijian.cli.common import HomeOption, console
from yijian.cli.serve import web
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

if TYPE_CHECKING:
    from yijian.trust.office import OfficeKey
    from yijian.trust.parcel import Parcel

app = typer.Typer(help="移送文件：与没有共同系统的部门用签名加密文件往来", no_args_is_help=True)

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="收到的移送文件")]
OutOption = Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="写到哪个文件")]
FromOption = Annotated[Path, typer.Option("--from", metavar="KEY", help="发件单位的公钥文件，指纹须已核对")]
OrganOption = Annotated[str, typer.Option("--organ", metavar="NAME", help="本单位名称")]
SignerOption = Annotated[str, typer.Option("--signer", metavar="NAME", help="签收或签发人")]
TextOption = Annotated[str, typer.Option("--text", metavar="WORDS", help="说明：缺少哪些材料，或处理情况")]
AttachOption = Annotated[list[Path] | None, typer.Option("--attach", metavar="FILE", help="附上的文件，可多次")]


@app.command()
def key(organ: OrganOption, out: OutOption, home: HomeOption = None) -> None:
    """写出本单位的公钥文件交给对方；密钥在 HOME/keys，第一次运行时生成。"""
    from yijian.trust.files import write_file
    from yijian.trust.office import key_file, own_key

    place = Home.of(home)
    write_file(out, key_file(place, organ))
    console().print(f"公钥已写入 {out}；指纹 {own_key(place, organ).fingerprint}，请另行与对方核对", soft_wrap=True, markup=False)


@app.command()
def pack(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="移送书文号，或移送页面地址里的序号")],
    out: OutOption,
    account: Annotated[str, typer.Option("--as", metavar="ACCOUNT", help="经办人的账号")],
    kind: Annotated[str, typer.Option("--kind", help="letter、supplement、receipt、ask 或 result")] = "letter",
    home: HomeOption = None,
) -> None:
    """把已发出的移送装成一个文件，只有对方能打开；回执、补正、结果也可以。"""
    web(Home.of(home), "transfer", "pack", number, "--out", str(out), "--as", account, "--kind", kind)


@app.command("open")
def open_(
    file: FileArgument,
    sender: Annotated[Path | None, typer.Option("--from", metavar="KEY", help="发件单位的公钥文件，默认用系统里登记的")] = None,
    to: Annotated[Path | None, typer.Option("--to", metavar="DIR", help="把里面的文件写到哪个目录")] = None,
    account: Annotated[str, typer.Option("--as", metavar="ACCOUNT", help="登记到系统里，写明经办人的账号")] = "",
    area: Annotated[str, typer.Option("--area", metavar="CODE", help="收件单位的区划，默认为账号所在")] = "",
    home: HomeOption = None,
) -> None:
    """核对签名和密钥，显示移送书、两份清单和附件；用 --as 时登记到系统。"""
    if sender is None:
        more = [*(["--as", account] if account else []), *(["--area", area] if area else []), *(["--to", str(to)] if to else [])]
        web(Home.of(home), "transfer", "open", str(file), *more)
        return
    if account:
        raise UserError("--from 与 --as 不能同时用", do="登记到系统时使用系统里登记的公钥")
    from yijian.trust.parcel_words import shown

    console().print(shown(_opened(Home.of(home), file, _key(sender)), to), soft_wrap=True, markup=False)


@app.command()
def receipt(
    file: FileArgument, sender: FromOption, out: OutOption, organ: OrganOption, signer: SignerOption,
    attach: AttachOption = None, home: HomeOption = None,
) -> None:  # fmt: skip
    """签收移送书：写出签名的回执文件，交回发件单位。"""
    _answer("receipt", file, sender, out, organ, signer, attach, home=home)


@app.command()
def ask(
    file: FileArgument, sender: FromOption, out: OutOption, organ: OrganOption, signer: SignerOption, text: TextOption,
    attach: AttachOption = None, home: HomeOption = None,
) -> None:  # fmt: skip
    """通知补正：写明缺少的材料；不得因此不接受移送。"""
    _answer("ask", file, sender, out, organ, signer, attach, text=text, home=home)


@app.command()
def result(
    file: FileArgument, sender: FromOption, out: OutOption, organ: OrganOption, signer: SignerOption, text: TextOption,
    outcome: Annotated[str, typer.Option("--result", help="penalty、sanction、criminal、corrected、passed_on 或 none")],
    attach: AttachOption = None, home: HomeOption = None,
) -> None:  # fmt: skip
    """反馈处理结果：写出签名的文件，交回发件单位。"""
    from yijian.trust.letters import RESULTS

    if outcome not in RESULTS:
        said = "、".join(f"{word}（{title}）" for word, title in RESULTS.items())
        raise UserError(f"没有处理结果“{outcome}”", do=f"请从 {said} 中选择")
    _answer("result", file, sender, out, organ, signer, attach, text=text, outcome=outcome, home=home)


def _key(path: Path) -> "OfficeKey":
    from yijian.trust.files import read_file
    from yijian.trust.office import MOST_BYTES, read_key

    return read_key(read_file(path, MOST_BYTES), str(path))


def _opened(home: Home, file: Path, sender: "OfficeKey") -> "Parcel":
    from yijian.trust.files import read_file
    from yijian.trust.parcel import MOST_BYTES, open_parcel

    return open_parcel(home, read_file(file, MOST_BYTES), {sender.id: sender}, str(file))


def _answer(
    kind: str, file: Path, sender: Path, out: Path, organ: str, signer: str, attach: list[Path] | None,
    *, text: str = "", outcome: str = "", home: Path | None,
) -> None:  # fmt: skip
    """Answer the letter in a file: it is opened and checked first, and the answer names it."""
    from yijian.trust.files import read_file, write_file
    from yijian.trust.letters import Answer
    from yijian.trust.parcel import KINDS, MOST_BYTES, Contents
    from yijian.trust.parcel import pack as pack_parcel

    place, key = Home.of(home), _key(sender)
    letter = _opened(place, file, key)
    if letter.head.kind != "letter":
        raise UserError(f"这是{KINDS[letter.head.kind]}，不是移送书", where=str(file), do="请给出移送书的文件")
    if kind != "receipt" and len(text.strip()) < 4:
        raise UserError("说明太短", where="--text", do="请至少写 4 个字")
    files = [(one.name, read_file(one, MOST_BYTES)) for one in attach or []]
    contents = Contents(kind, letter.head.number, organ, Answer(signer, text.strip(), outcome), files, letter.head.manifest)
    held, _, _ = pack_parcel(place, contents, key, when=datetime.now(UTC))
    write_file(out, held)
    console().print(f"{KINDS[kind]} {letter.head.number} 已写入 {out}，请交回{key.name}", soft_wrap=True, markup=False)
