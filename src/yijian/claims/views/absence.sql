SELECT
  a.rid,
  a.psn_no,
  a.absn_type,
  DATE_DIFF('day', DATE '1970-01-01', a.begndate) AS beg_day,
  COALESCE(DATE_DIFF('day', DATE '1970-01-01', a.enddate), 2932896) AS end_day
FROM psn_absn_d AS a
