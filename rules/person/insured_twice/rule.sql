-- The earlier relation may have begun before the rule was in force: it is read from `insurance`.
-- Two basic insurances at once, and the fund paid under both while both ran. In doubt is what it paid under the one that began later.
WITH pair AS (
  SELECT
    b.psn_no,
    b.psn_insu_rlts_id,
    a.psn_insu_rlts_id AS other_id,
    a.insutype AS other_insutype,
    b.insutype,
    b.beg_day AS overlap_begin_day,
    LEAST(a.end_day, b.end_day) AS overlap_end_day
  FROM subject AS b
  JOIN insurance AS a
    ON a.psn_no = b.psn_no AND a.insutype IN ('310', '340', '350', '360', '380', '390', '391')
    AND (a.beg_day < b.beg_day OR (a.beg_day = b.beg_day AND a.psn_insu_rlts_id < b.psn_insu_rlts_id))
),
paid AS (
  SELECT s.psn_insu_rlts_id, s.service_day, s.fund_pay_sumamt FROM settlement AS s WHERE s.fund_pay_sumamt > 0
)
SELECT
  p.psn_no,
  p.psn_insu_rlts_id,
  p.other_id,
  p.insutype,
  p.other_insutype,
  p.overlap_begin_day,
  p.overlap_end_day,
  SUM(s.fund_pay_sumamt) AS amount,
  p.psn_insu_rlts_id AS evidence,
  p.psn_insu_rlts_id AS subjects
FROM pair AS p
JOIN paid AS s ON s.psn_insu_rlts_id = p.psn_insu_rlts_id AND s.service_day BETWEEN p.overlap_begin_day AND p.overlap_end_day
WHERE EXISTS (
  SELECT 1 FROM paid AS o
  WHERE o.psn_insu_rlts_id = p.other_id AND o.service_day BETWEEN p.overlap_begin_day AND p.overlap_end_day
)
GROUP BY p.psn_no, p.psn_insu_rlts_id, p.other_id, p.insutype, p.other_insutype, p.overlap_begin_day, p.overlap_end_day
