-- Who entered and who reviewed a piece of business: from the tables that name both, and from the log for what they do not hold. Where one
-- operator did both to a record, the log's row names that one twice.
WITH step AS (
  SELECT
    l.record_table,
    l.record_id,
    l.opter_id,
    MAX(CASE WHEN l.biz_step IN ('录入', '初审') THEN l.opter_id END) AS entered,
    MAX(CASE WHEN l.biz_step IN ('复核', '复审') THEN l.opter_id END) AS reviewed,
    MIN(l.opt_time) AS opt_time
  FROM opt_log_d AS l
  WHERE l.record_id IS NOT NULL AND l.record_table NOT IN ('manl_reim_d', 'opsp_reg_d', 'clr_d', 'disb_d')
  GROUP BY l.record_table, l.record_id, l.opter_id
)
SELECT
  'manl_reim_d|' || m.manl_reim_id AS business_id,
  'manl_reim_d' AS record_table,
  m.manl_reim_id AS record_id,
  m.psn_no,
  CAST(NULL AS VARCHAR) AS fixmedins_code,
  DATE_DIFF('day', DATE '1970-01-01', CAST(COALESCE(m.review_time, m.opt_time) AS DATE)) AS service_day,
  m.opter_id,
  m.reviewer_id,
  m.payee_tok,
  m.medfee_sumamt AS asked,
  m.fund_pay_sumamt AS amount
FROM manl_reim_d AS m
WHERE COALESCE(m.vali_flag, '1') <> '0'
UNION ALL
SELECT
  'opsp_reg_d|' || r.trt_dcla_detl_sn AS business_id,
  'opsp_reg_d' AS record_table,
  r.trt_dcla_detl_sn AS record_id,
  r.psn_no,
  r.fixmedins_code,
  DATE_DIFF('day', DATE '1970-01-01', r.begndate) AS service_day,
  r.opter_id,
  r.reviewer_id,
  CAST(NULL AS VARCHAR) AS payee_tok,
  CAST(0 AS DECIMAL(16, 2)) AS asked,
  CAST(0 AS DECIMAL(16, 2)) AS amount
FROM opsp_reg_d AS r
UNION ALL
SELECT
  'clr_d|' || c.clr_id AS business_id,
  'clr_d' AS record_table,
  c.clr_id AS record_id,
  CAST(NULL AS VARCHAR) AS psn_no,
  c.fixmedins_code,
  DATE_DIFF('day', DATE '1970-01-01', CAST(c.clr_time AS DATE)) AS service_day,
  c.opter_id,
  c.reviewer_id,
  CAST(NULL AS VARCHAR) AS payee_tok,
  c.clr_appy_amt AS asked,
  c.clr_aprv_amt AS amount
FROM clr_d AS c
WHERE COALESCE(c.vali_flag, '1') <> '0'
UNION ALL
SELECT
  'disb_d|' || d.disb_id AS business_id,
  'disb_d' AS record_table,
  d.disb_id AS record_id,
  CAST(NULL AS VARCHAR) AS psn_no,
  d.fixmedins_code,
  DATE_DIFF('day', DATE '1970-01-01', CAST(d.disb_time AS DATE)) AS service_day,
  d.opter_id,
  d.reviewer_id,
  d.payee_tok,
  d.disb_amt AS asked,
  d.disb_amt AS amount
FROM disb_d AS d
WHERE COALESCE(d.vali_flag, '1') <> '0'
UNION ALL
SELECT
  s.record_table || '|' || s.record_id AS business_id,
  s.record_table,
  s.record_id,
  CAST(NULL AS VARCHAR) AS psn_no,
  CAST(NULL AS VARCHAR) AS fixmedins_code,
  DATE_DIFF('day', DATE '1970-01-01', CAST(MIN(s.opt_time) AS DATE)) AS service_day,
  COALESCE(MIN(CASE WHEN s.entered = s.reviewed THEN s.entered END), MIN(s.entered)) AS opter_id,
  COALESCE(MIN(CASE WHEN s.entered = s.reviewed THEN s.entered END), MIN(s.reviewed)) AS reviewer_id,
  CAST(NULL AS VARCHAR) AS payee_tok,
  CAST(0 AS DECIMAL(16, 2)) AS asked,
  CAST(0 AS DECIMAL(16, 2)) AS amount
FROM step AS s
GROUP BY s.record_table, s.record_id
HAVING MIN(s.entered) IS NOT NULL AND MIN(s.reviewed) IS NOT NULL
