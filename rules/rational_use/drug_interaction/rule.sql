-- Two drugs of a listed pair whose days of use overlap, from whatever institution.
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  k.code_a,
  k.name_a,
  a.service_day AS other_day,
  k.point_id,
  k.source AS point_source,
  f.amount,
  f.row_id || ' ' || a.row_id AS evidence,
  f.row_id AS subjects
FROM subject AS f
JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
JOIN fee_line AS a
  ON a.code = k.code_a AND a.psn_no = f.psn_no
  AND a.service_day < f.service_day + f.prd_days AND f.service_day < a.service_day + COALESCE(a.prd_days, 1)
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.point_id, a.service_day, a.setl_id, a.row_id) = 1
