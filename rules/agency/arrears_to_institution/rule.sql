-- Workdays from the clearing to each disbursement and to the last day that the data know: days less the days off among them. What was
-- paid within the days that the agreement grants is set against what was approved.
WITH due AS (
  SELECT
    c.clr_id,
    c.fixmedins_code,
    c.clr_day,
    c.clr_aprv_amt,
    COALESCE(MAX(a.disb_lmt_days), $limit_days) AS limit_days
  FROM subject AS c
  LEFT JOIN agreement AS a ON a.fixmedins_code = c.fixmedins_code AND c.clr_day BETWEEN a.beg_day AND a.end_day
  GROUP BY c.clr_id, c.fixmedins_code, c.clr_day, c.clr_aprv_amt
),
event AS (
  SELECT d.clr_id, d.disb_day, SUM(d.disb_amt) AS paid
  FROM disbursement AS d
  GROUP BY d.clr_id, d.disb_day
  UNION ALL
  SELECT u.clr_id, t.disb_day, 0 AS paid
  FROM due AS u
  CROSS JOIN (SELECT MAX(d.disb_day) AS disb_day FROM disbursement AS d) AS t
),
counted AS (
  SELECT
    u.clr_id,
    e.disb_day,
    e.paid,
    e.disb_day - u.clr_day - COUNT(k.code) AS workdays
  FROM due AS u
  JOIN event AS e ON e.clr_id = u.clr_id
  LEFT JOIN kb AS k ON k.valid_from > u.clr_day AND k.valid_to <= e.disb_day
  GROUP BY u.clr_id, u.clr_day, e.disb_day, e.paid
),
settled AS (
  SELECT
    u.clr_id,
    u.fixmedins_code,
    u.clr_day,
    u.clr_aprv_amt,
    u.limit_days,
    MAX(c.workdays) AS waited,
    SUM(CASE WHEN c.workdays <= u.limit_days THEN c.paid ELSE 0 END) AS in_time
  FROM due AS u
  JOIN counted AS c ON c.clr_id = u.clr_id
  GROUP BY u.clr_id, u.fixmedins_code, u.clr_day, u.clr_aprv_amt, u.limit_days
)
SELECT
  s.fixmedins_code,
  s.clr_id,
  s.clr_day,
  s.clr_aprv_amt,
  s.limit_days,
  s.waited,
  s.in_time,
  s.clr_aprv_amt - s.in_time AS amount,
  s.clr_id AS evidence
FROM settled AS s
WHERE s.waited > s.limit_days AND ROUND(CAST(s.clr_aprv_amt - s.in_time AS DOUBLE), 6) > $tolerance
