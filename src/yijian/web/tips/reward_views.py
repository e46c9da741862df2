"""The ledger of rewards, and its steps."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from yijian.web.accounts.queries import Right, by, user_with
from yijian.web.frame.given import day_given
from yijian.web.frame.tables import page_of, sorting
from yijian.web.tips import rewards as acting

COLUMNS = {
    "tip": ("举报", "tip__number"),
    "proved": ("查实金额/元", "proved"),
    "grade": ("等级", "grade"),
    "amount": ("奖励金额/元", "amount"),
    "state": ("状态", "state"),
    "claim": ("申领期限", "claim_until"),
    "paid": ("发放", "paid_on"),
    "proposed": ("提出", "proposed"),
}


@require_GET
def rewards(request: HttpRequest) -> HttpResponse:
    """奖励发了多少、给哪些举报？"""
    user = user_with(request, Right.SEE_TIPS)
    order = sorting(request, COLUMNS, "-proposed")
    page = page_of(request, acting.rewards_for(user).order_by(*order.order))
    return render(request, "tips/rewards.html", {"sorting": order, "page": page, "statement": acting.statement(user)})


@require_POST
def step(request: HttpRequest, tip_id: int, word: str) -> HttpResponse:
    """Propose, agree, refuse, note the payment."""
    user_with(request, Right.APPROVE_TIPS if word in ("agree", "refuse") else Right.HANDLE_TIPS)
    given, common = request.POST, by(request)
    match word:
        case "propose":
            grade = given.get("grade", "")
            acting.propose(tip_id, int(grade) if grade.isdecimal() else 0, insider=given.get("insider") == "1", **common)
        case "agree" | "refuse":
            acting.decide(tip_id, agree=word == "agree", **common)
        case "pay":
            acting.pay(tip_id, given.get("reference", ""), day_given(given.get("on", "")), **common)
        case _:
            raise ValidationError(f"没有这个步骤：{word[:20]}")
    return redirect("tips:detail", tip_id)
