-- Results that cannot be, by the hundred: a hospital code whose users nearly all contradict the sex or age of the national code, else a
-- department of many codes, else a whole institution. The code table or the record of persons is suspected before any doctor. Lines
-- whose code stands in one of the lists, impossible or not, are the whole; what one level explains is not counted at the next.
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
    f.row_id,
    MAX(CASE WHEN f.gend <> COALESCE(NULLIF(p.sex, ''), f.gend) OR f.age < p.min_age OR f.age > p.max_age THEN 1 ELSE 0 END)
      AS is_impossible
  FROM subject AS f
  JOIN point AS p ON p.code = f.code AND f.service_day BETWEEN p.valid_from AND p.valid_to
  GROUP BY f.row_id
),
line AS (
  SELECT
    f.fixmedins_code,
    f.psn_no,
    f.local_code || ' ' || f.code AS pair,
    '院内编码“' || f.local_name || '”（' || f.local_code || '）对应国家编码“' || f.name || '”（' || f.code || '）' AS pair_said,
    COALESCE(f.bilg_dept_name, '') AS dept,
    f.amount,
    j.is_impossible,
    CASE WHEN j.is_impossible = 1 THEN f.row_id END AS impossible_row
  FROM subject AS f
  JOIN judged AS j ON j.row_id = f.row_id
),
by_pair AS (
  SELECT
    l.fixmedins_code, 'code' AS level, l.pair AS about, MIN(l.pair_said) AS said, COUNT(*) AS lines,
    SUM(l.is_impossible) AS impossible, SUM(l.amount * l.is_impossible) AS amount,
    STRING_AGG(l.impossible_row, ' ' ORDER BY l.impossible_row) AS evidence
  FROM line AS l
  GROUP BY l.fixmedins_code, l.pair
  HAVING COUNT(*) >= $min_lines AND COUNT(DISTINCT l.psn_no) >= $min_people AND SUM(l.is_impossible) >= COUNT(*) * $min_share
),
after_pair AS (
  SELECT l.* FROM line AS l
  WHERE NOT EXISTS (SELECT 1 FROM by_pair AS b WHERE b.fixmedins_code = l.fixmedins_code AND b.about = l.pair)
),
by_dept AS (
  SELECT
    l.fixmedins_code, 'department' AS level, l.dept AS about, '科室“' || l.dept || '”' AS said, COUNT(*) AS lines,
    SUM(l.is_impossible) AS impossible, SUM(l.amount * l.is_impossible) AS amount,
    STRING_AGG(l.impossible_row, ' ' ORDER BY l.impossible_row) AS evidence
  FROM after_pair AS l
  WHERE l.dept <> ''
  GROUP BY l.fixmedins_code, l.dept
  HAVING COUNT(*) >= $min_lines AND COUNT(DISTINCT l.psn_no) >= $min_people AND SUM(l.is_impossible) >= COUNT(*) * $min_share
),
after_dept AS (
  SELECT l.* FROM after_pair AS l
  WHERE NOT EXISTS (SELECT 1 FROM by_dept AS b WHERE b.fixmedins_code = l.fixmedins_code AND b.about = l.dept)
),
by_institution AS (
  SELECT
    l.fixmedins_code, 'institution' AS level, '' AS about, '全院' AS said, COUNT(*) AS lines,
    SUM(l.is_impossible) AS impossible, SUM(l.amount * l.is_impossible) AS amount,
    STRING_AGG(l.impossible_row, ' ' ORDER BY l.impossible_row) AS evidence
  FROM after_dept AS l
  GROUP BY l.fixmedins_code
  HAVING COUNT(*) >= $min_lines AND COUNT(DISTINCT l.psn_no) >= $min_people AND SUM(l.is_impossible) >= COUNT(*) * $min_share
)
SELECT p.fixmedins_code, p.level, p.about, p.said, p.lines, p.impossible, p.amount, p.evidence FROM by_pair AS p
UNION ALL
SELECT d.fixmedins_code, d.level, d.about, d.said, d.lines, d.impossible, d.amount, d.evidence FROM by_dept AS d
UNION ALL
SELECT i.fixmedins_code, i.level, i.about, i.said, i.lines, i.impossible, i.amount, i.evidence FROM by_institution AS i
