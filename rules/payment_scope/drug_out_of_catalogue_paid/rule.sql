-- A western or Chinese patent medicine that the catalogue in force on the day does not hold, with an amount inside the scope.
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  f.inscp_amt,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
WHERE NOT EXISTS (SELECT 1 FROM kb AS k WHERE k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to)
