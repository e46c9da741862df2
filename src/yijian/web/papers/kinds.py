"""What documents there are: declared by each app in `papers.toml`; an office changes words in `HOME/documents/papers.toml`."""

import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from yijian.vocabulary.errors import UserError


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of document: see README.md."""

    word: str
    title: str
    text: str
    series: str = ""
    head: bool = False
    to: str = ""
    signs: tuple[str, ...] = ()
    copies: str = ""


@cache
def declared() -> dict[str, Kind]:
    """Word → kind, of every installed app. ImproperlyConfigured where two have one word."""
    found: dict[str, Kind] = {}
    for app in apps.get_app_configs():
        if not app.name.startswith("yijian."):
            continue
        path = files(app.name).joinpath("papers.toml")
        said = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        if twice := found.keys() & said.keys():
            raise ImproperlyConfigured(f"{app.name}/papers.toml: {sorted(twice)} are declared twice")
        found |= {word: msgspec.convert({**one, "word": word}, Kind) for word, one in said.items()}
    return found


def kind_of(word: str) -> Kind:
    """A kind as the office has it. KeyError if there is no such kind; UserError where the office's own words cannot be read."""
    kind, (path, own) = declared()[word], _own()
    if word not in own:
        return kind
    try:
        return msgspec.convert({**msgspec.to_builtins(kind), **own[word]}, Kind)
    except msgspec.ValidationError as problem:
        raise UserError(
            f"文书“{word}”写得不对：{problem}", where=str(path), do="请更正这一项，或删去它而用系统自带的"
        ) from problem


def _own() -> tuple[Path, dict[str, dict[str, Any]]]:
    """The office's file and what it says."""
    path = settings.HOME.documents / "papers.toml"
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        do = "请更正这个文件，或移走它而用系统自带的"
        raise UserError(f"本单位的文书用语读不出来：{problem}", where=str(path), do=do) from problem
    if wrong := sorted(said.keys() - declared().keys()):
        raise UserError(f"没有叫作“{'、'.join(wrong)}”的文书", where=str(path), do=f"可以改的有：{'、'.join(declared())}")
    return path, said
