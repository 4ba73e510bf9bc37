-- name: get_compliance
WITH asked AS MATERIALIZED (SELECT report_subtree(:campaign_code, :within::uuid) AS within)
SELECT compliance_report(:campaign_code, asked.within, :kind::text[], :organization_kind::text[]) AS body
  FROM asked

-- A row for each organization that owes something of what was asked.
-- name: list_compliance_organizations
WITH asked AS MATERIALIZED (SELECT report_subtree(:campaign_code, :within::uuid) AS within)
SELECT compliance_row(:campaign_code, asked.within, :kind::text[], :organization_kind::text[], r.organization_id) AS body, r.path_ordinal, r.id
  FROM asked
 CROSS JOIN recipient_body r
 WHERE r.campaign_code = :campaign_code
   AND EXISTS (
     SELECT FROM obligation_judged o
      WHERE o.organization_id = r.organization_id AND o.campaign_code = :campaign_code AND asked.within = ANY (o.counted_ancestors)
        AND o.kind = ANY (:kind)                            --? kind
        AND o.organization_kind = ANY (:organization_kind)  --? organization_kind
        AND o.verdict = ANY (:verdict)                      --? verdict
   )
   AND r.organization_id = :organization_id                       --? organization_id
   AND r.organization_id IN (SELECT b.organization_id FROM compliance_organizations(:campaign_code, (SELECT a.within FROM asked a), :kind::text[], :organization_kind::text[]) b WHERE b.level = 'all' AND b.buckets && :bucket) --? bucket
   AND (r.path_ordinal, r.id) > (:after_path_ordinal, :after_id)  --? after
 ORDER BY r.path_ordinal, r.id
 LIMIT :limit
