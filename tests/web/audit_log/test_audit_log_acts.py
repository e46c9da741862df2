"""Each app declares what of its work is logged."""

import pytest
from django.db.models import TextChoices
from django.utils import timezone

from yijian.web.audit_log.actions import record
from yijian.web.audit_log.acts import title_of, titles
from yijian.web.findings.acts import Act


def test_every_declared_act_has_a_chinese_title_and_its_apps_label():
    for word, title in titles().items():
        app, _, act = word.partition(".")
        assert app.isidentifier()
        assert act.isidentifier()
        assert any("\u4e00" <= sign <= "\u9fff" for sign in title), word
    assert title_of(Act.SHOW_IDENTITY.value) == "查看身份"


def test_a_word_of_an_app_that_is_gone_is_shown_as_it_is():
    assert title_of("gone.act") == "gone.act"


def test_what_no_app_declares_cannot_be_logged(db):
    class Other(TextChoices):
        ACT = "findings.invented", "虚构"

    with pytest.raises(ValueError, match=r"findings\.invented"):
        record(Other.ACT, who=None, when=timezone.now(), where=None)
