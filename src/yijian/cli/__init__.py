"""`yijian …`: one file a command; the same code that CI runs.

`main` turns a user's mistake into one sentence and exit code 2. Commands import what they need when they run, so that
`yijian --help` stays quick.
"""

import os
import sys
from importlib import import_module
from io import TextIOWrapper

import typer

from yijian.vocabulary.errors import UserError

app = typer.Typer(
    name="yijian",
    help="医监：医保基金监管系统",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS = {
    "import": "import_",
    "report": "intake_report",
    "audit": "audit",
    "findings": "findings",
    "evidence": "evidence",
    "verify": "verify",
    "city": "city",
    "score": "score",
    "demo": "demo",
    "serve": "serve",
    "docs": "docs",
    "gateway": "gateway",
    "selfcheck": "selfcheck",
}
"""Command → module with a function `run`."""

GROUPS = {
    name: name
    for name in (
        "knowledge",
        "rules",
        "quarantine",
        "coverage",
        "pack",
        "history",
        "keys",
        "reminders",
        "log",
        "transfer",
        "draw",
    )
}
"""Group of commands → module with a typer `app`."""


def _register() -> None:
    for name, module in COMMANDS.items():
        app.command(name)(import_module(f"yijian.cli.{module}").run)
    for name, module in GROUPS.items():
        app.add_typer(import_module(f"yijian.cli.{module}").app, name=name)


def take_home(arguments: list[str]) -> list[str]:
    """Arguments without `--home DIR`, which every command takes wherever it stands; it goes on as YIJIAN_HOME.

    >>> take_home(["city", "x", "--home=/tmp/h", "--seed", "1"]), os.environ.pop("YIJIAN_HOME")
    (['city', 'x', '--seed', '1'], '/tmp/h')
    """
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if name == "--home":
            os.environ["YIJIAN_HOME"] = value if equals else next(words, "")
        elif word == "--":
            return [*rest, word, *words]
        else:
            rest.append(word)
    return rest


def main() -> None:
    """Run the command line; a `UserError` becomes one sentence on standard error and exit code 2."""
    for stream in (sys.stdout, sys.stderr):  # where the code page lacks a character, the rest still shows
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    _register()
    sys.argv[1:] = take_home(sys.argv[1:])
    try:
        app()
    except UserError as mistake:
        print(mistake, file=sys.stderr)  # plain text: terminals and log files alike
        sys.exit(2)
    except BrokenPipeError:  # `yijian findings | head` is not a mistake
        sys.stderr.close()
        sys.exit(0)
