"""Pages of the rulebook."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yijian.knowledge.lists import knowledge_lists
from yijian.rulebook.law import asks
from yijian.rulebook.shown import shown_examples, shown_versions
from yijian.vocabulary.content import content
from yijian.web.accounts.queries import Right, user_with
from yijian.web.findings.rulebook import hash_now
from yijian.web.reviews.precision import precisions
from yijian.web.rules.queries import rule_for, rules_for

STATUS = {
    "draft": ("草稿", "secondary"),
    "trial": ("试用", "blue"),
    "active": ("启用", "green"),
    "retired": ("停用", "secondary"),
}
STAGES = {"pre": "事前", "mid": "事中", "post": "事后"}
SUBJECTS = {
    "hospital": "定点医疗机构",
    "pharmacy": "定点零售药店",
    "person": "参保人",
    "practitioner": "医务人员",
    "agency": "经办机构",
    "ltc": "长护机构",
}
UNITS = {"day": "天", "minute": "分钟", "char": "位", "card": "张卡", "person": "人", "times": "次", "unit": "单位"}


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """有哪些规则，各查什么？"""
    user = user_with(request, Right.SEE_DATA)
    lines = rules_for(user)
    context = {
        "lines": lines,
        "violations": sum(line.rule.declaration.verdict == "violation" for line in lines),
        "official": sum(bool(line.rule.official_code) for line in lines),
        "may_see": user.may(Right.SEE_FINDINGS),
        "status": STATUS,
    }
    return render(request, "rules/list.html", context)


@require_GET
def precision(request: HttpRequest) -> HttpResponse:
    """哪些规则靠得住？"""
    user = user_with(request, Right.SEE_REVIEWS)
    rows = precisions(user)
    context = {
        "rows": rows,
        "judged": sum(row.judged for row in rows),
        "confirmed": sum(row.confirmed for row in rows),
        "proposed": [row for row in rows if row.proposal],
    }
    return render(request, "rules/precision.html", context)


@require_GET
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """这条规则查什么，凭什么？"""
    user = user_with(request, Right.SEE_DATA)
    line = rule_for(user, rule_id)
    lists = knowledge_lists()
    context = {
        "line": line,
        "d": line.rule.declaration,
        "status": STATUS[line.rule.declaration.status],
        "stages": [STAGES[s] for s in line.rule.declaration.stages],
        "subject": SUBJECTS[line.rule.declaration.subject],
        "view": line.rule.view,
        "lists": [(k, lists[k].title if k in lists else k) for k in line.rule.declaration.knowledge],
        "parameters": [
            (name, p.default, UNITS.get(p.unit, p.unit), p.source) for name, p in line.rule.declaration.parameters.items()
        ],
        "hash": hash_now(rule_id),
        "law": [(citation, asks(citation)) for citation in line.rule.declaration.legal_basis],
        "examples": shown_examples(line.rule),
        "versions": shown_versions(line.rule, content("rules")),
        "precision": precisions(user, rule_id) if user.may(Right.SEE_REVIEWS) else [],
        "may_see": user.may(Right.SEE_FINDINGS),
        "reminds": bool({"pre", "mid"} & set(line.rule.declaration.stages)),
    }
    return render(request, "rules/detail.html", context)
