-- A refunded line comes back as a negative line that points to its original (init_feedetl_sn): taken off there, out itself.
WITH refund AS (
  SELECT
    r.psn_no,
    r.init_feedetl_sn,
    SUM(r.cnt) AS cnt,
    SUM(r.det_item_fee_sumamt) AS amount
  FROM fee_list_d AS r
  WHERE r.det_item_fee_sumamt < 0 AND r.init_feedetl_sn IS NOT NULL AND COALESCE(r.vali_flag, '1') <> '0'
  GROUP BY r.psn_no, r.init_feedetl_sn
)
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.bkkp_sn AS row_id,
  f.med_list_codg AS code,
  COALESCE(f.hilist_name, f.medins_list_name, f.med_list_codg) AS name,
  f.medins_list_codg AS local_code,
  f.medins_list_name AS local_name,
  f.list_type,
  SUBSTR(f.med_chrgitm_type, 1, 2) AS charge_type,
  f.rx_drord_no,
  f.cnt + COALESCE(r.cnt, 0) AS cnt,
  f.pric,
  f.det_item_fee_sumamt + COALESCE(r.amount, 0) AS amount,
  f.cnt AS billed_cnt,
  f.det_item_fee_sumamt AS billed_amount,
  COALESCE(f.inscp_amt, 0) AS inscp_amt,
  COALESCE(f.pric_uplmt_amt, 0) AS pric_uplmt_amt,
  f.prd_days,
  f.dscg_tkdrug_flag,
  COALESCE(f.dise_codg, s.dise_code) AS dise_code,
  f.bilg_dept_name,
  f.bilg_dr_code,
  DATE_DIFF('day', DATE '1970-01-01', CAST(f.fee_ocur_time AS DATE)) AS service_day,
  DATE_DIFF('minute', TIMESTAMP '1970-01-01 00:00:00', f.fee_ocur_time) AS service_minute,
  EXTRACT(YEAR FROM f.fee_ocur_time) * 100 + EXTRACT(MONTH FROM f.fee_ocur_time) AS service_month,
  DATE_DIFF('day', DATE '1970-01-01', CAST(f.crte_time AS DATE)) AS upload_day,
  s.med_type,
  s.encounter,
  s.insutype,
  s.inst_level,
  s.gend,
  CAST(FLOOR((EXTRACT(YEAR FROM f.fee_ocur_time) * 10000 + EXTRACT(MONTH FROM f.fee_ocur_time) * 100
    + EXTRACT(DAY FROM f.fee_ocur_time) - s.brdy_ymd) / 10000.0) AS INTEGER) AS age,
  DATE_DIFF('day', DATE '1970-01-01', CAST(f.fee_ocur_time AS DATE)) - s.brdy_day AS age_days,
  s.newborn_on_mother,
  s.adm_day,
  s.dscg_day
FROM fee_list_d AS f
JOIN settlement AS s ON s.setl_id = f.setl_id
LEFT JOIN refund AS r ON r.psn_no = f.psn_no AND r.init_feedetl_sn = f.bkkp_sn
WHERE COALESCE(f.vali_flag, '1') <> '0'
  AND f.det_item_fee_sumamt > 0
  AND f.det_item_fee_sumamt + COALESCE(r.amount, 0) > 0
