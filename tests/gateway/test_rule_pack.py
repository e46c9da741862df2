"""The rule pack: built once, signed, never changed unseen."""

import shutil
from pathlib import Path

import apsw
import pytest

from yijian.gateway import packs
from yijian.gateway.judge import Judge
from yijian.gateway.pack import Pack, build, differences
from yijian.rulebook.library import load_rules
from yijian.vocabulary.errors import UserError
from yijian.vocabulary.home import Home


def test_a_pack_holds_every_rule_of_its_stages_and_says_who_signed_it(area_pack: Path) -> None:
    pack = Pack.open(area_pack)
    wanted = {r.id for r in load_rules().values() if {"pre", "mid"} & set(r.declaration.stages)}
    assert {r.id for r in pack.rules} | set(pack.manifest.left_out) == wanted
    assert len(pack.rules) > 60
    assert pack.manifest.area == "某地"
    assert Pack.open(area_pack, trusted=[pack.signature.fingerprint]).manifest == pack.manifest


def test_a_pack_signed_by_somebody_else_is_refused_where_signers_are_named(area_pack: Path) -> None:
    with pytest.raises(UserError, match="不在受信任之列"):
        Pack.open(area_pack, trusted=["0000 0000 0000 0000"])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE kb_drug_sex SET sex = '1'",
        "DELETE FROM kb_drug_sex",
        "UPDATE rule SET body = replace(body, '<>', '=') WHERE id = 'drug_sex'",
        "UPDATE pack SET value = CAST(replace(CAST(value AS TEXT), '某地', '别处') AS BLOB) WHERE key = 'manifest'",
        "DELETE FROM pack WHERE key = 'signature'",
        "CREATE TABLE kb_more (code TEXT)",
    ],
)
def test_a_pack_that_was_changed_is_refused(area_pack: Path, tmp_path: Path, change: str) -> None:
    changed = tmp_path / "changed.pack"
    shutil.copyfile(area_pack, changed)
    with apsw.Connection(str(changed)) as db:
        db.execute(change)
    db.close()
    with pytest.raises(UserError):
        Pack.open(changed)


def test_what_is_no_pack_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.pack"
    with pytest.raises(UserError, match="没有这个规则包"):
        Pack.open(path)
    path.write_text("no pack")
    with pytest.raises(UserError, match="不是规则包"):
        Pack.open(path)


def test_a_pack_is_never_written_over(home: Home, area_pack: Path) -> None:
    with pytest.raises(UserError, match="文件已存在"):
        build(home, load_rules(), area_pack)


def test_the_same_home_gives_the_same_content_and_a_parameter_shows_in_the_difference(home: Home, area_pack: Path) -> None:
    build(home, load_rules(), home.path / "again.pack")
    before, again = Pack.open(area_pack), Pack.open(home.path / "again.pack")
    assert before.manifest.content == again.manifest.content
    assert differences(before, again) == []
    (home.path / "parameters.toml").write_text("[repeated_examination]\nperiod = 3\n", encoding="utf-8")
    build(home, load_rules(), home.path / "other.pack")
    changed = differences(before, Pack.open(home.path / "other.pack"))
    assert ("规则", "repeated_examination@1", "改变") in changed
    assert any(kind == "参数" and name == "repeated_examination" for kind, name, _ in changed)


def test_a_home_goes_back_to_the_pack_before(home: Home, area_pack: Path) -> None:
    first = packs.use(home, area_pack)
    (home.path / "parameters.toml").write_text("[repeated_examination]\nperiod = 3\n", encoding="utf-8")
    build(home, load_rules(), home.path / "other.pack")
    second = packs.use(home, home.path / "other.pack")
    assert packs.current(home).manifest == second.manifest
    assert packs.back(home).manifest == first.manifest
    with pytest.raises(UserError, match="没有更早的规则包"):
        packs.back(home)


def test_only_rules_that_look_at_one_encounter_are_asked_without_history(area_pack: Path) -> None:
    alone = {r.id: r.within_visit for r in Pack.open(area_pack).rules}
    assert alone["drug_sex"] and alone["drug_indication"] and alone["amount_arithmetic"]
    for rule in ("repeated_examination", "excess_dispensing", "frequent_outpatient", "item_daily_frequency", "split_admission"):
        assert not alone[rule]


def test_every_rule_of_a_pack_can_be_asked(area_pack: Path) -> None:
    judge = Judge(Pack.open(area_pack))
    for rule in judge.pack.rules:
        judge._db.execute(rule.found).fetchall()  # pyright: ignore[reportPrivateUsage]
        judge._db.execute(rule.unjudged).fetchall()  # pyright: ignore[reportPrivateUsage]
    judge.close()
