"""The declaration of the lists, and the lists that ship with the project."""

import subprocess
import sys

from yijian.knowledge.lists import by_title, knowledge_lists
from yijian.knowledge.local import read_local
from yijian.vocabulary.content import content


def test_every_list_has_a_title_of_its_own_and_declared_columns() -> None:
    kinds = knowledge_lists()
    assert len(by_title()) == len(kinds)
    for kind in kinds.values():
        names = [c.name for c in kind.columns]
        assert len(set(names)) == len(names)
        assert {*kind.required, *kind.identity} <= set(names)
        assert all(c.sql_type for c in kind.columns)


def test_reading_the_declaration_loads_no_database() -> None:
    code = "import sys, yijian.knowledge.lists as l; l.knowledge_lists(); print({'duckdb', 'pyarrow'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


def test_every_shipped_list_reads_has_a_source_and_stands_in_the_readme() -> None:
    readme = (content("knowledge") / "README.md").read_text(encoding="utf-8")
    files = sorted(content("knowledge").glob("*.csv"))
    assert files
    for path in files:
        assert f"`{path.name}`" in readme
        for source in read_local(path, shipped=True):
            assert all(row["source"] and row["note"] and row["valid_from"] for row in source.rows)
