"""A client written from the national interface alone gets the expected advice for every class that has an official list.

For each active rule before or during settlement that serves an official class by a knowledge list: the first example of the
rule that finds something, told as 3101 and 3102 by `national_client.py`, is advised against by that rule over HTTP.
"""

import csv
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.gateway.national_client import message_of
from yijian.gateway import packs
from yijian.gateway.app import make_app
from yijian.gateway.message import LISTS, declared
from yijian.gateway.pack import build
from yijian.gateway.service import Settings
from yijian.knowledge.importing import import_knowledge
from yijian.knowledge.lists import knowledge_lists
from yijian.rulebook.examples import Example, load_examples
from yijian.rulebook.library import load_rules
from yijian.rulebook.rule import Rule
from yijian.vocabulary.days import EPOCH
from yijian.vocabulary.home import Home

STAGE_OF = {"3101": "pre", "3102": "mid"}
SILENT = {"drug_disease_catalogue": "标准没有门诊慢特病病种的字段（dise_codg 是本系统约定的附加字段）"}
"""Rules that cannot find anything from the standard's fields alone, and why."""


def with_list(rule: Rule) -> bool:
    d = rule.declaration
    return d.status == "active" and bool({"pre", "mid"} & set(d.stages)) and bool(d.official) and bool(d.knowledge)


RULES = {rule.id: rule for rule in load_rules().values() if with_list(rule)}
EXAMPLES: dict[str, Example] = {name: next(e for e in load_examples(r.folder) if e.finds) for name, r in RULES.items()}


def lists_of(rule: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The lists of a rule with the points of its example."""
    for number, name in enumerate(RULES[rule].declaration.knowledge):
        tables = EXAMPLES[rule].tables
        yield name, tables.get(f"kb_{name}", tables.get("kb", []) if number == 0 else [])


def write_lists(folder: Path) -> None:
    """Local lists with the points of all examples."""
    folder.mkdir()
    points: dict[str, list[dict[str, Any]]] = {}
    for rule in RULES:
        for name, given in lists_of(rule):
            points.setdefault(name, []).extend(given or [{"code": "NONE"}])
    for name, given in points.items():
        declared_columns = [c.name for c in knowledge_lists()[name].columns]
        columns = ["code", "name", *(c for c in declared_columns if c not in ("code", "name") and any(c in p for p in given))]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.DictWriter(file, columns, lineterminator="\n")
            out.writeheader()
            out.writerows({"name": "某项目"} | {c: written(c, v) for c, v in point.items()} for point in given)


def written(column: str, value: Any) -> str:
    return (EPOCH + timedelta(days=value)).isoformat() if column in ("valid_from", "valid_to") else str(value)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A gateway whose lists hold the points of the examples, with the parameters of the examples."""
    place = tmp_path_factory.mktemp("national")
    home = Home(place / "home")
    write_lists(place / "lists")
    import_knowledge(home, [place / "lists"])
    given = [(rule, e.parameters) for rule, e in EXAMPLES.items() if e.parameters]
    text = "\n".join(f"[{rule}]\n" + "\n".join(f"{k} = {v!r}" for k, v in values.items()) for rule, values in given)
    (home.path / "parameters.toml").write_text(text, encoding="utf-8")
    build(home, load_rules(), place / "area.pack")
    packs.use(home, place / "area.pack")
    settings = Settings(home=str(home.path), open=True, rule_seconds=5.0, request_seconds=30.0, answer_seconds=60.0)
    with TestClient(make_app(settings)) as started:
        yield started


def only_standard(node: str, given: dict[str, Any]) -> None:
    """All that is sent is a field of the standard."""
    fields, inner = declared()[node], LISTS.get(node, {})
    for name, value in given.items():
        if name in inner:
            for one in value:
                only_standard(inner[name], one)
        elif name not in ("patient_dtos", "rule_ids", "input", "fsi_his_data_dto"):
            assert name in fields and fields[name].use != "extra", name


@pytest.mark.parametrize(
    ("rule", "infno"), [(name, i) for name, r in RULES.items() for i, stage in STAGE_OF.items() if stage in r.declaration.stages]
)
def test_the_rule_of_an_official_class_answers_a_client_of_the_standard(client: TestClient, rule: str, infno: str) -> None:
    example = EXAMPLES[rule]
    said = message_of(example.tables, example.finds[0], infno, len(rule))
    only_standard("envelope", said)
    only_standard("data", said["input"]["data"])
    only_standard("patient", said["input"]["data"]["patient_dtos"][0])
    answer = client.post("/", json=said).json()
    assert answer["infcode"] == 0 and not answer.get("warn_msg"), answer
    results = {r["rule_code"]: r for r in answer["output"]["result"]}
    assert (rule in results) == (rule not in SILENT), [n for n in answer["output"]["not_judged"] if n["rule_id"] == rule]
    if rule in results:
        official = RULES[rule].declaration.official[0]
        assert official in (
            f"{results[rule]['rule_id']} {results[rule]['rule_name']}",
            f"（2025年版新增）{results[rule]['rule_name']}",
        )
        assert results[rule]["judge_result_detail_dtos"] and results[rule]["vola_cont"] and results[rule]["vola_evid"]


def test_what_the_standard_has_no_field_for_is_taken_where_it_is_sent(client: TestClient) -> None:
    for rule in SILENT:
        example = EXAMPLES[rule]
        said = message_of(example.tables, example.finds[0], "3102", 1)
        for visit in said["input"]["data"]["patient_dtos"][0]["fsi_encounter_dtos"]:
            visit["dise_codg"] = example.tables["fee_line"][0]["dise_code"]
        assert rule in [r["rule_code"] for r in client.post("/", json=said).json()["output"]["result"]]
