-- Lines dated after the day of death, one finding for each settlement. Settling later what was served before is lawful.
SELECT
  f.psn_no,
  f.fixmedins_code,
  MIN(f.mdtrt_id) AS mdtrt_id,
  f.setl_id,
  MIN(p.die_day) AS die_day,
  MAX(f.service_day) AS last_day,
  MIN(f.name) AS name,
  COUNT(*) AS lines,
  SUM(f.amount) AS amount,
  STRING_AGG(f.row_id, ' ' ORDER BY f.row_id) AS subjects,
  STRING_AGG(f.row_id, ' ' ORDER BY f.row_id) AS evidence
FROM subject AS f
JOIN person AS p ON p.psn_no = f.psn_no
WHERE f.service_day > p.die_day
GROUP BY f.psn_no, f.fixmedins_code, f.setl_id
