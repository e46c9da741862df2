"""A bureau's home with the knowledge of the invented city and its rule pack; a gateway on it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from yijian.city.knowledge_books import write_knowledge
from yijian.gateway import packs
from yijian.gateway.app import make_app
from yijian.gateway.pack import build
from yijian.gateway.service import Settings
from yijian.knowledge.importing import import_knowledge
from yijian.rulebook.library import load_rules
from yijian.vocabulary.home import Home


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with knowledge and a pack, to be copied."""
    place = tmp_path_factory.mktemp("gateway")
    write_knowledge(place / "books")
    home = Home(place / "home")
    import_knowledge(home, [place / "books"])
    build(home, load_rules(), place / "home" / "area.pack", "某地")
    return home.path


@pytest.fixture
def home(prepared: Path, tmp_path: Path) -> Home:
    """A home of its own for each test."""
    shutil.copytree(prepared, tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture
def area_pack(home: Home) -> Path:
    return home.path / "area.pack"


Serve = Callable[..., TestClient]


@pytest.fixture
def serve(home: Home, area_pack: Path) -> Iterator[Serve]:
    """Start a gateway on the home; keyword arguments are `Settings`."""
    started: list[TestClient] = []

    def start(**settings: Any) -> TestClient:
        packs.use(home, area_pack)
        given = {"open": True, "rule_seconds": 5.0, "request_seconds": 30.0} | settings
        client = TestClient(make_app(Settings(home=str(home.path), **given)))
        client.__enter__()
        started.append(client)
        return client

    yield start
    for client in started:
        client.__exit__(None, None, None)
