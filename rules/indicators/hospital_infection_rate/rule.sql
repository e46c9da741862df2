-- Stays with a listed infection that was not there on admission; by institution and quarter, with the Wilson interval, against all other
-- institutions of the level. In doubt are the costs of such stays over the others' rate.
WITH infected AS (
  SELECT s.mdtrt_id, MIN(s.medfee_sumamt) AS medfee_sumamt
  FROM subject AS s
  JOIN diagnosis AS d ON d.mdtrt_id = s.mdtrt_id AND d.adm_cond_type = '4'
  JOIN kb AS k ON d.code LIKE k.code || '%' AND s.adm_day BETWEEN k.valid_from AND k.valid_to
  GROUP BY s.mdtrt_id
),
own AS (
  SELECT
    s.fixmedins_code,
    COALESCE(s.inst_level, 0) AS inst_level,
    CAST(FLOOR(s.dscg_month / 100.0) * 10
      + FLOOR((s.dscg_month - FLOOR(s.dscg_month / 100.0) * 100 + 2) / 3.0) AS INTEGER) AS quarter,
    COUNT(*) AS stays,
    COUNT(b.mdtrt_id) AS infected,
    SUM(COALESCE(b.medfee_sumamt, 0)) AS cost,
    STRING_AGG(b.mdtrt_id, ' ' ORDER BY b.mdtrt_id) AS evidence
  FROM subject AS s
  LEFT JOIN infected AS b ON b.mdtrt_id = s.mdtrt_id
  GROUP BY
    s.fixmedins_code,
    COALESCE(s.inst_level, 0),
    CAST(FLOOR(s.dscg_month / 100.0) * 10
      + FLOOR((s.dscg_month - FLOOR(s.dscg_month / 100.0) * 100 + 2) / 3.0) AS INTEGER)
),
compared AS (
  SELECT
    o.*,
    o.infected * 1.0 / o.stays AS rate,
    ((SUM(o.infected) OVER w) - o.infected) * 1.0 / NULLIF((SUM(o.stays) OVER w) - o.stays, 0) AS peer_rate
  FROM own AS o
  WINDOW w AS (PARTITION BY o.inst_level, o.quarter)
),
bounded AS (
  SELECT
    c.*,
    (c.rate + $z * $z / (2.0 * c.stays)
      - $z * SQRT(c.rate * (1 - c.rate) / c.stays + $z * $z / (4.0 * c.stays * c.stays)))
      / (1 + $z * $z / c.stays) AS low
  FROM compared AS c
)
SELECT
  b.fixmedins_code,
  SUBSTR(CAST(b.quarter AS VARCHAR), 1, 4) || ' 年第 ' || SUBSTR(CAST(b.quarter AS VARCHAR), 5, 1) || ' 季度' AS period,
  b.stays,
  b.infected,
  ROUND(b.rate * 100, 1) AS rate_pct,
  ROUND(b.low * 100, 1) AS low_pct,
  ROUND(b.peer_rate * 100, 1) AS peer_pct,
  b.cost * (b.rate - b.peer_rate) / b.rate AS amount,
  b.evidence
FROM bounded AS b
WHERE b.stays >= $min_stays AND ROUND(b.low - b.peer_rate * $times, 6) > 0
