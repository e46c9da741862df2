-- What one account received for how many people, and whether an operator has the same account.
WITH account AS (
  SELECT
    r.payee_tok,
    COUNT(DISTINCT r.psn_no) AS people,
    COUNT(*) AS times,
    MIN(r.psn_no) AS psn_no,
    SUM(r.fund_pay_sumamt) AS amount,
    STRING_AGG(r.manl_reim_id, ' ' ORDER BY r.manl_reim_id) AS evidence
  FROM subject AS r
  GROUP BY r.payee_tok
),
staff AS (
  SELECT o.payee_tok, MIN(o.opter_id) AS opter_id FROM operator AS o GROUP BY o.payee_tok
)
SELECT
  a.psn_no,
  a.payee_tok,
  CASE WHEN s.opter_id IS NULL THEN '多人共用' ELSE '经办人员的账户' END AS pattern,
  COALESCE('，账户为经办人员 ' || s.opter_id || ' 所有', '') AS owner,
  a.people,
  a.times,
  a.amount,
  a.evidence
FROM account AS a
LEFT JOIN staff AS s ON s.payee_tok = a.payee_tok
WHERE a.people >= $min_people OR s.opter_id IS NOT NULL
