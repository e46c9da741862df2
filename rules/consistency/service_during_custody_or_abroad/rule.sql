-- A visit strictly inside a period in which the person was held or abroad; the first and the last day are lawful.
SELECT
  s.psn_no,
  s.fixmedins_code,
  s.mdtrt_id,
  s.setl_id,
  s.service_day,
  a.absn_type,
  a.beg_day,
  a.end_day,
  s.medfee_sumamt AS amount,
  a.rid || ' ' || s.setl_id AS evidence
FROM subject AS s
JOIN absence AS a ON a.psn_no = s.psn_no AND s.service_day > a.beg_day AND s.service_day < a.end_day
QUALIFY ROW_NUMBER() OVER (PARTITION BY s.setl_id ORDER BY a.beg_day, a.rid) = 1
