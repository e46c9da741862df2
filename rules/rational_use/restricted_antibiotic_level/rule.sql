-- Who may prescribe which class of antibiotics follows from the professional title.
SELECT
  f.psn_no,
  f.fixmedins_code,
  f.mdtrt_id,
  f.setl_id,
  f.row_id,
  f.code,
  f.name,
  f.service_day,
  f.bilg_dr_code,
  d.title_rank,
  k.min_title,
  k.point_id,
  k.source AS point_source,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
JOIN doctor AS d ON d.prac_psn_code = f.bilg_dr_code
WHERE d.title_rank < k.min_title
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.min_title DESC, k.point_id) = 1
