"""Documents leave by this one door."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from yijian.web.accounts.queries import by
from yijian.web.papers import actions


@require_GET
def fetch(request: HttpRequest, paper_id: int, form: str) -> HttpResponse:
    """The file of a document."""
    paper, made, media = actions.fetch(paper_id, form, **by(request))
    said = content_disposition_header(as_attachment=True, filename=f"{paper.title}{paper.number}.{form}")
    return HttpResponse(made, content_type=media, headers={"Content-Disposition": said})
