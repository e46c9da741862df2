-- The rank of the professional title: 1 医士, 2 医师, 3 主治 (中级), 4 副主任, 5 主任; given as words, or as the national number.
SELECT
  d.prac_psn_code,
  d.fixmedins_code,
  CASE
    WHEN d.profttl = '5' OR d.profttl LIKE '主任%' THEN 5
    WHEN d.profttl = '4' OR d.profttl LIKE '副主任%' THEN 4
    WHEN d.profttl = '3' OR d.profttl LIKE '主治%' OR d.profttl LIKE '主管%' THEN 3
    WHEN d.profttl IN ('2', '医师', '药师', '技师', '护师') OR d.profttl LIKE '住院医师%' THEN 2
    WHEN d.profttl IN ('1', '医士', '药士', '技士', '护士') THEN 1
  END AS title_rank,
  COALESCE(DATE_DIFF('day', DATE '1970-01-01', CAST(d.begntime AS DATE)), 0) AS beg_day,
  COALESCE(DATE_DIFF('day', DATE '1970-01-01', CAST(d.endtime AS DATE)), 2932896) AS end_day
FROM medins_dr_b AS d
