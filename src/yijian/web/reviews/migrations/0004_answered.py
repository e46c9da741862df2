"""What was answered before lines had answers: an appeal contested all lines for its reason, an acceptance admitted all.

Rows of the ledger that are confirmed get what a letter says of them.
"""

from typing import Any

from django.db import migrations
from django.db.models import F, OuterRef, Subquery

AT_ONCE = 500


def answer(apps: Any, schema_editor: Any) -> None:
    """An appeal's reason goes to each line, and is then no longer the review's as well."""
    line, appeal = apps.get_model("reviews", "ReviewLine"), apps.get_model("reviews", "Appeal")
    text = appeal.objects.filter(review=OuterRef("review")).values("text")
    written = line.objects.filter(review__appeal__isnull=False).exclude(review__appeal__text="")
    written.update(answer="contested", objection=Subquery(text[:1]))
    appeal.objects.filter(review__lines__answer="contested").update(text="")
    accepted = apps.get_model("reviews", "ReviewChange").objects.filter(step="accept").values("record")
    line.objects.filter(review__in=accepted).update(answer="admitted")


def tell(apps: Any, schema_editor: Any) -> None:
    """As `booking` does since."""
    line, particulars = apps.get_model("reviews", "ReviewLine"), apps.get_model("recoveries", "Particulars")
    recovery = apps.get_model("recoveries", "Recovery")
    bare = recovery.objects.filter(confirmed__gt=0, particulars=None, about__startswith="reviews.line:").values_list(
        "pk", "about"
    )
    names = {int(about.removeprefix("reviews.line:")): pk for pk, about in bare}
    numbers = sorted(names)
    for start in range(0, len(numbers), AT_ONCE):
        some = line.objects.filter(pk__in=numbers[start : start + AT_ONCE]).annotate(
            bill=F("review__setl_id"), day=F("review__day"), basis=F("finding__legal_basis")
        )
        particulars.objects.bulk_create(
            particulars(
                recovery_id=names[one.pk], bill=one.bill, day=one.day, what=one.what, basis=one.basis or "", counted=one.counted
            )
            for one in some
        )


class Migration(migrations.Migration):
    dependencies = [("reviews", "0003_answers"), ("recoveries", "0002_letter"), ("findings", "0001_initial")]

    operations = [
        migrations.RunPython(answer, migrations.RunPython.noop),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
