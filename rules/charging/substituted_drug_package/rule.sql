-- What one person bought at one settlement, as a sorted text; the same text for the same money, by many people within a few weeks. The
-- window that ends on the day when most people had bought it counts.
WITH item AS (
  SELECT
    f.fixmedins_code,
    f.setl_id,
    f.psn_no,
    f.service_day,
    f.code || '*' || CAST(CAST(ROUND(SUM(f.cnt), 0) AS INTEGER) AS VARCHAR) AS goods,
    SUM(f.amount) AS amount,
    STRING_AGG(f.row_id, ' ' ORDER BY f.row_id) AS rows_of
  FROM subject AS f
  GROUP BY f.fixmedins_code, f.setl_id, f.psn_no, f.service_day, f.code
),
basket AS (
  SELECT
    i.fixmedins_code,
    i.setl_id,
    i.psn_no,
    MIN(i.service_day) AS service_day,
    STRING_AGG(i.goods, ' ' ORDER BY i.goods) AS goods,
    STRING_AGG(i.rows_of, ' ' ORDER BY i.rows_of) AS rows_of,
    COUNT(*) AS kinds,
    ROUND(SUM(i.amount), 2) AS total
  FROM item AS i
  GROUP BY i.fixmedins_code, i.setl_id, i.psn_no
  HAVING COUNT(*) >= $min_kinds
),
day AS (
  SELECT DISTINCT b.fixmedins_code, b.goods, b.total, b.service_day FROM basket AS b
),
rolled AS (
  SELECT
    d.fixmedins_code,
    d.goods,
    d.total,
    d.service_day,
    MIN(b.setl_id) AS setl_id,
    MIN(b.kinds) AS kinds,
    COUNT(DISTINCT b.psn_no) AS people,
    COUNT(*) AS times,
    STRING_AGG(b.setl_id, ' ' ORDER BY b.setl_id) AS evidence,
    STRING_AGG(b.rows_of, ' ' ORDER BY b.rows_of) AS subjects
  FROM day AS d
  JOIN basket AS b
    ON b.fixmedins_code = d.fixmedins_code AND b.goods = d.goods AND b.total = d.total
    AND b.service_day BETWEEN d.service_day - $days + 1 AND d.service_day
  GROUP BY d.fixmedins_code, d.goods, d.total, d.service_day
  HAVING COUNT(DISTINCT b.psn_no) >= $min_people
)
SELECT
  r.fixmedins_code,
  r.setl_id,
  r.goods,
  r.total AS each,
  r.service_day AS end_day,
  $days AS days,
  r.kinds,
  r.people,
  r.times,
  r.total * r.times AS amount,
  r.evidence,
  r.subjects
FROM rolled AS r
QUALIFY ROW_NUMBER() OVER (PARTITION BY r.fixmedins_code, r.goods, r.total ORDER BY r.people DESC, r.service_day) = 1
