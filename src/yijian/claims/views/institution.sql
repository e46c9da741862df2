SELECT
  i.fixmedins_code,
  i.fixmedins_name,
  i.fixmedins_type,
  CASE
    WHEN i.medins_lv IN ('01', '02', '03', '04', '12') THEN 3
    WHEN i.medins_lv IN ('05', '06', '07', '13') THEN 2
    WHEN i.medins_lv IN ('08', '09', '10', '14') THEN 1
  END AS inst_level,
  i.bed_cnt,
  i.admdvs
FROM fixmedins_b AS i
