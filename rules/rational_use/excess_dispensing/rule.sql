-- Supply runs down one day a day and never below zero. What is still at hand when the drug is bought again is the supply
-- ahead of the calendar: with S the days bought so far and d the day, S(i-1) − d(i) − min over j ≤ i of (S(j-1) − d(j)).
-- Few purchases are ahead of the lower limit; only for these it matters whether the person is registered.
WITH bought AS (
  SELECT b.psn_no, SUBSTR(b.code, 1, $drug_chars) AS drug, b.service_day, SUM(b.prd_days) AS days
  FROM subject AS b
  GROUP BY b.psn_no, SUBSTR(b.code, 1, $drug_chars), b.service_day
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
),
early AS (
  SELECT a.psn_no, a.drug, a.service_day, a.days_ahead, MAX(r.trt_dcla_detl_sn) AS registration
  FROM ahead AS a
  LEFT JOIN registration AS r ON r.psn_no = a.psn_no AND a.service_day BETWEEN r.beg_day AND r.end_day
  WHERE a.days_ahead > $max_ahead
  GROUP BY a.psn_no, a.drug, a.service_day, a.days_ahead
),
line AS (
  SELECT
    f.*,
    e.days_ahead,
    CASE WHEN SUBSTR(f.med_type, 1, 2) = '14' OR e.registration IS NOT NULL THEN $max_ahead_registered ELSE $max_ahead END
      AS limit_days
  FROM subject AS f
  JOIN early AS e ON e.psn_no = f.psn_no AND e.drug = SUBSTR(f.code, 1, $drug_chars) AND e.service_day = f.service_day
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
  f.days_ahead,
  f.amount * LEAST(f.prd_days, f.days_ahead - f.limit_days) / f.prd_days AS amount,
  f.row_id AS evidence
FROM line AS f
WHERE f.days_ahead > f.limit_days
