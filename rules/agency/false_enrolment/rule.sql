-- New relations (nothing shortly before), each with its first costly stay; by employer, how many of the new members had one.
WITH fresh AS (
  SELECT i.*, COALESCE(i.enrolled_day, i.beg_day) AS known_day
  FROM subject AS i
  WHERE NOT EXISTS (
    SELECT 1 FROM insurance AS o
    WHERE o.psn_no = i.psn_no AND o.beg_day < i.beg_day AND o.end_day >= i.beg_day - $gap_days
  )
),
ill AS (
  SELECT
    f.psn_insu_rlts_id,
    s.psn_no,
    s.fixmedins_code,
    s.mdtrt_id,
    s.setl_id,
    s.adm_day,
    s.medfee_sumamt,
    s.fund_pay_sumamt
  FROM fresh AS f
  JOIN settlement AS s ON s.psn_no = f.psn_no AND s.adm_day BETWEEN f.beg_day AND f.beg_day + $ill_days
  WHERE s.encounter = 'inpatient' AND s.age >= 1 AND s.medfee_sumamt >= $costly
  QUALIFY ROW_NUMBER() OVER (PARTITION BY f.psn_insu_rlts_id ORDER BY s.adm_day, s.setl_id) = 1
),
employer AS (
  SELECT f.emp_no, COUNT(DISTINCT f.psn_no) AS members, COUNT(DISTINCT l.psn_no) AS ill_members
  FROM fresh AS f
  LEFT JOIN ill AS l ON l.psn_insu_rlts_id = f.psn_insu_rlts_id
  GROUP BY f.emp_no
)
SELECT
  f.psn_no,
  l.fixmedins_code,
  l.mdtrt_id,
  l.setl_id,
  f.psn_insu_rlts_id,
  CASE
    WHEN l.adm_day < f.known_day THEN '入院后补登记'
    WHEN l.adm_day <= f.known_day + $near_days THEN '大额住院前突击参保'
    ELSE '单位新参保人几乎都住院'
  END AS pattern,
  f.beg_day,
  f.known_day,
  l.adm_day,
  l.medfee_sumamt,
  COALESCE(e.members, 1) AS members,
  COALESCE(e.ill_members, 1) AS ill_members,
  l.fund_pay_sumamt AS amount,
  f.psn_insu_rlts_id || ' ' || l.setl_id AS evidence
FROM fresh AS f
JOIN ill AS l ON l.psn_insu_rlts_id = f.psn_insu_rlts_id
LEFT JOIN employer AS e ON e.emp_no = f.emp_no
WHERE l.adm_day <= f.known_day + $near_days
  OR (e.members >= $min_members AND e.ill_members >= e.members * $min_share)
