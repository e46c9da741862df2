-- A prescription is alone when every slice on it stands in the list; self-paid slices count as slices.
WITH prescription AS (
  SELECT
    f.setl_id,
    f.rx_drord_no,
    COUNT(DISTINCT f.code) AS slices,
    SUM(CASE WHEN EXISTS (
      SELECT 1 FROM kb AS k WHERE k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
    ) THEN 0 ELSE 1 END) AS others
  FROM fee_line AS f
  WHERE f.list_type = '102'
  GROUP BY f.setl_id, f.rx_drord_no
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
  f.rx_drord_no,
  p.slices,
  k.point_id,
  k.source AS point_source,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
JOIN prescription AS p ON p.setl_id = f.setl_id AND p.rx_drord_no = f.rx_drord_no AND p.others = 0
JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.point_id) = 1
