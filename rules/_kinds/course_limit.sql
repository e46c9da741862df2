-- Days on which a listed code was used, counted for all codes of a point together: in one encounter, or where the point names a
-- period, in the rolling period that ends on the day, over all encounters. What was billed on the days beyond the limit is in doubt.
WITH used AS (
  SELECT
    f.psn_no,
    f.fixmedins_code,
    f.mdtrt_id,
    f.setl_id,
    f.row_id,
    f.name,
    f.service_day,
    f.amount,
    CASE WHEN k.period_days IS NULL THEN f.mdtrt_id ELSE '' END AS span,
    COALESCE(k.period_days, 36500) AS period_days,
    k.point_id,
    k.max_days,
    k.source AS point_source
  FROM subject AS f
  JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
),
day AS (
  SELECT DISTINCT u.psn_no, u.point_id, u.span, u.service_day, u.period_days FROM used AS u
),
counted AS (
  SELECT d.psn_no, d.point_id, d.span, d.service_day, COUNT(*) AS nth_day
  FROM day AS d
  JOIN day AS b
    ON b.psn_no = d.psn_no AND b.point_id = d.point_id AND b.span = d.span
    AND b.service_day BETWEEN d.service_day - d.period_days + 1 AND d.service_day
  GROUP BY d.psn_no, d.point_id, d.span, d.service_day
)
SELECT
  u.psn_no,
  u.fixmedins_code,
  u.mdtrt_id,
  MIN(u.setl_id) AS setl_id,
  u.point_id,
  MIN(u.name) AS name,
  MAX(u.max_days) AS max_days,
  MAX(c.nth_day) AS used_days,
  MIN(u.service_day) AS over_from_day,
  MIN(u.point_source) AS point_source,
  SUM(u.amount) AS amount,
  STRING_AGG(u.row_id, ' ' ORDER BY u.row_id) AS evidence
FROM used AS u
JOIN counted AS c
  ON c.psn_no = u.psn_no AND c.point_id = u.point_id AND c.span = u.span AND c.service_day = u.service_day
WHERE c.nth_day > u.max_days
GROUP BY u.psn_no, u.fixmedins_code, u.mdtrt_id, u.point_id
