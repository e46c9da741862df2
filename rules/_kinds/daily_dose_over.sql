-- What a person is given of a point (all its codes together) for each day of use: the quantity of a line over its days of supply.
WITH given AS (
  SELECT
    f.psn_no,
    f.service_day,
    k.point_id,
    MIN(f.fixmedins_code) AS fixmedins_code,
    MIN(f.mdtrt_id) AS mdtrt_id,
    MIN(f.setl_id) AS setl_id,
    MIN(f.name) AS name,
    SUM(f.cnt / f.prd_days) AS per_day,
    SUM(f.amount) AS charged,
    MAX(k.max_count) AS max_count,
    MIN(k.source) AS point_source,
    STRING_AGG(f.row_id, ' ' ORDER BY f.row_id) AS evidence
  FROM subject AS f
  JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
  GROUP BY f.psn_no, f.service_day, k.point_id
)
SELECT
  g.psn_no,
  g.fixmedins_code,
  g.mdtrt_id,
  g.setl_id,
  g.point_id,
  g.service_day,
  g.name,
  g.per_day,
  g.max_count,
  g.point_source,
  g.charged * (g.per_day - g.max_count) / g.per_day AS amount,
  g.evidence
FROM given AS g
WHERE ROUND(g.per_day - g.max_count, 4) > $tolerance
