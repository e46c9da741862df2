SELECT
  p.rid,
  p.psn_no,
  p.serv_org_code,
  p.serv_item_code,
  p.freq_week,
  DATE_DIFF('day', DATE '1970-01-01', p.begndate) AS beg_day,
  COALESCE(DATE_DIFF('day', DATE '1970-01-01', p.enddate), 2932896) AS end_day,
  p.serv_lnt,
  p.serv_lat
FROM ltc_plan_d AS p
