-- The life of each code in order of time: a sale right after a sale, with no return between, is the second time.
WITH life AS (
  SELECT
    t.*,
    LAG(t.trac_type) OVER w AS prev_type,
    LAG(t.rid) OVER w AS prev_rid,
    LEAD(t.trac_type) OVER w AS next_type
  FROM subject AS t
  WHERE LENGTH(t.drug_trac_codg) >= $min_chars
  WINDOW w AS (PARTITION BY t.drug_trac_codg ORDER BY t.service_minute, t.rid)
),
sold AS (
  SELECT l.*
  FROM life AS l
  WHERE l.trac_type = $sale AND (l.prev_type = $sale OR l.next_type = $sale)
),
settled AS (
  SELECT d.drug_trac_codg, SUM(s.medfee_sumamt) AS amount
  FROM (SELECT DISTINCT x.drug_trac_codg, x.setl_id FROM sold AS x) AS d
  JOIN settlement AS s ON s.setl_id = d.setl_id
  GROUP BY d.drug_trac_codg
)
SELECT
  s.drug_trac_codg,
  MIN(CASE WHEN s.prev_type IS NULL OR s.prev_type <> $sale THEN s.psn_no END) AS psn_no,
  MIN(s.fixmedins_code) AS fixmedins_code,
  MIN(s.service_minute) AS first_minute,
  MAX(s.service_minute) AS last_minute,
  COUNT(*) AS times,
  COALESCE(MIN(p.amount), 0) AS amount,
  STRING_AGG(DISTINCT s.setl_id, ' ' ORDER BY s.setl_id) AS evidence,
  STRING_AGG(s.rid, ' ' ORDER BY s.rid) AS subjects
FROM sold AS s
LEFT JOIN settled AS p ON p.drug_trac_codg = s.drug_trac_codg
GROUP BY s.drug_trac_codg
