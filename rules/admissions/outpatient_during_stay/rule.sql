SELECT
  v.psn_no,
  v.fixmedins_code,
  v.mdtrt_id,
  v.setl_id,
  v.service_day,
  s.mdtrt_id AS stay_mdtrt_id,
  s.adm_day,
  s.dscg_day,
  v.medfee_sumamt AS amount,
  s.mdtrt_id || ' ' || v.setl_id AS evidence
FROM subject AS v
JOIN stay AS s
  ON s.psn_no = v.psn_no AND v.service_day > s.adm_day AND v.service_day < s.dscg_day AND s.newborn_on_mother = 0
QUALIFY ROW_NUMBER() OVER (PARTITION BY v.setl_id ORDER BY s.adm_day, s.mdtrt_id) = 1
