-- The period that a contribution is for, as days: from the first day of its first month to the last day of its last one. `revs_flag` Z (or
-- nothing) is a contribution that stands; `clct_flag` 1 (or nothing) one that was paid.
WITH monthly AS (
  SELECT
    c.*,
    TRY_CAST(SUBSTR(c.accrym_begn, 1, 4) || '-' || SUBSTR(c.accrym_begn, 5, 2) || '-01' AS DATE) AS first_date,
    TRY_CAST(
      CASE
        WHEN SUBSTR(COALESCE(c.accrym_end, c.accrym_begn), 5, 2) = '12'
          THEN CAST(TRY_CAST(SUBSTR(COALESCE(c.accrym_end, c.accrym_begn), 1, 4) AS INTEGER) + 1 AS VARCHAR) || '-01-01'
        WHEN SUBSTR(COALESCE(c.accrym_end, c.accrym_begn), 5, 2) IN ('09', '10', '11')
          THEN SUBSTR(COALESCE(c.accrym_end, c.accrym_begn), 1, 4) || '-'
            || CAST(TRY_CAST(SUBSTR(COALESCE(c.accrym_end, c.accrym_begn), 5, 2) AS INTEGER) + 1 AS VARCHAR) || '-01'
        ELSE SUBSTR(COALESCE(c.accrym_end, c.accrym_begn), 1, 4) || '-0'
          || CAST(TRY_CAST(SUBSTR(COALESCE(c.accrym_end, c.accrym_begn), 5, 2) AS INTEGER) + 1 AS VARCHAR) || '-01'
      END AS DATE
    ) AS next_date
  FROM staf_psn_clct_detl_d AS c
)
SELECT
  m.psn_clct_detl_id,
  m.psn_no,
  m.insutype,
  CASE WHEN COALESCE(m.clct_flag, '1') = '1' AND COALESCE(m.revs_flag, 'Z') IN ('Z', '0', '') THEN 1 ELSE 0 END AS is_paid,
  DATE_DIFF('day', DATE '1970-01-01', m.first_date) AS beg_day,
  DATE_DIFF('day', DATE '1970-01-01', m.next_date) - 1 AS end_day,
  DATE_DIFF('day', DATE '1970-01-01', CAST(m.clct_time AS DATE)) AS paid_day,
  m.clct_sumamt
FROM monthly AS m
