"""Do the examples of a rule bite?"""

import pytest

from yijian.engine.backends.duckdb import Session
from yijian.engine.mutate import mutants, report
from yijian.rulebook import dialect
from yijian.rulebook.library import load_rule, load_rules
from yijian.rulebook.scaffold import scaffold
from yijian.vocabulary.errors import UserError


@pytest.fixture(scope="module")
def session():
    with Session(threads=1) as one:
        yield one


def test_each_comparison_limit_condition_and_left_join_is_changed():
    sql = "SELECT a.x FROM subject AS a LEFT JOIN b AS b ON b.x = a.x WHERE a.x > 3 AND a.y BETWEEN 1 AND 2"
    changes = [m.change for m in mutants(dialect.parse(sql))]
    for words in (
        "LEFT → INNER",
        "b.x = a.x → b.x <> a.x",
        "a.x > 3 → a.x >= 3",
        "3 → 4",
        "去掉条件 a.x > 3",
        "low 收窄",
        "high 收窄",
    ):
        assert any(words in change for change in changes), words


def test_examples_at_every_boundary_notice_everything(session):
    assert report(session, load_rules()["charged_outside_stay"]).share == 1


def test_without_the_boundary_example_the_boundary_goes_unnoticed(session, tmp_path):
    folder = scaffold(tmp_path, "charging/dear_item", None)
    assert report(session, load_rule(folder)).share == 1
    text = (folder / "examples.toml").read_text(encoding="utf-8").replace("amount = 1000.00", "amount = 10.00")
    (folder / "examples.toml").write_text(text, encoding="utf-8")
    assert any(">=" in change for change in report(session, load_rule(folder)).unnoticed)


def test_examples_that_fail_as_they_are_are_named_first(session, tmp_path):
    folder = scaffold(tmp_path, "charging/dear_item", None)
    text = (folder / "examples.toml").read_text(encoding="utf-8").replace("finds    = []", 'finds    = [{ row_id = "L9" }]', 1)
    (folder / "examples.toml").write_text(text, encoding="utf-8")
    assert "L9" in text
    with pytest.raises(UserError, match="本身就不符"):
        report(session, load_rule(folder))
