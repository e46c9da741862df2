"""The OpenAPI document, made from `message.toml`: what it declares is what is read."""

from typing import Any

from yijian import __version__
from yijian.gateway.message import LISTS, declared

TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"anyOf": [{"type": "number"}, {"type": "string"}]},
    "time": {"type": "string", "description": "yyyy-MM-dd 或 yyyy-MM-dd HH:mm:ss"},
}


DETAIL = ("jrd_id", "patn_id", "mdtrt_id", "rx_id", "vola_item_type")
RESULT = (
    "jr_id", "rule_id", "rule_code", "rule_name", "vola_cont", "patn_id", "mdtrt_id", "vola_amt_stas", "sev_deg", "vola_evid",
    "vola_bhvr_type", "task_id", "is_feedback",
)  # fmt: skip


def _ref(name: str) -> dict[str, Any]:
    return {"schema": {"$ref": f"#/components/schemas/{name}"}}


def _node(name: str) -> dict[str, Any]:
    """The schema of a node: standard fields, lists that may also be sent as one object."""
    properties: dict[str, Any] = {}
    must: list[str] = []
    for field, spec in declared()[name].items():
        properties[field] = TYPES[spec.type] | {"title": spec.title}
        if spec.use == "must":
            must.append(field)
    for field, inner in LISTS.get(name, {}).items():
        one = {"$ref": f"#/components/schemas/{inner}"}
        properties[field] = {"anyOf": [{"type": "array", "items": one}, one]}
    return {"type": "object", "properties": properties, "required": must}


def _request() -> dict[str, Any]:
    patient = {"$ref": "#/components/schemas/patient"}
    warn = {"$ref": "#/components/schemas/warn"}
    data = _node("data")
    data["properties"] |= {
        "rule_ids": {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}], "title": "规则标识集合"},
        "patient_dtos": {"anyOf": [{"type": "array", "items": patient}, patient], "title": "参保人信息集合"},
        "warn_type": {"type": "string", "title": "反馈类型（3103）"},
        "warns": {"anyOf": [{"type": "array", "items": warn}, warn], "title": "反馈（3103）"},
    }
    whole = _node("envelope")
    whole["properties"]["infno"] |= {"enum": ["3101", "3102", "3103"]}
    whole["properties"]["input"] = {"type": "object", "properties": {"data": data}, "required": ["data"]}
    whole["required"] = [*whole["required"], "input"]
    return whole


def _response() -> dict[str, Any]:
    text, number = {"type": "string"}, {"type": "number"}
    detail = dict.fromkeys(DETAIL, text) | {"vola_amt": number}
    details = {"type": "array", "items": {"type": "object", "properties": detail}}
    found = dict.fromkeys(RESULT, text) | {"vola_amt": number, "judge_result_detail_dtos": details}
    output = {
        "result": {"type": "array", "items": {"type": "object", "properties": found}},
        "not_judged": {"type": "array", "items": {"type": "object", "properties": {"rule_id": text, "reason": text}}},
    }
    fields = dict.fromkeys(("inf_refmsgid", "refmsg_time", "respond_time", "err_msg", "warn_msg"), text)
    return {
        "type": "object",
        "properties": fields
        | {"infcode": {"type": "integer", "description": "0 成功"}, "output": {"type": ["object", "null"], "properties": output}},
        "required": ["infcode", "inf_refmsgid", "err_msg"],
    }


def document() -> dict[str, Any]:
    """The whole document."""
    body = {"required": True, "content": {"application/json": _ref("request")}}
    answer = {"description": "国家接口形式的应答", "content": {"application/json": _ref("response")}}
    post = {"requestBody": body, "responses": {"200": answer}, "security": [{"key": []}]}
    places = {
        "/": "全部交易，由 infno 区分",
        "/fsi/api/riskConService/beforeAnalyze": "3101 明细审核事前分析",
        "/fsi/api/riskConService/courseAnalyze": "3102 明细审核事中分析",
        "/fsi/api/riskConService/feedback": "3103 事前事中反馈",
    }
    plain = {"200": {"description": "正常"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "医监实时网关", "version": __version__},
        "paths": {path: {"post": post | {"summary": title}} for path, title in places.items()}
        | {
            "/health": {"get": {"summary": "是否可用", "responses": plain}},
            "/metrics": {"get": {"summary": "Prometheus 指标", "responses": plain}},
        },
        "components": {
            "schemas": {name: _node(name) for name in declared() if name not in ("envelope", "data")}
            | {"request": _request(), "response": _response()},
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
        },
    }
