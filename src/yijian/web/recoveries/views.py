"""Pages of the recovery ledger."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from yijian.vocabulary.codes import code_tables
from yijian.web.accounts.queries import Right, by, person_of, user_with
from yijian.web.frame.given import CENT, day_given, yuan_given
from yijian.web.frame.tables import page_of, sorting
from yijian.web.institutions.queries import institution_names
from yijian.web.recoveries import actions, letters, queries
from yijian.web.recoveries.bank_file import received
from yijian.web.recoveries.models import Stage

COLUMNS = {
    "institution": ("机构", "institution__name"),
    "rule": ("问题", "rule_title"),
    "month": ("发现月份", "month"),
    "identified": ("发现/元", "identified"),
    "confirmed": ("认定/元", "confirmed"),
    "ordered": ("责令退回/元", "ordered"),
    "repaid": ("已退回/元", "repaid"),
}
GROUPS = {
    "month": ("按月份", ("month",)),
    "area": ("按区划", ("area",)),
    "institution": ("按机构", ()),
    "rule": ("按问题", ("rule", "rule_title")),
    "fund_type": ("按险种", ("fund_type",)),
}
MOST_BYTES = 10 * 1024 * 1024


@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """追回了多少？"""
    user = person_of(request)
    filters = filters_of(request.GET)
    found = queries.recoveries_for(user, filters)
    group = request.GET.get("by", "month")
    group = group if group in GROUPS else "month"
    grouped = queries.by_institution(found) if group == "institution" else queries.by(found, *GROUPS[group][1])
    names = institution_names()
    sums = queries.added_up(grouped)
    context = {
        "filters": filters,
        "totals": sums,
        "stages": [(stage, word, sums[stage]) for stage, word in Stage.choices],
        "group": group,
        "groups": {key: title for key, (title, _) in GROUPS.items()},
        "rows": [_titled(group, row, names) for row in grouped],
        "institutions": names if user.may(Right.SEE_LEDGER) else {},
        "page": page_of(request, queries.orders_for(user)),
        "to_order": queries.totals(queries.to_order(user))["confirmed"] if user.may(Right.KEEP_LEDGER) else 0,
        "desk": user.may(Right.SEE_LEDGER),
    }
    return render(request, "recoveries/ledger.html", context)


def filters_of(address: QueryDict) -> queries.Filters:
    """What an address narrows the ledger to."""
    return queries.Filters(*(address.get(n, "").strip() for n in ("institution", "rule", "fund_type", "month", "stage")))


def _titled(group: str, row: dict[str, object], names: Mapping[str, str]) -> dict[str, object]:
    """A row of sums with the words that name it and what narrows the ledger to it."""
    match group:
        case "month":
            title, value = f"{row['month']:%Y-%m}", f"{row['month']:%Y-%m}"
        case "institution":
            value = str(row["place"])
            title = names[value]
        case "rule":
            title, value = str(row["rule_title"]), str(row["rule"])
        case "fund_type":
            value = str(row["fund_type"])
            title = code_tables()["insutype"].name_of(value) if value else "险种不详"
        case _:
            title, value = str(row["area"]), ""
    link = f"{reverse('recoveries:rows')}?{urlencode({group: value})}" if value else ""
    return {**row, "title": title, "link": link}


@require_GET
def rows(request: HttpRequest) -> HttpResponse:
    """这个数字由哪些单据组成？"""
    user = person_of(request)
    filters = filters_of(request.GET)
    found = queries.recoveries_for(user, filters)
    order = sorting(request, COLUMNS, "-confirmed")
    context = {
        "filters": filters,
        "totals": queries.totals(found),
        "sorting": order,
        "page": page_of(request, found.order_by(*order.order)),
        "stages": Stage.choices,
        "may_write_off": user.may(Right.WRITE_OFF),
    }
    return render(request, "recoveries/rows.html", context)


@require_GET
def order(request: HttpRequest, order_id: int) -> HttpResponse:
    """这份通知退了多少？"""
    user = person_of(request)
    letter = queries.order_for(user, order_id)
    context = {
        "letter": letter,
        "page": page_of(request, queries.recoveries_for(user).filter(order=letter).order_by("-ordered", "pk")),
        "payments": letter.recoveries.filter(entries__payment__isnull=False)  # type: ignore[attr-defined]
        .values("entries__payment__day", "entries__payment__reference")
        .order_by("entries__payment__day")
        .annotate(yuan=queries.Sum("entries__amount")),
        "has_file": letters.is_kept(letter),
        "may_pledge": user.may(Right.ANSWER) and letter.open,  # type: ignore[attr-defined]
    }
    return render(request, "recoveries/order.html", context)


@require_GET
def letter(request: HttpRequest, order_id: int, kind: str) -> HttpResponse:
    """The letter that orders the repayment as a file."""
    order, made, media = letters.fetch(order_id, kind, **by(request))
    said = content_disposition_header(as_attachment=True, filename=f"{order.number}.{kind}")
    return HttpResponse(made, content_type=media, headers={"Content-Disposition": said})


@require_POST
def make_orders(request: HttpRequest) -> HttpResponse:
    """Order all institutions to repay what was confirmed."""
    actions.order(None, **by(request))
    return redirect("recoveries:ledger")


@require_POST
def pledge(request: HttpRequest, order_id: int) -> HttpResponse:
    """The institution says by when it will repay."""
    actions.pledge(order_id, day_given(request.POST.get("day", "")), **by(request))
    return redirect("recoveries:order", order_id)


@require_POST
def write_off(request: HttpRequest, recovery_id: int) -> HttpResponse:
    """Give up what is still owed of one row."""
    actions.write_off(recovery_id, reason=request.POST.get("reason", ""), **by(request))
    return redirect("recoveries:rows")


@require_GET
def payments(request: HttpRequest) -> HttpResponse:
    """哪些钱到账了，还有哪些不知道是谁的？"""
    user = user_with(request, Right.KEEP_LEDGER)
    found = queries.payments_for(user)
    context = {
        "page": page_of(request, found),
        "nobody": found.filter(institution=None).count(),
        "left": found.filter(left__gt=0).exclude(institution=None).count(),
        "institutions": institution_names(),
        "imported": request.GET.get("imported", ""),
    }
    return render(request, "recoveries/payments.html", context)


@require_POST
def pay(request: HttpRequest) -> HttpResponse:
    """Book one payment."""
    given = request.POST
    one = actions.Received(
        reference=given.get("reference", "").strip()[:80],
        day=day_given(given.get("day", "")),
        amount=yuan_given(given.get("amount", ""), least=CENT, most=None),
        institution=given.get("institution", ""),
        note=given.get("note", "")[:300],
    )
    if not one.reference:
        raise ValidationError("请填写流水号")
    actions.pay(one, **by(request))
    return redirect("recoveries:payments")


@require_POST
def import_file(request: HttpRequest) -> HttpResponse:
    """Book a bank's file."""
    user_with(request, Right.KEEP_LEDGER)
    file = request.FILES.get("file")
    if file is None or not file.name:
        raise ValidationError("请选择到账流水文件（Excel 或 CSV）")
    if (file.size or 0) > MOST_BYTES:
        raise ValidationError(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请分成几个文件导入")
    fresh, known, nobody = actions.import_payments(received(file.name, file.read()), **by(request))
    said = urlencode({"imported": f"新登记 {fresh} 笔，已有 {known} 笔，未识别机构 {nobody} 笔"})
    return redirect(f"{reverse('recoveries:payments')}?{said}")


@require_POST
def assign_payment(request: HttpRequest, payment_id: int) -> HttpResponse:
    """Say whose money it is."""
    actions.assign_payment(payment_id, request.POST.get("institution", ""), **by(request))
    return redirect("recoveries:payments")
