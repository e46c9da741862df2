-- Fund payments on days that no agreement of the institution covers; years whose assessment is not there although others have theirs.
WITH paid AS (
  SELECT
    s.fixmedins_code,
    s.setl_id,
    s.service_day,
    s.fund_pay_sumamt,
    CAST(FLOOR(s.setl_month / 100.0) AS INTEGER) AS year
  FROM settlement AS s
  WHERE s.fund_pay_sumamt > 0
),
lacking AS (
  SELECT p.*, '没有有效协议' AS pattern
  FROM paid AS p
  WHERE NOT EXISTS (
    SELECT 1 FROM agreement AS v
    WHERE v.fixmedins_code = p.fixmedins_code AND p.service_day BETWEEN v.beg_day AND v.end_day
  )
  UNION ALL
  SELECT p.*, '没有年度考核' AS pattern
  FROM paid AS p
  WHERE CAST(p.year AS VARCHAR) IN (SELECT o.asmt_year FROM agreement AS o WHERE o.asmt_score IS NOT NULL)
    AND (p.year + 1) * 100 + $asmt_month <= (SELECT MAX(m.setl_month) FROM settlement AS m)
    AND NOT EXISTS (
      SELECT 1 FROM agreement AS v
      WHERE v.fixmedins_code = p.fixmedins_code AND v.asmt_year = CAST(p.year AS VARCHAR) AND v.asmt_score IS NOT NULL
    )
),
ranked AS (
  SELECT
    l.*,
    CASE
      WHEN ROW_NUMBER() OVER (
        PARTITION BY l.fixmedins_code, l.pattern, l.year ORDER BY l.service_day, l.setl_id
      ) <= $shown THEN l.setl_id
    END AS shown_id
  FROM lacking AS l
)
SELECT
  i.fixmedins_code,
  i.fixmedins_name,
  r.pattern,
  r.year,
  COUNT(*) AS times,
  SUM(r.fund_pay_sumamt) AS amount,
  STRING_AGG(r.shown_id, ' ' ORDER BY r.shown_id) AS evidence
FROM subject AS i
JOIN ranked AS r ON r.fixmedins_code = i.fixmedins_code
GROUP BY i.fixmedins_code, i.fixmedins_name, r.pattern, r.year
