-- A drug billed under a special outpatient disease whose catalogue does not hold it on the day.
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  f.dise_code,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
WHERE NOT EXISTS (
  SELECT 1 FROM kb AS k
  WHERE k.dise_code = f.dise_code AND k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
)
