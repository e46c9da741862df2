-- A prescription drug that a pharmacy sold without a prescription, or by one whose prescriber did not practise on the day.
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  CASE WHEN COALESCE(f.rx_drord_no, '') = '' THEN '没有处方号' ELSE '处方医师当日不在执业' END AS reason,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
LEFT JOIN doctor AS d ON d.prac_psn_code = f.bilg_dr_code
WHERE COALESCE(f.rx_drord_no, '') = '' OR f.service_day < d.beg_day OR f.service_day > d.end_day
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.point_id) = 1
