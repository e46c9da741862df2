SELECT
  c.rid,
  c.fixmedins_code,
  c.med_list_codg AS code,
  c.fixmedins_hilist_name AS name,
  DATE_DIFF('day', DATE '1970-01-01', c.invdate) AS service_day,
  c.inv_cnt AS cnt
FROM invinfo_d AS c
