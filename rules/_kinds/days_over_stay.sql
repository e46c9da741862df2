-- A stay lasts max(discharge − admission, 1) days; so many bed or nursing days may be billed.
WITH billed AS (
  SELECT
    f.psn_no,
    f.fixmedins_code,
    f.mdtrt_id,
    MIN(f.setl_id) AS setl_id,
    MIN(f.adm_day) AS adm_day,
    MAX(f.dscg_day) AS dscg_day,
    GREATEST(MAX(f.dscg_day) - MIN(f.adm_day), 1) AS stay_days,
    SUM(f.cnt) AS billed_days,
    SUM(f.amount) AS charged,
    STRING_AGG(f.row_id, ' ' ORDER BY f.row_id) AS evidence
  FROM subject AS f
  GROUP BY f.psn_no, f.fixmedins_code, f.mdtrt_id
)
SELECT
  b.psn_no,
  b.fixmedins_code,
  b.mdtrt_id,
  b.setl_id,
  b.adm_day,
  b.dscg_day,
  b.stay_days,
  b.billed_days,
  b.charged * (b.billed_days - b.stay_days - $allowed_extra) / b.billed_days AS amount,
  b.evidence
FROM billed AS b
WHERE b.billed_days > b.stay_days + $allowed_extra
