-- A diagnosis or operation that only one sex can have, in a settlement of the other. The list holds prefixes; the first
-- $head_chars characters join, the rest is compared.
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  f.gend,
  k.sex AS limited_sex,
  k.point_id,
  k.source AS point_source,
  f.medfee_sumamt AS amount,
  f.row_id AS evidence
FROM subject AS f
JOIN kb AS k
  ON SUBSTR(k.code, 1, $head_chars) = SUBSTR(f.code, 1, $head_chars) AND f.code LIKE k.code || '%'
  AND f.service_day BETWEEN k.valid_from AND k.valid_to
WHERE f.gend <> k.sex
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.point_id) = 1
