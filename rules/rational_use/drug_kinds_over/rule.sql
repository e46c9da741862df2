-- Different drugs on one prescription. In doubt are the cheapest of them beyond the limit.
WITH drug AS (
  SELECT
    f.psn_no,
    f.fixmedins_code,
    f.mdtrt_id,
    f.rx_drord_no,
    SUBSTR(f.code, 1, $drug_chars) AS drug,
    MIN(f.setl_id) AS setl_id,
    MIN(f.service_day) AS service_day,
    SUM(f.amount) AS charged
  FROM subject AS f
  GROUP BY f.psn_no, f.fixmedins_code, f.mdtrt_id, f.rx_drord_no, SUBSTR(f.code, 1, $drug_chars)
),
ranked AS (
  SELECT d.*, ROW_NUMBER() OVER (PARTITION BY d.mdtrt_id, d.rx_drord_no ORDER BY d.charged DESC, d.drug) AS place
  FROM drug AS d
),
over AS (
  SELECT
    r.psn_no,
    r.fixmedins_code,
    r.mdtrt_id,
    r.rx_drord_no,
    MIN(r.setl_id) AS setl_id,
    MIN(r.service_day) AS service_day,
    COUNT(*) AS kinds,
    SUM(CASE WHEN r.place > $max_kinds THEN r.charged ELSE 0 END) AS amount
  FROM ranked AS r
  GROUP BY r.psn_no, r.fixmedins_code, r.mdtrt_id, r.rx_drord_no
  HAVING COUNT(*) > $max_kinds
)
SELECT
  o.psn_no,
  o.fixmedins_code,
  o.mdtrt_id,
  MIN(o.setl_id) AS setl_id,
  o.rx_drord_no,
  MIN(o.service_day) AS service_day,
  MIN(o.kinds) AS kinds,
  MIN(o.amount) AS amount,
  STRING_AGG(f.row_id, ' ' ORDER BY f.row_id) AS evidence
FROM over AS o
JOIN subject AS f ON f.mdtrt_id = o.mdtrt_id AND f.rx_drord_no = o.rx_drord_no
GROUP BY o.psn_no, o.fixmedins_code, o.mdtrt_id, o.rx_drord_no
