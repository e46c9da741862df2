-- What was bought contradicts the holder's sex or age, on several days: once is a mistake, again and again is another person's card.
WITH wrong AS (
  SELECT f.psn_no, f.setl_id, f.row_id, f.service_day, f.amount
  FROM subject AS f
  JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
  WHERE f.gend <> k.sex
  UNION
  SELECT f.psn_no, f.setl_id, f.row_id, f.service_day, f.amount
  FROM subject AS f
  JOIN kb_drug_child_only_adult AS a ON a.code = f.code AND f.service_day BETWEEN a.valid_from AND a.valid_to
  WHERE f.age > COALESCE(a.max_age, 150) OR f.age < COALESCE(a.min_age, 0)
)
SELECT
  w.psn_no,
  COUNT(DISTINCT w.service_day) AS times,
  MIN(w.service_day) AS begin_day,
  MAX(w.service_day) AS end_day,
  SUM(w.amount) AS amount,
  STRING_AGG(w.row_id, ' ' ORDER BY w.row_id) AS evidence
FROM wrong AS w
GROUP BY w.psn_no
HAVING COUNT(DISTINCT w.service_day) >= $min_times
