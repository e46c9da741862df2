-- The assessments that led to a plan with a provider: how many by one pair of assessors, how many of a high level beside the other providers',
-- how many fell when others assessed again.
WITH linked AS (
  SELECT
    a.*,
    p.serv_org_code,
    LEAST(a.assessor1, a.assessor2) || '、' || GREATEST(a.assessor1, a.assessor2) AS pair,
    CASE WHEN a.dsblty_lv >= $high THEN 1 ELSE 0 END AS is_high,
    ROW_NUMBER() OVER (PARTITION BY a.rid ORDER BY p.beg_day, p.rid) AS nth
  FROM subject AS a
  JOIN ltc_plan AS p ON p.psn_no = a.psn_no AND p.beg_day BETWEEN a.eval_day AND a.eval_day + $follow_days
),
client AS (
  SELECT l.* FROM linked AS l WHERE l.nth = 1
),
rechecked AS (
  SELECT c.rid, MAX(CASE WHEN n.dsblty_lv < c.dsblty_lv THEN 1 ELSE 0 END) AS is_lower
  FROM client AS c
  JOIN ltc_assessment AS n ON n.psn_no = c.psn_no AND n.eval_day > c.eval_day
  WHERE n.assessor1 NOT IN (c.assessor1, c.assessor2) AND n.assessor2 NOT IN (c.assessor1, c.assessor2)
  GROUP BY c.rid
),
paired AS (
  SELECT c.serv_org_code, c.pair, COUNT(*) AS pair_people
  FROM client AS c
  GROUP BY c.serv_org_code, c.pair
  QUALIFY ROW_NUMBER() OVER (PARTITION BY c.serv_org_code ORDER BY COUNT(*) DESC, c.pair) = 1
),
provider AS (
  SELECT
    c.serv_org_code,
    COUNT(*) AS people,
    SUM(c.is_high) AS high,
    COUNT(r.rid) AS rechecked,
    SUM(COALESCE(r.is_lower, 0)) AS fell,
    STRING_AGG(c.rid, ' ' ORDER BY c.rid) AS evidence
  FROM client AS c
  LEFT JOIN rechecked AS r ON r.rid = c.rid
  GROUP BY c.serv_org_code
),
compared AS (
  SELECT
    o.*,
    (SUM(o.people) OVER ()) - o.people AS other_people,
    (SUM(o.high) OVER ()) - o.high AS other_high
  FROM provider AS o
),
cared AS (
  SELECT v.serv_org_code, SUM(v.amount) AS amount
  FROM ltc_visit AS v
  JOIN (SELECT DISTINCT c.psn_no, c.serv_org_code FROM client AS c) AS k
    ON k.psn_no = v.psn_no AND k.serv_org_code = v.serv_org_code
  GROUP BY v.serv_org_code
)
SELECT
  o.serv_org_code AS fixmedins_code,
  o.serv_org_code,
  o.people,
  q.pair,
  ROUND(q.pair_people * 100.0 / NULLIF(o.people, 0), 1) AS pair_pct,
  ROUND(o.high * 100.0 / NULLIF(o.people, 0), 1) AS high_pct,
  ROUND(o.other_high * 100.0 / NULLIF(o.other_people, 0), 1) AS peer_pct,
  o.rechecked,
  o.fell,
  COALESCE(c.amount, 0) AS amount,
  o.evidence
FROM compared AS o
JOIN paired AS q ON q.serv_org_code = o.serv_org_code
LEFT JOIN cared AS c ON c.serv_org_code = o.serv_org_code
WHERE o.people >= $min_people
  AND q.pair_people >= o.people * $pair_share
  AND (
    o.high * o.other_people > o.other_high * o.people * $times
    OR (o.rechecked >= $min_rechecked AND o.fell >= o.rechecked * $fell_share)
  )
