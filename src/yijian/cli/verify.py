"""`yijian verify`: check an evidence pack and judge its findings again."""

from pathlib import Path
from typing import Annotated

import typer

from yijian.cli.common import console


def run(pack: Annotated[Path, typer.Argument(metavar="PACK", help="证据包（.zip）")]) -> None:
    """核验证据包：签名、每个文件的摘要，并用包内的数据与规则重新计算。有不符则退出码为 1。"""
    from yijian.engine.evidence import verify

    signature, findings = verify(pack)
    out = console()
    out.print(f"✓ 签名有效（{signature.algorithm}，公钥指纹 {signature.fingerprint}），各文件与签名时一致", markup=False)
    for f in findings:
        sentence = f"✗ {f.finding_id} {f.differs}" if f.differs else f"✓ {f.finding_id} 重算相同：{f.amount} 元，{f.explanation}"
        out.print(sentence, markup=False, soft_wrap=True)
    if any(f.differs for f in findings):
        raise typer.Exit(1)
