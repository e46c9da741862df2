"""`yijian pack build|show|verify|diff`: the rules of an area for requests, as one signed file."""

from pathlib import Path
from typing import Annotated

import typer

from yijian.cli.common import HomeOption, console, show_table

app = typer.Typer(help="规则包：把一地的事前事中规则与清单编成一个签名文件", no_args_is_help=True)

PackArgument = Annotated[Path, typer.Argument(metavar="FILE", help="规则包文件")]
TrustOption = Annotated[list[str] | None, typer.Option("--trust", metavar="FINGERPRINT", help="只相信这些签发者的指纹，可重复")]


@app.command()
def build(
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="写到哪个文件（.pack）")],
    home: HomeOption = None,
    rules: Annotated[Path | None, typer.Option("--rules", metavar="DIR", help="规则库文件夹，默认随程序自带")] = None,
    area: Annotated[str, typer.Option("--area", metavar="NAME", help="统筹区名称，写入规则包")] = "",
) -> None:
    """编制规则包：启用与试行的事前、事中规则，它们的知识清单，本地参数；由本机密钥签名。"""
    from yijian.gateway.pack import build as build_pack
    from yijian.rulebook.library import load_rules
    from yijian.vocabulary.home import Home

    made = build_pack(Home.of(home), load_rules(rules), output, area)
    points = sum(one.rows for one in made.lists.values())
    console().print(f"规则包 {made.version}：{len(made.rules)} 条规则，{len(made.lists)} 张清单 {points:,} 行，写入 {output}")
    for rule, why in sorted(made.left_out.items()):
        console().print(f"未装入 {rule}：{why}", markup=False, soft_wrap=True)


@app.command()
def show(pack: PackArgument) -> None:
    """规则包里有什么。"""
    from yijian.gateway.pack import Pack

    read = Pack.open(pack)
    said = read.manifest
    console().print(f"规则包 {said.version} {said.area}，程序 {said.program}，签发者指纹 {read.signature.fingerprint}")
    stages = {"pre": "事前", "mid": "事中"}
    show_table(
        "规则",
        ["规则", "名称", "国家规则", "阶段", "看历史", "清单"],
        [
            (r.id, r.title, r.official_title, "、".join(stages[s] for s in r.stages if s in stages),
             "" if r.within_visit else "是", "、".join(r.lists))
            for r in read.rules
        ],
    )  # fmt: skip
    show_table("清单", ["清单", "行数"], [(name, one.rows) for name, one in said.lists.items()], ["行数"])
    for rule, why in sorted(said.left_out.items()):
        console().print(f"未装入 {rule}：{why}", markup=False, soft_wrap=True)


@app.command()
def verify(pack: PackArgument, trust: TrustOption = None) -> None:
    """核对规则包的内容与签名。"""
    from yijian.gateway.pack import Pack

    read = Pack.open(pack, trusted=trust or ())
    console().print(f"规则包 {read.manifest.version} 完好，签发者指纹 {read.signature.fingerprint}")


@app.command()
def diff(before: PackArgument, after: PackArgument) -> None:
    """两个规则包有什么不同。"""
    from yijian.gateway.pack import Pack, differences

    changed = differences(Pack.open(before), Pack.open(after))
    if changed:
        show_table("不同之处", ["种类", "名称", "变化"], changed)
    else:
        console().print("两个规则包的规则、清单与参数相同")


@app.command()
def use(pack: PackArgument, home: HomeOption = None) -> None:
    """启用一个规则包；运行中的网关不停机换用。"""
    from yijian.gateway import packs
    from yijian.vocabulary.home import Home

    console().print(f"已启用规则包 {packs.use(Home.of(home), pack).manifest.version}")


@app.command()
def back(home: HomeOption = None) -> None:
    """退回上一个规则包。"""
    from yijian.gateway import packs
    from yijian.vocabulary.home import Home

    console().print(f"已退回规则包 {packs.back(Home.of(home)).manifest.version}")
