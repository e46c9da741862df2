-- One drug, one doctor, one day, several prescriptions that only together go over the days that one may be written for.
SELECT
  f.psn_no,
  f.fixmedins_code,
  MIN(f.mdtrt_id) AS mdtrt_id,
  MIN(f.setl_id) AS setl_id,
  f.bilg_dr_code,
  f.service_day,
  SUBSTR(f.code, 1, $drug_chars) AS drug,
  MIN(f.name) AS name,
  COUNT(DISTINCT f.rx_drord_no) AS prescriptions,
  SUM(f.prd_days) AS days,
  SUM(f.amount) * (SUM(f.prd_days) - $max_days) / SUM(f.prd_days) AS amount,
  STRING_AGG(f.row_id, ' ' ORDER BY f.row_id) AS evidence
FROM subject AS f
GROUP BY f.psn_no, f.fixmedins_code, f.bilg_dr_code, f.service_day, SUBSTR(f.code, 1, $drug_chars)
HAVING SUM(f.prd_days) > $max_days AND COUNT(DISTINCT f.rx_drord_no) >= $min_prescriptions
