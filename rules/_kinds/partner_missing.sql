-- A code that is used only together with an item: the encounter has no line whose code begins with one of the point's prefixes.
WITH alone AS (
  SELECT
    f.setl_id,
    f.row_id,
    MIN(k.point_id) AS point_id,
    MIN(k.source) AS point_source,
    STRING_AGG(DISTINCT k.item_prefix, ' ' ORDER BY k.item_prefix) AS prefixes
  FROM subject AS f
  JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
  LEFT JOIN fee_line AS p ON p.mdtrt_id = f.mdtrt_id AND p.code LIKE k.item_prefix || '%'
  GROUP BY f.setl_id, f.row_id
  HAVING COUNT(p.row_id) = 0
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
  a.prefixes,
  a.point_id,
  a.point_source,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
JOIN alone AS a ON a.setl_id = f.setl_id AND a.row_id = f.row_id
