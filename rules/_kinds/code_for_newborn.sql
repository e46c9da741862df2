-- A code for newborns only, used for someone older. Age in days on the day of service; the day of birth is day 0.
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  f.age_days,
  $newborn_days AS newborn_days,
  k.point_id,
  k.source AS point_source,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
WHERE f.age_days > $newborn_days
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.point_id) = 1
