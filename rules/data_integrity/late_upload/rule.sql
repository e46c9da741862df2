-- Inpatient lines count from the discharge, all others from the service.
WITH due AS (
  SELECT
    f.*,
    CASE WHEN f.encounter = 'inpatient' THEN GREATEST(f.dscg_day, f.service_day) ELSE f.service_day END AS due_from_day
  FROM subject AS f
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
  f.due_from_day,
  f.upload_day,
  f.upload_day - f.due_from_day AS late_days,
  f.amount,
  f.row_id AS evidence
FROM due AS f
WHERE f.upload_day - f.due_from_day > $max_days
