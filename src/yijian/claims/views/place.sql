-- Kilometres without a square root: a degree of latitude is 111.2 km, a degree of longitude less the farther north.
SELECT
  i.fixmedins_code,
  i.lat * 111.2 AS north_km,
  i.lnt,
  111.2 * COS(RADIANS(i.lat)) AS km_per_degree
FROM fixmedins_b AS i
