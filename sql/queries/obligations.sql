-- name: list_obligations
SELECT o.body, o.due_at, o.id
  FROM obligation_body o
 WHERE o.campaign_code = :campaign_code
   AND o.organization_id = :organization_id  --? organization_id
   AND o.kind = ANY (:kind)                  --? kind
   -- Not = ANY: believing that to be rare, the planner would judge the whole table for one page.
   AND array_position(:verdict::text[], o.verdict) IS NOT NULL  --? verdict
   AND o.organization_kind = ANY (:organization_kind)           --? organization_kind
   AND :within = ANY (o.counted_ancestors)                      --? within
   AND (o.due_at, o.id) > (:after_due_at, :after_id)            --? after
 ORDER BY o.due_at, o.id
 LIMIT :limit

-- name: get_obligation
SELECT body, version FROM obligation_body WHERE id = :obligation_id
