"""The OpenAPI document, made from `message.toml`: what it declares is what is read. A request that it allows is worked on.

What it cannot say: other spellings of a field are read as the field; `curr_mdtrt_id` names one of the encounters, and
`warn_rslt_id` a reminder that the institution was given.
"""

import json
from typing import Any

from yijian import __version__
from yijian.gateway.message import LISTS, MAX_LINES, Field, declared
from yijian.vocabulary.content import content

Schema = dict[str, Any]

SCENES = {"3101": ("1", "2", "3", "4", "5"), "3102": ("6", "7", "8", "9", "10")}
"""触发场景 of each transaction."""

TEXT, SAID = r"^[^\u0000]*$", r"^[^\u0000]*[!-~\u4e00-\u9fff][^\u0000]*$"
"""Any text; text that says something (kinds of regular expressions differ in what is a space)."""
DATE = (
    r"(?:(?:19|20)\d\d-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"|(?:(?:19|20)(?:0[48]|[2468][048]|[13579][26])|2000)-02-29)"
)
TIME = rf"^{DATE}(?: (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)?$"
LARGEST = 1e13

TYPES: dict[str, Schema] = {
    "text": {"type": "string", "maxLength": 4000, "pattern": TEXT},
    "number": {
        "anyOf": [
            {"type": "number", "minimum": -LARGEST, "maximum": LARGEST},
            {"type": "string", "pattern": r"^-?\d{1,12}(?:\.\d{1,8})?$"},
        ]
    },
    "time": {"type": "string", "pattern": TIME, "description": "yyyy-MM-dd 或 yyyy-MM-dd HH:mm:ss"},
}

TITLES = {
    "3101": "3101 明细审核事前分析",
    "3102": "3102 明细审核事中分析",
    "3103": "3103 事前事中反馈",
}
PLACES = {"3101": "beforeAnalyze", "3102": "courseAnalyze", "3103": "feedback"}
"""Transaction → last part of its address, where it has one of its own."""


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _field(spec: Field) -> Schema:
    schema = TYPES[spec.type] | {"title": spec.title}
    return schema | {"pattern": SAID} if spec.use == "must" and spec.type == "text" else schema


def _listed(inner: Schema, least: int = 0, most: int = MAX_LINES) -> Schema:
    """A list that may also be sent as one object."""
    return {"anyOf": [{"type": "array", "items": inner, "minItems": least, "maxItems": most}, inner]}


def _node(name: str) -> Schema:
    """The schema of a node: the standard's fields, and ours that are taken where they are sent."""
    fields = declared()[name]
    properties = {field: _field(spec) for field, spec in fields.items()}
    must = [field for field, spec in fields.items() if spec.use == "must"]
    for field, inner in LISTS.get(name, {}).items():
        least = 1 if inner == "encounter" else 0
        properties[field] = _listed(_ref(inner), least)
        must += [field] if least else []
    said = "多出的字段不理会；驼峰写法与常见别名（如 orderDtos、dr_code）按标准字段读取"
    return {"type": "object", "properties": properties, "required": must, "description": said}


def _request(infno: str) -> Schema:
    whole = _node("envelope")
    whole["properties"]["infno"] = {"const": infno, "title": "交易编号"}
    data = _feedback() if infno == "3103" else _asked(infno)
    whole["properties"]["input"] = {"type": "object", "properties": {"data": data}, "required": ["data"]}
    whole["required"] = [*whole["required"], "input"]
    return whole | {"title": TITLES[infno]}


def _asked(infno: str) -> Schema:
    data = _node("data")
    data["properties"] |= {
        "trig_scen": {"type": "string", "enum": ["", *SCENES[infno]], "title": "触发场景"},
        "rule_ids": {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}], "title": "规则标识集合"},
        "patient_dtos": _listed(_ref("patient"), 1, 1) | {"title": "参保人信息集合（一次一名）"},
    }
    return data | {"required": ["patient_dtos"]}


def _feedback() -> Schema:
    warn_type: Schema = {"type": "string", "enum": ["1", "2"], "title": "反馈类型：1 事前，2 事中"}
    properties = {"warn_type": warn_type, "warns": _listed(_ref("warn"), 1)}
    return {"type": "object", "properties": properties, "required": ["warns"]}


def _warn() -> Schema:
    """Going on needs a reason."""
    fields = {field: _field(spec) for field, spec in declared()["warn"].items()}
    reason = fields["dspo_way_rea"] | {"pattern": SAID}
    shapes: list[tuple[Schema, list[str]]] = [
        (fields | {"dspo_way": {"const": "1", "title": "继续执行医嘱"}, "dspo_way_rea": reason}, ["dspo_way_rea"]),
        (fields | {"dspo_way": {"const": "2", "title": "返回修改医嘱"}}, []),
    ]
    must = ["warn_rslt_id", "dspo_way"]
    return {"oneOf": [{"type": "object", "properties": p, "required": [*must, *more]} for p, more in shapes]}


def _result() -> Schema:
    def text(most: int) -> Schema:
        return {"type": "string", "maxLength": most}

    number: Schema = {"type": "number"}
    detail: Schema = {
        "jrd_id": text(50), "patn_id": text(4000), "mdtrt_id": text(4000), "rx_id": text(4000),
        "vola_item_type": {"enum": ["1", "2"], "description": "1 违规项，2 涉及项"}, "vola_amt": number,
    }  # fmt: skip
    found: Schema = {
        "jr_id": text(50), "rule_id": text(50), "rule_code": text(50), "rule_name": text(200), "vola_cont": text(500),
        "patn_id": text(4000), "mdtrt_id": text(4000), "vola_amt": number, "vola_amt_stas": {"enum": ["0", "1"]},
        "sev_deg": {"enum": ["1", "2", "3"], "description": "1 明确违规，2 高度可疑，3 试行规则"}, "vola_evid": text(500),
        "vola_bhvr_type": {"enum": ["1", "2"], "description": "1 项目类，2 行为类"}, "task_id": text(4000),
        "is_feedback": {"const": "1"},
        "judge_result_detail_dtos": {"type": "array", "items": _all_required(detail)},
    }  # fmt: skip
    return _all_required(found)


def _all_required(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _response() -> Schema:
    """Either it went well, with output, or it did not, and `err_msg` says why."""
    stamp: Schema = {"type": "string", "pattern": r"^\d{17}$"}
    not_judged = _all_required({"rule_id": {"type": "string"}, "reason": {"type": "string"}})
    output = {
        "type": "object",
        "properties": {
            "result": {"type": "array", "items": _ref("result")},
            "not_judged": {"type": "array", "items": not_judged},
        },
        "required": ["result"],
    }
    shared: Schema = {
        "inf_refmsgid": {"type": "string", "minLength": 30, "maxLength": 30}, "refmsg_time": stamp, "respond_time": stamp,
        "err_msg": {"type": "string", "maxLength": 200}, "warn_msg": {"type": "string"},
    }  # fmt: skip
    must = ["infcode", "inf_refmsgid", "refmsg_time", "respond_time", "err_msg", "output"]
    well = shared | {"infcode": {"const": 0}, "output": output}
    not_well = shared | {
        "infcode": {"type": "integer", "maximum": -1},
        "err_msg": {"type": "string", "minLength": 1, "maxLength": 200},
        "output": {"type": "null"},
    }
    return {"oneOf": [{"type": "object", "properties": p, "required": must} for p in (well, not_well)]}


def _example(infno: str) -> Any:
    return json.loads((content("docs/examples") / f"{infno}.json").read_text(encoding="utf-8"))


def document(*, open_: bool = False) -> Schema:
    """The whole document. open_: no key is asked for."""
    answer = {"description": "国家接口形式的应答", "content": {"application/json": {"schema": _ref("response")}}}
    health = _all_required({"status": {"const": "ok"}, "pack": {"type": "string"}, "signed_by": {"type": "string"}})
    plain = {"description": "正常"}
    security: Schema = {} if open_ else {"security": [{"key": []}]}
    places = {"/": tuple(TITLES)} | {f"/fsi/api/riskConService/{name}": (infno,) for infno, name in PLACES.items()}
    schemas = {name: _node(name) for name in declared() if name not in ("envelope", "data", "warn")}
    schemas |= {"warn": _warn(), "result": _result(), "response": _response()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "医监实时网关", "version": __version__},
        "paths": {path: {"post": _post(infnos, answer) | security} for path, infnos in places.items()}
        | {
            "/health": {"get": {"summary": "是否可用", "responses": {"200": plain | _json(health)}}},
            "/metrics": {"get": {"summary": "Prometheus 指标", "responses": {"200": plain | {"content": {"text/plain": {}}}}}},
        },
        "components": {
            "schemas": schemas | {f"request_{infno}": _request(infno) for infno in TITLES},
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
        },
    }


def _json(schema: Schema) -> Schema:
    return {"content": {"application/json": {"schema": schema}}}


def _post(infnos: tuple[str, ...], answer: Schema) -> Schema:
    requests = [_ref(f"request_{infno}") for infno in infnos]
    body = {
        "schema": requests[0] if len(requests) == 1 else {"oneOf": requests},
        "examples": {infno: {"summary": TITLES[infno], "value": _example(infno)} for infno in infnos},
    }
    return {
        "summary": "、".join(TITLES[infno] for infno in infnos),
        "requestBody": {"required": True, "content": {"application/json": body}},
        "responses": {"200": answer},
    }
