-- Each day of an institution against its other days: many more people than it ever has, or people at night where none come.
WITH clocked AS (
  SELECT s.*, CASE WHEN s.setl_minute - s.setl_day * 1440 BETWEEN 360 AND 1319 THEN 0 ELSE 1 END AS is_night
  FROM subject AS s
),
visit AS (
  SELECT c.*, CASE WHEN c.is_night = 1 THEN c.setl_id END AS night_setl_id
  FROM clocked AS c
),
daily AS (
  SELECT
    v.fixmedins_code,
    v.setl_day,
    '单日人次' AS pattern,
    $min_people AS min_people,
    COUNT(DISTINCT v.psn_no) AS people,
    MIN(v.setl_id) AS setl_id,
    SUM(v.medfee_sumamt) AS amount,
    STRING_AGG(v.setl_id, ' ' ORDER BY v.setl_id) AS evidence
  FROM visit AS v
  GROUP BY v.fixmedins_code, v.setl_day
  UNION ALL
  SELECT
    v.fixmedins_code,
    v.setl_day,
    '夜间人次' AS pattern,
    $min_night AS min_people,
    COUNT(DISTINCT CASE WHEN v.is_night = 1 THEN v.psn_no END) AS people,
    MIN(v.night_setl_id) AS setl_id,
    SUM(CASE WHEN v.is_night = 1 THEN v.medfee_sumamt ELSE 0 END) AS amount,
    STRING_AGG(v.night_setl_id, ' ' ORDER BY v.night_setl_id) AS evidence
  FROM visit AS v
  GROUP BY v.fixmedins_code, v.setl_day
),
usual AS (
  SELECT d.*, (COUNT(*) OVER w) - 1 AS other_days, (SUM(d.people) OVER w) - d.people AS other_people
  FROM daily AS d
  WINDOW w AS (PARTITION BY d.fixmedins_code, d.pattern)
)
SELECT
  u.fixmedins_code,
  u.setl_id,
  u.setl_day,
  u.pattern,
  u.people,
  u.other_days,
  ROUND(u.other_people * 1.0 / u.other_days, 1) AS usual_people,
  u.amount,
  u.evidence
FROM usual AS u
WHERE u.people >= u.min_people AND u.other_days >= $min_days AND u.people * u.other_days > u.other_people * $times
