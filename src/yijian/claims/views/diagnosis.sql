SELECT
  s.psn_no,
  s.fixmedins_code,
  s.mdtrt_id,
  s.setl_id,
  d.setl_list_diag_id AS row_id,
  d.diag_type,
  CASE WHEN d.maindiag_flag = '1' THEN 1 ELSE 0 END AS is_main,
  d.diag_code AS code,
  d.diag_name AS name,
  d.adm_cond_type,
  s.med_type,
  s.encounter,
  s.service_day,
  s.gend,
  s.age,
  s.newborn_on_mother,
  s.medfee_sumamt,
  s.fund_pay_sumamt
FROM setl_list_diag_d AS d
JOIN settlement AS s ON s.setl_id = d.setl_id
WHERE COALESCE(d.vali_flag, '1') <> '0'
