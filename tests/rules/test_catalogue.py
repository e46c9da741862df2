"""Every violation of the catalogue and every one of the 88 official classes has a working rule, and no rule is beside it."""

import os
import re
import tomllib
from pathlib import Path

import pytest

from yijian.rulebook.library import load_rules
from yijian.vocabulary.content import content

RULES = load_rules()
CATALOGUE = tomllib.loads((content("rules") / "catalogue.toml").read_text(encoding="utf-8"))
ROWS = {rule: row | {"family": family} for family, rows in CATALOGUE["rules"].items() for rule, row in rows.items()}
CLASSES = {c["number"]: c for c in CATALOGUE["official"]}
SHARED = Path(os.environ.get("YIJIAN_SHARED", "/work/shared"))
LOCALITY, STAGE = {"p": "person", "i": "institution", "a": "area"}, {"1": "pre", "2": "mid", "3": "post"}
VERDICT = {"V": "violation", "S": "suspicion"}


def named(number: int) -> str:
    """An official class as rules write it."""
    one = CLASSES[number]
    return f"{one['code']} {one['title']}" if one["code"] else f"（2025年版新增）{one['title']}"


@pytest.mark.parametrize("rule", ROWS)
def test_a_row_of_the_catalogue_has_a_working_rule_that_is_what_it_says(rule):
    assert rule in RULES, f"{rule} is in the catalogue and not among the rules"
    declared, row = RULES[rule].declaration, ROWS[rule]
    assert declared.status in ("active", "trial"), "a draft is not a working rule"
    assert RULES[rule].family == row["family"]
    assert (declared.locality, list(declared.stages), declared.verdict) == (row["locality"], row["stages"], row["verdict"])
    assert sorted(declared.official) == sorted(named(n) for n in row.get("official", ()))


def test_no_rule_stands_outside_the_catalogue():
    assert set(RULES) <= set(ROWS)


def test_the_official_list_is_whole_and_every_class_is_carried_by_a_rule():
    assert sorted(CLASSES) == list(range(1, 89))
    carried = {n for row in ROWS.values() for n in row.get("official", ())}
    assert carried == set(CLASSES)


def numbers_in(cell: str) -> set[int]:
    """The official numbers of a cell: `#56–#61` is all between."""
    if between := re.fullmatch(r"#(\d+)–#(\d+)", cell):
        return set(range(int(between[1]), int(between[2]) + 1))
    return {int(n) for n in re.findall(r"#(\d+)", cell)}


def design_rows() -> list[tuple[list[str], set[int], list[tuple[str, list[str], str]]]]:
    """Rules, official numbers, and (locality, stages, verdict) of each rule, of every row of the design."""
    path = SHARED / "design" / "detections.md"
    if not path.is_file():
        pytest.skip("the design is not at hand")
    rows: list[tuple[list[str], set[int], list[tuple[str, list[str], str]]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|") or line.startswith(("| rule", "|---")):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        rules = [word.strip() for word in cells[0].split(",")]
        words = cells[2].split(" / ") if len(cells) == 4 else ["i 3 S"]  # indicators have no such column
        specs = [(LOCALITY[w[0]], [STAGE[s] for s in w.split()[1]], VERDICT[w.split()[2]]) for w in words]
        rows.append((rules, numbers_in(cells[1]), specs * (len(rules) // len(specs))))
    return rows


def test_the_catalogue_is_the_design():
    """Where it is otherwise (`differs`), it says why; nothing else may differ."""
    of_design: set[str] = set()
    for rules, numbers, specs in design_rows():
        of_design |= set(rules)
        for rule, spec in zip(rules, specs, strict=True):
            row = ROWS[rule]
            assert (row["locality"], row["stages"], row["verdict"]) == spec or row["differs"]
        assert {n for r in rules for n in ROWS[r].get("official", ())} == numbers or any("differs" in ROWS[r] for r in rules)
    assert of_design == set(ROWS)


def test_the_official_list_is_the_published_one():
    path = SHARED / "domain" / "standards.md"
    if not path.is_file():
        pytest.skip("the standards are not at hand")
    published = re.findall(
        r"^\| (\d+) \| (\S+类) \| (\S+类) \| (.*?) \| (\S+).*? \| (Y?) *\| .*$", path.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [
        (int(n), [tier, under], title, code if code.startswith(("GZ", "ZB")) else "", points == "Y")
        for n, tier, under, title, code, points in published
    ] == [(c["number"], c["tiers"], c["title"], c["code"], c["points"]) for c in CLASSES.values()]
