SELECT
  t.rid,
  t.drug_trac_codg,
  t.med_list_codg AS code,
  t.fixmedins_code,
  t.psn_no,
  t.setl_id,
  t.bkkp_sn AS row_id,
  t.trac_type,
  DATE_DIFF('day', DATE '1970-01-01', CAST(t.trac_time AS DATE)) AS service_day,
  DATE_DIFF('minute', TIMESTAMP '1970-01-01 00:00:00', t.trac_time) AS service_minute
FROM drug_trac_d AS t
