"""zen-engine with the row rule `amount_arithmetic`, alone and behind HTTP: what stands beside the gateway in its benchmark."""

import json
from typing import Any

import zen
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

PLACE = {"x": 0, "y": 0}
WRONG = {"id": "1", "key": "wrong", "value": "abs(cnt * pric - amount) > 0.05"}
MODEL = {
    "nodes": [
        {"id": "in", "type": "inputNode", "name": "in", "position": PLACE},
        {"id": "rule", "type": "expressionNode", "name": "rule", "position": PLACE, "content": {"expressions": [WRONG]}},
        {"id": "out", "type": "outputNode", "name": "out", "position": PLACE},
    ],
    "edges": [
        {"id": "a", "sourceId": "in", "targetId": "rule", "type": "edge"},
        {"id": "b", "sourceId": "rule", "targetId": "out", "type": "edge"},
    ],
}


def decision() -> Any:
    """The rule, ready to be asked."""
    return zen.ZenEngine().create_decision(json.dumps(MODEL))


def served() -> Starlette:
    """It behind HTTP: each line of a 3101 or 3102 message is asked, nothing is kept."""
    rule = decision()

    async def advise(request: Request) -> Response:
        said = json.loads(await request.body())
        found = []
        for patient in said["input"]["data"]["patient_dtos"]:
            for encounter in patient["fsi_encounter_dtos"]:
                for order in encounter["fsi_order_dtos"]:
                    row = {"cnt": order["cnt"], "pric": order["pric"], "amount": order["sumamt"]}
                    if rule.evaluate(row)["result"].get("wrong"):
                        found.append(order["rx_id"])
        return Response(json.dumps({"infcode": 0, "output": {"result": found}}, separators=(",", ":")))

    return Starlette(routes=[Route("/", advise, methods=["POST"]), Route("/health", lambda _: JSONResponse({"status": "ok"}))])
