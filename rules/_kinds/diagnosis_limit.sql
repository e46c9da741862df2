-- A code that is paid for some diseases only: no diagnosis of the encounter begins with an allowed prefix. Diagnoses are those
-- of the settlement list and the main diagnosis of the visit. Prefixes that a program proposed say so (`confirmed` 0).
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
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  u.prefixes,
  u.diagnoses,
  u.confirmed,
  u.point_id,
  u.point_source,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
JOIN unmatched AS u ON u.setl_id = f.setl_id AND u.row_id = f.row_id
