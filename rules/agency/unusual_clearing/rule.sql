-- An institution whose claims an operator never cuts, although the same operator cuts all others; an account whose reimbursements all go
-- through one operator, who handles no more than a share of all reimbursements.
WITH pair AS (
  SELECT
    b.opter_id,
    b.fixmedins_code,
    COUNT(*) AS times,
    SUM(b.asked) AS asked,
    SUM(b.amount) AS granted,
    STRING_AGG(b.business_id, ' ' ORDER BY b.business_id) AS evidence
  FROM subject AS b
  WHERE b.record_table = 'clr_d'
  GROUP BY b.opter_id, b.fixmedins_code
),
compared AS (
  SELECT
    p.*,
    (SUM(p.times) OVER w) - p.times AS other_times,
    (SUM(p.asked) OVER w) - p.asked AS other_asked,
    (SUM(p.granted) OVER w) - p.granted AS other_granted
  FROM pair AS p
  WINDOW w AS (PARTITION BY p.opter_id)
),
account AS (
  SELECT
    b.payee_tok,
    MIN(b.opter_id) AS opter_id,
    COUNT(*) AS times,
    SUM(b.amount) AS amount,
    STRING_AGG(b.business_id, ' ' ORDER BY b.business_id) AS evidence
  FROM subject AS b
  WHERE b.record_table = 'manl_reim_d'
  GROUP BY b.payee_tok
  HAVING COUNT(DISTINCT b.opter_id) = 1 AND COUNT(*) >= $payee_times
),
load AS (
  SELECT b.opter_id, COUNT(*) AS times
  FROM subject AS b
  WHERE b.record_table = 'manl_reim_d'
  GROUP BY b.opter_id
),
share AS (
  SELECT l.opter_id, l.times * 1.0 / SUM(l.times) OVER () AS share FROM load AS l
)
SELECT
  c.opter_id,
  '机构' AS pattern,
  c.fixmedins_code AS party,
  c.fixmedins_code,
  c.times,
  '核准率' AS measure,
  ROUND(c.granted * 100.0 / c.asked, 1) AS own_pct,
  ROUND(c.other_granted * 100.0 / c.other_asked, 1) AS usual_pct,
  c.granted - c.asked * c.other_granted / c.other_asked AS amount,
  c.evidence
FROM compared AS c
WHERE c.times >= $min_times
  AND c.other_times >= $min_times
  AND ROUND(c.asked * $max_cut - (c.asked - c.granted), 6) >= 0
  AND ROUND(c.other_asked - c.other_granted - c.other_asked * $usual_cut, 6) >= 0
UNION ALL
SELECT
  a.opter_id,
  '收款账户' AS pattern,
  a.payee_tok AS party,
  NULL AS fixmedins_code,
  a.times,
  '由其经手的比例' AS measure,
  100.0 AS own_pct,
  ROUND(s.share * 100.0, 1) AS usual_pct,
  a.amount,
  a.evidence
FROM account AS a
JOIN share AS s ON s.opter_id = a.opter_id
WHERE s.share <= $max_share
