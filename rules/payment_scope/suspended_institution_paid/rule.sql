-- Barred: the day of the visit lies in the suspension, or after the termination, of an agreement, and no other agreement of the
-- institution is in force that day. A stay counts by its day of admission: who lay there already may be treated to the end.
WITH barred AS (
  SELECT s.setl_id, a.agre_no, a.susp_beg_day, a.term_day
  FROM subject AS s
  JOIN agreement AS a
    ON a.fixmedins_code = s.fixmedins_code
    AND (s.service_day BETWEEN a.susp_beg_day AND COALESCE(a.susp_end_day, 2932896) OR s.service_day > a.term_day)
)
SELECT
  s.psn_no,
  s.fixmedins_code,
  s.mdtrt_id,
  s.setl_id,
  s.service_day,
  b.agre_no,
  CASE WHEN s.service_day > b.term_day THEN '已解除' ELSE '中止中' END AS state,
  COALESCE(b.term_day, b.susp_beg_day) AS since_day,
  s.fund_pay_sumamt AS amount,
  s.setl_id AS evidence
FROM subject AS s
JOIN barred AS b ON b.setl_id = s.setl_id
WHERE NOT EXISTS (
  SELECT 1
  FROM agreement AS v
  WHERE v.fixmedins_code = s.fixmedins_code
    AND s.service_day BETWEEN v.beg_day AND LEAST(v.end_day, COALESCE(v.term_day, v.end_day))
    AND (v.susp_beg_day IS NULL OR s.service_day NOT BETWEEN v.susp_beg_day AND COALESCE(v.susp_end_day, 2932896))
)
QUALIFY ROW_NUMBER() OVER (PARTITION BY s.setl_id ORDER BY b.agre_no) = 1
