-- A main operation that goes with some main diagnoses only (any one of the listed prefixes), with another one.
WITH apart AS (
  SELECT
    f.row_id,
    MIN(k.point_id) AS point_id,
    MIN(k.source) AS point_source,
    STRING_AGG(DISTINCT k.diag_prefix, ' ' ORDER BY k.diag_prefix) AS prefixes
  FROM subject AS f
  JOIN kb AS k
    ON SUBSTR(k.code, 1, 2) = SUBSTR(f.code, 1, 2) AND f.code LIKE k.code || '%'
    AND f.service_day BETWEEN k.valid_from AND k.valid_to
  GROUP BY f.row_id
  HAVING MAX(CASE WHEN f.maindiag_code LIKE k.diag_prefix || '%' THEN 1 ELSE 0 END) = 0
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
  f.maindiag_code,
  a.prefixes,
  a.point_id,
  a.point_source,
  f.medfee_sumamt AS amount,
  f.row_id AS evidence
FROM subject AS f
JOIN apart AS a ON a.row_id = f.row_id
