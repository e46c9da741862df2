-- Each face-to-face settlement against the person's one before: farther away than one can have come, at a speed and with a slack. If any
-- two settlements are impossible, so are two neighbours. Distances are compared as squares.
WITH seen AS (
  SELECT s.*, p.north_km, p.lnt, p.km_per_degree
  FROM subject AS s
  JOIN place AS p ON p.fixmedins_code = s.fixmedins_code
),
step AS (
  SELECT
    x.*,
    LAG(x.setl_id) OVER w AS prev_setl_id,
    LAG(x.fixmedins_code) OVER w AS prev_fixmedins_code,
    LAG(x.setl_minute) OVER w AS prev_minute,
    x.north_km - LAG(x.north_km) OVER w AS north,
    (x.lnt - LAG(x.lnt) OVER w) * x.km_per_degree AS east
  FROM seen AS x
  WINDOW w AS (PARTITION BY x.psn_no ORDER BY x.setl_minute, x.setl_id)
),
reach AS (
  SELECT t.*, t.setl_minute - t.prev_minute AS minutes, (t.setl_minute - t.prev_minute) * $speed + $slack AS limit_km
  FROM step AS t
)
SELECT
  r.psn_no,
  r.fixmedins_code,
  r.mdtrt_id,
  r.setl_id,
  r.prev_fixmedins_code,
  r.prev_minute,
  r.setl_minute,
  r.minutes,
  r.limit_km,
  r.medfee_sumamt AS amount,
  r.prev_setl_id || ' ' || r.setl_id AS evidence
FROM reach AS r
WHERE ROUND(r.north * r.north + r.east * r.east - r.limit_km * r.limit_km, 6) > $tolerance
