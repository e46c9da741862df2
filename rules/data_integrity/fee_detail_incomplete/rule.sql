-- The lines of a settlement must say what they are, and must add up to what was settled (refunds are off both).
WITH line AS (
  SELECT
    f.setl_id,
    f.row_id,
    f.amount,
    CASE
      WHEN f.list_type IN ('101', '102', '103', '104', '201', '301') AND f.charge_type IS NOT NULL AND f.local_name IS NOT NULL
      THEN 0 ELSE 1
    END AS is_bad
  FROM fee_line AS f
),
marked AS (
  SELECT l.*, CASE WHEN l.is_bad = 1 THEN l.row_id END AS bad_row FROM line AS l
),
total AS (
  SELECT
    l.setl_id,
    SUM(l.amount) AS charged,
    SUM(l.is_bad) AS bad_lines,
    SUM(l.is_bad * l.amount) AS bad_amount,
    STRING_AGG(l.bad_row, ' ' ORDER BY l.bad_row) AS bad_rows
  FROM marked AS l
  GROUP BY l.setl_id
),
compared AS (
  SELECT s.*, t.charged, t.bad_lines, t.bad_amount, t.bad_rows, ROUND(t.charged - s.medfee_sumamt, 2) AS difference
  FROM subject AS s
  JOIN total AS t ON t.setl_id = s.setl_id
)
SELECT
  c.psn_no,
  c.fixmedins_code,
  c.mdtrt_id,
  c.setl_id,
  c.service_day,
  c.charged,
  c.medfee_sumamt,
  c.difference,
  c.bad_lines,
  ABS(c.difference) + c.bad_amount AS amount,
  TRIM(c.setl_id || ' ' || COALESCE(c.bad_rows, '')) AS evidence
FROM compared AS c
WHERE ABS(c.difference) > $tolerance OR c.bad_lines > 0
