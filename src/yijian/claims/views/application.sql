SELECT
  r.trt_dcla_detl_sn,
  r.psn_no,
  r.opsp_dise_code,
  r.fixmedins_code,
  r.expert_code,
  r.aprv_rslt,
  DATE_DIFF('day', DATE '1970-01-01', r.begndate) AS beg_day
FROM opsp_reg_d AS r
