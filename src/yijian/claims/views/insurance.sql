-- A relation that lasts has no end. What was never in force (0, 3) is out.
SELECT
  i.psn_insu_rlts_id,
  i.psn_no,
  i.insutype,
  i.insu_admdvs,
  i.emp_no,
  CASE WHEN i.insutype_retr_flag = '1' OR SUBSTR(i.psn_type, 1, 2) IN ('12', '13') THEN 1 ELSE 0 END AS is_retired,
  DATE_DIFF('day', DATE '1970-01-01', CAST(i.crte_time AS DATE)) AS enrolled_day,
  DATE_DIFF('day', DATE '1970-01-01', i.psn_insu_date) AS beg_day,
  COALESCE(DATE_DIFF('day', DATE '1970-01-01', i.paus_insu_date), 2932896) AS end_day
FROM psn_insu_d AS i
WHERE COALESCE(i.psn_insu_stas, '1') NOT IN ('0', '3')
