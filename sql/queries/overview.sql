-- name: get_overview
WITH asked AS MATERIALIZED (SELECT report_subtree(:campaign_code, :within::uuid) AS within)
SELECT overview_report(:campaign_code, asked.within) AS body
  FROM asked

-- name: get_headline
SELECT body FROM headline_body WHERE campaign_code = :campaign_code
