-- What the settlement list must say of a stay: one main diagnosis, lawful codes, sex, birth and the way of discharge.
WITH listed AS (
  SELECT
    d.setl_id,
    SUM(d.is_main) AS mains,
    SUM(CASE
      WHEN SUBSTR(d.code, 1, 1) BETWEEN 'A' AND 'Z' AND SUBSTR(d.code, 2, 1) BETWEEN '0' AND '9'
        AND SUBSTR(d.code, 3, 1) BETWEEN '0' AND '9'
      THEN 0 ELSE 1
    END) AS strange
  FROM diagnosis AS d
  WHERE COALESCE(d.diag_type, '1') = '1'
  GROUP BY d.setl_id
),
checked AS (
  SELECT
    s.*,
    CASE WHEN COALESCE(l.mains, 0) = 0 THEN '没有主诊断；' WHEN l.mains > 1 THEN '主诊断不止一个；' ELSE '' END
      || CASE WHEN l.strange > 0 THEN '诊断编码不合规；' ELSE '' END
      || CASE WHEN s.dscg_way IS NULL THEN '没有离院方式；' ELSE '' END
      || CASE WHEN s.gend IN ('1', '2') THEN '' ELSE '性别不明；' END
      || CASE WHEN s.brdy_ymd IS NULL THEN '没有出生日期；' ELSE '' END AS problems
  FROM subject AS s
  LEFT JOIN listed AS l ON l.setl_id = s.setl_id
)
SELECT
  c.psn_no,
  c.fixmedins_code,
  c.mdtrt_id,
  c.setl_id,
  c.service_day,
  c.problems,
  c.medfee_sumamt AS amount,
  c.setl_id AS evidence
FROM checked AS c
WHERE c.problems <> ''
