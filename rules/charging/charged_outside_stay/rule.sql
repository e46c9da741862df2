SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  f.adm_day,
  f.dscg_day,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
WHERE f.service_day < f.adm_day - $days_before OR f.service_day > f.dscg_day + $days_after
