-- An invoice of a reimbursement that cannot be: someone else was paid for it, or its issuer never used numbers of that length.
WITH known AS (
  SELECT
    s.fixmedins_code,
    COUNT(*) AS invoices,
    MIN(LENGTH(s.invono)) AS shortest,
    MAX(LENGTH(s.invono)) AS longest
  FROM settlement AS s
  WHERE s.invono IS NOT NULL
  GROUP BY s.fixmedins_code
),
wrong AS (
  SELECT r.manl_reim_id, '另有他人用同一张发票报销' AS reason
  FROM subject AS r
  JOIN subject AS o ON o.invono = r.invono AND o.issuer_code = r.issuer_code AND o.psn_no <> r.psn_no
  UNION
  SELECT r.manl_reim_id, '另有他人用同一张发票结算' AS reason
  FROM subject AS r
  JOIN settlement AS o ON o.invono = r.invono AND o.fixmedins_code = r.issuer_code AND o.psn_no <> r.psn_no
  UNION
  SELECT r.manl_reim_id, '开票机构没有开过这种号码的发票' AS reason
  FROM subject AS r
  JOIN known AS k ON k.fixmedins_code = r.issuer_code
  WHERE k.invoices >= $min_known AND (LENGTH(r.invono) < k.shortest OR LENGTH(r.invono) > k.longest)
)
SELECT
  r.psn_no,
  r.issuer_code AS fixmedins_code,
  r.manl_reim_id,
  r.invono,
  r.issuer_name,
  r.service_day,
  w.reason,
  r.fund_pay_sumamt AS amount,
  r.manl_reim_id AS evidence
FROM subject AS r
JOIN wrong AS w ON w.manl_reim_id = r.manl_reim_id
QUALIFY ROW_NUMBER() OVER (PARTITION BY r.manl_reim_id ORDER BY w.reason) = 1
