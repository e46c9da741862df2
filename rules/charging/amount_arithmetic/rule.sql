-- As billed, before refunds are netted off.
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  f.billed_cnt,
  f.pric,
  f.billed_amount,
  ROUND(f.billed_cnt * f.pric, 2) AS expected,
  ABS(f.billed_cnt * f.pric - f.billed_amount) AS amount,
  f.row_id AS evidence
FROM subject AS f
WHERE ROUND(ABS(f.billed_cnt * f.pric - f.billed_amount), 6) > $tolerance
