"""Whatever is sent, the answer is in the national form: never a fault of ours, never without an answer."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.gateway.gateway_cast import message
from yijian.gateway import packs
from yijian.gateway.app import make_app
from yijian.gateway.message import LISTS, declared
from yijian.gateway.service import Settings
from yijian.vocabulary.home import Home

ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.lists(st.integers(), max_size=2), st.just({})
)
TEXT = st.one_of(
    st.text(max_size=6), st.sampled_from(["1", "2", "101", "201", "11", "21", "R1", "M1", "05", "XG03DAA056E001010199056"])
)
TIME = st.datetimes().map(lambda t: t.isoformat(sep=" ", timespec="seconds")) | st.sampled_from(
    ["2026-03-01", "20260301", "0001-01-01"]
)
NUMBER = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-5, 100) | st.sampled_from(["1", "1e5", "12.50", "1e400"])
OF_TYPE = {"text": TEXT, "number": NUMBER, "time": TIME}


def node(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """A node as the standard has it, with what must be there, and now and then something odd."""
    fields = declared()[name]
    must = {f: OF_TYPE[spec.type] for f, spec in fields.items() if spec.use == "must"}
    rest = {f: OF_TYPE[spec.type] if n % 7 else st.one_of(OF_TYPE[spec.type], ODD) for n, (f, spec) in enumerate(fields.items())}
    lists = {f: st.lists(node(inner), max_size=3) | node(inner) | st.none() for f, inner in LISTS.get(name, {}).items()}
    return st.fixed_dictionaries(must, optional={k: v for k, v in rest.items() if k not in must} | lists)


@pytest.fixture(scope="module")
def client(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    home = Home(tmp_path_factory.mktemp("fuzz"))
    packs.use(home, prepared / "area.pack")
    with TestClient(make_app(Settings(home=str(home.path), open=True))) as started:
        yield started


def answered(client: TestClient, said: Any) -> dict[str, Any]:
    reply = client.post("/", json=said) if not isinstance(said, bytes) else client.post("/", content=said)
    assert reply.status_code == 200
    answer = reply.json()
    assert isinstance(answer["infcode"], int) and len(answer["err_msg"]) <= 200
    assert (answer["infcode"] == 0) == (answer["output"] is not None)
    assert "故障" not in answer.get("warn_msg", "")
    assert "规则运行出错" not in [n["reason"] for n in (answer["output"] or {}).get("not_judged", [])]
    return answer


FUZZ = settings(max_examples=int(os.environ.get("YIJIAN_FUZZ", "150")), deadline=None, suppress_health_check=list(HealthCheck))


@FUZZ
@given(patient=node("patient"), infno=st.sampled_from(["3101", "3102"]), scene=st.sampled_from(["", "2", "6", "8"]))
def test_patients_of_every_kind_get_an_answer(client: TestClient, patient: dict[str, Any], infno: str, scene: str) -> None:
    said = message(infno=infno)
    said["input"]["data"] |= {"trig_scen": scene, "patient_dtos": patient}
    answered(client, to_json(said))


@FUZZ
@given(
    said=st.recursive(ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3))
)
def test_any_json_gets_an_answer(client: TestClient, said: Any) -> None:
    assert answered(client, to_json(said))["infcode"] != 0


@FUZZ
@given(body=st.binary(max_size=60))
def test_any_bytes_get_an_answer(client: TestClient, body: bytes) -> None:
    assert answered(client, body)["infcode"] != 0


@FUZZ
@given(warns=st.lists(node("warn"), max_size=3) | node("warn") | ODD)
def test_feedback_of_every_kind_gets_an_answer(client: TestClient, warns: Any) -> None:
    assert answered(client, to_json(message() | {"infno": "3103", "input": {"data": {"warns": warns}}}))["infcode"] != 0


def to_json(said: Any) -> bytes:
    """JSON as careless clients write it: with NaN, which is none."""
    import json

    return json.dumps(said).encode("utf-8", "surrogatepass")
