"""Data that cannot be believed: incomplete lists and lines, codes that do not fit, rows changed after the settlement."""

from yijian.city import ids
from yijian.city.people import START
from yijian.city.stage import Stage


def settlement_list_incomplete(stage: Stage) -> None:
    """No way of discharge, no main diagnosis, an unlawful code; look-alikes: a visit without, a stay that goes on."""
    rule = "settlement_list_incomplete"
    for n in range(stage.k):
        enc = stage.stay(stage.person(), stage.inst(2), stage.day(), 6)
        if n % 3 == 0:
            stage.edits.change("mdtrt_d", enc, dscg_way=None)
        elif n % 3 == 1:
            stage.edits.change("setl_list_diag_d", enc, maindiag_flag="0")
        else:
            stage.edits.change("setl_list_diag_d", enc, diag_code="未编码")
        stage.hit(rule, enc, note=("没有离院方式", "没有主诊断", "诊断编码不合规")[n % 3])
        if n % 2:
            enc = stage.visit(stage.person(), stage.inst(2), stage.day())
            stage.edits.change("setl_list_diag_d", enc, maindiag_flag="0")
        else:
            enc = stage.stay(stage.person(), stage.inst(2), START + 352, 9, in_house=True)
        stage.near(rule, enc, note="门诊没有结算清单" if n % 2 else "尚未出院，未能判定")


def fee_detail_incomplete(stage: Stage) -> None:
    """A line without its name or kind, a total that is not the sum; look-alikes: a few cents, a line refunded."""
    rule = "fee_detail_incomplete"
    for n in range(stage.k):
        enc = stage.visit(stage.person(), stage.inst(2), stage.day())
        line = stage.bill(enc, "腹部彩超")
        if n % 3 == 0:
            stage.edits.change("setl_d", enc, medfee_sumamt=stage.total(enc) + 5_000)
        elif n % 3 == 1:
            stage.edits.change("fee_list_d", line, medins_list_name=None)
        else:
            stage.edits.change("fee_list_d", line, med_chrgitm_type=None)
        amount = 5_000 if n % 3 == 0 else stage.amount([line])
        stage.hit(rule, enc, amount=amount, note=("合计与总额不符", "缺院内名称", "缺收费类别")[n % 3])
        enc = stage.visit(stage.person(), stage.inst(2), stage.day())
        line = stage.bill(enc, "腹部彩超")
        if n % 2:
            stage.refund(enc, [line])
        else:
            stage.edits.change("setl_d", enc, medfee_sumamt=stage.total(enc) + 4)
        stage.near(rule, enc, note="部分退费后仍相符" if n % 2 else "分位的舍入")


def changed_after_settlement(stage: Stage) -> None:
    """An amount changed later; look-alikes: corrected before the discharge, only the remark changed."""
    rule = "changed_after_settlement"
    for n in range(stage.k):
        enc = stage.visit(stage.person(), stage.inst(2), stage.day())
        line = stage.bill(enc, "腹部彩超")
        stage.misstated[line] = stage.amount([line]) - 2_000 - 500 * (n % 3)
        stage.hit(rule, enc, note="结算后改大金额")
        adm = stage.day()
        enc = stage.stay(stage.person(), stage.inst(2), adm, 8)
        line = stage.bill(enc, "腹部彩超", day=adm + 1, upload=adm + 1)
        stage.misstated[line] = stage.amount([line]) + (1_500 if n % 2 else 0)
        stage.near(rule, enc, note="出院结算之前已更正" if n % 2 else "只改备注")


def diagnosis_without_service(stage: Stage) -> None:
    """A diagnosis that nothing billed fits; look-alikes: dialysis, or at least an infusion; a diagnosis that is not listed."""
    rule = "diagnosis_without_service"
    for n in range(stage.k):
        enc = stage.visit(stage.person(age=(45, 70)), stage.inst(2), stage.day(), diag="终末期肾病")
        stage.bill(enc, ("尿常规", "血常规")[n % 2])
        stage.hit(rule, enc, note="诊断没有任何对应的项目")
        diag, key, note = (
            ("终末期肾病", "血液透析", "有对应的治疗"),
            ("终末期肾病", "氯化钠注射液", "有对应的药品"),
            ("泌尿系感染", "尿常规", "未列入清单的诊断"),
        )[n % 3]
        enc = stage.visit(stage.person(age=(45, 70)), stage.inst(2), stage.day(), diag=diag)
        stage.bill(enc, key)
        stage.near(rule, enc, note=note)


def operation_code_abnormal(stage: Stage) -> None:
    """No code, an unknown one, the lesser operation as the main one; look-alikes: the lesser one second, a code until July."""
    rule = "operation_code_abnormal"
    for n in range(stage.k):
        enc = stage.stay(stage.person(age=(30, 60)), stage.inst(2), stage.day(), 7, diag="胆囊结石")
        if n % 3 == 0:
            stage.edits.change("setl_list_oprn_d", enc, oprn_oprt_code=None)
        elif n % 3 == 1:
            stage.edits.change("setl_list_oprn_d", enc, oprn_oprt_code="99.9999")
        else:
            _also(stage, enc, "51.5100")
        stage.hit(rule, enc, note=("缺手术操作编码", "编码不在码表", "主手术不是级别最高的手术")[n % 3])
        enc = stage.stay(stage.person(age=(30, 60)), stage.inst(2), stage.day(last=START + 170), 7, diag="胆囊结石")
        _also(stage, enc, "54.5900" if n % 2 else "86.2200")
        stage.near(rule, enc, note="次要手术级别较低" if n % 2 else "码表中七月前有效的编码")


def _also(stage: Stage, enc: int, code: str) -> None:
    """A second operation on the settlement list."""
    number = stage.number(ids.OPRN)
    stage.edits.add("setl_list_oprn_d", **stage.keys(enc), setl_list_oprn_id=number, rid=number, main_oprn_flag="0",
                    oprn_oprt_code=code, oprn_oprt_name=f"手术操作 {code}", vali_flag="1")  # fmt: skip


def operation_diagnosis_mismatch(stage: Stage) -> None:
    """An operation that the main diagnosis does not lead to; look-alikes: one that it does, an operation not listed."""
    rule = "operation_diagnosis_mismatch"
    for n in range(stage.k):
        enc = stage.stay(stage.person(age=(50, 75)), stage.inst(2), stage.day(), 7, diag=("肺炎", "糖尿病")[n % 2])
        stage.operate(enc, ("51.2300", "47.0901", "81.5100")[n % 3])
        stage.hit(rule, enc, note="主要诊断与主要手术不相干")
        person, diag = stage.person(sex=2, age=(40, 54)), ("胆囊结石", "子宫肌瘤")[n % 2]
        enc = stage.stay(person, stage.inst(2), stage.day(), 7, diag=diag)
        stage.near(rule, enc, note="未列入清单的手术" if n % 2 else "诊断与手术相应")


SCENES = {
    "settlement_list_incomplete": settlement_list_incomplete,
    "fee_detail_incomplete": fee_detail_incomplete,
    "changed_after_settlement": changed_after_settlement,
    "diagnosis_without_service": diagnosis_without_service,
    "operation_code_abnormal": operation_code_abnormal,
    "operation_diagnosis_mismatch": operation_diagnosis_mismatch,
}
"""Rule → its scene."""
