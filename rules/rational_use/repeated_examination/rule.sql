-- An examination that other institutions must recognise, done again within the period in another encounter: against the last one before.
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  a.service_day AS prev_day,
  a.fixmedins_code AS prev_fixmedins_code,
  f.amount,
  f.row_id || ' ' || a.row_id AS evidence,
  f.row_id AS subjects
FROM subject AS f
JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
JOIN fee_line AS a
  ON a.psn_no = f.psn_no AND a.code = f.code AND a.mdtrt_id <> f.mdtrt_id
  AND a.service_minute < f.service_minute AND f.service_day - a.service_day <= $period
QUALIFY ROW_NUMBER() OVER (
  PARTITION BY f.setl_id, f.row_id ORDER BY a.service_minute DESC, a.setl_id, a.row_id, k.point_id
) = 1
