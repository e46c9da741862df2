-- One hospital code whose users nearly all contradict the sex or age of the national code: its entry in the code table is suspected
-- before any doctor. Lines whose code stands in one of the lists, impossible or not, are the whole.
WITH point AS (
  SELECT a.code, a.sex, 0 AS min_age, 150 AS max_age, a.valid_from, a.valid_to FROM kb_drug_sex AS a
  UNION ALL
  SELECT b.code, b.sex, 0 AS min_age, 150 AS max_age, b.valid_from, b.valid_to FROM kb_item_sex AS b
  UNION ALL
  SELECT c.code, '' AS sex, COALESCE(c.min_age, 0) AS min_age, COALESCE(c.max_age, 150) AS max_age, c.valid_from, c.valid_to
  FROM kb_drug_child_only_adult AS c
  UNION ALL
  SELECT d.code, '' AS sex, COALESCE(d.min_age, 0) AS min_age, COALESCE(d.max_age, 150) AS max_age, d.valid_from, d.valid_to
  FROM kb_item_child_only_adult AS d
),
judged AS (
  SELECT
    f.setl_id,
    f.row_id,
    MAX(CASE WHEN f.gend <> COALESCE(NULLIF(p.sex, ''), f.gend) OR f.age < p.min_age OR f.age > p.max_age THEN 1 ELSE 0 END)
      AS is_impossible
  FROM subject AS f
  JOIN point AS p ON p.code = f.code AND f.service_day BETWEEN p.valid_from AND p.valid_to
  GROUP BY f.setl_id, f.row_id
),
marked AS (
  SELECT j.*, CASE WHEN j.is_impossible = 1 THEN j.row_id END AS impossible_row FROM judged AS j
)
SELECT
  f.fixmedins_code,
  f.local_code,
  f.code,
  MIN(f.local_name) AS local_name,
  MIN(f.name) AS name,
  COUNT(*) AS lines,
  SUM(j.is_impossible) AS impossible,
  COUNT(DISTINCT f.psn_no) AS people,
  SUM(f.amount * j.is_impossible) AS amount,
  STRING_AGG(j.impossible_row, ' ' ORDER BY j.impossible_row) AS evidence
FROM subject AS f
JOIN marked AS j ON j.setl_id = f.setl_id AND j.row_id = f.row_id
GROUP BY f.fixmedins_code, f.local_code, f.code
HAVING COUNT(*) >= $min_lines AND COUNT(DISTINCT f.psn_no) >= $min_people AND SUM(j.is_impossible) >= COUNT(*) * $min_share
