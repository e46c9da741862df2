-- Supply of one resaleable drug over any possible use, gathered from several institutions within a rolling period. One finding for each
-- person and drug: the window with the most. In doubt is what the period's own days cannot use up.
WITH bought AS (
  SELECT f.psn_no, f.fixmedins_code, f.row_id, f.service_day, f.prd_days, f.amount, SUBSTR(f.code, 1, $drug_chars) AS drug, MIN(f.name) AS name
  FROM subject AS f
  JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
  GROUP BY f.psn_no, f.fixmedins_code, f.setl_id, f.row_id, f.service_day, f.prd_days, f.amount, SUBSTR(f.code, 1, $drug_chars)
),
last AS (
  SELECT DISTINCT b.psn_no, b.drug, b.service_day AS end_day FROM bought AS b
),
rolled AS (
  SELECT
    l.psn_no,
    l.drug,
    l.end_day,
    MIN(b.name) AS name,
    SUM(b.prd_days) AS days,
    SUM(b.amount) AS charged,
    COUNT(DISTINCT b.fixmedins_code) AS institutions,
    STRING_AGG(b.row_id, ' ' ORDER BY b.row_id) AS evidence
  FROM last AS l
  JOIN bought AS b
    ON b.psn_no = l.psn_no AND b.drug = l.drug AND b.service_day BETWEEN l.end_day - $period + 1 AND l.end_day
  GROUP BY l.psn_no, l.drug, l.end_day
  HAVING SUM(b.prd_days) > $period * $times AND COUNT(DISTINCT b.fixmedins_code) >= $min_institutions
)
SELECT
  r.psn_no,
  r.drug,
  r.end_day,
  r.name,
  r.days,
  r.institutions,
  r.charged * (r.days - $period) / r.days AS amount,
  r.evidence
FROM rolled AS r
QUALIFY ROW_NUMBER() OVER (PARTITION BY r.psn_no, r.drug ORDER BY r.days DESC, r.end_day) = 1
