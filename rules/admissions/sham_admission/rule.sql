-- An idle day is a day of the stay (admission to the day before discharge) with no line other than bed, consultation,
-- general and registration fees.
WITH served AS (
  SELECT
    f.mdtrt_id,
    COUNT(DISTINCT CASE
      WHEN f.charge_type NOT IN ('01', '02', '12', '13', '14') AND f.service_day >= s.adm_day AND f.service_day < s.dscg_day
      THEN f.service_day
    END) AS served_days
  FROM fee_line AS f
  JOIN subject AS s ON s.mdtrt_id = f.mdtrt_id
  GROUP BY f.mdtrt_id
)
SELECT
  s.psn_no,
  s.fixmedins_code,
  s.mdtrt_id,
  s.setl_id,
  s.adm_day,
  s.dscg_day,
  s.stay_days,
  s.stay_days - v.served_days AS idle_days,
  s.medfee_sumamt AS amount,
  s.mdtrt_id AS evidence
FROM subject AS s
JOIN served AS v ON v.mdtrt_id = s.mdtrt_id
WHERE s.stay_days >= $min_stay_days
  AND s.stay_days - v.served_days >= $min_idle_days
  AND s.stay_days - v.served_days >= s.stay_days * $min_idle_share
