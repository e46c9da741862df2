"""What a rule's author is told: which rule, which file, which line, and what to do."""

import json
import tomllib

import jsonschema
import pytest

from yijian.rulebook.check import check_rule
from yijian.rulebook.library import load_rule, load_rules
from yijian.rulebook.lock import unlocked, write_lock
from yijian.rulebook.scaffold import scaffold
from yijian.rulebook.schema import schema_text
from yijian.vocabulary.errors import UserError


@pytest.fixture
def folder(tmp_path):
    """A new rule as `yijian rules new` makes it."""
    return scaffold(tmp_path, "charging/dear_item", None)


def rewrite(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def complaints(folder):
    return check_rule(load_rule(folder))


def test_a_new_rule_passes_the_checks_as_it_is(folder):
    assert complaints(folder) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("rule.sql", "f.name,", "f.nome,", ["dear_item", "第 8 行", "nome"]),
        ("rule.sql", "FROM subject AS f", "FROM subject AS f JOIN nothing AS n ON n.x = f.code", ["不存在的表“nothing”"]),
        ("rule.sql", "f.amount > $limit", "f.amount > $roof", ["没有声明的参数 $roof"]),
        ("rule.sql", "f.amount > $limit", "f.amount > MEDIAN(f.amount)", ["第 13 行", "MEDIAN"]),
        ("rule.sql", "f.amount > $limit", "f.service_day > CURRENT_DATE", ["当前日期"]),
        ("rule.sql", "WHERE f.amount", "WHERE (f.amount", ["第 13 行", "语法有误"]),
        ("rule.sql", "-- （为什么这样判断）", "DELETE FROM x;", ["正好是一条 SELECT"]),
        ("rule.sql", "  f.amount,\n", "", ["没有返回 amount"]),
        ("rule.toml", "fee_line where list_type", "fee_lines where list_type", ["视图“fee_lines”不存在"]),
        ("rule.toml", "list_type = '201'", "list_kind = '201'", ["list_kind"]),
        ("rule.toml", "{amount} 元", "{money} 元", ["{money}"]),
        ("rule.toml", "[parameters]", '[parameters]\nspare = { default = 1, unit = "", source = "" }', ["spare", "没有用"]),
        ("rule.toml", 'needs         = ["code"]', 'needs         = ["code"]\nknowledge = ["no_such_list"]', ["no_such_list"]),
        ("examples.toml", ', { row_id = "L2", amount = 9000.00 }]', "]", ["应命中的只有 1 处"]),
        ("examples.toml", "finds    = []", 'finds = [{ row_id = "L1" }]', ["合法相似的示例只有 0 个"]),
        ("examples.toml", "not_judged =", "# not_judged =", ["没有缺值而未能判定的示例"]),
        ("examples.toml", "amount = 1000.00", "amuont = 1000.00", ["amuont"]),
    ],
)
def test_a_mistake_is_named_with_rule_and_place(folder, file, old, new, words):
    rewrite(folder / file, old, new)
    said = "\n".join(complaints(folder))
    assert all(word in said for word in words), said


def test_a_list_must_be_joined_by_the_day_of_service(folder):
    rewrite(folder / "rule.toml", 'needs         = ["code"]', 'needs         = ["code"]\nknowledge     = ["item_sex"]')
    rewrite(folder / "rule.sql", "FROM subject AS f", "FROM subject AS f JOIN kb AS k ON k.code = f.code")
    assert any("valid_from" in c for c in complaints(folder))


def test_a_person_rule_may_not_read_the_whole_area(folder):
    rewrite(
        folder / "rule.sql", "FROM subject AS f", "FROM subject AS f JOIN institution AS i ON i.fixmedins_code = f.fixmedins_code"
    )
    assert any("locality" in c for c in complaints(folder))


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('verdict       = "suspicion"', 'verdict       = "guilty"', "guilty"),
        ('status        = "draft"', 'status        = "draft"\ncolour = "red"', "colour"),
        ('id            = "dear_item"', 'id            = "cheap_item"', "文件夹名"),
        ('title         =', "title", "TOML"),
    ],
)  # fmt: skip
def test_a_broken_declaration_is_one_sentence(folder, old, new, word):
    rewrite(folder / "rule.toml", old, new)
    with pytest.raises(UserError, match=word):
        load_rule(folder)


def test_the_schema_accepts_what_the_program_accepts_and_refuses_the_rest(folder):
    schema = json.loads(schema_text())
    good = json.loads(json.dumps(tomllib.loads((folder / "rule.toml").read_text(encoding="utf-8")), default=str))
    jsonschema.validate(good, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(good | {"verdict": "guilty"}, schema)


def test_a_rule_that_changes_without_a_new_version_is_noticed(folder, tmp_path):
    rules = load_rules(tmp_path)
    assert write_lock(rules, tmp_path) == 1
    assert unlocked(rules, tmp_path) == []
    rewrite(folder / "rule.sql", ">", ">=")
    assert any("version" in c for c in unlocked(load_rules(tmp_path), tmp_path))
    rewrite(folder / "rule.toml", "subject       =", "version = 2\nsubject       =")
    assert write_lock(load_rules(tmp_path), tmp_path) == 1
    assert unlocked(load_rules(tmp_path), tmp_path) == []


def test_two_rules_of_one_name_are_refused(folder, tmp_path):
    scaffold(tmp_path, "pharmacy/dear_item", None)
    with pytest.raises(UserError, match="出现两次"):
        load_rules(tmp_path)


def test_a_rule_of_one_person_may_not_ask_when_the_data_of_all_begin(folder):
    need = '{ condition = "service_day > (select min(service_day) from settlement)", cause = "太早" }'
    rewrite(folder / "rule.toml", 'needs         = ["code"]', f'needs         = ["code", {need}]')
    assert any("要看全区的数据" in c for c in complaints(folder))
    rewrite(folder / "rule.toml", 'locality      = "person"', 'locality      = "area"')
    assert complaints(folder) == []
