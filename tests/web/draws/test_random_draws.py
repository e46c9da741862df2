"""The supervisor freezes a list, the head and the agency's auditor each bring a secret, and anybody recomputes who was drawn."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.draws import independent
from tests.web.conftest import account, browser, by, organisation
from yijian.draws.bodies import commitment_of, new_secret
from yijian.web.agreements import actions as agreeing
from yijian.web.agreements.kinds import Given as Measure
from yijian.web.audit_log.models import LogEntry
from yijian.web.clocks.models import Notice
from yijian.web.draws import actions, registering, taking_part
from yijian.web.draws.actions import Given
from yijian.web.draws.models import Draw, DrawObject
from yijian.web.draws.queries import draw_for, draws_for
from yijian.web.draws.registering import Person
from yijian.web.draws.steps import DRAW, STEPS
from yijian.web.institutions.queries import institution
from yijian.web.papers.queries import papers_of

AREA = "999900"


@pytest.fixture
def people(loaded):
    """Of a city: the bureau's supervisor, head and officer, the agency's auditor, and the discipline inspectors."""
    bureau = organisation("YBC", "示例市医疗保障局", "authority", AREA)
    agency = organisation("JBC", "示例市医疗保障事务中心", "agency", AREA)
    watch = organisation("JJC", "派驻纪检监察组", "partner", AREA)
    made = {role: account(f"{role}-c", "某人", role, bureau) for role in ("supervisor", "head", "case_officer")}
    return made | {
        "agency_auditor": account("auditor-c", "某内审", "agency_auditor", agency),
        "watch": account("watch-c", "某纪检", "partner", watch),
    }


def prepared(people, **more):
    bodies = [people["head"].organisation, people["watch"].organisation]
    said = {"title": "2026年抽查对象", "kind": "institutions", "organisations": bodies} | more
    return actions.prepare(AREA, Given(**said), **by(people["supervisor"]))


@pytest.fixture
def frozen(people):
    return actions.freeze(prepared(people).pk, **by(people["supervisor"]))


def bodies_of(draw):
    return list(draw.bodies.order_by("place"))


def all_committed(draw, people, when=None):
    """The secrets that the page showed, by body."""
    first, second = bodies_of(draw)
    return {
        first: taking_part.commit(draw.pk, first.pk, **by(people["head"], when)),
        second: taking_part.commit(draw.pk, second.pk, **by(people["watch"], when)),
    }


def drawn(draw, people, when=None):
    first, second = bodies_of(draw)
    secrets = all_committed(draw, people, when)
    taking_part.reveal(draw.pk, second.pk, secrets[second], **by(people["watch"], when))
    return taking_part.reveal(draw.pk, first.pk, secrets[first], **by(people["head"], when))


def test_two_bodies_draw_and_a_third_recomputes_the_file(people):
    draw = prepared(people)
    some = draw.objects_of.order_by("code").first()
    actions.recuse(draw.pk, some.code, reason="分管负责人的亲属在此任职", **by(people["supervisor"]))
    actions.set_floors(draw.pk, {s.pk: (0, 10_000) for s in draw.strata.all()}, **by(people["supervisor"]))
    actions.freeze(draw.pk, **by(people["supervisor"]))
    told = Notice.objects.filter(to=people["watch"]).values_list("text", flat=True)
    assert any("请为“2026年抽查对象”作出承诺" in text for text in told)
    assert drawn(draw, people).state == "drawn"
    page = browser(people["watch"]).get(f"/draws/{draw.pk}/file/record/")
    assert independent.differs(page.content.decode()) == ""
    result = [one["id"] for one in json.loads(page.content)["result"]]
    assert result == list(
        DrawObject.objects.filter(draw=draw, place__isnull=False).order_by("place").values_list("code", flat=True)
    )
    assert some.code not in result
    assert len(result) == draw.objects_of.count() - 1
    assert [one.kind for one in papers_of(f"draws.draw:{draw.pk}").order_by("pk")] == ["draw_list", "draw_result"]
    acts = list(LogEntry.objects.filter(act__startswith="draws.").order_by("number").values_list("act", flat=True))
    assert acts == [
        *("draws.prepare", "draws.change", "draws.change", "draws.step", "draws.commit", "draws.commit"),
        *("draws.reveal", "draws.reveal", "draws.step", "draws.fetch"),
    ]


def test_the_pages_lead_from_list_to_result(people):
    office, watch = browser(people["supervisor"]), browser(people["watch"])
    sent = {"title": "药店抽查", "kind": "institutions", "area": AREA, "bodies": ["YBC", "JJC"], "of": "", "on_paper": ["", ""]}
    address = office.post("/draws/prepare/", sent)["Location"]
    draw = Draw.objects.get()
    assert address == f"/draws/{draw.pk}/"
    assert watch.get(address).status_code == 404  # not theirs before it is frozen
    stratum = draw.strata.order_by("name").first()
    office.post(f"{address}floors/", {f"number-{stratum.pk}": "1", f"share-{stratum.pk}": "12.5"})
    stratum.refresh_from_db()
    assert (stratum.number, stratum.share) == (1, 1250)
    office.post(f"{address}floors/", {f"number-{s.pk}": "0" for s in draw.strata.all()} | {f"share-{stratum.pk}": "100"})
    office.post(f"{address}freeze/")
    draw.refresh_from_db()
    assert draw.list_hash in watch.get(address).content.decode()
    first, second = bodies_of(draw)
    shown = watch.post(f"{address}commit/", {"body": second.pk})
    assert shown["Cache-Control"] == "no-store"
    (secret,) = [line for line in shown.content.decode().replace("<", ">").split(">") if len(line) == 64]
    own = new_secret()
    promise = commitment_of(draw.list_hash, first.name, own)
    assert browser(people["head"]).post(f"{address}commit/", {"body": first.pk, "commitment": promise}).status_code == 302
    watch.post(f"{address}reveal/", {"body": second.pk, "secret": f" {secret.upper()}\n"})
    browser(people["head"]).post(f"{address}reveal/", {"body": first.pk, "secret": own})
    draw.refresh_from_db()
    assert draw.state == "drawn"
    text = watch.get(address).content.decode()
    assert draw.record_hash in text
    assert DrawObject.objects.get(draw=draw, place=1).name in text


def test_nothing_is_kept_from_which_a_secret_could_be_read(frozen, people):
    for body, secret in all_committed(frozen, people).items():
        body.refresh_from_db()
        assert body.secret == ""
        assert commitment_of(frozen.list_hash, body.name, secret) == body.commitment
        assert not LogEntry.objects.filter(purpose__contains=secret).exists()


def test_who_prepared_the_list_brings_no_secret_and_nobody_acts_for_another(frozen, people):
    first, second = bodies_of(frozen)
    for body, who in ((first, "supervisor"), (first, "watch"), (second, "head"), (first, "case_officer")):
        with pytest.raises(ValidationError, match="不由您代表"):
            taking_part.commit(frozen.pk, body.pk, **by(people[who]))
    taking_part.commit(frozen.pk, first.pk, **by(people["head"]))
    with pytest.raises(ValidationError, match="不能更换"):
        taking_part.commit(frozen.pk, first.pk, **by(people["head"]))


def test_a_secret_waits_for_the_last_commitment_and_must_match(frozen, people):
    first, second = bodies_of(frozen)
    secret = taking_part.commit(frozen.pk, first.pk, **by(people["head"]))
    with pytest.raises(ValidationError, match="还没有派驻纪检监察组的承诺"):
        taking_part.reveal(frozen.pk, first.pk, secret, **by(people["head"]))
    taking_part.commit(frozen.pk, second.pk, **by(people["watch"]))
    with pytest.raises(ValidationError, match="承诺不符"):
        taking_part.reveal(frozen.pk, first.pk, new_secret(), **by(people["head"]))
    taking_part.reveal(frozen.pk, first.pk, secret, **by(people["head"]))
    with pytest.raises(ValidationError, match="已经揭示"):
        taking_part.reveal(frozen.pk, first.pk, secret, **by(people["head"]))


def test_a_sealed_draw_has_no_result_before_its_moment(people):
    morning = timezone.now() + timedelta(days=2)
    draw = actions.freeze(prepared(people, sealed_until=morning).pk, **by(people["supervisor"]))
    secrets = all_committed(draw, people)
    first, second = bodies_of(draw)
    with pytest.raises(ValidationError, match="密封至"):
        taking_part.reveal(draw.pk, first.pk, secrets[first], **by(people["head"]))
    assert "秘密（64 位）" not in browser(people["head"]).get(f"/draws/{draw.pk}/").content.decode()
    later = morning + timedelta(minutes=1)
    taking_part.reveal(draw.pk, first.pk, secrets[first], **by(people["head"], later))
    assert taking_part.reveal(draw.pk, second.pk, secrets[second], **by(people["watch"], later)).state == "drawn"
    opened = LogEntry.objects.filter(act="draws.step", purpose__startswith="抽取，").get()
    assert opened.at >= morning


def test_a_body_on_paper_is_entered_by_the_office(people):
    draw = prepared(people, organisations=[people["watch"].organisation], on_paper=["示例市人民检察院"])
    actions.freeze(draw.pk, **by(people["supervisor"]))
    watch, paper = bodies_of(draw)
    own = new_secret()
    draw.refresh_from_db()
    taking_part.commit(draw.pk, paper.pk, commitment_of(draw.list_hash, paper.name, own), **by(people["supervisor"]))
    secret = taking_part.commit(draw.pk, watch.pk, **by(people["watch"]))
    taking_part.reveal(draw.pk, paper.pk, own, **by(people["supervisor"]))
    assert taking_part.reveal(draw.pk, watch.pk, secret, **by(people["watch"])).state == "drawn"


def test_a_redraw_is_a_new_draw_that_names_the_old_one(frozen, people):
    old = drawn(frozen, people)
    new = actions.redraw(old.pk, reason="抽中机构已停业", **by(people["supervisor"]))
    old.refresh_from_db()
    assert (old.state, new.before_hash, new.state) == ("replaced", old.record_hash, "preparing")
    gone = old.objects_of.get(place=1)
    actions.recuse(new.pk, gone.code, reason="已停业并办理注销", **by(people["supervisor"]))
    actions.freeze(new.pk, **by(people["supervisor"]))
    drawn(new, people)
    record = json.loads(taking_part.fetch(new.pk, "record", **by(people["watch"]))[1])
    assert record["list"]["before"] == {"hash": old.record_hash, "reason": "抽中机构已停业"}
    with pytest.raises(ValidationError, match="不能“重新抽取”"):
        actions.redraw(old.pk, reason="再抽一次看看", **by(people["supervisor"]))


def test_what_was_void_is_drawn_again_under_the_hash_of_its_list(frozen, people):
    actions.give_up(frozen.pk, "void", reason="纪检组遗失秘密", **by(people["supervisor"]))
    assert actions.redraw(frozen.pk, reason="纪检组遗失秘密", **by(people["supervisor"])).before_hash == frozen.list_hash


def test_who_was_drawn_rests_until_the_cool_down_is_over(frozen, people):
    codes = set(drawn(frozen, people).objects_of.filter(place__isnull=False).values_list("code", flat=True))
    again = prepared(people)
    assert set(again.objects_of.exclude(cooling="").values_list("code", flat=True)) == codes
    assert "6 个月" in again.objects_of.exclude(cooling="").first().cooling
    bodies = [people["head"].organisation, people["watch"].organisation]
    later = by(people["supervisor"], timezone.now() + timedelta(days=250))
    much_later = actions.prepare(AREA, Given("明年抽查", "institutions", bodies), **later)
    assert not much_later.objects_of.exclude(cooling="").exists()


def test_a_frozen_list_is_not_changed_any_more(frozen, people):
    code = frozen.objects_of.first().code
    with pytest.raises(ValidationError, match="名单不能再改"):
        actions.recuse(frozen.pk, code, reason="亲属任职", **by(people["supervisor"]))
    with pytest.raises(ValidationError, match="名单不能再改"):
        actions.set_floors(frozen.pk, {}, **by(people["supervisor"]))


def test_a_file_that_was_changed_in_the_database_is_not_drawn_from(frozen, people):
    file = frozen.files.get(form="list")
    file.content = file.content.replace('"weight":1', '"weight":9', 1)
    file.save()
    with pytest.raises(ValidationError, match="不符"):
        drawn(frozen, people)
    assert not DrawObject.objects.filter(place__isnull=False).exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"title": "抽"}, "写明抽取的名称"),
        ({"kind": "hospitals"}, "选择抽取对象"),
        ({"organisations": []}, "至少要有两个不同的单位"),
        ({"organisations": [], "on_paper": ["甲单位", "乙单位"]}, "不能全部由纸质登记"),
        ({"on_paper": ["派驻纪检监察组"]}, "名称不能重复"),
        ({"sealed_until": timezone.now() - timedelta(days=1)}, "已经过去"),
        ({"kind": "experts"}, "没有可以抽取的对象"),
    ],
    ids=["title", "kind", "nobody", "paper only", "twice", "past", "empty"],
)
def test_what_is_missing_is_said_in_a_sentence(people, more, said):
    with pytest.raises(ValidationError, match=said):
        prepared(people, **more)
    assert not Draw.objects.exists()


def test_a_floor_that_recusals_make_impossible_is_refused(people):
    draw = prepared(people)
    stratum = draw.strata.order_by("name").first()
    here = draw.objects_of.filter(stratum=stratum.name)
    actions.set_floors(draw.pk, {stratum.pk: (here.count(), 0)}, **by(people["supervisor"]))
    actions.recuse(draw.pk, here.first().code, reason="亲属任职", **by(people["supervisor"]))
    with pytest.raises(ValidationError, match=f"“{stratum.name}”应抽"):
        actions.freeze(draw.pk, **by(people["supervisor"]))
    draw.refresh_from_db()
    assert (draw.state, draw.list_hash) == ("preparing", "")


def test_inspectors_and_experts_are_drawn_by_number_and_never_by_name(people):
    who = by(people["supervisor"])
    registering.register(AREA, Person("inspectors", account="case_officer-c", certificate="ZF-1"), **who)
    for n in range(6):
        registering.register(AREA, Person("experts", name=f"专家{n}", unit="示例医院", field="骨科" if n % 2 else "药学"), **who)
    with pytest.raises(ValidationError, match="已经登记"):
        registering.register(AREA, Person("experts", name="专家1", unit="示例医院"), **who)
    with pytest.raises(ValidationError, match="账号中选择"):
        registering.register(AREA, Person("inspectors", account="head-c", certificate="ZF-2"), **who)
    with pytest.raises(ValidationError, match="执法证件"):
        registering.register(AREA, Person("inspectors", account="case_officer-c"), **who)
    inspectors = prepared(people, kind="inspectors")
    assert inspectors.objects_of.get().name == "某人"
    draw = actions.freeze(prepared(people, kind="experts").pk, **who)
    drawn(draw, people)
    content = taking_part.fetch(draw.pk, "record", **who)[1]
    assert "专家0" not in content
    assert sorted(one["stratum"] for one in json.loads(content)["result"]) == ["药学", "骨科"]


def test_who_left_the_register_or_whose_certificate_ran_out_is_not_drawn(people):
    who, today = by(people["supervisor"]), timezone.localdate()
    kept, left, old = (
        registering.register(AREA, Person("experts", name=name, unit="示例医院", until=until), **who)
        for name, until in (("甲", None), ("乙", None), ("丙", today + timedelta(days=10)))
    )
    registering.end(left.pk, **who)
    later = by(people["supervisor"], timezone.now() + timedelta(days=20))
    bodies = [people["head"].organisation, people["watch"].organisation]
    draw = actions.prepare(AREA, Given("专家抽取", "experts", bodies), **later)
    assert list(draw.objects_of.values_list("code", flat=True)) == [kept.code]
    assert old.until is not None


def test_institutions_weigh_more_the_more_was_found(people):
    weights = dict(prepared(people).objects_of.values_list("code", "weight"))
    assert weights
    assert set(weights.values()) <= {1, 2, 3, 4, 5}
    assert max(weights.values()) > 1


def test_another_division_neither_sees_nor_touches_it(frozen, people):
    far = organisation("YBF", "外市医保局", "authority", "998800")
    stranger = account("far", "某人", "supervisor", far)
    assert not draws_for(stranger).exists()
    with pytest.raises(Http404):
        actions.redraw(frozen.pk, reason="不是本地的", **by(stranger))
    with pytest.raises(PermissionDenied):
        actions.prepare("998800", Given("跨区抽取", "institutions", []), **by(people["supervisor"]))
    assert browser(people["agency_auditor"]).get(f"/draws/{frozen.pk}/").status_code == 200


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.sampled_from([*STEPS, "commit", "reveal"]), max_size=7))
def test_no_path_skips_freezing_or_a_body(people, words):
    draw, secrets = prepared(people), {}
    for word in words:
        try:
            if word == "commit":
                secrets = all_committed(draw, people)
            elif word == "reveal":
                for body, secret in secrets.items():
                    taking_part.reveal(draw.pk, body.pk, secret, **by(people["head" if body.place == 1 else "watch"]))
            elif word == "freeze":
                actions.freeze(draw.pk, **by(people["supervisor"]))
            elif word == "redraw":
                actions.redraw(draw.pk, reason="写明理由", **by(people["supervisor"]))
            else:
                actions.give_up(draw.pk, word, reason="写明理由", **by(people["supervisor"]))
        except (ValidationError, PermissionDenied, Http404):
            continue
    one = draw_for(people["supervisor"], draw.pk)
    taken = list(one.changes.order_by("pk").values_list("step", "old", "new"))
    for word, old, new in taken[1:]:
        step = DRAW if word == "draw" else STEPS[word]
        assert old in step.frm
        assert new == step.to
    assert ("draw" in [word for word, _, _ in taken]) == bool(one.record_hash)
    assert bool(one.record_hash) <= bool(one.list_hash)


def test_who_both_sees_and_takes_part_has_one_link_to_draws(people):
    for who in ("head", "watch", "case_officer"):
        page = browser(people[who]).get("/draws/").content.decode()
        assert page.count('<span class="nav-link-title">随机抽取</span>') == 1


def test_a_bad_record_weighs_more_until_it_is_old(people):
    keeper, head = people["supervisor"], people["head"]
    before = dict(prepared(people).objects_of.values_list("code", "weight"))
    for days in (10, 20, 30, 40, 3000):
        when = timezone.now() - timedelta(days=days)
        given = Measure("criticism", institution("H1"), "多次重复收取同一费用", "第十条")
        agreeing.decide(agreeing.propose(AREA, given, **by(keeper, when)).pk, **by(head, when))
    after = dict(prepared(people).objects_of.values_list("code", "weight"))
    assert after == before | {"H1": before["H1"] + 3}


def test_anybody_reads_the_hashes_and_nobody_what_a_draw_is_about(people):
    draw = drawn(actions.freeze(prepared(people, title="专项检查对象抽取").pk, **by(people["supervisor"])), people)
    waiting = prepared(people)
    text = Client().get("/public/draws/").content.decode()
    assert draw.list_hash in text
    assert draw.record_hash in text
    assert draw.number in text
    assert draw.title not in text
    assert waiting.title not in text
    assert not any(one.name in text for one in draw.objects_of.filter(place__isnull=False))


def test_a_sealed_draw_warns_nobody_until_long_after_its_morning(people):
    morning = timezone.now() + timedelta(days=1)
    draw = actions.freeze(prepared(people, sealed_until=morning).pk, **by(people["supervisor"]))
    first, second = bodies_of(draw)
    secrets = all_committed(draw, people)
    taking_part.reveal(draw.pk, first.pk, secrets[first], **by(people["head"], morning + timedelta(hours=1)))
    draw = taking_part.reveal(draw.pk, second.pk, secrets[second], **by(people["watch"], morning + timedelta(hours=1)))
    assert draw.state == "drawn"
    text = Client().get("/public/draws/").content.decode()
    assert draw.list_hash in text
    assert draw.number not in text
    assert draw.record_hash not in text
    Draw.objects.filter(pk=draw.pk).update(sealed_until=timezone.now() - timedelta(days=70))
    assert draw.record_hash in Client().get("/public/draws/").content.decode()
