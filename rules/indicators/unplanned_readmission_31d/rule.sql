-- Discharges that came back to the institution for the same disease, not by plan, within so many days; by institution and quarter, with the
-- Wilson interval, against all other institutions of the level. In doubt are the costs of the returns over the others' rate.
WITH back AS (
  SELECT s.mdtrt_id, MIN(n.medfee_sumamt) AS medfee_sumamt
  FROM subject AS s
  JOIN stay AS n
    ON n.psn_no = s.psn_no AND n.fixmedins_code = s.fixmedins_code AND n.mdtrt_id <> s.mdtrt_id
    AND n.adm_day >= s.dscg_day AND n.adm_day - s.dscg_day <= $days
  WHERE SUBSTR(n.maindiag_code, 1, $disease_chars) = SUBSTR(s.maindiag_code, 1, $disease_chars)
    AND NOT EXISTS (
      SELECT 1 FROM kb AS p
      WHERE n.maindiag_code LIKE p.code || '%' AND n.adm_day BETWEEN p.valid_from AND p.valid_to
    )
  GROUP BY s.mdtrt_id
),
own AS (
  SELECT
    s.fixmedins_code,
    COALESCE(s.inst_level, 0) AS inst_level,
    CAST(FLOOR(s.dscg_month / 100.0) * 10
      + FLOOR((s.dscg_month - FLOOR(s.dscg_month / 100.0) * 100 + 2) / 3.0) AS INTEGER) AS quarter,
    COUNT(*) AS stays,
    COUNT(b.mdtrt_id) AS back,
    SUM(COALESCE(b.medfee_sumamt, 0)) AS cost,
    STRING_AGG(b.mdtrt_id, ' ' ORDER BY b.mdtrt_id) AS evidence
  FROM subject AS s
  LEFT JOIN back AS b ON b.mdtrt_id = s.mdtrt_id
  GROUP BY
    s.fixmedins_code,
    COALESCE(s.inst_level, 0),
    CAST(FLOOR(s.dscg_month / 100.0) * 10
      + FLOOR((s.dscg_month - FLOOR(s.dscg_month / 100.0) * 100 + 2) / 3.0) AS INTEGER)
),
compared AS (
  SELECT
    o.*,
    o.back * 1.0 / o.stays AS rate,
    ((SUM(o.back) OVER w) - o.back) * 1.0 / NULLIF((SUM(o.stays) OVER w) - o.stays, 0) AS peer_rate
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
  b.back,
  $days AS days,
  ROUND(b.rate * 100, 1) AS rate_pct,
  ROUND(b.low * 100, 1) AS low_pct,
  ROUND(b.peer_rate * 100, 1) AS peer_pct,
  b.cost * (b.rate - b.peer_rate) / b.rate AS amount,
  b.evidence
FROM bounded AS b
WHERE b.stays >= $min_stays AND ROUND(b.low - b.peer_rate * $times, 6) > 0
