-- name: list_obligations
SELECT o.body, o.due_at, o.id
  FROM obligation_body o
 WHERE o.campaign_code = :campaign_code
   AND o.organization_id = :organization_id                                          --? organization_id
   AND o.kind = ANY (:kind)                                                          --? kind
   AND o.verdict = ANY (:verdict)                                                    --? verdict
   AND o.organization_kind = ANY (:organization_kind)                                --? organization_kind
   AND o.id IN (SELECT obligations_within(:campaign_code, :within))                  --? within
   AND (o.due_at, o.id) > (:after_due_at, :after_id)                                 --? after
 ORDER BY o.due_at, o.id
 LIMIT :limit

-- name: get_obligation
SELECT body, version FROM obligation_body WHERE id = :obligation_id
