-- An invoice that the fund paid already: settled online, or reimbursed before (by the number of the reimbursement).
WITH paid AS (
  SELECT s.psn_no, s.fixmedins_code AS issuer_code, s.invono, s.setl_id AS other, '' AS before, '该发票已联网结算' AS reason
  FROM settlement AS s
  WHERE s.fund_pay_sumamt > 0
  UNION ALL
  SELECT b.psn_no, b.issuer_code, b.invono, b.manl_reim_id AS other, b.manl_reim_id AS before, '该发票已零星报销过' AS reason
  FROM subject AS b
)
SELECT
  r.psn_no,
  r.issuer_code AS fixmedins_code,
  r.manl_reim_id,
  r.invono,
  r.issuer_name,
  r.service_day,
  p.other,
  p.reason,
  r.fund_pay_sumamt AS amount,
  r.manl_reim_id || ' ' || p.other AS evidence,
  r.manl_reim_id AS subjects
FROM subject AS r
JOIN paid AS p ON p.psn_no = r.psn_no AND p.issuer_code = r.issuer_code AND p.invono = r.invono AND p.before < r.manl_reim_id
QUALIFY ROW_NUMBER() OVER (PARTITION BY r.manl_reim_id ORDER BY p.reason DESC, p.other) = 1
