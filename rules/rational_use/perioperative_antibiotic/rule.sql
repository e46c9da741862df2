-- Antibiotics that go on after the last operation of a stay for more days than prophylaxis takes, where no diagnosis is an infection.
WITH operated AS (
  SELECT o.mdtrt_id, MAX(o.oprn_day) AS oprn_day
  FROM operation AS o
  GROUP BY o.mdtrt_id
),
late AS (
  SELECT DISTINCT f.psn_no, f.fixmedins_code, f.mdtrt_id, f.setl_id, f.row_id, f.service_day, f.amount, o.oprn_day, k.max_days
  FROM subject AS f
  JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
  JOIN operated AS o ON o.mdtrt_id = f.mdtrt_id
  WHERE f.service_day - o.oprn_day > k.max_days
)
SELECT
  t.psn_no,
  t.fixmedins_code,
  t.mdtrt_id,
  MIN(t.setl_id) AS setl_id,
  MIN(t.oprn_day) AS oprn_day,
  MIN(t.max_days) AS max_days,
  MAX(t.service_day) AS last_day,
  COUNT(DISTINCT t.service_day) AS over_days,
  SUM(t.amount) AS amount,
  STRING_AGG(t.row_id, ' ' ORDER BY t.row_id) AS evidence
FROM late AS t
WHERE NOT EXISTS (
  SELECT 1
  FROM diagnosis AS d
  JOIN kb_infection_diagnosis AS i ON d.code LIKE i.code || '%'
  WHERE d.mdtrt_id = t.mdtrt_id AND t.service_day BETWEEN i.valid_from AND i.valid_to
)
GROUP BY t.psn_no, t.fixmedins_code, t.mdtrt_id
