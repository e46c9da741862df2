-- Two roles of one operator that a point says must be apart, while the operator was in office.
SELECT
  o.opter_id,
  o.optins_no,
  k.code AS role,
  k.other_role,
  k.source AS point_source,
  0 AS amount,
  o.opter_id AS evidence
FROM subject AS o
JOIN kb AS k
  ON o.roles LIKE '%,' || k.code || ',%' AND o.roles LIKE '%,' || k.other_role || ',%'
  AND k.valid_from <= o.end_day AND k.valid_to >= o.beg_day
