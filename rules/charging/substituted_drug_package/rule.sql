-- What one person bought at one settlement, as a sorted text; the same text for the same money, person after person.
-- Cheap baskets (a cold's three drugs) are alike by nature and left out.
WITH item AS (
  SELECT
    f.fixmedins_code,
    f.setl_id,
    f.psn_no,
    f.code || '*' || CAST(CAST(ROUND(SUM(f.cnt), 0) AS INTEGER) AS VARCHAR) AS goods,
    SUM(f.amount) AS amount
  FROM subject AS f
  GROUP BY f.fixmedins_code, f.setl_id, f.psn_no, f.code
),
basket AS (
  SELECT
    i.fixmedins_code,
    i.setl_id,
    i.psn_no,
    STRING_AGG(i.goods, ' ' ORDER BY i.goods) AS goods,
    COUNT(*) AS kinds,
    ROUND(SUM(i.amount), 2) AS total
  FROM item AS i
  GROUP BY i.fixmedins_code, i.setl_id, i.psn_no
)
SELECT
  b.fixmedins_code,
  MIN(b.setl_id) AS setl_id,
  b.goods,
  b.total AS each,
  MIN(b.kinds) AS kinds,
  COUNT(DISTINCT b.psn_no) AS people,
  SUM(b.total) AS amount,
  STRING_AGG(b.setl_id, ' ' ORDER BY b.setl_id) AS evidence,
  STRING_AGG(r.rows_of, ' ' ORDER BY r.rows_of) AS subjects
FROM basket AS b
JOIN (
  SELECT f.setl_id, STRING_AGG(f.row_id, ' ' ORDER BY f.row_id) AS rows_of FROM subject AS f GROUP BY f.setl_id
) AS r ON r.setl_id = b.setl_id
WHERE b.kinds >= $min_kinds AND b.total >= $min_yuan
GROUP BY b.fixmedins_code, b.goods, b.total
HAVING COUNT(DISTINCT b.psn_no) >= $min_people
