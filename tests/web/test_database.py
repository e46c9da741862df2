"""The pages on the database that the environment names: SQLite in the home, or PostgreSQL."""

import os

import pytest
from django.db import connection

from tests.postgresql import needs_postgresql, server
from yijian.vocabulary.home import Home
from yijian.web.place import database


@pytest.mark.django_db
def test_the_pages_run_on_the_database_that_the_environment_names() -> None:
    expected = "postgresql" if os.environ.get("YIJIAN_DATABASE_URL") else "sqlite"
    assert connection.vendor == expected
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM audit_log_logentry")
        assert cursor.fetchone() == (0,)


@needs_postgresql
def test_an_address_with_the_folder_of_a_socket_is_understood(tmp_path, monkeypatch) -> None:
    import psycopg

    with server() as address:
        monkeypatch.setenv("YIJIAN_DATABASE_URL", f"{address}/postgres")
        said = database(Home(tmp_path))
        with psycopg.connect(host=said["HOST"], user=said["USER"], dbname=said["NAME"]) as db:
            assert db.execute("SELECT 1").fetchone() == (1,)
