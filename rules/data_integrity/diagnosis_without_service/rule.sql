-- A diagnosis that brings some item, drug or consumable with it (any one of the listed prefixes), in an encounter without one.
WITH bare AS (
  SELECT
    f.row_id,
    MIN(k.point_id) AS point_id,
    MIN(k.source) AS point_source,
    STRING_AGG(DISTINCT k.item_prefix, ' ' ORDER BY k.item_prefix) AS prefixes
  FROM subject AS f
  JOIN kb AS k
    ON SUBSTR(k.code, 1, 3) = SUBSTR(f.code, 1, 3) AND f.code LIKE k.code || '%'
    AND f.service_day BETWEEN k.valid_from AND k.valid_to
  JOIN fee_line AS l ON l.mdtrt_id = f.mdtrt_id
  GROUP BY f.row_id
  HAVING MAX(CASE WHEN l.code LIKE k.item_prefix || '%' THEN 1 ELSE 0 END) = 0
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
  b.prefixes,
  b.point_id,
  b.point_source,
  f.medfee_sumamt AS amount,
  f.row_id AS evidence
FROM subject AS f
JOIN bare AS b ON b.row_id = f.row_id
