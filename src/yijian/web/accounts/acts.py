"""What the log says of accounts."""

from django.db.models import TextChoices


class Act(TextChoices):
    """See `audit_log.acts`."""

    LOG_IN = "accounts.log_in", "登录"
    LOG_IN_FAILED = "accounts.log_in_failed", "登录失败"
    LOG_OUT = "accounts.log_out", "退出"
    MAKE_ACCOUNT = "accounts.make_account", "建立账号"
    CHANGE_ACCOUNT = "accounts.change_account", "变更账号"
    MOVE = "accounts.move", "调动账号"
    POST = "accounts.post", "任免岗位"
    KEEP_ORGANISATION = "accounts.keep_organisation", "维护单位与区划"
    LOCKED = "accounts.locked", "多次输错，暂停登录"
    CODE_FAILED = "accounts.code_failed", "动态验证码不对"
    SECOND_FACTOR = "accounts.second_factor", "变更二次验证"
    END_SESSIONS = "accounts.end_sessions", "结束其他登录"
    REFUSED = "accounts.refused", "统一身份认证登录未通过"
    IMPORT = "accounts.import", "导入单位与账号"
    EXPORT = "accounts.export", "导出账号与单位"
