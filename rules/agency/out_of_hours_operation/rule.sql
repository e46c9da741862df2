-- What an operator did on one day off, or before the office opens or after it closes.
WITH odd AS (
  SELECT l.*, CASE WHEN k.code IS NULL THEN 0 ELSE 1 END AS is_off
  FROM subject AS l
  LEFT JOIN kb AS k ON l.service_day BETWEEN k.valid_from AND k.valid_to
)
SELECT
  o.opter_id,
  o.service_day,
  CASE WHEN MAX(o.is_off) = 1 THEN '（非工作日）' ELSE '' END AS day_kind,
  COUNT(*) AS times,
  MIN(o.opt_minute) AS first_minute,
  MAX(o.opt_minute) AS last_minute,
  0 AS amount,
  STRING_AGG(o.rid, ' ' ORDER BY o.rid) AS evidence
FROM odd AS o
WHERE o.is_off = 1 OR o.minute_of_day < $open_minute OR o.minute_of_day >= $close_minute
GROUP BY o.opter_id, o.service_day
HAVING COUNT(*) >= $min_times
