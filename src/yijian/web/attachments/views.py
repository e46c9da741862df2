"""Attachments leave by this one door."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from yijian.web.accounts.queries import by
from yijian.web.attachments import actions
from yijian.web.attachments.checking import MEDIA


@require_GET
def fetch(request: HttpRequest, attachment_id: int) -> HttpResponse:
    """The file, to be kept and not to be shown: what people upload never runs as a page of ours."""
    found, held = actions.fetch(attachment_id, **by(request))
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=found.name),
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(held, content_type=MEDIA[found.kind], headers=headers)
