-- A paid visit after the person's death, after the last insurance relation ended, or on a day wholly inside a stay.
WITH ended AS (
  SELECT i.psn_no, MAX(i.end_day) AS last_day FROM insurance AS i GROUP BY i.psn_no
),
inside AS (
  SELECT v.rid, MIN(t.mdtrt_id) AS mdtrt_id
  FROM subject AS v
  JOIN stay AS t ON t.psn_no = v.psn_no AND t.adm_day < v.service_day AND t.dscg_day > v.service_day
  GROUP BY v.rid
)
SELECT
  v.psn_no,
  v.serv_org_code AS fixmedins_code,
  v.rid,
  v.service_day,
  v.serv_item_name,
  v.ltc_fund_pay AS fund,
  CASE
    WHEN v.service_day > p.die_day THEN '此前已经死亡'
    WHEN v.service_day > e.last_day THEN '此前已经转出（参保关系全部终止）'
    ELSE '当日正在住院（' || t.mdtrt_id || '）'
  END AS reason,
  v.amount,
  v.rid AS evidence
FROM subject AS v
LEFT JOIN person AS p ON p.psn_no = v.psn_no
LEFT JOIN ended AS e ON e.psn_no = v.psn_no
LEFT JOIN inside AS t ON t.rid = v.rid
WHERE v.service_day > p.die_day OR v.service_day > e.last_day OR t.rid IS NOT NULL
