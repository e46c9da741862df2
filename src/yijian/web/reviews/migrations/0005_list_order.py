"""Indexes in the order of the lists, and for the search for a number."""

from django.conf import settings
from django.db import migrations, models

import yijian.web.frame.indexes


class Migration(migrations.Migration):
    dependencies = [
        ("institutions", "0001_initial"),
        ("reviews", "0004_answered"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="review",
            name="review_by_state",
        ),
        migrations.RemoveIndex(
            model_name="review",
            name="review_by_area",
        ),
        migrations.RemoveIndex(
            model_name="review",
            name="review_by_institution",
        ),
        migrations.AddIndex(
            model_name="review",
            index=yijian.web.frame.indexes.Falling(fields=["state", "-amount", "area"], name="review_by_state"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=yijian.web.frame.indexes.Falling(fields=["area", "state", "-amount"], name="review_by_area"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=yijian.web.frame.indexes.Falling(fields=["institution", "state", "-amount"], name="review_by_institution"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=yijian.web.frame.indexes.Falling(fields=["-amount", "state", "area"], name="review_biggest"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["setl_id"], name="review_of_bill"),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(fields=["mdtrt_id"], name="review_of_encounter"),
        ),
    ]
