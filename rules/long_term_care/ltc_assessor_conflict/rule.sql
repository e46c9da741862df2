-- Assessors who are the staff of a provider that cares for the person assessed (or their organisation is the provider); and one pair that does
-- nearly all assessments of an organisation that has others to send.
WITH serves AS (
  SELECT DISTINCT v.psn_no, v.serv_org_code FROM ltc_visit AS v
),
staff AS (
  SELECT DISTINCT v.serv_org_code, v.serv_psn_no FROM ltc_visit AS v
),
interest AS (
  SELECT a.rid, a.eval_org_code, MIN(s.serv_org_code) AS serv_org_code
  FROM subject AS a
  JOIN serves AS s ON s.psn_no = a.psn_no
  LEFT JOIN staff AS w ON w.serv_org_code = s.serv_org_code AND w.serv_psn_no IN (a.assessor1, a.assessor2)
  WHERE w.serv_psn_no IS NOT NULL OR a.eval_org_code = s.serv_org_code
  GROUP BY a.rid, a.eval_org_code
),
sent AS (
  SELECT a.eval_org_code, a.rid, a.assessor1 AS assessor FROM subject AS a
  UNION
  SELECT a.eval_org_code, a.rid, a.assessor2 AS assessor FROM subject AS a
),
whole AS (
  SELECT t.eval_org_code, COUNT(DISTINCT t.rid) AS all_times, COUNT(DISTINCT t.assessor) AS assessors
  FROM sent AS t
  GROUP BY t.eval_org_code
),
pair AS (
  SELECT
    a.eval_org_code,
    LEAST(a.assessor1, a.assessor2) || '、' || GREATEST(a.assessor1, a.assessor2) AS who,
    COUNT(*) AS times,
    STRING_AGG(a.rid, ' ' ORDER BY a.rid) AS evidence
  FROM subject AS a
  GROUP BY a.eval_org_code, LEAST(a.assessor1, a.assessor2) || '、' || GREATEST(a.assessor1, a.assessor2)
),
found AS (
  SELECT
    i.eval_org_code,
    i.serv_org_code AS fixmedins_code,
    '评估员或评估机构就是护理机构的人' AS pattern,
    '护理机构 ' || i.serv_org_code AS who,
    COUNT(*) AS times,
    STRING_AGG(i.rid, ' ' ORDER BY i.rid) AS evidence
  FROM interest AS i
  GROUP BY i.eval_org_code, i.serv_org_code
  UNION ALL
  SELECT
    p.eval_org_code,
    p.eval_org_code AS fixmedins_code,
    '几乎总是同一对评估员' AS pattern,
    p.who,
    p.times,
    p.evidence
  FROM pair AS p
  JOIN whole AS w ON w.eval_org_code = p.eval_org_code
  WHERE w.all_times >= $min_times AND w.assessors >= $min_assessors AND p.times >= w.all_times * $pair_share
)
SELECT
  f.fixmedins_code,
  f.eval_org_code,
  f.pattern,
  f.who,
  f.times,
  w.all_times,
  0 AS amount,
  f.evidence
FROM found AS f
JOIN whole AS w ON w.eval_org_code = f.eval_org_code
