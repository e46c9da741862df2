-- The name of what was billed as care holds a word of what long-term-care insurance does not pay.
SELECT
  v.psn_no,
  v.serv_org_code AS fixmedins_code,
  v.rid,
  v.service_day,
  v.serv_item_name,
  k.code AS word,
  k.source AS point_source,
  v.ltc_fund_pay AS fund,
  v.amount,
  v.rid AS evidence
FROM subject AS v
JOIN kb AS k ON v.serv_item_name LIKE '%' || k.code || '%' AND v.service_day BETWEEN k.valid_from AND k.valid_to
QUALIFY ROW_NUMBER() OVER (PARTITION BY v.rid ORDER BY LENGTH(k.code) DESC, k.code) = 1
