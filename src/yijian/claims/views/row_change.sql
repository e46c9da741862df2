SELECT
  c.rid,
  c.tabl_name,
  c.row_key,
  CASE WHEN c.tabl_name = 'fee_list_d' THEN SPLIT_PART(c.row_key, '|', 2) END AS line_setl_id,
  c.colm_name,
  c.old_val,
  c.new_val,
  c.opter_id,
  DATE_DIFF('day', DATE '1970-01-01', CAST(c.chg_time AS DATE)) AS service_day,
  DATE_DIFF('minute', TIMESTAMP '1970-01-01 00:00:00', c.chg_time) AS change_minute
FROM row_chg_d AS c
