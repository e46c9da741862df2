-- A refund settlement (refd_setl_flag 1) carries negative amounts and points to its original: it is taken off there
-- and is out itself; what is refunded whole is out too.
WITH refund AS (
  SELECT
    r.init_setl_id,
    SUM(r.medfee_sumamt) AS medfee_sumamt,
    SUM(r.fund_pay_sumamt) AS fund_pay_sumamt,
    SUM(r.hifp_pay) AS hifp_pay,
    SUM(r.acct_pay) AS acct_pay
  FROM setl_d AS r
  WHERE r.refd_setl_flag = '1' AND COALESCE(r.vali_flag, '1') <> '0' AND r.init_setl_id IS NOT NULL
  GROUP BY r.init_setl_id
)
SELECT
  s.psn_no,
  s.fixmedins_code,
  s.mdtrt_id,
  s.setl_id,
  s.med_type,
  CASE
    WHEN SUBSTR(s.med_type, 1, 2) IN ('11', '12', '13', '14', '15', '16', '19', '51', '53', '81') THEN 'outpatient'
    WHEN SUBSTR(s.med_type, 1, 2) IN ('21', '22', '23', '24', '25', '26', '27', '28', '52') THEN 'inpatient'
    WHEN SUBSTR(s.med_type, 1, 2) = '41' THEN 'pharmacy'
    WHEN SUBSTR(s.med_type, 1, 2) = '71' THEN 'home_bed'
    WHEN SUBSTR(s.med_type, 1, 2) = '61' THEN 'ltc'
    ELSE 'other'
  END AS encounter,
  s.insutype,
  CASE
    WHEN s.hosp_lv IN ('01', '02', '03', '04', '12') THEN 3
    WHEN s.hosp_lv IN ('05', '06', '07', '13') THEN 2
    WHEN s.hosp_lv IN ('08', '09', '10', '14') THEN 1
  END AS inst_level,
  COALESCE(p.gend, s.gend) AS gend,
  EXTRACT(YEAR FROM COALESCE(p.brdy, s.brdy)) * 10000 + EXTRACT(MONTH FROM COALESCE(p.brdy, s.brdy)) * 100
    + EXTRACT(DAY FROM COALESCE(p.brdy, s.brdy)) AS brdy_ymd,
  DATE_DIFF('day', DATE '1970-01-01', COALESCE(p.brdy, s.brdy)) AS brdy_day,
  CAST(FLOOR((EXTRACT(YEAR FROM COALESCE(m.begntime, s.begndate, s.setl_time)) * 10000
    + EXTRACT(MONTH FROM COALESCE(m.begntime, s.begndate, s.setl_time)) * 100
    + EXTRACT(DAY FROM COALESCE(m.begntime, s.begndate, s.setl_time))
    - EXTRACT(YEAR FROM COALESCE(p.brdy, s.brdy)) * 10000 - EXTRACT(MONTH FROM COALESCE(p.brdy, s.brdy)) * 100
    - EXTRACT(DAY FROM COALESCE(p.brdy, s.brdy))) / 10000.0) AS INTEGER) AS age,
  CASE WHEN s.nwb_flag = '1' OR s.med_type = '9921' THEN 1 ELSE 0 END AS newborn_on_mother,
  DATE_DIFF('day', DATE '1970-01-01', CAST(COALESCE(m.begntime, s.begndate, s.setl_time) AS DATE)) AS service_day,
  DATE_DIFF('day', DATE '1970-01-01', CAST(m.begntime AS DATE)) AS adm_day,
  DATE_DIFF('day', DATE '1970-01-01', CAST(m.endtime AS DATE)) AS dscg_day,
  DATE_DIFF('day', DATE '1970-01-01', CAST(s.setl_time AS DATE)) AS setl_day,
  DATE_DIFF('minute', TIMESTAMP '1970-01-01 00:00:00', s.setl_time) AS setl_minute,
  EXTRACT(YEAR FROM s.setl_time) * 100 + EXTRACT(MONTH FROM s.setl_time) AS setl_month,
  COALESCE(s.opter_id, '') AS counter,
  s.clr_optins,
  s.agnter_tok,
  COALESCE(s.dise_no, m.dise_no) AS dise_code,
  m.dscg_maindiag_code AS maindiag_code,
  m.dscg_way,
  s.psn_insu_rlts_id,
  s.invono,
  s.clr_way,
  s.balc,
  s.bydise_setl_payamt,
  s.medfee_sumamt + COALESCE(r.medfee_sumamt, 0) AS medfee_sumamt,
  s.fund_pay_sumamt + COALESCE(r.fund_pay_sumamt, 0) AS fund_pay_sumamt,
  s.hifp_pay + COALESCE(r.hifp_pay, 0) AS hifp_pay,
  s.acct_pay + COALESCE(r.acct_pay, 0) AS acct_pay
FROM setl_d AS s
LEFT JOIN refund AS r ON r.init_setl_id = s.setl_id
LEFT JOIN mdtrt_d AS m ON m.mdtrt_id = s.mdtrt_id
LEFT JOIN psn_info_b AS p ON p.psn_no = s.psn_no
WHERE COALESCE(s.refd_setl_flag, '0') <> '1'
  AND COALESCE(s.vali_flag, '1') <> '0'
  AND COALESCE(m.vali_flag, '1') <> '0'
  AND s.medfee_sumamt + COALESCE(r.medfee_sumamt, 0) > 0
