-- Between two counts: opening + all that moved (in positive, out negative; the day of the closing count included) = closing.
WITH counted AS (
  SELECT
    c.fixmedins_code,
    c.code,
    c.service_day,
    MIN(c.name) AS name,
    MIN(c.rid) AS rid,
    SUM(c.cnt) AS cnt,
    STRING_AGG(c.rid, ' ' ORDER BY c.rid) AS rids
  FROM subject AS c
  GROUP BY c.fixmedins_code, c.code, c.service_day
),
period AS (
  SELECT
    c.*,
    LAG(c.service_day) OVER w AS open_day,
    LAG(c.cnt) OVER w AS opening,
    LAG(c.rids) OVER w AS open_rids
  FROM counted AS c
  WINDOW w AS (PARTITION BY c.fixmedins_code, c.code ORDER BY c.service_day)
),
balance AS (
  SELECT
    p.fixmedins_code,
    p.code,
    p.service_day,
    MIN(p.name) AS name,
    MIN(p.rid) AS rid,
    MIN(p.cnt) AS closing,
    MIN(p.open_day) AS open_day,
    MIN(p.opening) AS opening,
    MIN(p.open_rids) AS open_rids,
    MIN(p.rids) AS rids,
    COALESCE(SUM(m.cnt), 0) AS moved,
    COALESCE(AVG(CASE WHEN m.move = 'sale' THEN m.pric END), AVG(m.pric), 0) AS pric
  FROM period AS p
  LEFT JOIN stock_move AS m
    ON m.fixmedins_code = p.fixmedins_code AND m.code = p.code
    AND m.service_day > p.open_day AND m.service_day <= p.service_day
  WHERE p.open_day IS NOT NULL
  GROUP BY p.fixmedins_code, p.code, p.service_day
)
SELECT
  b.fixmedins_code,
  b.rid,
  b.code,
  b.name,
  b.open_day,
  b.service_day,
  b.opening,
  b.moved,
  b.opening + b.moved AS expected,
  b.closing,
  b.closing - b.opening - b.moved AS difference,
  ABS(b.closing - b.opening - b.moved) * b.pric AS amount,
  b.open_rids || ' ' || b.rids AS evidence
FROM balance AS b
WHERE ABS(b.closing - b.opening - b.moved) > $tolerance
