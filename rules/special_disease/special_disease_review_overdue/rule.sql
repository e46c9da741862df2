-- Paid under a registration after the day by which it had to be reviewed, while no other registration of the disease was in force.
WITH due AS (
  SELECT r.*, COALESCE(r.review_day, r.beg_day + $review_days) AS due_day FROM subject AS r
)
SELECT
  d.psn_no,
  d.fixmedins_code,
  d.trt_dcla_detl_sn,
  d.opsp_dise_name,
  d.beg_day,
  d.due_day,
  MIN(s.service_day) AS first_day,
  COUNT(*) AS times,
  SUM(s.fund_pay_sumamt) AS amount,
  d.trt_dcla_detl_sn AS evidence
FROM due AS d
JOIN settlement AS s
  ON s.psn_no = d.psn_no AND s.dise_code = d.opsp_dise_code AND s.service_day > d.due_day AND s.service_day <= d.end_day
WHERE s.fund_pay_sumamt > 0
  AND NOT EXISTS (
    SELECT 1 FROM due AS n
    WHERE n.psn_no = d.psn_no AND n.opsp_dise_code = d.opsp_dise_code
      AND s.service_day BETWEEN n.beg_day AND n.end_day AND s.service_day <= n.due_day
  )
GROUP BY d.psn_no, d.fixmedins_code, d.trt_dcla_detl_sn, d.opsp_dise_name, d.beg_day, d.due_day
