-- A code that only some departments may order: the name of the ordering department holds none of the words that the points allow.
WITH outside AS (
  SELECT
    f.setl_id,
    f.row_id,
    MIN(k.point_id) AS point_id,
    MIN(k.source) AS point_source,
    STRING_AGG(DISTINCT k.dept, ' ' ORDER BY k.dept) AS depts
  FROM subject AS f
  JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
  GROUP BY f.setl_id, f.row_id
  HAVING MAX(CASE WHEN f.bilg_dept_name LIKE '%' || k.dept || '%' THEN 1 ELSE 0 END) = 0
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
  f.bilg_dept_name,
  o.depts,
  o.point_id,
  o.point_source,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
JOIN outside AS o ON o.setl_id = f.setl_id AND o.row_id = f.row_id
