-- That someone is pregnant or nursing is known from a diagnosis of the encounter (list `pregnancy_diagnosis`).
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
  k.matn_state,
  k.point_id,
  k.source AS point_source,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
JOIN kb_pregnancy_diagnosis AS p ON p.matn_state = k.matn_state AND f.service_day BETWEEN p.valid_from AND p.valid_to
JOIN had AS h ON h.mdtrt_id = f.mdtrt_id AND h.code LIKE p.code || '%'
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.point_id, h.code, p.code) = 1
