-- (a) 连续刷卡: five different people within ten minutes at one counter. A person's second swipe in that time counts once;
-- a swipe is in a burst when some window of five swipes around it is short enough; bursts with a gap are apart.
-- (b) 同批卡: people who are each seen with four of the others within an hour, on three days, when five of them are there.
WITH swipe AS (
  SELECT
    s.fixmedins_code,
    s.counter,
    s.psn_no,
    s.setl_id,
    s.mdtrt_id,
    s.service_day,
    s.setl_minute,
    s.medfee_sumamt,
    s.setl_minute - LAG(s.setl_minute) OVER (
      PARTITION BY s.fixmedins_code, s.counter, s.psn_no ORDER BY s.setl_minute, s.setl_id
    ) AS since_own
  FROM subject AS s
),
width AS (
  SELECT
    w.*,
    w.setl_minute - LAG(w.setl_minute, $other_cards) OVER (
      PARTITION BY w.fixmedins_code, w.counter ORDER BY w.setl_minute, w.setl_id
    ) AS back
  FROM swipe AS w
  WHERE w.since_own IS NULL OR w.since_own > $burst_minutes
),
dense AS (
  SELECT
    d.*,
    MIN(d.back) OVER (
      PARTITION BY d.fixmedins_code, d.counter ORDER BY d.setl_minute, d.setl_id
      ROWS BETWEEN CURRENT ROW AND $other_cards FOLLOWING
    ) AS narrowest
  FROM width AS d
),
gap AS (
  SELECT
    g.*,
    CASE WHEN g.setl_minute - LAG(g.setl_minute) OVER (
      PARTITION BY g.fixmedins_code, g.counter ORDER BY g.setl_minute, g.setl_id
    ) <= $burst_minutes THEN 0 ELSE 1 END AS is_start
  FROM dense AS g
  WHERE g.narrowest <= $burst_minutes
),
burst AS (
  SELECT
    b.*,
    SUM(b.is_start) OVER (
      PARTITION BY b.fixmedins_code, b.counter ORDER BY b.setl_minute, b.setl_id
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS nth
  FROM gap AS b
),
pair AS (
  SELECT a.fixmedins_code, a.counter, a.psn_no, b.psn_no AS companion
  FROM swipe AS a
  JOIN swipe AS b
    ON b.fixmedins_code = a.fixmedins_code AND b.counter = a.counter AND b.service_day = a.service_day
    AND b.psn_no <> a.psn_no AND ABS(b.setl_minute - a.setl_minute) <= $set_minutes
  GROUP BY a.fixmedins_code, a.counter, a.psn_no, b.psn_no
  HAVING COUNT(DISTINCT a.service_day) >= $min_days
),
member AS (
  SELECT p.fixmedins_code, p.counter, p.psn_no
  FROM pair AS p
  GROUP BY p.fixmedins_code, p.counter, p.psn_no
  HAVING COUNT(*) >= $other_cards
),
found AS (
  SELECT b.fixmedins_code, b.counter, b.nth AS part, '连续刷卡' AS pattern, b.psn_no, b.setl_id, b.mdtrt_id,
    b.setl_minute, b.medfee_sumamt
  FROM burst AS b
  UNION ALL
  SELECT s.fixmedins_code, s.counter, s.service_day AS part, '同批卡' AS pattern, s.psn_no, s.setl_id, s.mdtrt_id,
    s.setl_minute, s.medfee_sumamt
  FROM swipe AS s
  JOIN member AS m ON m.fixmedins_code = s.fixmedins_code AND m.counter = s.counter AND m.psn_no = s.psn_no
),
counted AS (
  SELECT
    f.*,
    ROW_NUMBER() OVER (
      PARTITION BY f.fixmedins_code, f.counter, f.pattern, f.part ORDER BY f.setl_minute, f.setl_id
    ) AS place
  FROM found AS f
)
SELECT
  c.fixmedins_code,
  c.counter,
  c.pattern,
  MIN(c.setl_minute) AS start_minute,
  MAX(c.setl_minute) - MIN(c.setl_minute) AS minutes,
  COUNT(DISTINCT c.psn_no) AS cards,
  MIN(CASE WHEN c.place = 1 THEN c.psn_no END) AS psn_no,
  MIN(CASE WHEN c.place = 1 THEN c.mdtrt_id END) AS mdtrt_id,
  MIN(CASE WHEN c.place = 1 THEN c.setl_id END) AS setl_id,
  SUM(c.medfee_sumamt) AS amount,
  STRING_AGG(c.setl_id, ' ' ORDER BY c.setl_id) AS evidence
FROM counted AS c
GROUP BY c.fixmedins_code, c.counter, c.pattern, c.part
HAVING COUNT(DISTINCT c.psn_no) > $other_cards
