-- The ceiling in force on the day for the institution's level; a point without level holds for all.
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  f.inst_level,
  f.pric,
  k.max_price,
  k.source AS point_source,
  (f.pric - k.max_price) * f.cnt AS amount,
  f.row_id AS evidence
FROM subject AS f
JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
  AND (k.level IS NULL OR k.level = f.inst_level)
WHERE ROUND(f.pric - k.max_price, 6) > $tolerance
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.max_price DESC, k.point_id) = 1
