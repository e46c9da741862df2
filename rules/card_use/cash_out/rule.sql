-- Payments all from the personal account that are round, or that leave nothing in it: how many of an institution's in each fixed period.
WITH paid AS (
  SELECT
    s.*,
    s.service_day - s.service_day % $period AS begin_day,
    CASE
      WHEN s.acct_pay = s.medfee_sumamt AND s.acct_pay >= $min_yuan AND (s.acct_pay % $round_yuan = 0 OR s.balc = 0) THEN 1
      ELSE 0
    END AS is_case
  FROM subject AS s
)
SELECT
  p.fixmedins_code,
  p.begin_day,
  COUNT(*) AS payments,
  SUM(p.is_case) AS cases,
  COUNT(DISTINCT CASE WHEN p.is_case = 1 THEN p.psn_no END) AS people,
  SUM(CASE WHEN p.is_case = 1 THEN p.medfee_sumamt ELSE 0 END) AS amount,
  STRING_AGG(CASE WHEN p.is_case = 1 THEN p.setl_id END, ' ' ORDER BY CASE WHEN p.is_case = 1 THEN p.setl_id END) AS evidence
FROM paid AS p
GROUP BY p.fixmedins_code, p.begin_day
HAVING SUM(p.is_case) >= $min_cases AND SUM(p.is_case) >= COUNT(*) * $min_share
