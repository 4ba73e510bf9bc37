-- name: list_forwardings
SELECT f.body, f.created_at, f.id
  FROM forwarding_body f
 WHERE f.campaign_code = :campaign_code
   AND f.is_current = :is_current                              --? is_current
   AND (f.created_at, f.id) > (:after_created_at, :after_id)   --? after
 ORDER BY f.created_at, f.id
 LIMIT :limit

-- name: get_forwarding
SELECT body FROM forwarding_body WHERE id = :forwarding_id

-- What is nominated is taken by the trigger forwarding_taken.
-- name: create_forwarding
INSERT INTO forwarding (id, campaign_code, document_number, forwarded_on, replaces_id, without_ids, forwarded_by)
SELECT :new_id, c.code, :document_number, :forwarded_on, :replaces_id, coalesce(:without_ids::uuid[], '{}'), :caller
  FROM issued_campaign(:campaign_code, '{reviewer,administrator}') c
RETURNING id

-- name: list_forwarding_items
SELECT i.body, i.rank, i.id
  FROM forwarding_item_body i
 WHERE i.forwarding_id = :forwarding_id
   AND (i.rank, i.id) > (:after_rank, :after_id)  --? after
 ORDER BY i.rank, i.id
 LIMIT :limit
