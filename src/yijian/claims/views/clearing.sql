SELECT
  c.clr_id,
  c.fixmedins_code,
  c.clr_type,
  DATE_DIFF('day', DATE '1970-01-01', c.begndate) AS beg_day,
  DATE_DIFF('day', DATE '1970-01-01', c.enddate) AS end_day,
  DATE_DIFF('day', DATE '1970-01-01', CAST(c.clr_time AS DATE)) AS clr_day,
  c.clr_appy_amt,
  c.clr_aprv_amt,
  c.opter_id,
  c.reviewer_id
FROM clr_d AS c
WHERE COALESCE(c.vali_flag, '1') <> '0'
