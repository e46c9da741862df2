"""The demo's public page: what the story says is there, and no name of it."""

from django.test import Client
from django.utils import timezone

from tests.web.conftest import account, organisation
from yijian.web.publishing.models import Publication
from yijian.web.story import cases, publishing

CAST = {
    "jianguan": "supervisor", "banan": "case_officer", "banan2": "case_officer", "fazhi": "legal_reviewer", "fuze": "head",
}  # fmt: skip


def test_the_demo_made_decisions_and_cases_public(loaded):
    place = organisation("YB9999", "示例市医保局", "authority", cases.CITY)
    cast = {name: account(name, f"{name}演示", role, place) for name, role in CAST.items()}
    cast["yiyuan1"] = account("yiyuan1", "医院演示", "institution", organisation("H1", "某院", "institution", "999901", "H1"))
    now = timezone.now()
    cases.tell(cast, now)
    assert publishing.tell(cast, now) == Publication.objects.count() == 7
    states = sorted(Publication.objects.filter(kind="penalty").values_list("state", flat=True))
    assert states == ["drafted", "published", "published", "published", "withdrawn"]
    page = Client().get("/public/").content.decode()
    assert page.count("<h2>") == 6 and "已撤回：行政处罚决定被依法撤销" in page and "更正：补充了违法行为涉及的月份" in page
    pages = "".join(Client().get(f"/public/{one.pk}/").content.decode() for one in Publication.objects.all())
    for name in ("周晓芳", "王大明", "刘小平", "赵国强", "YS-2201", "12床"):
        assert name not in pages
    assert "刘某" in pages and "某病区某床" in pages
