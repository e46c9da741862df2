-- One row for each settled stay; settlements in the middle of a stay are added up.
WITH paid AS (
  SELECT
    s.mdtrt_id,
    MIN(s.setl_id) AS setl_id,
    MIN(s.insutype) AS insutype,
    MIN(s.inst_level) AS inst_level,
    MAX(s.newborn_on_mother) AS newborn_on_mother,
    MAX(s.clr_way) AS clr_way,
    SUM(s.bydise_setl_payamt) AS bydise_setl_payamt,
    SUM(s.medfee_sumamt) AS medfee_sumamt,
    SUM(s.fund_pay_sumamt) AS fund_pay_sumamt
  FROM settlement AS s
  WHERE s.encounter = 'inpatient'
  GROUP BY s.mdtrt_id
)
SELECT
  m.psn_no,
  m.fixmedins_code,
  m.mdtrt_id,
  p.setl_id,
  m.med_type,
  p.insutype,
  p.inst_level,
  DATE_DIFF('day', DATE '1970-01-01', CAST(m.begntime AS DATE)) AS adm_day,
  DATE_DIFF('day', DATE '1970-01-01', CAST(m.endtime AS DATE)) AS dscg_day,
  EXTRACT(YEAR FROM m.endtime) * 100 + EXTRACT(MONTH FROM m.endtime) AS dscg_month,
  GREATEST(DATE_DIFF('day', CAST(m.begntime AS DATE), CAST(m.endtime AS DATE)), 1) AS stay_days,
  m.dscg_maindiag_code AS maindiag_code,
  m.dscg_maindiag_name AS diag_name,
  m.dscg_way,
  CASE WHEN m.med_type = '210104' OR SUBSTR(m.med_type, 1, 2) = '24' THEN 1 ELSE 0 END AS is_emergency,
  p.newborn_on_mother,
  m.adm_dept_name,
  m.addr_tok,
  m.emp_no,
  p.clr_way,
  p.bydise_setl_payamt,
  p.medfee_sumamt,
  p.fund_pay_sumamt
FROM mdtrt_d AS m
JOIN paid AS p ON p.mdtrt_id = m.mdtrt_id
WHERE COALESCE(m.vali_flag, '1') <> '0'
