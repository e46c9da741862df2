-- All that was disbursed for one clearing against what the clearing approved.
WITH paid AS (
  SELECT
    d.clr_id,
    COUNT(*) AS times,
    SUM(d.disb_amt) AS paid,
    STRING_AGG(d.disb_id, ' ' ORDER BY d.disb_id) AS evidence
  FROM disbursement AS d
  GROUP BY d.clr_id
)
SELECT
  c.fixmedins_code,
  c.clr_id,
  c.clr_aprv_amt,
  p.times,
  p.paid,
  p.paid - c.clr_aprv_amt AS amount,
  p.evidence
FROM subject AS c
JOIN paid AS p ON p.clr_id = c.clr_id
WHERE ROUND(p.paid - c.clr_aprv_amt, 6) > $tolerance
