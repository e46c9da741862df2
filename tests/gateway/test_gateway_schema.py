"""What the OpenAPI document says is what the gateway does: requests made from it by schemathesis, over HTTP on loopback."""

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

from tests.gateway.gateway_cast import message, order
from yijian.gateway import packs
from yijian.gateway.app import make_app
from yijian.gateway.message import canonical
from yijian.gateway.openapi import document
from yijian.gateway.service import Settings
from yijian.vocabulary.home import Home

EXAMPLES = int(os.environ.get("YIJIAN_FUZZ", "20"))
"""Requests for each address."""


@pytest.fixture(scope="module")
def address(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A gateway that is served as in earnest."""
    home = Home(tmp_path_factory.mktemp("schema"))
    packs.use(home, prepared / "area.pack")
    given = Settings(home=str(home.path), open=True, rule_seconds=5.0, request_seconds=30.0, answer_seconds=60.0)
    server = uvicorn.Server(uvicorn.Config(make_app(given), port=0, log_level="warning", http="httptools", lifespan="on"))
    serving = threading.Thread(target=server.run)
    serving.start()
    while not server.started:
        assert serving.is_alive()
        time.sleep(0.02)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}"
    server.should_exit = True
    serving.join()


@pytest.fixture(scope="module")
def api(address: str) -> Any:
    """Requests that the document allows, and ones that it does not."""
    return schemathesis.openapi.from_url(f"{address}/openapi.json")


FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # making a failing message smaller over HTTP takes minutes
)
ADDRESSES = [(path, method) for path, methods in document()["paths"].items() for method in methods]


@pytest.mark.parametrize(("path", "method"), ADDRESSES)
def test_what_the_document_allows_is_worked_on_and_answered_as_it_says(api: Any, path: str, method: str) -> None:
    @FUZZ
    @given(case=api[path][method].as_strategy(generation_mode=GenerationMode.POSITIVE))
    def ask(case: Any) -> None:
        if method == "get":
            case.call_and_validate()
            return
        case.body = with_one_spelling(case.body)
        name_an_encounter(case.body)
        answer = case.call_and_validate().json()
        unknown = "不是给本机构的提醒" in answer["err_msg"]  # no document can say which reminders were given
        assert answer["infcode"] == 0 or unknown, (answer["err_msg"], case.body)
        assert answer.get("warn_msg", "") == ""

    ask()


@pytest.mark.parametrize("path", [path for path, method in ADDRESSES if method == "post"])
def test_what_the_document_does_not_allow_is_answered_as_it_says_too(api: Any, path: str) -> None:
    @FUZZ
    @given(case=api[path]["post"].as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def ask(case: Any) -> None:
        # An answer to a transaction is HTTP 200 also where the request was wrong: hospital systems read `infcode`.
        case.call_and_validate(excluded_checks=[negative_data_rejection])

    ask()


def with_one_spelling(node: Any) -> Any:
    """Without further fields that are by chance another spelling of a standard one: those are read as the standard one."""
    if isinstance(node, list):
        return [with_one_spelling(one) for one in node]
    if isinstance(node, dict):
        return {name: with_one_spelling(value) for name, value in node.items() if canonical(name) == name}
    return node


def name_an_encounter(body: dict[str, Any]) -> None:
    """`curr_mdtrt_id` names one of the encounters: the document has no words for it."""
    data = body.get("input", {}).get("data", {}) if isinstance(body.get("input"), dict) else {}
    for patient in one_or_many(data, "patient_dtos"):
        for encounter in one_or_many(patient, "fsi_encounter_dtos")[:1]:
            if patient.get("curr_mdtrt_id"):
                patient["curr_mdtrt_id"] = encounter.get("mdtrt_id")


def one_or_many(node: Any, name: str) -> list[dict[str, Any]]:
    given = node.get(name) if isinstance(node, dict) else None
    return [one for one in (given if isinstance(given, list) else [given]) if isinstance(one, dict)]


def test_the_examples_of_the_document_are_those_of_the_guide() -> None:
    body = document()["paths"]["/"]["post"]["requestBody"]["content"]["application/json"]
    folder = Path(__file__).parents[2] / "docs" / "examples"
    assert {name: e["value"] for name, e in body["examples"].items()} == {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")
    }


def test_a_key_is_asked_for_unless_the_gateway_is_open() -> None:
    assert document()["paths"]["/"]["post"]["security"] == [{"key": []}]
    assert "security" not in document(open_=True)["paths"]["/"]["post"]


def test_the_messages_of_the_cast_are_what_the_document_allows() -> None:
    from jsonschema import Draft202012Validator

    whole = document()
    for infno, scene in (("3101", "2"), ("3102", "6")):
        said = message(order(), infno=infno, scene=scene)
        Draft202012Validator({"$ref": f"#/components/schemas/request_{infno}", "components": whole["components"]}).validate(said)
        said["input"]["data"]["trig_scen"] = "11"
        validator = Draft202012Validator({"$ref": f"#/components/schemas/request_{infno}", "components": whole["components"]})
        assert not validator.is_valid(said)
