SELECT
  r.trt_dcla_detl_sn,
  r.psn_no,
  r.opsp_dise_code,
  r.opsp_dise_name,
  r.fixmedins_code,
  r.expert_code,
  DATE_DIFF('day', DATE '1970-01-01', r.begndate) AS beg_day,
  COALESCE(DATE_DIFF('day', DATE '1970-01-01', r.enddate), 2932896) AS end_day,
  DATE_DIFF('day', DATE '1970-01-01', r.review_date) AS review_day
FROM opsp_reg_d AS r
WHERE COALESCE(r.aprv_rslt, '1') <> '0'
