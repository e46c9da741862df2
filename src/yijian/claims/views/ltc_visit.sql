-- Where the caregiver signed in, in kilometres as `place` has them.
SELECT
  v.rid,
  v.psn_no,
  v.serv_org_code,
  v.serv_psn_no,
  v.serv_item_code,
  v.serv_item_name,
  DATE_DIFF('day', DATE '1970-01-01', CAST(v.serv_begntime AS DATE)) AS service_day,
  DATE_DIFF('minute', TIMESTAMP '1970-01-01 00:00:00', v.serv_begntime) AS beg_minute,
  DATE_DIFF('minute', TIMESTAMP '1970-01-01 00:00:00', v.serv_endtime) AS end_minute,
  v.serv_dura_min,
  v.sign_lat * 111.2 AS north_km,
  v.sign_lnt,
  111.2 * COS(RADIANS(v.sign_lat)) AS km_per_degree,
  v.det_item_fee_sumamt AS amount,
  v.ltc_fund_pay
FROM ltc_serv_d AS v
