-- What comes in is positive, what goes out negative. Purchases and sales that a system also reports as stock changes
-- (108, 109) are taken from their own tables only.
SELECT
  p.rid,
  p.fixmedins_code,
  p.med_list_codg AS code,
  'purchase' AS move,
  DATE_DIFF('day', DATE '1970-01-01', CAST(p.purc_retn_stoin_time AS DATE)) AS service_day,
  CASE WHEN p.retn_flag = '1' THEN -ABS(p.purc_retn_cnt) ELSE p.purc_retn_cnt END AS cnt,
  p.finl_trns_pric AS pric
FROM purcinfo_d AS p
UNION ALL
SELECT
  s.rid,
  s.fixmedins_code,
  s.med_list_codg AS code,
  'sale' AS move,
  DATE_DIFF('day', DATE '1970-01-01', CAST(s.sel_retn_time AS DATE)) AS service_day,
  CASE WHEN s.retn_flag = '1' THEN ABS(s.sel_retn_cnt) ELSE -s.sel_retn_cnt END AS cnt,
  s.finl_trns_pric AS pric
FROM selinfo_d AS s
UNION ALL
SELECT
  c.rid,
  c.fixmedins_code,
  c.med_list_codg AS code,
  'other' AS move,
  DATE_DIFF('day', DATE '1970-01-01', CAST(c.inv_chg_time AS DATE)) AS service_day,
  CASE WHEN c.inv_chg_type IN ('101', '103', '106', '110') THEN ABS(c.cnt) ELSE -ABS(c.cnt) END AS cnt,
  c.pric
FROM invchg_d AS c
WHERE c.inv_chg_type NOT IN ('108', '109')
