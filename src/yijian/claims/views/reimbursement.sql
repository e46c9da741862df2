SELECT
  m.manl_reim_id,
  m.psn_no,
  m.payee_tok,
  m.invono,
  m.issuer_code,
  m.issuer_name,
  DATE_DIFF('day', DATE '1970-01-01', m.begndate) AS service_day,
  DATE_DIFF('day', DATE '1970-01-01', m.enddate) AS end_day,
  m.medfee_sumamt,
  m.fund_pay_sumamt
FROM manl_reim_d AS m
WHERE COALESCE(m.vali_flag, '1') <> '0'
