-- A second-line drug with no first-line drug of its group in the days before, the day itself included, at any institution. Where the
-- official limit is a sentence about diseases, a diagnosis of the encounter must also begin with one of its prefixes.
WITH had AS (
  SELECT d.mdtrt_id, d.code FROM diagnosis AS d
  UNION
  SELECT s.mdtrt_id, s.maindiag_code AS code FROM settlement AS s
),
no_first_line AS (
  SELECT
    f.setl_id,
    f.row_id,
    k.point_id,
    k.source AS point_source,
    '此前 ' || $lookback_days || ' 天没有同组（' || k.drug_group || '）一线药品的使用记录' AS reason
  FROM subject AS f
  JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
  WHERE EXISTS (SELECT 1 FROM kb_drug_first_line AS g WHERE g.drug_group = k.drug_group) AND NOT EXISTS (
    SELECT 1
    FROM fee_line AS b
    JOIN kb_drug_first_line AS o ON o.code = b.code AND b.service_day BETWEEN o.valid_from AND o.valid_to
    WHERE b.psn_no = f.psn_no AND o.drug_group = k.drug_group
      AND b.service_day BETWEEN f.service_day - $lookback_days AND f.service_day
  )
),
no_disease AS (
  SELECT
    f.setl_id,
    f.row_id,
    MIN(k.point_id) AS point_id,
    MIN(k.source) AS point_source,
    '限定的疾病（诊断编码以 ' || STRING_AGG(DISTINCT k.diag_prefix, ' ' ORDER BY k.diag_prefix) || ' 开头，'
      || CASE WHEN MIN(COALESCE(k.confirmed, '1')) = '1' THEN '已经人确认' ELSE '由程序推荐、尚未经人确认' END
      || '）与本次诊断 ' || STRING_AGG(DISTINCT h.code, ' ' ORDER BY h.code) || ' 都不相符' AS reason
  FROM subject AS f
  JOIN kb AS k ON k.code = f.code AND f.service_day BETWEEN k.valid_from AND k.valid_to
  JOIN had AS h ON h.mdtrt_id = f.mdtrt_id
  WHERE k.diag_prefix <> ''
  GROUP BY f.setl_id, f.row_id
  HAVING MAX(CASE WHEN h.code LIKE k.diag_prefix || '%' THEN 1 ELSE 0 END) = 0
),
reason AS (
  SELECT n.setl_id, n.row_id, n.point_id, n.point_source, n.reason FROM no_first_line AS n
  UNION ALL
  SELECT d.setl_id, d.row_id, d.point_id, d.point_source, d.reason FROM no_disease AS d
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
  r.reason,
  r.point_id,
  r.point_source,
  f.amount,
  f.row_id AS evidence
FROM subject AS f
JOIN reason AS r ON r.setl_id = f.setl_id AND r.row_id = f.row_id
QUALIFY ROW_NUMBER() OVER (PARTITION BY f.setl_id, f.row_id ORDER BY r.point_id, r.reason) = 1
