"""The views of agencies, contributions and long-term care, on rows as intake leaves them in the lake."""

import pytest

from tests.engine.conftest import write_lake
from yijian.claims.lake import Lake
from yijian.claims.views import views
from yijian.engine.backends.duckdb import Session
from yijian.engine.bind import closure
from yijian.vocabulary.days import day_number
from yijian.vocabulary.home import Home


@pytest.fixture
def seen(home: Home):
    """view, tables → the view's rows by the columns asked for, in order of its key."""

    def rows(view: str, given, *columns: str):
        write_lake(home, given)
        snapshot, names = Lake.open(home).snapshot(), closure([view])
        with Session(threads=1) as session:
            session.load_views(
                {n: set(views()[n].columns) for n in names if n in views()},
                {n: snapshot.locations(n) for n in names if n not in views()},
            )
            return session.rows(f"SELECT {', '.join(columns)} FROM {view} ORDER BY {views()[view].key}")

    return rows


def day(text: str) -> int:
    from datetime import date

    return day_number(date.fromisoformat(text))


def test_a_contribution_lasts_from_the_first_to_the_last_day_of_its_months(seen):
    given = [
        {"psn_clct_detl_id": "1", "psn_no": "P1", "insutype": "310", "accrym_begn": "202602", "accrym_end": "202602"},
        {"psn_clct_detl_id": "2", "psn_no": "P1", "insutype": "390", "accrym_begn": "202501", "accrym_end": "202512"},
        {"psn_clct_detl_id": "3", "psn_no": "P1", "insutype": "310", "accrym_begn": "202409", "accrym_end": "202410"},
        {"psn_clct_detl_id": "4", "psn_no": "P1", "insutype": "310", "accrym_begn": "202509", "accrym_end": None},
        {"psn_clct_detl_id": "5", "psn_no": "P1", "insutype": "310", "accrym_begn": "旧系统", "accrym_end": None},
    ]
    assert seen("contribution", {"staf_psn_clct_detl_d": given}, "beg_day", "end_day") == [
        (day("2026-02-01"), day("2026-02-28")),
        (day("2025-01-01"), day("2025-12-31")),
        (day("2024-09-01"), day("2024-10-31")),
        (day("2025-09-01"), day("2025-09-30")),
        (None, None),
    ]


def test_a_contribution_that_was_reversed_or_never_paid_does_not_count_as_paid(seen):
    base = {"psn_no": "P1", "accrym_begn": "202601", "accrym_end": "202601"}
    given = [
        base | {"psn_clct_detl_id": "1", "clct_flag": "1", "revs_flag": "Z"},
        base | {"psn_clct_detl_id": "2", "clct_flag": "1", "revs_flag": "F"},
        base | {"psn_clct_detl_id": "3", "clct_flag": "0", "revs_flag": "Z"},
        base | {"psn_clct_detl_id": "4"},
    ]
    assert seen("contribution", {"staf_psn_clct_detl_d": given}, "is_paid") == [(1,), (0,), (0,), (1,)]


def test_business_names_who_entered_and_who_reviewed_from_tables_and_log(seen):
    log = {"record_table": "setl_d", "biz_type": "费用审核", "opt_time": "2026-01-05 10:00:00"}
    given = {
        "clr_d": [{"clr_id": "Q1", "fixmedins_code": "H1", "opter_id": "U1", "reviewer_id": "U2", "clr_aprv_amt": "90"}],
        "disb_d": [{"disb_id": "D1", "fixmedins_code": "H1", "disb_amt": "90", "vali_flag": "0"}],
        "opsp_reg_d": [{"trt_dcla_detl_sn": "T1", "psn_no": "P1", "opter_id": "U1", "reviewer_id": "U1"}],
        "manl_reim_d": [{"manl_reim_id": "B1", "psn_no": "P1", "opter_id": "U3", "payee_tok": "K1", "fund_pay_sumamt": "5"}],
        "opt_log_d": [
            log | {"rid": "1", "opter_id": "U1", "biz_step": "初审", "record_id": "S1"},
            log | {"rid": "2", "opter_id": "U2", "biz_step": "复审", "record_id": "S1"},
            log | {"rid": "3", "opter_id": "U2", "biz_step": "初审", "record_id": "S2"},
            log | {"rid": "4", "opter_id": "U2", "biz_step": "复审", "record_id": "S2"},
            log | {"rid": "5", "opter_id": "U1", "biz_step": "复审", "record_id": "S2"},
            log | {"rid": "6", "opter_id": "U1", "biz_step": "初审", "record_id": "S3"},
            log | {"rid": "7", "opter_id": "U9", "biz_step": "复核", "record_id": "Q1", "record_table": "clr_d"},
        ],
    }
    assert seen("business", given, "business_id", "opter_id", "reviewer_id") == [
        ("clr_d|Q1", "U1", "U2"),
        ("manl_reim_d|B1", "U3", None),
        ("opsp_reg_d|T1", "U1", "U1"),
        ("setl_d|S1", "U1", "U2"),
        ("setl_d|S2", "U2", "U2"),
    ]


def test_a_refused_application_is_no_registration(seen):
    given = {
        "opsp_reg_d": [
            {"trt_dcla_detl_sn": "T1", "psn_no": "P1", "opsp_dise_code": "M1", "begndate": "2026-01-01", "aprv_rslt": "0"},
            {"trt_dcla_detl_sn": "T2", "psn_no": "P1", "opsp_dise_code": "M1", "begndate": "2026-01-01", "aprv_rslt": "1"},
            {"trt_dcla_detl_sn": "T3", "psn_no": "P1", "opsp_dise_code": "M1", "begndate": "2026-01-01"},
        ]
    }
    assert seen("registration", given, "trt_dcla_detl_sn") == [("T2",), ("T3",)]


def test_several_roles_of_an_operator_stand_between_commas(seen):
    given = {"opter_b": [{"opter_id": "U1", "role_code": "04， 05"}, {"opter_id": "U2", "role_code": None}]}
    assert seen("operator", given, "roles") == [(",04,05,",), (None,)]


def test_an_assessment_without_a_result_is_judged_by_its_level(seen):
    base = {"psn_no": "P1", "eval_date": "2026-01-01"}
    given = {
        "ltc_assess_d": [
            base | {"rid": "1", "dsblty_lv": "3"},
            base | {"rid": "2", "dsblty_lv": "2"},
            base | {"rid": "3", "dsblty_lv": "2", "eval_rslt": "1"},
            base | {"rid": "4", "dsblty_lv": "4", "eval_rslt": "0"},
        ]
    }
    assert seen("ltc_assessment", given, "is_entitled") == [(1,), (0,), (1,), (0,)]


def test_a_care_visit_has_minutes_and_kilometres(seen):
    given = {
        "ltc_serv_d": [
            {
                "rid": "1", "psn_no": "P1", "serv_org_code": "N1", "serv_begntime": "2026-01-01 08:00:00",
                "serv_endtime": "2026-01-01 09:30:00", "sign_lnt": "113", "sign_lat": "30",
            }
        ]
    }  # fmt: skip
    ((service_day, minutes, north, degree),) = seen(
        "ltc_visit", given, "service_day", "end_minute - beg_minute", "north_km", "km_per_degree"
    )
    assert (service_day, minutes, float(north)) == (day("2026-01-01"), 90, 3336.0)
    assert degree == pytest.approx(96.3, abs=0.1)
