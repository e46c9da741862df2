"""A bureau's home with the knowledge of the invented city and its rule pack; a gateway on it."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.postgresql import needs_postgresql, server
from yijian.city.knowledge_books import write_knowledge
from yijian.gateway import packs
from yijian.gateway.app import make_app
from yijian.gateway.history import Store, store_of
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


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL, without a database."""
    with server() as address:
        yield address


@pytest.fixture
def database(postgresql: str) -> str:
    """A database of its own for each test."""
    import psycopg

    name = f"history_{uuid.uuid4().hex}"
    with psycopg.connect(f"{postgresql}/postgres", autocommit=True) as db:
        db.execute(f"CREATE DATABASE {name}")
    return f"{postgresql}/{name}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs_postgresql)])
def history_url(request: pytest.FixtureRequest) -> str:
    """Both places for the history: '' (the home's file) and a PostgreSQL database."""
    return request.getfixturevalue("database") if request.param == "postgresql" else ""


@pytest.fixture
def store(tmp_path: Path, history_url: str) -> Store:
    """The store of the test's home."""
    return store_of(Home(tmp_path / "home"), history_url)


Serve = Callable[..., TestClient]


@pytest.fixture
def serve(home: Home, area_pack: Path) -> Iterator[Serve]:
    """Start a gateway on the home; keyword arguments are `Settings`."""
    started: list[TestClient] = []

    def start(**settings: Any) -> TestClient:
        packs.use(home, area_pack)
        given = {"open": True, "rule_seconds": 5.0, "request_seconds": 30.0, "answer_seconds": 60.0} | settings
        client = TestClient(make_app(Settings(home=str(home.path), **given)))
        client.__enter__()
        started.append(client)
        return client

    yield start
    for client in started:
        client.__exit__(None, None, None)
