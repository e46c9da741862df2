-- By office and year: the costs of stays that were reviewed a second time against all costs of stays. Shown are the largest not reviewed.
WITH reviewed AS (
  SELECT DISTINCT l.record_id FROM operation_log AS l WHERE l.record_table = 'setl_d' AND l.biz_step = '复审'
),
judged AS (
  SELECT
    s.setl_id,
    COALESCE(s.clr_optins, '') AS clr_optins,
    FLOOR(s.setl_month / 100.0) AS year,
    s.medfee_sumamt,
    CASE WHEN r.record_id IS NULL THEN 0 ELSE 1 END AS is_reviewed
  FROM subject AS s
  LEFT JOIN reviewed AS r ON r.record_id = s.setl_id
),
ranked AS (
  SELECT
    j.*,
    CASE
      WHEN j.is_reviewed = 0 AND ROW_NUMBER() OVER (
        PARTITION BY j.clr_optins, j.year ORDER BY j.is_reviewed, j.medfee_sumamt DESC, j.setl_id
      ) <= $shown THEN j.setl_id
    END AS shown_id
  FROM judged AS j
)
SELECT
  r.clr_optins,
  CAST(r.year AS INTEGER) AS year,
  COUNT(*) AS settled,
  SUM(r.is_reviewed) AS reviewed,
  ROUND(SUM(r.medfee_sumamt * r.is_reviewed) * 100.0 / SUM(r.medfee_sumamt), 2) AS share_pct,
  SUM(r.medfee_sumamt) * $min_share - SUM(r.medfee_sumamt * r.is_reviewed) AS amount,
  STRING_AGG(r.shown_id, ' ' ORDER BY r.shown_id) AS evidence
FROM ranked AS r
GROUP BY r.clr_optins, r.year
HAVING COUNT(*) >= $min_settled AND SUM(r.medfee_sumamt) * $min_share > SUM(r.medfee_sumamt * r.is_reviewed)
