"""A record is recomputed; whatever is changed in it is found, by us and by a script that knows only the document."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.draws import independent
from tests.draws.making import a_list, a_record, small
from yijian.draws import frozen, record
from yijian.draws.form import Broken, canonical, digest, parse
from yijian.draws.frozen import Before
from yijian.vocabulary.errors import UserError

RECORD = a_record(small())
BYTES = canonical(RECORD.plain()) + b"\n"


def _checked(content):
    return record.check(parse(content, "记录"))


def test_a_record_says_the_same_to_everybody(tmp_path):
    assert _checked(BYTES).hash == RECORD.hash
    path = tmp_path / "record.json"
    path.write_bytes(BYTES)
    said = subprocess.run([sys.executable, "-I", Path(independent.__file__), path], capture_output=True, text=True, check=True)
    assert said.stdout == "same\n"


@given(st.integers(0, len(BYTES) - 1), st.integers(1, 255))
@example(len(BYTES) - 1, ord("\n") ^ ord(" "))
@settings(max_examples=400, deadline=None)
def test_a_changed_byte_anywhere_is_found(place, change):
    changed = bytearray(BYTES)
    changed[place] ^= change
    with pytest.raises((Broken, UserError)):
        _checked(bytes(changed))


@pytest.mark.parametrize("wrong", ["", "x", 0, -1, True, None, [], {}, "2026-13-02T01:00:00Z", "0" * 64, 1.5, [1], {"a": 1}])
def test_another_value_in_any_place_is_found(wrong):
    for path in _places(RECORD.plain()):
        said = json.loads(BYTES)
        spot = said
        for step in path[:-1]:
            spot = spot[step]
        if spot[path[-1]] == wrong and type(spot[path[-1]]) is type(wrong):
            continue
        spot[path[-1]] = wrong
        with pytest.raises(Broken):
            record.check(said)


def _places(said, at=()):
    """The way to every value: all fields, the first and the last of each list."""
    if at:
        yield at
    if isinstance(said, dict):
        for name, value in said.items():
            yield from _places(value, (*at, name))
    if isinstance(said, list):
        for n in {0, len(said) - 1} if said else ():
            yield from _places(said[n], (*at, n))


def test_who_recomputes_every_hash_still_breaks_the_commitments():
    said = RECORD.plain()
    one = next(o for o in said["list"]["objects"] if o["recused"])
    one["recused"] = ""
    said["list_hash"] = digest(canonical(said["list"]))
    said["hash"] = digest(canonical({k: v for k, v in said.items() if k != "hash"}))
    with pytest.raises(Broken, match="承诺不符"):
        record.check(said)
    assert independent.differs((canonical(said) + b"\n").decode()).startswith("commitment of")


@pytest.mark.parametrize("name", ["seed", "result", "hash", "list_hash"])
def test_the_independent_script_finds_it_too(name):
    said = RECORD.plain()
    said[name] = said[name][:-1] if name == "result" else digest(b"another")
    assert independent.differs((canonical(said) + b"\n").decode()) == name
    with pytest.raises(Broken):
        record.check(said)


def test_a_redraw_says_what_it_replaces_and_why():
    before = Before(RECORD.hash, "名单漏列一家")
    again = a_record(a_list(RECORD.frozen.strata, RECORD.frozen.objects, before=before))
    assert record.check(again.plain()).frozen.before == before
    assert again.seed != RECORD.seed
    assert independent.differs((canonical(again.plain()) + b"\n").decode()) == ""


def test_a_list_read_back_is_the_list():
    assert frozen.of(small().plain()) == small()
