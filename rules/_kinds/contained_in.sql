-- Item A's content includes item B: both in one window charge B twice. One finding for each line of B.
-- The windows: `day` is one day, `stay` one encounter, `operation` one encounter on one day.
WITH container AS (
  SELECT a.psn_no, a.fixmedins_code, a.mdtrt_id, a.row_id, a.code, a.service_day
  FROM fee_line AS a
  WHERE a.code IN (SELECT k.code_a FROM kb AS k)
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
  k.code_a,
  k.name_a,
  k.time_window,
  k.point_id,
  k.source AS point_source,
  f.amount,
  a.row_id || ' ' || f.row_id AS evidence
FROM subject AS f
JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
JOIN container AS a
  ON a.code = k.code_a AND a.psn_no = f.psn_no AND a.fixmedins_code = f.fixmedins_code AND a.row_id <> f.row_id
  AND (k.time_window = 'day' OR a.mdtrt_id = f.mdtrt_id)
  AND (k.time_window = 'stay' OR a.service_day = f.service_day)
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY k.point_id, a.service_day, a.row_id) = 1
