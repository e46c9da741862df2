"""`yijian demo`: a city from nothing to pages, each step timed; a second time only what is missing is done.

1. invent a pooling area        → HOME/city
2. import its knowledge workbooks
3. import its extract files
4. let its hospitals ask the gateway about a sample of encounters, and its doctors answer
5. judge every payment
6. load the pages and make accounts to log in with
7. serve the pages and the gateway (not with --no-serve)
"""

import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Annotated

import msgspec
import typer

import yijian.city
from yijian.cli.common import HomeOption, console, progress
from yijian.cli.serve import web
from yijian.cli.trial import curl_line, free_port, gateway, run_trial
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

BORDERS = Path(yijian.city.__file__).parent / "data" / "area.geojson"

Tell = Callable[[str, int, int | None], None]


class Made(msgspec.Struct, frozen=True):
    """What city the home holds."""

    persons: int
    seed: int


def run(
    persons: Annotated[int, typer.Option("--persons", metavar="N", help="参保人数")] = 20_000,
    seed: Annotated[int, typer.Option("--seed", metavar="S", help="随机种子")] = 1,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="最后启动网页服务")] = True,
    port: Annotated[int, typer.Option("--port", metavar="P", help="网页端口")] = 8000,
    gateway_port: Annotated[int, typer.Option("--gateway-port", metavar="P", help="网关端口")] = 8700,
    home: HomeOption = None,
) -> None:
    """演示：虚构一个统筹区，导入、审核，并在 127.0.0.1 打开网页与网关。"""
    place = Home.of(home)
    if serve:
        free_port(port, "--port")
        free_port(gateway_port, "--gateway-port")
    _same_city(place, Made(persons, seed))
    steps: list[tuple[str, Callable[[Home, Made, Tell], str]]] = [
        ("虚构统筹区", _city),
        ("导入知识清单", _knowledge),
        ("导入数据", _claims),
        ("网关试运行", _trial),
        ("审核", _audit),
        ("装入网页", _pages),
    ]
    begun = time.perf_counter()
    for title, step in steps:
        _timed(title, step, place, Made(persons, seed))
    console().print(f"演示就绪，共 {time.perf_counter() - begun:.1f} 秒；数据目录 {place.path}", soft_wrap=True)
    web(place, "accounts")
    if serve:
        _serve(place, port, gateway_port)


def _serve(place: Home, port: int, gateway_port: int) -> None:
    """Pages and gateway until Ctrl-C; neither outlives the other."""
    signal.signal(signal.SIGTERM, _end)  # whoever ends us ends the gateway too
    with gateway(place, gateway_port):
        console().print(f"网关已启动：http://127.0.0.1:{gateway_port}（试用，不要密钥）", soft_wrap=True)
        if line := curl_line(place, gateway_port):
            console().print(f"试一次询问：{line}", soft_wrap=True, markup=False)
        web(place, "serve", "--port", str(port))


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _timed(title: str, step: Callable[[Home, Made, Tell], str], place: Home, made: Made) -> None:
    began = time.perf_counter()
    with progress() as bar:
        task = bar.add_task(title, total=None)

        def tell(what: str, done: int, total: int | None) -> None:
            bar.update(task, description=f"{title} {what}", completed=done, total=total)

        result = step(place, made, tell)
    console().print(f"{title}：{time.perf_counter() - began:.1f} 秒，{result}", soft_wrap=True)


def _marker(place: Home) -> Path:
    return place.path / "demo.json"


def _same_city(place: Home, wanted: Made) -> None:
    path = _marker(place)
    made = msgspec.json.decode(path.read_bytes(), type=Made) if path.is_file() else None
    if made is not None and made != wanted:
        raise UserError(
            f"这里已有另一座演示城市（{made.persons} 人，种子 {made.seed}）",
            where=str(place.path),
            do="请用同样的 --persons 与 --seed，或换一个 --home，或先删除该目录",
        )
    if made is None and (place.lake / "lake.toml").exists():
        raise UserError("这里已有真实导入的数据，不能用作演示", where=str(place.path), do="请换一个 --home")


def _city(place: Home, made: Made, tell: Tell) -> str:
    folder = place.path / "city"
    if (folder / "labels.csv").exists():
        return "已有，不再生成"
    from yijian.city.generate import make_city

    place.path.mkdir(parents=True, exist_ok=True)
    city = make_city(folder, persons=made.persons, seed=made.seed, done=lambda n, of: tell("", n, of))
    _marker(place).write_bytes(msgspec.json.encode(made))
    shutil.copyfile(BORDERS, place.path / "area.geojson")
    return f"{made.persons:,} 人，{city.rows['fee_list_d']:,} 条费用，{city.labels:,} 条标签"


def _knowledge(place: Home, _made: Made, _tell: Tell) -> str:
    from yijian.knowledge.importing import import_knowledge
    from yijian.knowledge.store import KnowledgeStore

    import_knowledge(place, [place.path / "city" / "knowledge"])
    lists = KnowledgeStore.open(place).lists().values()
    return f"{len(lists)} 张清单，{sum(one.points for one in lists):,} 个知识点"


def _claims(place: Home, _made: Made, tell: Tell) -> str:
    from yijian.claims.intake import import_files

    done = import_files(place, [place.path / "city"], None, tell=tell)
    if not done.commit:
        return "没有新数据"
    counts = done.manifest.tables
    rejected, suspect = sum(t.rejected for t in counts), sum(t.suspect for t in counts)
    return f"{sum(t.rows for t in counts):,} 行，更正 {sum(t.replaced for t in counts):,}，隔离 {rejected:,}，存疑 {suspect:,}"


def _trial(place: Home, made: Made, tell: Tell) -> str:
    return run_trial(place, made.seed, tell)


def _audit(place: Home, _made: Made, tell: Tell) -> str:
    from yijian.engine.audit import audit
    from yijian.engine.findings import read_coverage
    from yijian.rulebook.library import load_rules

    rows = read_coverage(place, audit(place, load_rules(), on_progress=lambda n, of, what: tell(what, n, of)))
    if broken := [r.rule for r in rows if r.error]:
        raise UserError(f"规则 {'、'.join(broken)} 没有完成", do="请运行 yijian rules check 查看原因")
    return f"{len(rows)} 条规则，{sum(r.findings for r in rows):,} 个疑点"


def _pages(place: Home, _made: Made, _tell: Tell) -> str:
    web(place, "load", "--demo-accounts", "--story", quiet=True)
    return "疑点与机构已入库"
