"""Which designated institutions were trained, and signed a promise, in a year; which are still due."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from yijian.web.accounts.queries import Right, User, need
from yijian.web.frame.narrowing import Narrowing
from yijian.web.institutions.queries import Institution, all_institutions
from yijian.web.training.models import Attendance

ATTENDED = {"training": "已培训", "promise": "已签承诺书"}


@dataclass(frozen=True)
class Filters(Narrowing):
    """The year, and what is missing (`training`, `promise`)."""

    year: str = ""
    due: str = ""

    def the_year(self, today: date) -> int:
        """The year that is meant; this one where none is said."""
        return int(self.year) if self.year.isdecimal() and len(self.year) == 4 and int(self.year) > 0 else today.year


def covered(user: User, year: int) -> "QuerySet[Institution]":
    """Designated institutions that the user may see, each with `training` and `promise`: whether it took part in that year."""
    need(user, Right.SEE_TRAINING)
    inside = user.scope(Right.SEE_TRAINING).condition(institution="pk")
    return all_institutions().filter(inside).annotate(**{kind: _took_part(kind, year) for kind in ATTENDED})


def _took_part(kind: str, year: int) -> Exists:
    live = Attendance.objects.filter(institution=OuterRef("pk"), activity__kind=kind, activity__withdrawn=None)
    return Exists(live.filter(activity__begin__year=year))


def due(found: "QuerySet[Institution]", kind: str) -> "QuerySet[Institution]":
    """Of `covered`, those for which this is missing; all where nothing is asked."""
    return found.filter(**{kind: False}) if kind in ATTENDED else found
