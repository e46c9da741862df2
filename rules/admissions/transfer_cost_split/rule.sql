-- Paid by disease: a stay whose cost had come near its payment standard, and the next one at the same institution, within a day, under
-- another disease. The same disease is for split_admission.
WITH ordered AS (
  SELECT
    s.*,
    LAG(s.mdtrt_id) OVER w AS prev_mdtrt_id,
    LAG(s.dscg_day) OVER w AS prev_dscg_day,
    LAG(s.dscg_way) OVER w AS prev_dscg_way,
    LAG(s.maindiag_code) OVER w AS prev_maindiag_code,
    LAG(s.medfee_sumamt) OVER w AS prev_fee,
    LAG(s.bydise_setl_payamt) OVER w AS prev_standard
  FROM subject AS s
  WINDOW w AS (PARTITION BY s.psn_no, s.fixmedins_code ORDER BY s.adm_day, s.mdtrt_id)
)
SELECT
  o.psn_no,
  o.fixmedins_code,
  o.mdtrt_id,
  o.setl_id,
  o.prev_dscg_day,
  o.adm_day,
  o.prev_maindiag_code,
  o.maindiag_code,
  o.prev_fee,
  o.prev_standard,
  o.medfee_sumamt AS amount,
  o.prev_mdtrt_id || ' ' || o.mdtrt_id AS evidence
FROM ordered AS o
WHERE o.adm_day - o.prev_dscg_day BETWEEN 0 AND $max_gap_days
  AND SUBSTR(o.maindiag_code, 1, $disease_chars) <> SUBSTR(o.prev_maindiag_code, 1, $disease_chars)
  AND o.prev_fee >= o.prev_standard * $near_share
  AND o.is_emergency = 0
  AND COALESCE(o.prev_dscg_way, '1') NOT IN ('2', '3')
