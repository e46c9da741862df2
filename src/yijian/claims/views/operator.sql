-- Several roles of one operator stand in one text, with commas between them, before and after.
SELECT
  o.opter_id,
  o.optins_no,
  ',' || REPLACE(REPLACE(o.role_code, ' ', ''), '，', ',') || ',' AS roles,
  o.payee_tok,
  COALESCE(DATE_DIFF('day', DATE '1970-01-01', CAST(o.begntime AS DATE)), 0) AS beg_day,
  COALESCE(DATE_DIFF('day', DATE '1970-01-01', CAST(o.endtime AS DATE)), 2932896) AS end_day
FROM opter_b AS o
