-- Applications by hospital and by expert: the share approved, with the Wilson interval, against all others.
WITH side AS (
  SELECT a.*, '医院' AS pattern, a.fixmedins_code AS who FROM subject AS a WHERE a.fixmedins_code IS NOT NULL
  UNION ALL
  SELECT a.*, '专家' AS pattern, a.expert_code AS who FROM subject AS a WHERE a.expert_code IS NOT NULL
),
paid AS (
  SELECT r.trt_dcla_detl_sn, SUM(s.fund_pay_sumamt) AS paid
  FROM registration AS r
  JOIN settlement AS s
    ON s.psn_no = r.psn_no AND s.dise_code = r.opsp_dise_code AND s.service_day BETWEEN r.beg_day AND r.end_day
  GROUP BY r.trt_dcla_detl_sn
),
ranked AS (
  SELECT
    x.*,
    COALESCE(p.paid, 0) AS paid,
    CASE WHEN x.aprv_rslt = '1' THEN 1 ELSE 0 END AS is_approved,
    CASE WHEN x.aprv_rslt = '1' AND ROW_NUMBER() OVER (
      PARTITION BY x.pattern, x.who ORDER BY x.aprv_rslt DESC, x.beg_day DESC, x.trt_dcla_detl_sn
    ) <= $shown THEN x.trt_dcla_detl_sn END AS shown_id
  FROM side AS x
  LEFT JOIN paid AS p ON p.trt_dcla_detl_sn = x.trt_dcla_detl_sn
),
own AS (
  SELECT
    k.pattern,
    k.who,
    COUNT(*) AS applied,
    SUM(k.is_approved) AS approved,
    SUM(k.paid) AS paid,
    STRING_AGG(k.shown_id, ' ' ORDER BY k.shown_id) AS evidence
  FROM ranked AS k
  GROUP BY k.pattern, k.who
),
compared AS (
  SELECT
    o.*,
    o.approved * 1.0 / o.applied AS rate,
    ((SUM(o.approved) OVER w) - o.approved) * 1.0 / NULLIF((SUM(o.applied) OVER w) - o.applied, 0) AS peer_rate
  FROM own AS o
  WINDOW w AS (PARTITION BY o.pattern)
),
bounded AS (
  SELECT
    c.*,
    (c.rate + $z * $z / (2.0 * c.applied)
      - $z * SQRT(c.rate * (1 - c.rate) / c.applied + $z * $z / (4.0 * c.applied * c.applied)))
      / (1 + $z * $z / c.applied) AS low
  FROM compared AS c
)
SELECT
  CASE WHEN b.pattern = '医院' THEN b.who END AS fixmedins_code,
  b.pattern,
  b.who,
  b.applied,
  b.approved,
  ROUND(b.rate * 100, 1) AS rate_pct,
  ROUND(b.low * 100, 1) AS low_pct,
  ROUND(b.peer_rate * 100, 1) AS peer_pct,
  b.paid * (b.rate - b.peer_rate) / b.rate AS amount,
  b.evidence
FROM bounded AS b
WHERE b.applied >= $min_applied AND ROUND(b.low - b.peer_rate - $min_gap, 6) > 0
