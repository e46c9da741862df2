-- One drug on one prescription, all lines together; the larger share over either limit is in doubt.
WITH prescribed AS (
  SELECT
    f.psn_no,
    f.fixmedins_code,
    f.mdtrt_id,
    f.setl_id,
    f.rx_drord_no,
    f.code,
    MIN(f.name) AS name,
    MIN(f.service_day) AS service_day,
    SUM(f.prd_days) AS days,
    SUM(f.cnt) AS total,
    SUM(f.amount) AS charged,
    STRING_AGG(f.row_id, ' ' ORDER BY f.row_id) AS evidence
  FROM subject AS f
  GROUP BY f.psn_no, f.fixmedins_code, f.mdtrt_id, f.setl_id, f.rx_drord_no, f.code
)
SELECT
  p.psn_no,
  p.fixmedins_code,
  p.mdtrt_id,
  p.setl_id,
  p.rx_drord_no,
  p.code,
  p.name,
  p.service_day,
  p.days,
  p.total,
  COALESCE(k.max_days, p.days) AS max_days,
  COALESCE(k.max_count, p.total) AS max_count,
  k.point_id,
  k.source AS point_source,
  p.charged * GREATEST(
    1 - COALESCE(k.max_days, p.days) * 1.0 / p.days,
    1 - COALESCE(k.max_count, p.total) * 1.0 / p.total
  ) AS amount,
  p.evidence
FROM prescribed AS p
JOIN kb AS k ON k.code = p.code AND p.service_day BETWEEN k.valid_from AND k.valid_to
WHERE p.days > k.max_days OR p.total > k.max_count
QUALIFY ROW_NUMBER() OVER (PARTITION BY p.setl_id, p.rx_drord_no, p.code ORDER BY k.point_id) = 1
