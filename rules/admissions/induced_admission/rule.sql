-- People of one employer or one address who were admitted to one institution on one day, and how many of that day's admissions they are.
WITH bound AS (
  SELECT s.*, '同一单位' AS bond, s.emp_no AS bond_code FROM subject AS s WHERE s.emp_no IS NOT NULL
  UNION ALL
  SELECT s.*, '同一住址' AS bond, s.addr_tok AS bond_code FROM subject AS s WHERE s.addr_tok IS NOT NULL
),
day AS (
  SELECT s.fixmedins_code, s.adm_day, COUNT(DISTINCT s.psn_no) AS people
  FROM subject AS s
  GROUP BY s.fixmedins_code, s.adm_day
)
SELECT
  b.fixmedins_code,
  b.adm_day,
  b.bond,
  b.bond_code,
  COUNT(DISTINCT b.psn_no) AS people,
  MIN(d.people) AS all_people,
  SUM(b.medfee_sumamt) AS amount,
  STRING_AGG(b.mdtrt_id, ' ' ORDER BY b.mdtrt_id) AS evidence
FROM bound AS b
JOIN day AS d ON d.fixmedins_code = b.fixmedins_code AND d.adm_day = b.adm_day
GROUP BY b.fixmedins_code, b.adm_day, b.bond, b.bond_code
HAVING COUNT(DISTINCT b.psn_no) >= $min_people AND COUNT(DISTINCT b.psn_no) >= MIN(d.people) * $min_share
