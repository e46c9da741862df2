"""Pages of jobs."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yijian.web.accounts.queries import by, person_of
from yijian.web.frame.tables import page_of
from yijian.web.jobs import actions, queries


@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """我的后台任务做完了吗？"""
    mine = queries.jobs_of(person_of(request))
    open_jobs = mine.filter(state__in=("waiting", "running")).count()
    page = page_of(request, mine)
    return render(request, "jobs/list.html", {"page": page, "open": open_jobs})


@require_GET
def fetch(request: HttpRequest, job_id: int) -> FileResponse:
    """The file that a job made."""
    job, made = actions.fetch(job_id, **by(request))
    return FileResponse(made, as_attachment=True, filename=job.file_name)
