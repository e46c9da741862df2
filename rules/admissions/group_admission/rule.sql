-- Pairs who were admitted and discharged together (within a day) at one institution, at least twice; a person with three
-- such companions in one stay belongs to a group.
WITH shift AS (
  SELECT 0 AS days UNION ALL SELECT -1 AS days UNION ALL SELECT 1 AS days
),
together AS (
  SELECT
    a.psn_no,
    b.psn_no AS companion,
    a.mdtrt_id,
    b.mdtrt_id AS companion_mdtrt_id
  FROM subject AS a
  CROSS JOIN shift AS s
  JOIN subject AS b
    ON b.fixmedins_code = a.fixmedins_code AND b.adm_day = a.adm_day + s.days AND b.psn_no <> a.psn_no
  WHERE ABS(s.days) <= $tolerance AND ABS(b.dscg_day - a.dscg_day) <= $tolerance
),
companions AS (
  SELECT t.psn_no, t.companion
  FROM together AS t
  GROUP BY t.psn_no, t.companion
  HAVING COUNT(DISTINCT t.mdtrt_id) >= $min_times
),
grouped AS (
  SELECT
    t.mdtrt_id,
    COUNT(DISTINCT t.companion) AS companions,
    STRING_AGG(DISTINCT t.companion_mdtrt_id, ' ' ORDER BY t.companion_mdtrt_id) AS others
  FROM together AS t
  JOIN companions AS c ON c.psn_no = t.psn_no AND c.companion = t.companion
  GROUP BY t.mdtrt_id
  HAVING COUNT(DISTINCT t.companion) >= $other_people
)
SELECT
  s.psn_no,
  s.fixmedins_code,
  s.mdtrt_id,
  s.setl_id,
  s.adm_day,
  s.dscg_day,
  g.companions,
  s.medfee_sumamt AS amount,
  s.mdtrt_id || ' ' || g.others AS evidence
FROM subject AS s
JOIN grouped AS g ON g.mdtrt_id = s.mdtrt_id
