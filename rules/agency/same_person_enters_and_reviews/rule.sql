-- One and the same operator entered a piece of business and reviewed it.
SELECT
  b.psn_no,
  b.fixmedins_code,
  CASE WHEN b.record_table = 'setl_d' THEN b.record_id END AS setl_id,
  b.business_id,
  b.record_id,
  CASE
    WHEN b.record_table = 'manl_reim_d' THEN '零星报销'
    WHEN b.record_table = 'opsp_reg_d' THEN '慢特病认定'
    WHEN b.record_table = 'clr_d' THEN '清算'
    WHEN b.record_table = 'disb_d' THEN '拨付'
    WHEN b.record_table = 'setl_d' THEN '结算审核'
    ELSE '业务'
  END AS what,
  b.service_day,
  b.opter_id,
  b.amount,
  b.business_id AS evidence
FROM subject AS b
WHERE b.opter_id = b.reviewer_id
