-- A registration of a disease that no encounter of the year before (its first day included) was diagnosed with. In doubt is what the fund
-- paid under the registration.
WITH had AS (
  SELECT d.psn_no, d.service_day, d.code FROM diagnosis AS d
  UNION
  SELECT s.psn_no, s.service_day, s.maindiag_code AS code FROM settlement AS s
),
bare AS (
  SELECT
    r.trt_dcla_detl_sn,
    MIN(k.source) AS point_source,
    STRING_AGG(DISTINCT k.diag_prefix, ' ' ORDER BY k.diag_prefix) AS prefixes
  FROM subject AS r
  JOIN kb AS k ON k.code = r.opsp_dise_code AND r.beg_day BETWEEN k.valid_from AND k.valid_to
  LEFT JOIN had AS h
    ON h.psn_no = r.psn_no AND h.service_day BETWEEN r.beg_day - $look_back AND r.beg_day AND h.code LIKE k.diag_prefix || '%'
  GROUP BY r.trt_dcla_detl_sn
  HAVING COUNT(h.code) = 0
),
paid AS (
  SELECT r.trt_dcla_detl_sn, SUM(s.fund_pay_sumamt) AS amount
  FROM subject AS r
  JOIN settlement AS s
    ON s.psn_no = r.psn_no AND s.dise_code = r.opsp_dise_code AND s.service_day BETWEEN r.beg_day AND r.end_day
  GROUP BY r.trt_dcla_detl_sn
)
SELECT
  r.psn_no,
  r.fixmedins_code,
  r.trt_dcla_detl_sn,
  r.opsp_dise_name,
  r.beg_day,
  r.expert_code,
  b.prefixes,
  b.point_source,
  COALESCE(p.amount, 0) AS amount,
  r.trt_dcla_detl_sn AS evidence
FROM subject AS r
JOIN bare AS b ON b.trt_dcla_detl_sn = r.trt_dcla_detl_sn
LEFT JOIN paid AS p ON p.trt_dcla_detl_sn = r.trt_dcla_detl_sn
