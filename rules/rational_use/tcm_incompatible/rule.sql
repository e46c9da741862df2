-- Two slices of a listed pair on one prescription.
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  f.rx_drord_no,
  k.code_a,
  k.name_a,
  k.point_id,
  k.source AS point_source,
  f.amount,
  f.row_id || ' ' || a.row_id AS evidence,
  f.row_id AS subjects
FROM subject AS f
JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
JOIN fee_line AS a ON a.code = k.code_a AND a.mdtrt_id = f.mdtrt_id AND a.rx_drord_no = f.rx_drord_no
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.point_id, a.setl_id, a.row_id) = 1
