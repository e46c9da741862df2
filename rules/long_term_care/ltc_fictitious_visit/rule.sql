-- Two visits of one caregiver that lie farther apart than the time between them allows (none, if they overlap); more minutes in homes where
-- one person is cared for than a day has; a sign-in far from every place that the person's plans of the day name. Distances as squares.
WITH visit AS (
  SELECT v.*, COALESCE(v.end_minute, v.beg_minute + v.serv_dura_min) AS until_minute FROM subject AS v
),
pair AS (
  SELECT
    b.rid,
    a.rid AS other_rid,
    GREATEST(b.beg_minute - a.until_minute, 0) AS gap,
    (b.north_km - a.north_km) * (b.north_km - a.north_km)
      + (b.sign_lnt - a.sign_lnt) * b.km_per_degree * (b.sign_lnt - a.sign_lnt) * b.km_per_degree AS squared
  FROM visit AS b
  JOIN visit AS a
    ON a.serv_psn_no = b.serv_psn_no AND a.service_day BETWEEN b.service_day - 1 AND b.service_day
  WHERE a.beg_minute < b.beg_minute OR (a.beg_minute = b.beg_minute AND a.rid < b.rid)
),
apart AS (
  SELECT
    p.rid,
    CASE WHEN p.gap = 0 THEN '同时在两处' ELSE '来不及赶到' END AS pattern,
    '另一处的护理 ' || p.other_rid || ' 结束后 ' || CAST(p.gap AS VARCHAR) || ' 分钟' AS detail,
    p.other_rid || ' ' AS other
  FROM pair AS p
  WHERE ROUND(p.squared - (p.gap * $speed + $slack_km) * (p.gap * $speed + $slack_km), 6) > 0
  QUALIFY ROW_NUMBER() OVER (PARTITION BY p.rid ORDER BY p.gap, p.other_rid) = 1
),
home AS (
  SELECT
    v.serv_psn_no,
    v.service_day,
    ROUND(v.north_km, 1) AS north,
    ROUND(v.sign_lnt, 3) AS east,
    SUM(COALESCE(v.serv_dura_min, v.until_minute - v.beg_minute)) AS minutes,
    MIN(v.rid) AS rid
  FROM visit AS v
  GROUP BY v.serv_psn_no, v.service_day, ROUND(v.north_km, 1), ROUND(v.sign_lnt, 3)
  HAVING COUNT(DISTINCT v.psn_no) = 1
),
long_day AS (
  SELECT
    MIN(h.rid) AS rid,
    '一日超过 24 小时' AS pattern,
    '当日上门合计 ' || CAST(CAST(SUM(h.minutes) AS INTEGER) AS VARCHAR) || ' 分钟' AS detail,
    '' AS other
  FROM home AS h
  GROUP BY h.serv_psn_no, h.service_day
  HAVING SUM(h.minutes) > $day_minutes
),
away AS (
  SELECT
    v.rid,
    '签到地远离服务地点' AS pattern,
    '计划登记的服务地点在 ' || CAST(CAST($far_km AS INTEGER) AS VARCHAR) || ' 公里以外' AS detail,
    '' AS other
  FROM visit AS v
  JOIN ltc_plan AS p ON p.psn_no = v.psn_no AND v.service_day BETWEEN p.beg_day AND p.end_day
  GROUP BY v.rid
  HAVING MIN(
    (v.north_km - p.serv_lat * 111.2) * (v.north_km - p.serv_lat * 111.2)
      + (v.sign_lnt - p.serv_lnt) * v.km_per_degree * (v.sign_lnt - p.serv_lnt) * v.km_per_degree
  ) > $far_km * $far_km
),
found AS (
  SELECT x.* FROM apart AS x
  UNION ALL
  SELECT y.* FROM long_day AS y
  UNION ALL
  SELECT z.* FROM away AS z
)
SELECT
  v.psn_no,
  v.serv_org_code AS fixmedins_code,
  v.rid,
  f.pattern,
  f.detail,
  v.serv_psn_no,
  v.beg_minute,
  v.until_minute - v.beg_minute AS minutes,
  v.amount,
  f.other || v.rid AS evidence,
  v.rid AS subjects
FROM found AS f
JOIN visit AS v ON v.rid = f.rid
