-- handler: get_compliance
WITH asked AS MATERIALIZED (SELECT report_subtree(:campaign_code, :within::uuid) AS within)
SELECT compliance_report(:campaign_code, asked.within, :kind::text[], :organization_kind::text[]) AS body
  FROM asked

-- A row for each organization that owes something of what was asked. They are walked in their order, each with a look at what
-- it owes: OFFSET 0 keeps that from being joined, which would begin with all that anybody owes.
-- name: list_compliance_organizations
WITH asked AS MATERIALIZED (SELECT report_subtree(:campaign_code, :within::uuid) AS within)
SELECT compliance_row(:campaign_code, asked.within, :kind::text[], :organization_kind::text[], o.id) AS body, o.path_ordinal, o.id
  FROM asked
 CROSS JOIN organization o
 WHERE EXISTS (
     SELECT FROM obligation_judged j
      WHERE j.organization_id = o.id AND j.campaign_code = :campaign_code AND asked.within = ANY (j.counted_ancestors)
        AND j.kind = ANY (:kind)                            --? kind
        AND j.organization_kind = ANY (:organization_kind)  --? organization_kind
        AND j.verdict = ANY (:verdict)                      --? verdict
     OFFSET 0)
   AND o.id = :organization_id                                    --? organization_id
   AND o.id IN (SELECT compliance_in(:campaign_code, (SELECT a.within FROM asked a), :kind::text[], :organization_kind::text[], :bucket)) --? bucket
   AND (o.path_ordinal, o.id) > (:after_path_ordinal, :after_id)  --? after
 ORDER BY o.path_ordinal, o.id
 LIMIT :limit
