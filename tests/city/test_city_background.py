"""The background is clean: plain queries over the files, made without the rulebook, find the labelled hits and nothing else."""

import duckdb
import pytest

from yijian.city.catalogue import catalogue

PAID = "f.inscp_amt::DOUBLE > 0"
DAY = "f.fee_ocur_time::DATE"
MOTHER = "s.nwb_flag = '0'"


def codes(*names: str) -> str:
    return ", ".join(f"'{good.code}'" for good in catalogue().goods if good.name in names)


LINES = """
    WITH back AS (
      SELECT init_feedetl_sn, sum(det_item_fee_sumamt::DOUBLE) AS amount FROM fee_list_d
      WHERE init_feedetl_sn IS NOT NULL GROUP BY ALL),
    line AS (
      SELECT * FROM fee_list_d ANTI JOIN fee_list_d_corrections USING (bkkp_sn) UNION ALL FROM fee_list_d_corrections)
    SELECT f.bkkp_sn FROM line f JOIN setl_d s USING (setl_id) JOIN mdtrt_d m ON m.mdtrt_id = f.mdtrt_id
    JOIN psn_info_b p ON p.psn_no = f.psn_no LEFT JOIN back b ON b.init_feedetl_sn = f.bkkp_sn
    WHERE f.det_item_fee_sumamt::DOUBLE > 0 AND f.det_item_fee_sumamt::DOUBLE + coalesce(b.amount, 0) > 0 AND """

FOR_WOMEN = codes("黄体酮胶囊", "艾附暖宫丸", "妇科千金片")
FOR_MEN = codes("非那雄胺片", "前列舒通胶囊", "爱普列特片")
ITEMS_FOR_WOMEN = codes(
    "妇科阴道分泌物检查", "阴道镜检查", "经阴道彩超", "胎心监测", "子宫肌瘤剔除术", "卵巢囊肿剔除术", "剖宫产术"
)
UNTIL_JULY = codes("左炔诺孕酮片")

LINE_RULES = {
    "drug_sex": f"""{MOTHER} AND ((p.gend = '1' AND f.med_list_codg IN ({FOR_WOMEN}))
        OR (p.gend = '2' AND f.med_list_codg IN ({FOR_MEN}))
        OR (p.gend = '1' AND f.med_list_codg IN ({UNTIL_JULY}) AND {DAY} <= '2025-06-30'))""",
    "item_sex": f"""{MOTHER} AND ((p.gend = '1' AND f.med_list_codg IN (
            {ITEMS_FOR_WOMEN}))
        OR (p.gend = '2' AND f.med_list_codg IN ({codes("前列腺液常规检查", "前列腺特异性抗原测定", "包皮环切术")})))""",
    "drug_child_only": f"""{MOTHER} AND {PAID} AND (
        (f.med_list_codg IN ({codes("水合氯醛灌肠剂", "咪达唑仑口服溶液")}) AND date_sub('year', p.brdy::DATE, {DAY}) > 17)
        OR (f.med_list_codg IN ({codes("波生坦分散片")}) AND date_sub('year', p.brdy::DATE, {DAY}) NOT BETWEEN 3 AND 12))""",
    "drug_institution_level": f"""{PAID} AND (
        (f.med_list_codg IN ({codes("参麦注射液", "注射用血栓通")}) AND s.hosp_lv IN ('08', '09', '10', '14'))
        OR (f.med_list_codg IN ({codes("康柏西普眼用注射液")})
            AND s.hosp_lv IN ('05', '06', '07', '08', '09', '10', '13', '14')))""",
    "drug_work_injury_only": f"{PAID} AND f.med_list_codg IN ({codes('疤痕止痒软化膏', '注射用胸腺法新')})",
    "drug_maternity_only": f"""{PAID} AND f.med_list_codg IN ({codes("卡前列素氨丁三醇注射液", "益母草注射液")})
        AND s.insutype <> '510' AND substr(s.med_type, 1, 2) NOT IN ('51', '52', '53')""",
    "tcm_slice_never_paid": f"{PAID} AND f.med_list_codg IN ({codes('阿胶', '鹿茸片', '冬虫夏草', '西红花')})",
    "charged_outside_stay": f"""s.med_type IN ('21', '24', '52') AND m.endtime IS NOT NULL
        AND ({DAY} < m.begntime::DATE OR {DAY} > m.endtime::DATE)""",
    "amount_arithmetic": "abs(f.cnt::DOUBLE * f.pric::DOUBLE - f.det_item_fee_sumamt::DOUBLE) > 0.0501",
    "late_upload": f"""f.crte_time IS NOT NULL AND f.crte_time::DATE
        - CASE WHEN s.med_type IN ('21', '24', '52') THEN coalesce(m.endtime::DATE, {DAY}) ELSE {DAY} END > 3""",
}  # fmt: skip


@pytest.mark.parametrize("rule", LINE_RULES)
def test_only_the_labelled_lines_break_the_rule(rule: str, files: duckdb.DuckDBPyConnection) -> None:
    found = {row for (row,) in files.sql(LINES + LINE_RULES[rule]).fetchall()}
    hits = files.sql(
        f"SELECT unnest(string_split(bkkp_sns, ' ')) FROM labels WHERE kind = '{rule}' AND verdict = 'hit'"
    ).fetchall()
    assert found == {row for (row,) in hits}


STAYS = """
    WITH gone AS (SELECT init_setl_id FROM setl_d WHERE refd_setl_flag = '1'),
    stay AS (
      SELECT m.*, m.begntime::DATE AS adm, m.endtime::DATE AS dscg FROM mdtrt_d m JOIN setl_d s USING (mdtrt_id)
      WHERE m.med_type IN ('21', '24', '52') AND s.refd_setl_flag = '0'
        AND s.setl_id NOT IN (SELECT init_setl_id FROM setl_d WHERE refd_setl_flag = '1')) """

STAY_RULES = {
    "bed_days_over_stay": """SELECT y.mdtrt_id FROM stay y
        JOIN fee_list_d f ON f.mdtrt_id = y.mdtrt_id WHERE f.med_chrgitm_type = '01'
        AND y.dscg IS NOT NULL GROUP BY y.mdtrt_id, y.adm, y.dscg HAVING sum(f.cnt::DOUBLE) > greatest(y.dscg - y.adm, 1)""",
    "overlapping_admissions": """SELECT DISTINCT b.mdtrt_id FROM stay a
        JOIN stay b ON a.psn_no = b.psn_no AND a.mdtrt_id <> b.mdtrt_id
        AND (a.adm < b.adm OR (a.adm = b.adm AND a.mdtrt_id < b.mdtrt_id)) AND b.adm < a.dscg""",
    "split_admission": """SELECT b.mdtrt_id FROM stay a
        JOIN stay b ON a.psn_no = b.psn_no AND a.fixmedins_code = b.fixmedins_code
        AND b.adm - a.dscg BETWEEN 0 AND 15 AND a.mdtrt_id <> b.mdtrt_id AND a.adm < b.adm
        AND substr(a.dscg_maindiag_code, 1, 3) = substr(b.dscg_maindiag_code, 1, 3) AND b.med_type <> '24'
        AND coalesce(a.dscg_way, '1') NOT IN ('2', '3') AND substr(b.dscg_maindiag_code, 1, 3) NOT IN ('Z51', 'Z49')""",
    "sham_admission": """SELECT y.mdtrt_id FROM stay y
        JOIN fee_list_d f ON f.mdtrt_id = y.mdtrt_id WHERE y.dscg - y.adm >= 3
        GROUP BY y.mdtrt_id, y.adm, y.dscg
        HAVING (y.dscg - y.adm) - count(DISTINCT CASE WHEN f.med_chrgitm_type NOT IN ('01', '02')
        AND f.fee_ocur_time::DATE BETWEEN y.adm AND y.dscg - 1 THEN f.fee_ocur_time::DATE END)
          >= greatest(2, 0.6 * (y.dscg - y.adm))""",
}


@pytest.mark.parametrize("rule", STAY_RULES)
def test_only_the_labelled_stays_break_the_rule(rule: str, files: duckdb.DuckDBPyConnection) -> None:
    found = {row for (row,) in files.sql(STAYS + STAY_RULES[rule]).fetchall()}
    hits = files.sql(f"SELECT mdtrt_id FROM labels WHERE kind = '{rule}' AND verdict = 'hit'").fetchall()
    assert found == {row for (row,) in hits}


def test_only_the_labelled_settlements_are_after_death_or_during_a_stay(files: duckdb.DuckDBPyConnection) -> None:
    dead = files.sql("""SELECT DISTINCT f.setl_id FROM fee_list_d f JOIN psn_info_b p USING (psn_no)
        WHERE f.fee_ocur_time::DATE > p.die_date::DATE""").fetchall()
    during = files.sql(STAYS + """SELECT DISTINCT s.setl_id FROM setl_d s JOIN mdtrt_d m USING (mdtrt_id)
        JOIN stay y ON y.psn_no = s.psn_no
        WHERE s.med_type IN ('11', '13', '14', '16', '51') AND s.refd_setl_flag = '0' AND s.setl_id NOT IN (FROM gone)
        AND m.begntime::DATE > y.adm AND m.begntime::DATE < y.dscg""").fetchall()  # fmt: skip
    for rule, found in (("service_after_death", dead), ("outpatient_during_stay", during)):
        hits = files.sql(f"SELECT setl_id FROM labels WHERE kind = '{rule}' AND verdict = 'hit'").fetchall()
        assert set(found) == set(hits), rule


def test_only_the_labelled_boxes_are_sold_twice(files: duckdb.DuckDBPyConnection) -> None:
    found = files.sql("""SELECT string_agg(setl_id, ' ' ORDER BY trac_time) FROM drug_trac_d GROUP BY drug_trac_codg
        HAVING count(*) FILTER (trac_type = '4') > 1 AND count(*) FILTER (trac_type = '5') = 0""").fetchall()
    hits = files.sql("SELECT setl_id FROM labels WHERE kind = 'trace_code_repeated' AND verdict = 'hit'").fetchall()
    assert set(found) == set(hits)


def test_only_the_labelled_counts_do_not_balance(files: duckdb.DuckDBPyConnection) -> None:
    found = files.sql("""
        WITH move AS (
          SELECT fixmedins_code, med_list_codg, purc_retn_stoin_time::DATE AS day, purc_retn_cnt::DOUBLE AS units
          FROM purcinfo_d
          UNION ALL SELECT fixmedins_code, med_list_codg, sel_retn_time::DATE,
            sel_retn_cnt::DOUBLE * CASE retn_flag WHEN '1' THEN 1 ELSE -1 END FROM selinfo_d
          UNION ALL SELECT fixmedins_code, med_list_codg, inv_chg_time::DATE, -cnt::DOUBLE FROM invchg_d),
        period AS (
          SELECT *, lag(rid) OVER w AS prev_rid, lag(invdate::DATE) OVER w AS since, lag(inv_cnt::DOUBLE) OVER w AS opening
          FROM invinfo_d WINDOW w AS (PARTITION BY fixmedins_code, med_list_codg ORDER BY invdate))
        SELECT prev_rid || ' ' || rid FROM period p LEFT JOIN move m
          ON m.fixmedins_code = p.fixmedins_code AND m.med_list_codg = p.med_list_codg AND m.day > since
          AND m.day <= invdate::DATE
        WHERE since IS NOT NULL GROUP BY rid, prev_rid, opening, inv_cnt
        HAVING abs(opening + coalesce(sum(units), 0) - inv_cnt::DOUBLE) > 0.5""").fetchall()
    hits = files.sql("SELECT bkkp_sns FROM labels WHERE kind LIKE '%stock_does_not_balance' AND verdict = 'hit'").fetchall()
    assert set(found) == set(hits)


def test_no_till_serves_five_people_in_ten_minutes_unless_labelled(files: duckdb.DuckDBPyConnection) -> None:
    crowded = files.sql("""
        WITH sale AS (SELECT * FROM setl_d WHERE med_type = '41' AND refd_setl_flag = '0')
        SELECT a.setl_id FROM sale a JOIN sale b ON a.opter_id = b.opter_id AND b.setl_time::TIMESTAMP
          BETWEEN a.setl_time::TIMESTAMP AND a.setl_time::TIMESTAMP + INTERVAL 10 MINUTE
        GROUP BY a.setl_id HAVING count(DISTINCT b.psn_no) >= 5""").fetchall()
    labelled = files.sql(
        "SELECT unnest(string_split(setl_id, ' ')) FROM labels WHERE kind = 'pooled_cards' AND verdict = 'hit'"
    ).fetchall()
    assert crowded
    assert set(crowded) <= set(labelled)
