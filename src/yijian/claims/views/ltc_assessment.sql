-- An assessment without a result counts as passed where its level is one of those that are cared for (3 and above).
SELECT
  a.rid,
  a.ltc_apply_id,
  a.psn_no,
  a.dsblty_lv,
  CASE WHEN COALESCE(a.eval_rslt, CASE WHEN a.dsblty_lv >= '3' THEN '1' ELSE '0' END) = '1' THEN 1 ELSE 0 END AS is_entitled,
  DATE_DIFF('day', DATE '1970-01-01', a.eval_date) AS eval_day,
  a.eval_org_code,
  a.assessor1,
  a.assessor2,
  DATE_DIFF('day', DATE '1970-01-01', a.review_date) AS review_day
FROM ltc_assess_d AS a
