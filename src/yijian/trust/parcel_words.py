"""An opened file in words, for whoever has only the command line; its files written to a folder."""

import re
from pathlib import Path, PurePath

from yijian.trust.files import write_file
from yijian.trust.letters import RESULTS, Letter, answer_in, letter_in
from yijian.trust.parcel import KINDS, Parcel
from yijian.vocabulary.errors import UserError

_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\\/:*?"<>|]')
_NOT_SHOWN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
"""Signs that would move a terminal's cursor or turn the direction of writing."""


def shown(parcel: Parcel, to: Path | None = None) -> str:
    """What it says. to: a folder that its files are written to, each under a number and a harmless name."""
    manifest = parcel.manifest
    lines = [
        f"{KINDS[parcel.head.kind]} {manifest.number}",
        f"✓ 签名有效：{parcel.sender.name}（{parcel.sender.algorithm}，指纹 {parcel.sender.fingerprint}）",
        f"✓ {len(parcel.files)} 个文件与签名时一致；{manifest.organ} {manifest.at} 制作",
    ]
    if parcel.head.kind == "letter":
        lines += _letter(letter_in(parcel, manifest.number))
    else:
        said = answer_in(parcel, manifest.number)
        lines += [f"签发人或单位：{said.signer}", *([f"处理结果：{RESULTS[said.result]}"] if said.result else []), said.text]
    for n, (file, held) in enumerate(parcel.files, 1):
        name = f"{n:02}-{harmless(file.name)}"
        lines.append(f"文件 {n}：{name}，{file.bytes:,} 字节，SHA-256 {file.sha256}" + (f"，已写入 {to}" if to else ""))
        if to is not None:
            _folder(to)
            write_file(to / name, held)
    return "\n".join(_NOT_SHOWN.sub("", line) for line in lines if line)


def _letter(said: Letter) -> list[str]:
    lines = [
        f"受移送单位：{said.to}" + (f"　抄送：{said.copy_to}" if said.copy_to else ""),
        f"当事人：{said.party}　案由：{said.title}",
        f"移送类别：{said.category_title}　送达或发现之日：{said.since}",
        f"涉及金额：{said.amount} 元" if said.amount else "",
        f"主要事实：{said.facts}",
        "违法违规问题清单",
    ]
    lines += [f"  {n}. {one.what}" + (f"　{one.amount} 元" if one.amount else "") for n, one in enumerate(said.problems, 1)]
    lines += ["证据材料清单"]
    return lines + [f"  {n}. {one.what}" + (f"　{one.pages} 页" if one.pages else "") for n, one in enumerate(said.evidence, 1)]


def harmless(name: str) -> str:
    """The last part of a name that came from elsewhere, without signs that a file system or a reader trips over."""
    cleaned = _NOT_IN_NAMES.sub("", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .") or "未命名"
    path = PurePath(cleaned)
    return path.stem[:60] + path.suffix[:10]


def _folder(to: Path) -> None:
    try:
        to.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as fault:
        raise UserError(f"目录建不了：{fault.strerror}", where=str(to), do="请换一个目录") from None
