-- Each stay against the one before it at the same institution.
-- Planned cycles (list `planned_readmission`), emergencies and transfers are lawful and left out.
WITH ordered AS (
  SELECT
    s.*,
    LAG(s.mdtrt_id) OVER w AS prev_mdtrt_id,
    LAG(s.dscg_day) OVER w AS prev_dscg_day,
    LAG(s.maindiag_code) OVER w AS prev_maindiag_code,
    LAG(s.dscg_way) OVER w AS prev_dscg_way
  FROM subject AS s
  WINDOW w AS (PARTITION BY s.psn_no, s.fixmedins_code ORDER BY s.adm_day, s.mdtrt_id)
)
SELECT
  o.psn_no,
  o.fixmedins_code,
  o.mdtrt_id,
  o.setl_id,
  o.adm_day,
  o.prev_dscg_day,
  o.adm_day - o.prev_dscg_day AS gap_days,
  o.maindiag_code,
  o.diag_name,
  o.medfee_sumamt AS amount,
  o.prev_mdtrt_id || ' ' || o.mdtrt_id AS evidence
FROM ordered AS o
WHERE o.adm_day - o.prev_dscg_day BETWEEN 0 AND $max_gap_days
  AND SUBSTR(o.maindiag_code, 1, $disease_chars) = SUBSTR(o.prev_maindiag_code, 1, $disease_chars)
  AND o.is_emergency = 0
  AND COALESCE(o.prev_dscg_way, '1') NOT IN ('2', '3')
  AND NOT EXISTS (
    SELECT 1 FROM kb AS p
    WHERE o.maindiag_code LIKE p.code || '%' AND o.adm_day BETWEEN p.valid_from AND p.valid_to
  )
