-- Operations of one group in one encounter on one day; the dearest one is the first, all others must be discounted.
WITH operation AS (
  SELECT
    f.*,
    k.op_group,
    k.point_id,
    DENSE_RANK() OVER (
      PARTITION BY f.mdtrt_id, f.service_day, k.op_group ORDER BY f.pric_uplmt_amt DESC, f.code
    ) AS nth
  FROM subject AS f
  JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
)
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  f.op_group,
  f.pric,
  f.pric_uplmt_amt,
  f.amount * (1 - $discount) AS amount,
  f.row_id AS evidence
FROM operation AS f
WHERE f.nth > 1 AND f.pric >= f.pric_uplmt_amt * $full_share
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY f.point_id) = 1
