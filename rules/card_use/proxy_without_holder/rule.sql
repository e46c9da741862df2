-- The rolling window in which one proxy acted for most holders. The earliest of equal ones counts.
WITH day AS (
  SELECT DISTINCT s.agnter_tok, s.service_day FROM subject AS s
),
rolled AS (
  SELECT
    d.agnter_tok,
    d.service_day,
    COUNT(DISTINCT s.psn_no) AS holders,
    COUNT(*) AS times,
    COUNT(DISTINCT s.fixmedins_code) AS institutions,
    MIN(s.psn_no) AS psn_no,
    SUM(s.medfee_sumamt) AS amount,
    STRING_AGG(s.setl_id, ' ' ORDER BY s.setl_id) AS evidence
  FROM day AS d
  JOIN subject AS s ON s.agnter_tok = d.agnter_tok AND s.service_day BETWEEN d.service_day - $days + 1 AND d.service_day
  GROUP BY d.agnter_tok, d.service_day
  HAVING COUNT(DISTINCT s.psn_no) >= $min_holders
)
SELECT
  r.psn_no,
  r.agnter_tok,
  r.service_day AS end_day,
  $days AS days,
  r.holders,
  r.times,
  r.institutions,
  r.amount,
  r.evidence
FROM rolled AS r
QUALIFY ROW_NUMBER() OVER (PARTITION BY r.agnter_tok ORDER BY r.holders DESC, r.service_day) = 1
