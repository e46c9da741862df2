-- Visits in the rolling window that ends on each day. Days over the limit that lie within one window of each other are one spell:
-- one finding, from the first day of its first window to its last day. In doubt is what was settled since the limit was passed.
WITH daily AS (
  SELECT s.psn_no, s.service_day, COUNT(DISTINCT s.mdtrt_id) AS visits
  FROM subject AS s
  GROUP BY s.psn_no, s.service_day
),
over AS (
  SELECT d.psn_no, d.service_day, SUM(b.visits) AS visits
  FROM daily AS d
  JOIN daily AS b ON b.psn_no = d.psn_no AND b.service_day BETWEEN d.service_day - $days + 1 AND d.service_day
  GROUP BY d.psn_no, d.service_day
  HAVING SUM(b.visits) > $max_visits
),
started AS (
  SELECT
    o.*,
    CASE
      WHEN o.service_day - LAG(o.service_day) OVER (PARTITION BY o.psn_no ORDER BY o.service_day) < $days THEN 0
      ELSE 1
    END AS is_start
  FROM over AS o
),
numbered AS (
  SELECT
    n.*,
    SUM(n.is_start) OVER (
      PARTITION BY n.psn_no ORDER BY n.service_day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS nth
  FROM started AS n
),
spell AS (
  SELECT
    n.psn_no,
    MIN(n.service_day) AS over_day,
    MAX(n.service_day) AS end_day,
    MAX(n.visits) AS most
  FROM numbered AS n
  GROUP BY n.psn_no, n.nth
)
SELECT
  p.psn_no,
  p.over_day,
  p.over_day - $days + 1 AS begin_day,
  p.end_day,
  p.most,
  COUNT(DISTINCT s.mdtrt_id) AS visits,
  COUNT(DISTINCT s.fixmedins_code) AS institutions,
  SUM(CASE WHEN s.service_day >= p.over_day THEN s.medfee_sumamt ELSE 0 END) AS amount,
  STRING_AGG(s.setl_id, ' ' ORDER BY s.setl_id) AS evidence
FROM spell AS p
JOIN subject AS s ON s.psn_no = p.psn_no AND s.service_day BETWEEN p.over_day - $days + 1 AND p.end_day
GROUP BY p.psn_no, p.over_day, p.end_day, p.most
