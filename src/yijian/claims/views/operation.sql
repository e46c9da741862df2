SELECT
  s.psn_no,
  s.fixmedins_code,
  s.mdtrt_id,
  s.setl_id,
  o.setl_list_oprn_id AS row_id,
  CASE WHEN o.main_oprn_flag = '1' THEN 1 ELSE 0 END AS is_main,
  o.oprn_oprt_code AS code,
  o.oprn_oprt_name AS name,
  DATE_DIFF('day', DATE '1970-01-01', o.oprn_oprt_date) AS oprn_day,
  o.oper_dr_code,
  o.anst_way,
  s.med_type,
  s.encounter,
  s.service_day,
  s.gend,
  s.age,
  s.newborn_on_mother,
  s.maindiag_code,
  s.medfee_sumamt,
  s.fund_pay_sumamt
FROM setl_list_oprn_d AS o
JOIN settlement AS s ON s.setl_id = o.setl_id
WHERE COALESCE(o.vali_flag, '1') <> '0'
