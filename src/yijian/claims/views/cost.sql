-- What an institution billed of one thing in a month: every line is in one row, and the rows of several buckets add up.
SELECT
  MIN(f.row_id) AS row_id,
  f.fixmedins_code,
  f.encounter,
  f.service_month,
  f.charge_type,
  f.code,
  MIN(f.name) AS name,
  MIN(f.service_day) AS first_day,
  SUM(f.amount) AS amount
FROM fee_line AS f
GROUP BY f.fixmedins_code, f.encounter, f.service_month, f.charge_type, f.code
