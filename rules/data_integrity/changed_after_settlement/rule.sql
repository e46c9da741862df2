-- Which settlement a changed row belongs to (a fee line's key is its number and its settlement), and whether it was changed after that was settled; by operator, with the number of
-- all such changes of the operator at the institution.
WITH owner AS (
  SELECT 'setl_d' AS tabl_name, s.setl_id AS row_key, s.setl_id FROM settlement AS s
  UNION ALL
  SELECT 'mdtrt_d' AS tabl_name, s.mdtrt_id AS row_key, s.setl_id FROM settlement AS s
  UNION ALL
  SELECT DISTINCT 'fee_list_d' AS tabl_name, f.row_key, f.line_setl_id AS setl_id FROM subject AS f WHERE f.tabl_name = 'fee_list_d'
  UNION ALL
  SELECT 'setl_list_diag_d' AS tabl_name, d.row_id AS row_key, d.setl_id FROM diagnosis AS d
  UNION ALL
  SELECT 'setl_list_oprn_d' AS tabl_name, o.row_id AS row_key, o.setl_id FROM operation AS o
),
late AS (
  SELECT
    s.psn_no,
    s.fixmedins_code,
    s.mdtrt_id,
    s.setl_id,
    c.opter_id,
    MIN(s.setl_minute) AS setl_minute,
    MAX(c.change_minute) AS last_minute,
    COUNT(*) AS changes,
    MIN(c.colm_name) AS colm_name,
    MIN(s.medfee_sumamt) AS amount,
    STRING_AGG(c.rid, ' ' ORDER BY c.rid) AS evidence
  FROM subject AS c
  JOIN owner AS o ON o.tabl_name = c.tabl_name AND o.row_key = c.row_key
  JOIN settlement AS s ON s.setl_id = o.setl_id
  WHERE c.change_minute > s.setl_minute
  GROUP BY s.psn_no, s.fixmedins_code, s.mdtrt_id, s.setl_id, c.opter_id
)
SELECT
  l.psn_no,
  l.fixmedins_code,
  l.mdtrt_id,
  l.setl_id,
  l.opter_id,
  l.setl_minute,
  l.last_minute,
  l.changes,
  l.colm_name,
  SUM(l.changes) OVER (PARTITION BY l.fixmedins_code, l.opter_id) AS operator_changes,
  l.amount,
  l.evidence
FROM late AS l
