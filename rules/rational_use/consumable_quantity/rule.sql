-- What one encounter used of a point, all its codes together; the excess over the limit is in doubt.
WITH used AS (
  SELECT
    f.psn_no,
    f.fixmedins_code,
    f.mdtrt_id,
    k.point_id,
    MIN(f.setl_id) AS setl_id,
    MIN(f.name) AS name,
    MIN(f.service_day) AS begin_day,
    SUM(f.cnt) AS total,
    SUM(f.amount) AS charged,
    MAX(k.max_count) AS max_count,
    MIN(k.source) AS point_source,
    STRING_AGG(f.row_id, ' ' ORDER BY f.row_id) AS evidence
  FROM subject AS f
  JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
  GROUP BY f.psn_no, f.fixmedins_code, f.mdtrt_id, k.point_id
)
SELECT
  u.psn_no,
  u.fixmedins_code,
  u.mdtrt_id,
  u.setl_id,
  u.point_id,
  u.name,
  u.begin_day,
  u.total,
  u.max_count,
  u.point_source,
  u.charged * (u.total - u.max_count) / u.total AS amount,
  u.evidence
FROM used AS u
WHERE u.total > u.max_count
