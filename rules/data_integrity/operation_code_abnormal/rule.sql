-- Each operation against the code table in force on the day; the main operation against the heaviest one of the settlement.
WITH known AS (
  SELECT f.row_id, COUNT(k.code) AS listed, MAX(k.op_level) AS op_level
  FROM subject AS f
  LEFT JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
  GROUP BY f.row_id
),
ranked AS (
  SELECT
    f.*,
    k.listed,
    k.op_level,
    MAX(k.op_level) OVER (PARTITION BY f.setl_id) AS top_level
  FROM subject AS f
  JOIN known AS k ON k.row_id = f.row_id
),
judged AS (
  SELECT
    r.*,
    CASE
      WHEN r.code IS NULL THEN '缺手术操作编码'
      WHEN r.listed = 0 THEN '编码不在码表'
      WHEN r.is_main = 1 AND r.op_level < r.top_level THEN '主手术不是级别最高的手术'
    END AS problem
  FROM ranked AS r
)
SELECT
  j.psn_no,
  j.fixmedins_code,
  j.mdtrt_id,
  j.setl_id,
  j.row_id,
  j.code,
  j.name,
  j.service_day,
  j.problem,
  j.medfee_sumamt AS amount,
  j.row_id AS evidence
FROM judged AS j
WHERE j.problem IS NOT NULL
