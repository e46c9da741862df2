"""`python -m yijian.web serve|worker|load|accounts|administrator|log|transfer|manage …`: the pages as a process of their own.

Each command takes `--home DIR`.

serve      uvicorn on 127.0.0.1, and a worker beside it
worker     do background jobs; a further one where one is not enough
load       lay out the database, take over the newest run and the institutions
accounts   print the demo accounts again
administrator   make the first account, or let an administrator in again who lost password and telephone
log        checkpoint, verify, export, prove: the audit log as a signed hash tree
transfer   pack, open: transfers as sealed files
manage     Django's own commands, for those who keep the system
"""

import argparse
import os
import sys
import warnings
from pathlib import Path

from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home

COMMANDS = ("serve", "worker", "load", "accounts", "administrator", "log", "transfer", "manage")
PASSED_ON = ("manage", "log", "transfer")
"""Commands with arguments of their own."""


def main(arguments: list[str]) -> int:
    """Run one command; 0, or 2 after one sentence about a user's mistake."""
    options, rest = _parser().parse_known_args(arguments)
    if rest and options.command not in PASSED_ON:
        _parser().error(f"不认识的参数：{' '.join(rest)}")
    home = Home.of(options.home)
    os.environ["YIJIAN_HOME"] = str(home.path)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yijian.web.settings")
    try:
        _run(options, rest, home)
    except UserError as mistake:
        print(mistake, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m yijian.web", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="|".join(COMMANDS))
    for name in COMMANDS:
        command = commands.add_parser(name, allow_abbrev=False, add_help=name not in ("log", "transfer"))
        command.add_argument("--home", type=Path, metavar="DIR")
        if name == "serve":
            command.add_argument("--port", type=int, default=8000)
        if name == "worker":
            command.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)
        if name == "administrator":
            command.add_argument("--username", required=True, metavar="账号")
            command.add_argument("--name", default="系统管理员", metavar="姓名")
            command.add_argument("--organisation", default="", metavar="编码=名称")
            command.add_argument("--division", default="", metavar="代码=名称")
        if name == "load":
            command.add_argument("--demo-accounts", action="store_true")
            command.add_argument("--story", action="store_true")
    return parser


def _run(options: argparse.Namespace, rest: list[str], home: Home) -> None:
    if not home.path.is_dir():
        raise UserError("没有这个数据目录", where=str(home.path), do="请先运行 yijian import，或用 --home 指明目录")
    home.web.mkdir(parents=True, exist_ok=True, mode=0o700)
    if options.command == "serve":
        _serve(home, options.port)
        return
    import django

    django.setup()
    from yijian.web import loading

    if options.command == "worker":
        from yijian.web.jobs.worker import work

        work(with_parent=options.with_parent)
    elif options.command == "manage":
        from django.core.management import execute_from_command_line

        execute_from_command_line(["manage", *rest])
    elif options.command == "log":
        from django.core.management import call_command

        from yijian.web.audit_log import commands

        call_command("migrate", verbosity=0)
        commands.run(rest, home)
    elif options.command == "transfer":
        from django.core.management import call_command

        from yijian.web.transfers import commands

        call_command("migrate", verbosity=0)
        commands.run(rest)
    elif options.command == "accounts":
        loading.show_demo_accounts(home)
    elif options.command == "administrator":
        _make_administrator(options)
    else:
        loading.load(home, demo_accounts=options.demo_accounts, story=options.story)


def _make_administrator(options: argparse.Namespace) -> None:
    from django.core.management import call_command
    from django.utils import timezone

    from yijian.web.accounts.commands import make_administrator

    call_command("migrate", verbosity=0)
    password = make_administrator(
        options.username, name=options.name, organisation=options.organisation, division=options.division, when=timezone.now()
    )
    print(f"账号 {options.username} 的初始密码：{password}（只显示这一次，首次登录时必须更换）")


def _serve(home: Home, port: int) -> None:
    import uvicorn
    from django.conf import settings

    if not (Path(settings.HERE) / "static" / "vendor" / "app.css").exists():
        raise UserError("页面的样式与脚本尚未构建", where="static/vendor", do="请运行 npm ci && npm run build（或 make setup）")
    import django
    from django.core.management import call_command

    # Static files are small and read whole; that they are iterated synchronously is no news to an operator.
    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")
    django.setup()
    call_command("migrate", verbosity=0)
    print(f"网页服务已启动：http://127.0.0.1:{port}（按 Ctrl-C 停止）", flush=True)
    from yijian.web.jobs.worker import beside

    with beside(home):
        uvicorn.run("yijian.web.asgi:application", host="127.0.0.1", port=port, log_level="warning", server_header=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
