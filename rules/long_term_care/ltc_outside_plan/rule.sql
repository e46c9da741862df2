-- A paid visit whose item no plan of the person names for that day, or that comes after as many visits in its week as the plan has.
WITH planned AS (
  SELECT v.rid, MAX(p.freq_week) AS freq_week
  FROM subject AS v
  JOIN ltc_plan AS p
    ON p.psn_no = v.psn_no AND p.serv_item_code = v.serv_item_code AND v.service_day BETWEEN p.beg_day AND p.end_day
  GROUP BY v.rid
),
counted AS (
  SELECT
    v.*,
    ROW_NUMBER() OVER (
      PARTITION BY v.psn_no, v.serv_item_code, FLOOR((v.service_day + 3) / 7.0) ORDER BY v.service_day, v.beg_minute, v.rid
    ) AS nth
  FROM subject AS v
)
SELECT
  c.psn_no,
  c.serv_org_code AS fixmedins_code,
  c.rid,
  c.service_day,
  c.serv_item_name,
  CASE
    WHEN p.rid IS NULL THEN '不在当日有效的护理计划内'
    ELSE '是本周第 ' || CAST(c.nth AS VARCHAR) || ' 次，计划每周 ' || CAST(p.freq_week AS VARCHAR) || ' 次'
  END AS reason,
  c.amount,
  c.rid AS evidence
FROM counted AS c
LEFT JOIN planned AS p ON p.rid = c.rid
WHERE p.rid IS NULL OR c.nth > p.freq_week
