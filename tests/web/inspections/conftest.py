"""The cast of inspections: a bureau of a city with supervisor, head, three officers of the register, one of another district."""

from base64 import b64encode
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.utils import timezone
from PIL import Image

from tests.web.conftest import account, by, earlier, organisation
from yijian.web.draws.registering import Person
from yijian.web.draws.registering import register as registered
from yijian.web.inspections import concluding, planning, recording, visiting
from yijian.web.inspections.models import InspectionItem
from yijian.web.inspections.planning import Given
from yijian.web.institutions.queries import institution

CITY = "999900"


def png(shade=0):
    """A picture of one colour."""
    out = BytesIO()
    Image.new("RGB", (20, 10), (shade, shade, shade)).save(out, "PNG")
    return out.getvalue()


DRAWN = "data:image/png;base64," + b64encode(png()).decode()


@pytest.fixture
def people(loaded):
    """Role or name → account; officers a, b, c of the city, d of a district of it, far of another city."""
    bureau = organisation("YBC", "示例市医疗保障局", "authority", CITY)
    district = organisation("YBD", "西城区医疗保障局", "authority", "999902")
    other = organisation("YBO", "外市医疗保障局", "authority", "999800")
    made = {role: account(f"{role}-i", "某人", role, bureau) for role in ("supervisor", "head")}
    for name, where in (("a", bureau), ("b", bureau), ("c", bureau), ("d", district), ("far", other)):
        made[name] = account(f"officer-{name}", f"检查员{name}", "case_officer", where)
        keeper = made["supervisor"] if where is bureau else account(f"keeper-{name}", "某监管", "supervisor", where)
        person = Person("inspectors", account=f"officer-{name}", certificate=f"演示证{name}")
        made[f"{name}-member"] = registered(where.division_id, person, **by(keeper))
    made["clerk"] = account("yao", "姚医保办", "institution", organisation("H1", "示例市第一医院", "institution", "999901", "H1"))
    made["other-clerk"] = account("fei", "费医保办", "institution", organisation("H2", "第二医院", "institution", "999902", "H2"))
    return made


def given(people, **more):
    """A special inspection of the first hospital by a and b."""
    today = timezone.localdate()
    said = {
        "title": "住院服务检查", "kind": "special", "subject_kind": "medical", "begin": today, "end": today + timedelta(days=5),
        "focuses": ["inpatient"], "team": [people["a-member"].code, people["b-member"].code], "institution": institution("H1"),
    }  # fmt: skip
    return Given(**(said | more))


@pytest.fixture
def planned(people):
    return planning.plan(CITY, given(people), **by(people["supervisor"]))


@pytest.fixture
def there(planned, people):
    """Notified, and the team is on the spot."""
    planning.notify(planned.pk, **by(people["supervisor"]))
    return visiting.begin(planned.pk, **by(people["a"], earlier(2)))


def entry(item, answer="yes", note="", seen=None, at=None):
    return visiting.Entry(uuid4(), item.pk, answer, note, at or timezone.now(), seen)


def all_answered(one, people, bad=0):
    """Every question answered, the first so many with no."""
    items = list(InspectionItem.objects.filter(inspection=one).order_by("place"))
    entries = [entry(item, "no" if n < bad else "yes", "十二床无人在院" if n < bad else "") for n, item in enumerate(items)]
    return visiting.enter(one.pk, entries, **by(people["a"]))


def recorded(one, people, kind="record"):
    now = timezone.now()
    said = recording.Said(kind, "李某", "医保办主任", "内科病区", earlier(1), now, "逐床查看了内科病区，十二床无人在院。")
    return recording.write(one.pk, said, **by(people["a"]))


def all_signed(one, record, people):
    for name in ("a", "b"):
        recording.sign(one.pk, record.pk, "inspector", "", version=record.version, drawn=DRAWN, **by(people[name]))
    recording.sign(one.pk, record.pk, "subject", "李某", version=record.version, drawn=DRAWN, **by(people["a"]))


@pytest.fixture
def signed(there, people):
    """Everything answered, recorded and signed; the team has left."""
    all_answered(there, people, bad=1)
    all_signed(there, recorded(there, people), people)
    return concluding.finish(there.pk, reason="十二床挂床住院，涉及一人次", **by(people["b"]))


@pytest.fixture
def concluded(signed, people):
    return concluding.conclude(signed.pk, True, None, reason="存在挂床住院一人次，违反条例第三十八条", **by(people["head"]))


def flight(people, **more):
    """A flight inspection by an officer of the city and one of another, sealed for an hour."""
    now = timezone.now()
    said = {
        "kind": "flight",
        "sealed_until": now + timedelta(hours=1),
        "team": [people["a-member"].code, people["far-member"].code],
    }
    return planning.plan(CITY, given(people, **(said | more)), **by(people["supervisor"]))
