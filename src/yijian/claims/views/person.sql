SELECT
  p.psn_no,
  p.gend,
  EXTRACT(YEAR FROM p.brdy) * 10000 + EXTRACT(MONTH FROM p.brdy) * 100 + EXTRACT(DAY FROM p.brdy) AS brdy_ymd,
  p.surv_stas,
  DATE_DIFF('day', DATE '1970-01-01', p.die_date) AS die_day,
  p.resd_admdvs
FROM psn_info_b AS p
