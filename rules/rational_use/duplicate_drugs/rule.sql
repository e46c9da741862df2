-- A drug bought while another one of its group is still in use. In doubt is the share of its days that overlap.
WITH pair AS (
  SELECT
    f.setl_id,
    f.row_id,
    a.row_id AS other_row_id,
    a.name AS other_name,
    a.service_day AS other_day,
    k.drug_group,
    k.source AS point_source,
    LEAST(a.service_day + a.prd_days, f.service_day + f.prd_days) - f.service_day AS overlap_days,
    ROW_NUMBER() OVER (
      PARTITION BY f.setl_id, f.row_id
      ORDER BY LEAST(a.service_day + a.prd_days, f.service_day + f.prd_days) DESC, a.setl_id, a.row_id, k.point_id
    ) AS place
  FROM subject AS f
  JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
  JOIN kb AS g ON g.drug_group = k.drug_group AND g.code <> f.code AND f.service_day BETWEEN g.valid_from AND g.valid_to
  JOIN subject AS a
    ON a.psn_no = f.psn_no AND a.code = g.code AND f.service_day < a.service_day + a.prd_days
    AND (a.service_day < f.service_day OR (a.service_day = f.service_day AND a.row_id < f.row_id))
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
  p.other_name,
  p.other_day,
  p.overlap_days,
  p.drug_group,
  p.point_source,
  f.amount * p.overlap_days / f.prd_days AS amount,
  f.row_id || ' ' || p.other_row_id AS evidence
FROM subject AS f
JOIN pair AS p ON p.setl_id = f.setl_id AND p.row_id = f.row_id
WHERE p.place = 1
