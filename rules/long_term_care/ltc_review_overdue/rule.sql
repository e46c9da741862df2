-- Paid visits by the newest assessment that stood on their day: after the day by which it had to be reviewed, or with none at all.
WITH newest AS (
  SELECT v.rid, a.rid AS assess_id, COALESCE(a.review_day, a.eval_day + $review_days) AS due_day
  FROM subject AS v
  JOIN ltc_assessment AS a ON a.psn_no = v.psn_no AND a.eval_day <= v.service_day
  QUALIFY ROW_NUMBER() OVER (PARTITION BY v.rid ORDER BY a.eval_day DESC, a.rid DESC) = 1
),
judged AS (
  SELECT
    v.*,
    COALESCE(n.assess_id, '') AS assess_id,
    CASE WHEN n.assess_id IS NULL THEN '没有失能评估' ELSE '失能评估 ' || n.assess_id || ' 已过复评日期' END AS reason
  FROM subject AS v
  LEFT JOIN newest AS n ON n.rid = v.rid
  WHERE n.rid IS NULL OR v.service_day > n.due_day
)
SELECT
  j.psn_no,
  MIN(j.serv_org_code) AS fixmedins_code,
  j.assess_id,
  MIN(j.reason) AS reason,
  MIN(j.service_day) AS first_day,
  COUNT(*) AS times,
  SUM(j.ltc_fund_pay) AS fund,
  SUM(j.amount) AS amount,
  STRING_AGG(j.rid, ' ' ORDER BY j.rid) AS evidence
FROM judged AS j
GROUP BY j.psn_no, j.assess_id
