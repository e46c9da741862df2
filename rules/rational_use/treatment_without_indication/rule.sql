-- A treatment that no diagnosis of the encounter supports, given again and again: on so many days.
WITH had AS (
  SELECT d.mdtrt_id, d.code FROM diagnosis AS d
  UNION
  SELECT s.mdtrt_id, s.maindiag_code AS code FROM settlement AS s
),
unmatched AS (
  SELECT
    f.setl_id,
    f.row_id,
    MIN(k.point_id) AS point_id,
    MIN(k.source) AS point_source,
    MIN(COALESCE(k.confirmed, '1')) AS confirmed,
    STRING_AGG(DISTINCT k.diag_prefix, ' ' ORDER BY k.diag_prefix) AS prefixes,
    STRING_AGG(DISTINCT h.code, ' ' ORDER BY h.code) AS diagnoses
  FROM subject AS f
  JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
  JOIN had AS h ON h.mdtrt_id = f.mdtrt_id
  GROUP BY f.setl_id, f.row_id
  HAVING MAX(CASE WHEN h.code LIKE k.diag_prefix || '%' THEN 1 ELSE 0 END) = 0
)
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  MIN(f.setl_id) AS setl_id,
  f.code,
  MIN(f.name) AS name,
  MIN(f.service_day) AS begin_day,
  MAX(f.service_day) AS end_day,
  COUNT(DISTINCT f.service_day) AS times,
  MIN(u.prefixes) AS prefixes,
  MIN(u.diagnoses) AS diagnoses,
  MIN(u.confirmed) AS confirmed,
  MIN(u.point_source) AS point_source,
  SUM(f.amount) AS amount,
  STRING_AGG(f.row_id, ' ' ORDER BY f.row_id) AS evidence
FROM subject AS f
JOIN unmatched AS u ON u.setl_id = f.setl_id AND u.row_id = f.row_id
GROUP BY f.psn_no, f.fixmedins_code, f.mdtrt_id, f.code
HAVING COUNT(DISTINCT f.service_day) >= $min_days
