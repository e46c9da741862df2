SELECT
  l.rid,
  l.opter_id,
  l.biz_type,
  l.biz_step,
  l.record_table,
  l.record_id,
  DATE_DIFF('day', DATE '1970-01-01', CAST(l.opt_time AS DATE)) AS service_day,
  DATE_DIFF('minute', TIMESTAMP '1970-01-01 00:00:00', l.opt_time) AS opt_minute,
  EXTRACT(HOUR FROM l.opt_time) * 60 + EXTRACT(MINUTE FROM l.opt_time) AS minute_of_day
FROM opt_log_d AS l
