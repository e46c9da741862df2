-- Assessed as severely disabled, without a diagnosis in the two years before (or since) that could explain it, and seen as a walk-in outpatient on
-- many days after. In doubt is the care until the next assessment.
WITH had AS (
  SELECT d.psn_no, d.service_day, d.code FROM diagnosis AS d
  UNION ALL
  SELECT s.psn_no, s.service_day, s.maindiag_code AS code FROM settlement AS s
),
explained AS (
  SELECT a.rid, COUNT(*) AS diagnoses
  FROM subject AS a
  JOIN had AS h ON h.psn_no = a.psn_no AND h.service_day BETWEEN a.eval_day - $look_back AND a.eval_day + $days
  JOIN kb AS k ON h.code LIKE k.code || '%' AND h.service_day BETWEEN k.valid_from AND k.valid_to
  GROUP BY a.rid
),
walked AS (
  SELECT a.rid, COUNT(DISTINCT s.service_day) AS visits, STRING_AGG(s.setl_id, ' ' ORDER BY s.setl_id) AS setl_ids
  FROM subject AS a
  JOIN settlement AS s ON s.psn_no = a.psn_no AND s.service_day BETWEEN a.eval_day AND a.eval_day + $days
  WHERE SUBSTR(s.med_type, 1, 2) = '11' AND s.agnter_tok IS NULL
  GROUP BY a.rid
  HAVING COUNT(DISTINCT s.service_day) >= $min_visits
),
period AS (
  SELECT
    a.rid,
    a.psn_no,
    a.eval_day,
    COALESCE(LEAD(a.eval_day) OVER (PARTITION BY a.psn_no ORDER BY a.eval_day, a.rid), 2932896) AS next_day
  FROM ltc_assessment AS a
),
cared AS (
  SELECT p.rid, SUM(v.amount) AS amount
  FROM period AS p
  JOIN ltc_visit AS v ON v.psn_no = p.psn_no AND v.service_day >= p.eval_day AND v.service_day < p.next_day
  GROUP BY p.rid
)
SELECT
  a.psn_no,
  a.rid,
  a.eval_day,
  a.dsblty_lv,
  a.assessor1,
  a.assessor2,
  $days AS days,
  w.visits,
  COALESCE(c.amount, 0) AS amount,
  a.rid || ' ' || w.setl_ids AS evidence
FROM subject AS a
JOIN walked AS w ON w.rid = a.rid
LEFT JOIN explained AS e ON e.rid = a.rid
LEFT JOIN cared AS c ON c.rid = a.rid
WHERE e.rid IS NULL
