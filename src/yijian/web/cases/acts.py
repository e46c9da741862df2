"""What the log says of cases."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    PROPOSE = "cases.propose", "提请立案"
    STEP = "cases.step", "案件程序"
    OFFICER = "cases.officer", "更换办案人员"
    EXTEND = "cases.extend", "延长办案期限"
    EXCLUDE = "cases.exclude", "不计入办案期限"
    LATE_HEARING = "cases.late_hearing", "逾期申请听证，不予受理"
    DECIDE = "cases.decide", "作出案件决定"
    SERVE = "cases.serve", "送达"
    PAY_FINE = "cases.pay_fine", "登记罚款入库"
    DEFER = "cases.defer", "延期或分期缴纳"
    EVIDENCE = "cases.evidence", "登记证据"
    CUSTODY = "cases.custody", "证据交接"
    MEASURE = "cases.measure", "先行登记保存、封存"
    REPORT_UP = "cases.report_up", "重大案情报告"
