"""Who may see what, and that each look at a person is logged."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from tests.web.conftest import PASSWORD
from tests.web.small_area import PERSON
from yijian.web.accounts.acts import Act as AccountAct
from yijian.web.accounts.models import User
from yijian.web.audit_log.models import AppendOnly, LogEntry
from yijian.web.findings.actions import show_identity
from yijian.web.findings.acts import Act
from yijian.web.findings.models import Finding
from yijian.web.findings.queries import findings_for

PAGES = [
    "/",
    "/findings/",
    "/export/findings.xlsx",
    "/institutions/",
    "/coverage/",
    "/rules/",
    "/imports/",
    "/quarantine/",
    "/log/",
]


@pytest.mark.parametrize("address", [*PAGES, "/findings/x/", "/findings/x/identity/", "/institutions/H1/", "/imports/1/"])
def test_everything_needs_a_log_in(db, address):
    response = Client().get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


def test_a_part_of_a_page_asked_for_after_the_session_ended_leads_to_the_log_in(db):
    response = Client().get("/findings/", headers={"HX-Request": "true"})
    assert response["HX-Refresh"] == "true"


def test_an_administrator_sees_data_but_no_findings(office):
    assert "疑点" not in office.get("/").content.decode().split("<main")[1]
    for address in ("/coverage/", "/rules/", "/imports/", "/quarantine/"):
        assert office.get(address).status_code == 200, address
    finding = Finding.objects.first()
    for address in ("/findings/", "/export/findings.xlsx", f"/findings/{finding.pk}/", "/institutions/", "/institutions/H1/"):
        response = office.get(address)
        assert response.status_code == 403, address
        assert "岗位" in response.content.decode()
    assert office.post(f"/findings/{finding.pk}/identity/", {"purpose": "核实疑点"}).status_code == 403


def test_only_the_auditor_reads_the_log(page, office, auditing):
    assert auditing.get("/log/").status_code == 200
    for other in (page, office):
        assert other.get("/log/").status_code == 403


def test_the_door_refuses_who_may_not_see_findings(loaded, administrator):
    with pytest.raises(PermissionDenied):
        findings_for(administrator)


def test_a_person_is_masked_until_a_purpose_is_given(page):
    finding = Finding.objects.get(rule="bed_days_over_stay")
    said = page.get(f"/findings/{finding.pk}/").content.decode()
    assert "张**" in said
    for hidden in (PERSON["psn_name"], PERSON["certno"], PERSON["psn_no"]):
        assert hidden not in said
    assert not LogEntry.objects.filter(act=Act.SHOW_IDENTITY).exists()


def test_a_look_at_an_identity_is_logged_and_the_page_is_watermarked(page, supervisor):
    finding = Finding.objects.get(rule="bed_days_over_stay")
    response = page.post(f"/findings/{finding.pk}/identity/", {"purpose": "核实疑点，调阅病历"})
    said = response.content.decode()
    assert PERSON["psn_name"] in said
    assert "yj-watermark" in said
    assert response["Cache-Control"] == "no-store"
    line = LogEntry.objects.get(act=Act.SHOW_IDENTITY)
    assert (line.user, line.purpose, line.address) == (supervisor, "核实疑点，调阅病历", "127.0.0.1")
    assert (line.about, line.person) == (finding.pk, PERSON["psn_no"])
    assert PERSON["psn_name"] not in line.entry().canonical().decode()
    assert PERSON["psn_name"] not in page.get(f"/findings/{finding.pk}/").content.decode()


def test_without_a_purpose_nothing_is_shown_and_nothing_is_logged(page):
    finding = Finding.objects.get(rule="bed_days_over_stay")
    response = page.post(f"/findings/{finding.pk}/identity/", {"purpose": " 看 "})
    assert response.status_code == 400
    said = response.content.decode()
    assert "请写明查看身份的事由" in said
    assert PERSON["psn_name"] not in said
    assert not LogEntry.objects.filter(act=Act.SHOW_IDENTITY).exists()


def test_the_action_itself_asks_for_right_and_purpose(loaded, supervisor, administrator):
    finding = Finding.objects.get(rule="bed_days_over_stay")
    common = {"home": loaded, "when": timezone.now(), "where": None}
    with pytest.raises(PermissionDenied):
        show_identity(finding.pk, purpose="核实疑点", who=administrator, **common)
    with pytest.raises(ValidationError):
        show_identity(finding.pk, purpose="", who=supervisor, **common)
    assert show_identity(finding.pk, purpose="核实疑点", who=supervisor, **common) == {
        "psn_name": PERSON["psn_name"],
        "certno": PERSON["certno"],
    }


def test_log_ins_and_failed_ones_are_logged(db, supervisor):
    client = Client()
    client.post("/login/", {"username": "wang", "password": "wrong"})
    client.post("/login/", {"username": "wang", "password": PASSWORD})
    client.post("/logout/")
    acts = list(LogEntry.objects.filter(act__startswith="accounts.log_").order_by("number").values_list("act", "who"))
    assert acts == [(AccountAct.LOG_IN_FAILED, "wang"), (AccountAct.LOG_IN, "wang"), (AccountAct.LOG_OUT, "wang")]


def test_the_log_can_only_be_added_to(db, supervisor):
    line = LogEntry.objects.first()
    with pytest.raises(AppendOnly):
        line.delete()
    with pytest.raises(AppendOnly):
        line.save()
    with pytest.raises(AppendOnly):
        LogEntry.objects.update(who="someone else")
    from django.db import connection

    for statement in ("UPDATE audit_log_logentry SET who = 'x'", "DELETE FROM audit_log_logentry"):
        with pytest.raises(DatabaseError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_an_account_that_was_switched_off_may_nothing(loaded, supervisor):
    supervisor.is_active = False
    supervisor.save()
    with pytest.raises(PermissionDenied):
        findings_for(User.objects.get(pk=supervisor.pk))


def test_pages_carry_no_script_of_their_own_and_forbid_foreign_ones(page):
    response = page.get("/findings/")
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "DENY"
    said = response.content.decode()
    assert " style=" not in said
    assert " onclick=" not in said
    assert "https://" not in said.replace("http://www.w3.org", "")


def test_a_server_fault_shows_no_details(page, monkeypatch):
    from yijian.web.findings import queries

    def fails(*_):
        raise ZeroDivisionError("secret words")

    monkeypatch.setattr(queries, "counted", fails)
    page.raise_request_exception = False
    response = page.get("/findings/")
    assert response.status_code == 500
    said = response.content.decode()
    assert "系统出了错" in said
    assert "secret words" not in said
