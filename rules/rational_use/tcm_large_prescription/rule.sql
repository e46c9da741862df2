-- One prescription of slices: how many kinds, and how much a day (one dose a day). In doubt is the excess: the share of the
-- weight over the limit, or the cheapest kinds over the number.
WITH slice AS (
  SELECT
    f.psn_no,
    f.fixmedins_code,
    f.mdtrt_id,
    f.rx_drord_no,
    f.code,
    MIN(f.setl_id) AS setl_id,
    MIN(f.service_day) AS service_day,
    SUM(f.cnt / f.prd_days) AS per_day,
    SUM(f.amount) AS charged
  FROM subject AS f
  GROUP BY f.psn_no, f.fixmedins_code, f.mdtrt_id, f.rx_drord_no, f.code
),
ranked AS (
  SELECT
    s.*,
    ROW_NUMBER() OVER (PARTITION BY s.mdtrt_id, s.rx_drord_no ORDER BY s.charged DESC, s.code) AS place
  FROM slice AS s
),
prescription AS (
  SELECT
    r.psn_no,
    r.fixmedins_code,
    r.mdtrt_id,
    r.rx_drord_no,
    MIN(r.setl_id) AS setl_id,
    MIN(r.service_day) AS service_day,
    COUNT(*) AS kinds,
    SUM(r.per_day) AS per_day,
    SUM(r.charged) AS charged,
    SUM(CASE WHEN r.place > $max_kinds THEN r.charged ELSE 0 END) AS extra
  FROM ranked AS r
  GROUP BY r.psn_no, r.fixmedins_code, r.mdtrt_id, r.rx_drord_no
),
line AS (
  SELECT f.mdtrt_id, f.rx_drord_no, STRING_AGG(f.row_id, ' ' ORDER BY f.row_id) AS evidence
  FROM subject AS f
  GROUP BY f.mdtrt_id, f.rx_drord_no
)
SELECT
  p.psn_no,
  p.fixmedins_code,
  p.mdtrt_id,
  p.setl_id,
  p.rx_drord_no,
  p.service_day,
  p.kinds,
  ROUND(p.per_day, 2) AS per_day,
  GREATEST(p.extra, p.charged * (p.per_day - $max_grams) / p.per_day) AS amount,
  l.evidence
FROM prescription AS p
JOIN line AS l ON l.mdtrt_id = p.mdtrt_id AND l.rx_drord_no = p.rx_drord_no
WHERE p.kinds > $max_kinds OR ROUND(p.per_day - $max_grams, 4) > $tolerance
