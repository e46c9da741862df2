"""Who may see what is attached to a campaign, to something owed to it, and to a return (see `attachments.doors`)."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from yijian.web.accounts.queries import User
from yijian.web.campaigns.models import Campaign, CampaignDuty, SelfInspection
from yijian.web.campaigns.queries import campaign_for, duty_for, report_for
from yijian.web.campaigns.return_queries import return_for

DOORS = {"campaign": campaign_for, "campaignreport": report_for, "campaignduty": duty_for, "selfinspection": return_for}
MODELS = {"campaign": Campaign, "campaignreport": Campaign, "campaignduty": CampaignDuty, "selfinspection": SelfInspection}


def may_see(user: User, kind: str, key: str) -> bool:
    """Whoever sees the record."""
    if kind not in DOORS or not key.isdecimal():
        return False
    try:
        DOORS[kind](user, int(key))
    except (Http404, PermissionDenied):
        return False
    return True


def area_of(kind: str, key: str) -> str:
    """The record's division."""
    found = MODELS[kind].objects.filter(pk=int(key)).first() if kind in MODELS and key.isdecimal() else None
    return found.area if found else ""
