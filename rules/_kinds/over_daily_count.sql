-- A listed item of which one institution may bill so many a day for one person (once a day; 24 hours), all lines together: what goes over is
-- in doubt. `item_daily_frequency` asks the same of a list that names the count of each item.
WITH total AS (
  SELECT
    f.psn_no,
    f.fixmedins_code,
    f.code,
    f.service_day,
    MIN(f.mdtrt_id) AS mdtrt_id,
    MIN(f.setl_id) AS setl_id,
    MIN(f.name) AS name,
    SUM(f.cnt) AS total,
    SUM(f.amount) AS charged,
    STRING_AGG(f.row_id, ' ' ORDER BY f.row_id) AS evidence
  FROM subject AS f
  GROUP BY f.psn_no, f.fixmedins_code, f.code, f.service_day
)
SELECT
  t.psn_no,
  t.fixmedins_code,
  t.mdtrt_id,
  t.setl_id,
  t.code,
  t.service_day,
  t.name,
  t.total,
  k.point_id,
  k.source AS point_source,
  t.charged * (t.total - $max_count) / t.total AS amount,
  t.evidence
FROM total AS t
JOIN kb AS k ON k.code = t.code AND t.service_day BETWEEN k.valid_from AND k.valid_to
WHERE t.total > $max_count
QUALIFY ROW_NUMBER() OVER (PARTITION BY t.psn_no, t.fixmedins_code, t.code, t.service_day ORDER BY k.point_id) = 1
