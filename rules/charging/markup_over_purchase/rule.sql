-- The price billed against the dearest purchase of the institution in the days before; prices per unit of sale.
WITH bought AS (
  SELECT f.setl_id, f.row_id, MAX(m.pric) AS purchase_pric
  FROM subject AS f
  JOIN stock_move AS m
    ON m.fixmedins_code = f.fixmedins_code AND m.code = f.code
    AND m.service_day BETWEEN f.service_day - $lookback_days AND f.service_day
  WHERE m.move = 'purchase' AND m.cnt > 0
  GROUP BY f.setl_id, f.row_id
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
  f.pric,
  b.purchase_pric,
  $max_markup * 100 AS max_percent,
  (f.pric - b.purchase_pric * (1 + $max_markup)) * f.cnt AS amount,
  f.row_id AS evidence
FROM subject AS f
JOIN bought AS b ON b.setl_id = f.setl_id AND b.row_id = f.row_id
WHERE ROUND(f.pric - b.purchase_pric * (1 + $max_markup), 6) > $tolerance
