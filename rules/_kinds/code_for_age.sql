-- A code that is limited to an age, in completed years on the day of service, both ends included.
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
  f.amount,
  f.row_id AS evidence
FROM subject AS f
JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
WHERE f.age > COALESCE(k.max_age, 150) OR f.age < COALESCE(k.min_age, 0)
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.point_id) = 1
