-- The hospital's own name for what it billed under a national code holds too few of the characters of the national name.
-- Compared once for each pair of names, over the first 40 characters.
WITH ones AS (
  SELECT 1 AS n UNION ALL SELECT 2 AS n UNION ALL SELECT 3 AS n UNION ALL SELECT 4 AS n UNION ALL SELECT 5 AS n
  UNION ALL SELECT 6 AS n UNION ALL SELECT 7 AS n UNION ALL SELECT 8 AS n UNION ALL SELECT 9 AS n UNION ALL SELECT 10 AS n
),
tens AS (
  SELECT 0 AS n UNION ALL SELECT 10 AS n UNION ALL SELECT 20 AS n UNION ALL SELECT 30 AS n
),
place AS (
  SELECT t.n + o.n AS n FROM tens AS t CROSS JOIN ones AS o
),
pair AS (
  SELECT DISTINCT f.local_name, f.name FROM subject AS f
),
alike AS (
  SELECT
    a.local_name,
    a.name,
    SUM(CASE WHEN REPLACE(a.local_name, SUBSTR(a.name, p.n, 1), '') <> a.local_name THEN 1 ELSE 0 END) * 1.0 / COUNT(*) AS share
  FROM pair AS a
  JOIN place AS p ON p.n <= LENGTH(a.name)
  GROUP BY a.local_name, a.name
)
SELECT
  f.fixmedins_code,
  f.local_code,
  f.code,
  MIN(f.local_name) AS local_name,
  MIN(f.name) AS name,
  COUNT(*) AS lines,
  COUNT(DISTINCT f.psn_no) AS people,
  ROUND(MIN(a.share) * 100, 1) AS percent,
  SUM(f.amount) AS amount,
  STRING_AGG(f.row_id, ' ' ORDER BY f.row_id) AS evidence
FROM subject AS f
JOIN alike AS a ON a.local_name = f.local_name AND a.name = f.name
WHERE a.share < $min_share
GROUP BY f.fixmedins_code, f.local_code, f.code
HAVING COUNT(*) >= $min_lines AND COUNT(DISTINCT f.psn_no) >= $min_people
