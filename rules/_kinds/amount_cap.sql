-- What the scope of payment covered of a point (all its codes together) in one encounter, or in the rolling period that ends on the
-- day where the point names one; what goes over the cap on the day is in doubt.
WITH used AS (
  SELECT
    f.*,
    CASE WHEN k.period_days IS NULL THEN f.mdtrt_id ELSE '' END AS span,
    COALESCE(k.period_days, 36500) AS period_days,
    k.point_id,
    k.max_amount,
    k.source AS point_source
  FROM subject AS f
  JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
),
daily AS (
  SELECT
    u.psn_no,
    u.point_id,
    u.span,
    u.service_day,
    MIN(u.fixmedins_code) AS fixmedins_code,
    MIN(u.mdtrt_id) AS mdtrt_id,
    MIN(u.setl_id) AS setl_id,
    MIN(u.name) AS name,
    MAX(u.period_days) AS period_days,
    MIN(u.max_amount) AS max_amount,
    MIN(u.point_source) AS point_source,
    SUM(u.inscp_amt) AS paid,
    STRING_AGG(u.row_id, ' ' ORDER BY u.row_id) AS evidence
  FROM used AS u
  GROUP BY u.psn_no, u.point_id, u.span, u.service_day
),
rolled AS (
  SELECT d.psn_no, d.point_id, d.span, d.service_day, SUM(b.paid) AS rolled
  FROM daily AS d
  JOIN daily AS b
    ON b.psn_no = d.psn_no AND b.point_id = d.point_id AND b.span = d.span
    AND b.service_day BETWEEN d.service_day - d.period_days + 1 AND d.service_day
  GROUP BY d.psn_no, d.point_id, d.span, d.service_day
)
SELECT
  d.psn_no,
  d.fixmedins_code,
  d.mdtrt_id,
  d.setl_id,
  d.point_id,
  d.span,
  d.service_day,
  d.name,
  d.paid,
  r.rolled,
  d.max_amount,
  d.point_source,
  LEAST(d.paid, r.rolled - d.max_amount) AS amount,
  d.evidence
FROM daily AS d
JOIN rolled AS r
  ON r.psn_no = d.psn_no AND r.point_id = d.point_id AND r.span = d.span AND r.service_day = d.service_day
WHERE ROUND(r.rolled - d.max_amount, 6) > $tolerance
