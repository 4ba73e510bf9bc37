-- name: get_overview
WITH asked AS MATERIALIZED (SELECT report_subtree(:campaign_code, :within::uuid) AS within)
SELECT overview_report(:campaign_code, asked.within) AS body
  FROM asked

-- name: get_headline
SELECT headline_report(c) AS body FROM campaign c WHERE c.code = :campaign_code
