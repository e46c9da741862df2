-- Two stays of a person overlap when the later begins before the day on which the earlier ends: the day of transfer is lawful.
SELECT
  b.psn_no,
  b.fixmedins_code,
  b.mdtrt_id,
  b.setl_id,
  b.adm_day,
  a.adm_day AS prev_adm_day,
  a.dscg_day AS prev_dscg_day,
  LEAST(a.dscg_day, b.dscg_day) - b.adm_day AS overlap_days,
  b.medfee_sumamt AS amount,
  a.mdtrt_id || ' ' || b.mdtrt_id AS evidence
FROM subject AS b
JOIN subject AS a
  ON a.psn_no = b.psn_no
  AND (a.adm_day < b.adm_day OR (a.adm_day = b.adm_day AND a.mdtrt_id < b.mdtrt_id))
  AND a.dscg_day > b.adm_day
QUALIFY ROW_NUMBER() OVER (PARTITION BY b.mdtrt_id ORDER BY a.dscg_day DESC, a.mdtrt_id) = 1
