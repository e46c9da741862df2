-- There is no national kind of encounter for care over the internet: it is told by the area's own code, or by the name of the
-- ordering department.
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  f.bilg_dept_name,
  f.med_type,
  k.point_id,
  k.source AS point_source,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
WHERE f.med_type = $internet_med_type OR f.bilg_dept_name LIKE '%' || $internet_word || '%'
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.point_id) = 1
