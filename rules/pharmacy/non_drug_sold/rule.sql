-- A pharmacy's own name of what it billed as a drug holds a word of goods that no fund pays.
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.name,
  f.local_name,
  f.service_day,
  k.code AS word,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
JOIN kb AS k ON f.local_name LIKE '%' || k.code || '%' AND f.service_day BETWEEN k.valid_from AND k.valid_to
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY LENGTH(k.code) DESC, k.code) = 1
