-- Each day's count and what came before it in the rolling period that ends on the day. Across institutions.
WITH daily AS (
  SELECT
    f.psn_no,
    f.code,
    f.service_day,
    MIN(f.fixmedins_code) AS fixmedins_code,
    MIN(f.mdtrt_id) AS mdtrt_id,
    MIN(f.setl_id) AS setl_id,
    MIN(f.name) AS name,
    SUM(f.cnt) AS cnt,
    SUM(f.amount) AS charged,
    STRING_AGG(f.row_id, ' ' ORDER BY f.row_id) AS evidence
  FROM subject AS f
  GROUP BY f.psn_no, f.code, f.service_day
),
rolled AS (
  SELECT
    d.psn_no,
    d.code,
    d.service_day,
    k.point_id,
    k.max_count,
    k.period_days,
    k.source AS point_source,
    SUM(b.cnt) AS rolled
  FROM daily AS d
  JOIN kb AS k ON k.code = d.code AND d.service_day BETWEEN k.valid_from AND k.valid_to
  JOIN daily AS b
    ON b.psn_no = d.psn_no AND b.code = d.code
    AND b.service_day BETWEEN d.service_day - k.period_days + 1 AND d.service_day
  GROUP BY d.psn_no, d.code, d.service_day, k.point_id, k.max_count, k.period_days, k.source
)
SELECT
  d.psn_no,
  d.fixmedins_code,
  d.mdtrt_id,
  d.setl_id,
  d.code,
  d.service_day,
  d.name,
  r.rolled,
  r.max_count,
  r.period_days,
  r.point_source,
  d.charged * LEAST(d.cnt, r.rolled - r.max_count) / d.cnt AS amount,
  d.evidence
FROM rolled AS r
JOIN daily AS d ON d.psn_no = r.psn_no AND d.code = r.code AND d.service_day = r.service_day
WHERE r.rolled > r.max_count
QUALIFY ROW_NUMBER() OVER (PARTITION BY d.psn_no, d.code, d.service_day ORDER BY r.max_count, r.point_id) = 1
