-- A disbursement whose clearing does not exist, or is of another institution.
SELECT
  d.fixmedins_code,
  d.disb_id,
  d.disb_day,
  CASE
    WHEN d.clr_id IS NULL THEN '没有写清算编号'
    WHEN w.clr_id IS NULL THEN '所写的清算 ' || d.clr_id || ' 不存在'
    ELSE '所写的清算 ' || d.clr_id || ' 属于另一家机构 ' || w.fixmedins_code
  END AS reason,
  d.disb_amt AS amount,
  d.disb_id AS evidence
FROM subject AS d
LEFT JOIN clearing AS w ON w.clr_id = d.clr_id
WHERE w.clr_id IS NULL OR w.fixmedins_code <> d.fixmedins_code
