-- Lawful under maternity insurance, or in a maternity encounter (51, 52, 53) where the two insurances are merged.
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  f.insutype,
  f.med_type,
  k.point_id,
  k.source AS point_source,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
WHERE f.insutype <> $maternity_insurance AND SUBSTR(f.med_type, 1, 2) NOT IN ('51', '52', '53')
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.point_id) = 1
