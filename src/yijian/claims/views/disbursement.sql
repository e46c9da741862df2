SELECT
  d.disb_id,
  d.clr_id,
  d.fixmedins_code,
  COALESCE(d.disb_type, '1') AS disb_type,
  d.disb_amt,
  DATE_DIFF('day', DATE '1970-01-01', CAST(d.disb_time AS DATE)) AS disb_day,
  d.payee_tok,
  d.opter_id,
  d.reviewer_id
FROM disb_d AS d
WHERE COALESCE(d.vali_flag, '1') <> '0'
