-- A special-disease benefit on a day that no approved registration of the disease covers; a long-term-care benefit on a day when the newest
-- assessment does not entitle, or there is none.
WITH registered AS (
  SELECT
    s.setl_id,
    MAX(CASE WHEN s.service_day BETWEEN r.beg_day AND r.end_day THEN 1 ELSE 0 END) AS is_valid,
    MIN(r.beg_day) AS first_day
  FROM subject AS s
  JOIN registration AS r ON r.psn_no = s.psn_no AND r.opsp_dise_code = s.dise_code
  WHERE s.encounter <> 'ltc'
  GROUP BY s.setl_id
),
assessed AS (
  SELECT s.setl_id, a.is_entitled AS is_valid
  FROM subject AS s
  JOIN ltc_assessment AS a ON a.psn_no = s.psn_no AND a.eval_day <= s.service_day
  WHERE s.encounter = 'ltc'
  QUALIFY ROW_NUMBER() OVER (PARTITION BY s.setl_id ORDER BY a.eval_day DESC, a.rid DESC) = 1
)
SELECT
  s.psn_no,
  s.fixmedins_code,
  s.mdtrt_id,
  s.setl_id,
  s.service_day,
  CASE WHEN s.encounter = 'ltc' THEN '长期护理待遇' ELSE '门诊慢特病（' || s.dise_code || '）待遇' END AS benefit,
  CASE
    WHEN a.is_valid = 0 THEN '的评估未通过'
    WHEN s.encounter = 'ltc' THEN '以前没有评估'
    WHEN r.first_day > s.service_day THEN '在认定开始之前'
    WHEN r.is_valid = 0 THEN '已过认定的有效期'
    ELSE '没有该病种的认定'
  END AS reason,
  s.fund_pay_sumamt AS amount,
  s.setl_id AS evidence
FROM subject AS s
LEFT JOIN registered AS r ON r.setl_id = s.setl_id
LEFT JOIN assessed AS a ON a.setl_id = s.setl_id
WHERE COALESCE(r.is_valid, a.is_valid, 0) = 0
