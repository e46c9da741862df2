-- Stays whose bill is examinations, without an operation or any treatment (infusions and therapies are charged as treatment).
WITH bill AS (
  SELECT
    f.mdtrt_id,
    SUM(f.amount) AS total,
    SUM(CASE WHEN f.charge_type IN ('03', '04') THEN f.amount ELSE 0 END) AS tests,
    SUM(CASE WHEN f.charge_type IN ('05', '06') THEN f.amount ELSE 0 END) AS treated
  FROM fee_line AS f
  GROUP BY f.mdtrt_id
)
SELECT
  s.psn_no,
  s.fixmedins_code,
  s.mdtrt_id,
  s.setl_id,
  s.adm_day,
  s.dscg_day,
  s.diag_name,
  ROUND(b.tests * 100 / b.total, 1) AS share,
  s.medfee_sumamt AS amount,
  s.mdtrt_id AS evidence
FROM subject AS s
JOIN bill AS b ON b.mdtrt_id = s.mdtrt_id
WHERE b.treated = 0 AND b.tests >= b.total * $min_share
