-- A paid settlement on whose day no standing contribution of the insurance covers the person, who is not retired in it.
WITH covered AS (
  SELECT s.setl_id, MAX(c.is_paid) AS is_paid
  FROM subject AS s
  JOIN contribution AS c
    ON c.psn_no = s.psn_no AND c.insutype = s.insutype AND s.service_day BETWEEN c.beg_day AND c.end_day
  GROUP BY s.setl_id
)
SELECT
  s.psn_no,
  s.fixmedins_code,
  s.mdtrt_id,
  s.setl_id,
  s.service_day,
  CASE WHEN v.is_paid = 0 THEN '的缴费已冲正或未到账' ELSE '没有缴费记录' END AS reason,
  s.fund_pay_sumamt AS amount,
  s.setl_id AS evidence
FROM subject AS s
LEFT JOIN covered AS v ON v.setl_id = s.setl_id
WHERE COALESCE(v.is_paid, 0) = 0
  AND NOT EXISTS (
    SELECT 1 FROM insurance AS i
    WHERE i.psn_no = s.psn_no AND i.insutype = s.insutype AND i.is_retired = 1
  )
