-- Settlements of an institution and month whose first review the log does not know; the largest ones are shown.
WITH reviewed AS (
  SELECT DISTINCT l.record_id FROM operation_log AS l WHERE l.record_table = 'setl_d' AND l.biz_step = '初审'
),
judged AS (
  SELECT s.*, CASE WHEN r.record_id IS NULL THEN 1 ELSE 0 END AS is_missed
  FROM subject AS s
  LEFT JOIN reviewed AS r ON r.record_id = s.setl_id
),
ranked AS (
  SELECT
    j.*,
    CASE WHEN j.is_missed = 1 THEN j.setl_id END AS missed_id,
    CASE
      WHEN j.is_missed = 1 AND ROW_NUMBER() OVER (
        PARTITION BY j.fixmedins_code, j.setl_month ORDER BY j.is_missed DESC, j.fund_pay_sumamt DESC, j.setl_id
      ) <= $shown THEN j.setl_id
    END AS shown_id
  FROM judged AS j
)
SELECT
  r.fixmedins_code,
  r.setl_month,
  COUNT(*) AS settled,
  SUM(r.is_missed) AS missed,
  SUM(r.fund_pay_sumamt * r.is_missed) AS amount,
  STRING_AGG(r.shown_id, ' ' ORDER BY r.shown_id) AS evidence,
  STRING_AGG(r.missed_id, ' ' ORDER BY r.missed_id) AS subjects
FROM ranked AS r
GROUP BY r.fixmedins_code, r.setl_month
HAVING SUM(r.is_missed) > 0
