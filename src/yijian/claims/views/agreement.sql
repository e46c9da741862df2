-- An agreement that is in force has no term_day; one that is not suspended has no suspension days.
SELECT
  a.agre_no,
  a.fixmedins_code,
  a.agre_type,
  a.agre_stas,
  DATE_DIFF('day', DATE '1970-01-01', a.begndate) AS beg_day,
  DATE_DIFF('day', DATE '1970-01-01', a.enddate) AS end_day,
  DATE_DIFF('day', DATE '1970-01-01', a.sign_date) AS sign_day,
  DATE_DIFF('day', DATE '1970-01-01', a.susp_begndate) AS susp_beg_day,
  DATE_DIFF('day', DATE '1970-01-01', a.susp_enddate) AS susp_end_day,
  DATE_DIFF('day', DATE '1970-01-01', a.term_date) AS term_day,
  a.asmt_year,
  a.asmt_score,
  a.disb_lmt_days
FROM agre_d AS a
