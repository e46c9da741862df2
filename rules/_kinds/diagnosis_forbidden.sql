-- A code that some diseases forbid: a diagnosis of the encounter begins with the point's prefix. Diagnoses are those of the
-- settlement list and the main diagnosis of the visit. Prefixes that a program proposed say so (`confirmed` 0).
WITH had AS (
  SELECT d.mdtrt_id, d.code FROM diagnosis AS d
  UNION
  SELECT s.mdtrt_id, s.maindiag_code AS code FROM settlement AS s
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
  h.code AS diag_code,
  COALESCE(k.confirmed, '1') AS confirmed,
  k.point_id,
  k.source AS point_source,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
JOIN had AS h ON h.mdtrt_id = f.mdtrt_id AND h.code LIKE k.diag_prefix || '%'
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.point_id, k.diag_prefix, h.code) = 1
