"""On the spot: a page of many beds, the moment of a list, what was sent twice, rows of lists that stay open."""

from datetime import timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tests.web.conftest import browser, by
from tests.web.inspections.conftest import all_answered, all_signed, entry, png, recorded
from yijian.web.inspections import concluding, visiting
from yijian.web.inspections.models import InspectionEntry, InspectionItem, LakeList


@pytest.fixture
def beds(there, people):
    """A list of five hundred beds."""
    now = timezone.now()
    made = LakeList.objects.create(
        inspection=there, kind="identity", moment=now, commit=1, total=500, said="", by=people["a"], at=now
    )
    rows = [
        InspectionItem(inspection=there, place=100 + n, group="住院人员身份核实", what=f"内科 {n} 床", of_list=made)
        for n in range(500)
    ]
    return InspectionItem.objects.bulk_create(rows)


def test_five_hundred_beds_are_saved_at_once(there, people, beds):
    form = {"group": "住院人员身份核实"}
    for bed in beds:
        said = {"id": str(uuid4()), "answer": "yes", "note": "", "was": "", "noted": "", "seen": ""}
        form |= {f"{name}-{bed.pk}": value for name, value in said.items()}
    assert browser(people["a"]).post(f"/inspections/{there.pk}/answer/", form).status_code == 302
    assert InspectionEntry.objects.count() == 500


def test_rows_of_a_list_that_nobody_answered_are_named_before_and_after_the_spot_is_left(there, people, beds):
    all_answered(there, people)
    all_signed(there, recorded(there, people), people)
    visiting.enter(there.pk, [entry(bed) for bed in beds[:498]], **by(people["a"]))
    InspectionItem.objects.filter(pk__in=[bed.pk for bed in beds[498:]]).update(answer="")
    assert "核实清单还有 2 行没有填写" in browser(people["a"]).get(f"/inspections/{there.pk}/site/").content.decode()
    done = concluding.finish(there.pk, reason="逐床核实，没有发现问题", **by(people["a"]))
    assert done.found == "逐床核实，没有发现问题\n（核实清单还有 2 行没有填写）"


def test_a_list_without_a_time_is_drawn_for_now_in_local_time(there, people):
    with patch("yijian.web.inspections.site_views.visiting.draw_list", side_effect=ValidationError("没有")) as asked:
        browser(people["a"]).post(f"/inspections/{there.pk}/draw-list/", {"kind": "identity", "moment": ""})
    moment = asked.call_args.args[2]
    assert moment.utcoffset() == timezone.localtime().utcoffset() != timedelta(0)


def test_what_arrived_and_is_sent_again_after_the_spot_was_left_is_not_refused(there, people):
    item = InspectionItem.objects.filter(inspection=there).first()
    said = entry(item)
    photo = visiting.Evidence(uuid4(), timezone.now(), "内科病区")
    files = [SimpleUploadedFile("床.png", png(), "image/png")]
    visiting.enter(there.pk, [said], **by(people["a"]))
    kept = visiting.keep_evidence(there.pk, photo, files, **by(people["a"]))
    rest = InspectionItem.objects.filter(inspection=there).exclude(pk=item.pk)
    visiting.enter(there.pk, [entry(one) for one in rest], **by(people["a"]))
    all_signed(there, recorded(there, people), people)
    concluding.finish(there.pk, reason="逐床查看，没有发现问题", **by(people["b"]))
    assert visiting.enter(there.pk, [said], **by(people["a"])) == []
    assert visiting.keep_evidence(there.pk, photo, files, **by(people["a"])) == kept
    with pytest.raises(ValidationError, match="请负责人退回补充检查"):
        visiting.enter(there.pk, [said, entry(item, "no", "十二床无人")], **by(people["a"]))
    with pytest.raises(ValidationError, match="不在这次检查的检查组里"):
        visiting.enter(there.pk, [said], **by(people["c"]))
