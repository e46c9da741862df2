-- Every line in scope whose code stands in the list on the day of service.
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
  k.point_id,
  k.source AS point_source,
  f.inscp_amt,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.point_id) = 1
