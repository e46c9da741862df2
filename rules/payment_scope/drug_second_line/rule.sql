-- A second-line drug with no first-line drug of its group in the days before, the day itself included, at any institution.
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  k.drug_group,
  $lookback_days AS lookback_days,
  k.point_id,
  k.source AS point_source,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
WHERE NOT EXISTS (
  SELECT 1
  FROM fee_line AS b
  JOIN kb_drug_first_line AS o ON o.code = b.code AND b.service_day BETWEEN o.valid_from AND o.valid_to
  WHERE b.psn_no = f.psn_no AND o.drug_group = k.drug_group
    AND b.service_day BETWEEN f.service_day - $lookback_days AND f.service_day
)
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.point_id) = 1
