-- Days on which a listed code was used in one encounter, counted for all codes of a point together; what was billed on
-- the days beyond the limit is in doubt.
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
    k.point_id,
    k.max_days,
    k.source AS point_source
  FROM subject AS f
  JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
  WHERE k.period_days IS NULL
),
counted AS (
  SELECT u.*, DENSE_RANK() OVER (PARTITION BY u.mdtrt_id, u.point_id ORDER BY u.service_day) AS nth_day
  FROM used AS u
)
SELECT
  c.psn_no,
  c.fixmedins_code,
  c.mdtrt_id,
  MIN(c.setl_id) AS setl_id,
  c.point_id,
  MIN(c.name) AS name,
  MAX(c.max_days) AS max_days,
  MAX(c.nth_day) AS used_days,
  MIN(c.service_day) AS over_from_day,
  MIN(c.point_source) AS point_source,
  SUM(c.amount) AS amount,
  STRING_AGG(c.row_id, ' ' ORDER BY c.row_id) AS evidence
FROM counted AS c
WHERE c.nth_day > c.max_days
GROUP BY c.psn_no, c.fixmedins_code, c.mdtrt_id, c.point_id
