-- Supply runs down one day a day and never below zero. What is still at hand when the drug is bought again is the supply
-- ahead of the calendar: with S the days bought so far and d the day, S(i-1) − d(i) − min over j ≤ i of (S(j-1) − d(j)).
WITH line AS (
  SELECT
    f.*,
    SUBSTR(f.code, 1, $drug_chars) AS drug,
    CASE
      WHEN SUBSTR(f.med_type, 1, 2) = '14' OR EXISTS (
        SELECT 1 FROM registration AS r
        WHERE r.psn_no = f.psn_no AND f.service_day BETWEEN r.beg_day AND r.end_day
      ) THEN $max_ahead_registered
      ELSE $max_ahead
    END AS limit_days
  FROM subject AS f
),
bought AS (
  SELECT l.psn_no, l.drug, l.service_day, SUM(l.prd_days) AS days
  FROM line AS l
  GROUP BY l.psn_no, l.drug, l.service_day
),
supplied AS (
  SELECT
    b.psn_no,
    b.drug,
    b.service_day,
    SUM(b.days) OVER (
      PARTITION BY b.psn_no, b.drug ORDER BY b.service_day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) - b.days - b.service_day AS balance
  FROM bought AS b
),
ahead AS (
  SELECT
    s.psn_no,
    s.drug,
    s.service_day,
    s.balance - MIN(s.balance) OVER (
      PARTITION BY s.psn_no, s.drug ORDER BY s.service_day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS days_ahead
  FROM supplied AS s
)
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  f.prd_days,
  f.limit_days,
  a.days_ahead,
  f.amount * LEAST(f.prd_days, a.days_ahead - f.limit_days) / f.prd_days AS amount,
  f.row_id AS evidence
FROM line AS f
JOIN ahead AS a ON a.psn_no = f.psn_no AND a.drug = f.drug AND a.service_day = f.service_day
WHERE a.days_ahead > f.limit_days
