-- The share of one kind of costs in all costs of an institution, by quarter and by inpatients and outpatients, against institutions of the
-- same type and level: a robust z-score (0.6745 × distance from the median / median of such distances), and the money over the median share.
-- Of an institution that stands out one line of each of the largest items of the kind is shown.
WITH placed_cost AS (
  SELECT
    c.*,
    CAST(FLOOR(c.service_month / 100.0) * 10
      + FLOOR((c.service_month - FLOOR(c.service_month / 100.0) * 100 + 2) / 3.0) AS INTEGER) AS quarter
  FROM cost AS c
  WHERE c.encounter IN ('inpatient', 'outpatient')
),
line AS (
  SELECT
    c.fixmedins_code,
    c.encounter,
    c.quarter,
    MIN(c.row_id) AS row_id,
    MIN(c.first_day) AS first_day,
    SUM(c.amount) AS amount,
    MAX(CASE
      WHEN $charge_types LIKE '% ' || c.charge_type || ' %'
        AND (c.code LIKE $code_prefix || '%' OR c.name LIKE '%' || $name_word || '%') THEN 1
      ELSE 0
    END) AS is_kind
  FROM placed_cost AS c
  GROUP BY c.fixmedins_code, c.encounter, c.quarter, c.charge_type, c.code
),
own AS (
  SELECT
    l.fixmedins_code,
    i.fixmedins_type,
    COALESCE(i.inst_level, 0) AS inst_level,
    l.encounter,
    l.quarter,
    SUM(l.amount) AS total,
    SUM(l.amount * l.is_kind) AS part,
    ROUND(SUM(l.amount * l.is_kind) * 1.0 / SUM(l.amount), 6) AS share
  FROM line AS l
  JOIN subject AS i ON i.fixmedins_code = l.fixmedins_code
  GROUP BY l.fixmedins_code, i.fixmedins_type, COALESCE(i.inst_level, 0), l.encounter, l.quarter
  HAVING SUM(l.amount) >= $min_amount
),
placed AS (
  SELECT
    o.*,
    COUNT(*) OVER (PARTITION BY o.fixmedins_type, o.inst_level, o.encounter, o.quarter) AS peers,
    ROW_NUMBER() OVER (
      PARTITION BY o.fixmedins_type, o.inst_level, o.encounter, o.quarter ORDER BY o.share, o.fixmedins_code
    ) AS place
  FROM own AS o
),
distant AS (
  SELECT
    p.*,
    AVG(CASE WHEN p.place * 2 BETWEEN p.peers AND p.peers + 2 THEN p.share END) OVER (
      PARTITION BY p.fixmedins_type, p.inst_level, p.encounter, p.quarter
    ) AS median
  FROM placed AS p
),
ranked AS (
  SELECT
    d.*,
    ROW_NUMBER() OVER (
      PARTITION BY d.fixmedins_type, d.inst_level, d.encounter, d.quarter
      ORDER BY ABS(d.share - d.median), d.fixmedins_code
    ) AS far_place
  FROM distant AS d
),
judged AS (
  SELECT
    r.*,
    AVG(CASE WHEN r.far_place * 2 BETWEEN r.peers AND r.peers + 2 THEN ABS(r.share - r.median) END) OVER (
      PARTITION BY r.fixmedins_type, r.inst_level, r.encounter, r.quarter
    ) AS mad
  FROM ranked AS r
),
outlier AS (
  SELECT j.*
  FROM judged AS j
  WHERE j.peers >= $min_peers
    AND ROUND(j.share - j.median - $min_gap, 6) >= 0
    AND ROUND(0.6745 * (j.share - j.median) - $min_z * j.mad, 6) >= 0
),
shown AS (
  SELECT
    o.*,
    l.row_id,
    l.first_day,
    ROW_NUMBER() OVER (
      PARTITION BY o.fixmedins_code, o.encounter, o.quarter ORDER BY l.amount DESC, l.row_id
    ) AS nth
  FROM outlier AS o
  JOIN line AS l ON l.fixmedins_code = o.fixmedins_code AND l.encounter = o.encounter AND l.quarter = o.quarter
  WHERE l.is_kind = 1
)
SELECT
  s.fixmedins_code,
  s.encounter,
  SUBSTR(CAST(s.quarter AS VARCHAR), 1, 4) || ' 年第 ' || SUBSTR(CAST(s.quarter AS VARCHAR), 5, 1) || ' 季度' AS period,
  ROUND(MIN(s.share) * 100, 1) AS share_pct,
  ROUND(MIN(s.median) * 100, 1) AS median_pct,
  MIN(s.peers) AS peers,
  ROUND(0.6745 * (MIN(s.share) - MIN(s.median)) / NULLIF(MIN(s.mad), 0), 1) AS z,
  MIN(s.total) AS total,
  MIN(s.part) - MIN(s.total) * MIN(s.median) AS amount,
  MIN(s.first_day) AS day,
  s.fixmedins_code AS subjects,
  STRING_AGG(s.row_id, ' ' ORDER BY s.row_id) AS evidence
FROM shown AS s
WHERE s.nth <= $shown
GROUP BY s.fixmedins_code, s.encounter, s.quarter
