-- All parts of a composite item (those in force on the day, two at least) billed one by one in one encounter on one day; what they
-- cost together beyond the composite's price is in doubt.
WITH part AS (
  SELECT f.*, k.code_a, k.name_a, k.max_price, k.source AS point_source
  FROM subject AS f
  JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
),
billed AS (
  SELECT
    p.psn_no,
    p.fixmedins_code,
    p.mdtrt_id,
    p.service_day,
    p.code_a,
    MIN(p.setl_id) AS setl_id,
    MIN(p.name_a) AS name_a,
    MIN(p.point_source) AS point_source,
    COUNT(DISTINCT p.code) AS parts,
    SUM(p.amount) AS charged,
    COALESCE(MAX(p.max_price), 0) AS composite_price,
    STRING_AGG(DISTINCT p.row_id, ' ' ORDER BY p.row_id) AS evidence
  FROM part AS p
  GROUP BY p.psn_no, p.fixmedins_code, p.mdtrt_id, p.service_day, p.code_a
),
whole AS (
  SELECT b.service_day, b.code_a, COUNT(DISTINCT k.code) AS parts
  FROM billed AS b
  JOIN kb AS k ON k.code_a = b.code_a AND b.service_day BETWEEN k.valid_from AND k.valid_to
  GROUP BY b.service_day, b.code_a
)
SELECT
  b.psn_no,
  b.fixmedins_code,
  b.mdtrt_id,
  b.setl_id,
  b.code_a,
  b.name_a,
  b.service_day,
  b.parts,
  b.charged,
  b.composite_price,
  b.point_source,
  b.charged - b.composite_price AS amount,
  b.evidence
FROM billed AS b
JOIN whole AS w ON w.service_day = b.service_day AND w.code_a = b.code_a AND w.parts = b.parts
WHERE b.parts > 1 AND b.charged > b.composite_price
