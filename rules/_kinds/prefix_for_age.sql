-- A diagnosis that cannot be at the person's age, in completed years on the day of the visit, both ends included.
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  f.age,
  COALESCE(k.min_age, 0) AS min_age,
  COALESCE(k.max_age, 150) AS max_age,
  k.point_id,
  k.source AS point_source,
  f.medfee_sumamt AS amount,
  f.row_id AS evidence
FROM subject AS f
JOIN kb AS k
  ON SUBSTR(k.code, 1, $head_chars) = SUBSTR(f.code, 1, $head_chars) AND f.code LIKE k.code || '%'
  AND f.service_day BETWEEN k.valid_from AND k.valid_to
WHERE f.age > COALESCE(k.max_age, 150) OR f.age < COALESCE(k.min_age, 0)
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.point_id) = 1
