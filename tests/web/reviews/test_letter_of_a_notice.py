"""The letter that was sent can be fetched by the desk and by whom it is for, and says for ever what it said."""

from tests.web.conftest import account, browser, by
from tests.web.documents.test_letters import pdf_text, word_text
from yijian.web.audit_log.models import LogEntry
from yijian.web.reviews import actions
from yijian.web.reviews.models import Review, ReviewLine


def to(place, sent):
    return next(n for n in sent if n.institution_id == place)


def test_the_institution_fetches_its_letter_as_pdf_and_word(sent, clerk):
    notice = to("H1", sent)
    reached = browser(clerk)
    review = Review.objects.filter(notice=notice).first()
    assert f"/reviews/notices/{notice.pk}/letter.pdf" in reached.get(f"/reviews/{review.pk}/").content.decode()
    pdf = reached.get(f"/reviews/notices/{notice.pk}/letter.pdf")
    word = reached.get(f"/reviews/notices/{notice.pk}/letter.docx")
    assert (pdf["Content-Type"], pdf["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert pdf["Content-Disposition"].startswith("attachment")
    for text in (pdf_text(pdf.content), "".join(word_text(word.content).split())):
        assert notice.number in text
        assert "示例市医疗保障事务中心" in text
        assert f"{notice.amount:,.2f}" in text
        assert all(line.review.setl_id in text for line in ReviewLine.objects.filter(review__notice=notice))
    assert list(LogEntry.objects.filter(act="reviews.letter").order_by("number").values_list("about", "purpose")) == [
        (notice.number, "pdf"),
        (notice.number, "docx"),
    ]


def test_nobody_else_fetches_it(sent, clerk, other_clerk, administrator, agency):
    notice = to("H1", sent)
    address = f"/reviews/notices/{notice.pk}/letter.pdf"
    assert browser(other_clerk).get(address).status_code == 404
    assert browser(administrator).get(address).status_code == 403
    assert browser(account("sun", "孙内审", "agency_auditor", agency)).get(address).status_code == 200
    assert browser(clerk).get(f"/reviews/notices/{notice.pk}/letter.exe").status_code == 404


def test_the_letter_stays_as_it_was_sent_when_the_review_goes_on(sent, clerk, second):
    notice = to("H1", sent)
    reached = browser(clerk)
    before = reached.get(f"/reviews/notices/{notice.pk}/letter.pdf").content
    for review in Review.objects.filter(notice=notice):
        actions.accept(review.pk, **by(clerk))
        actions.decide(review.pk, "withdraw", {}, reason="核实后撤销", **by(second))
    ReviewLine.objects.filter(review__notice=notice).update(what="改写过的问题")
    assert reached.get(f"/reviews/notices/{notice.pk}/letter.pdf").content == before
