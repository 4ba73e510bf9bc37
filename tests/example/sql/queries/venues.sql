-- name: list_venues
SELECT v.body, v.name, v.id
  FROM venue_body v
 WHERE true
   AND v.organization_id = :organization_id        --? organization_id
   AND v.status = ANY (:status)                    --? status
   AND (v.name, v.id) > (:after_name, :after_id)   --? after
 ORDER BY v.name, v.id
 LIMIT :limit

-- name: get_venue
SELECT body, version FROM venue_body WHERE id = :venue_id

-- name: create_venue
INSERT INTO venue (id, organization_id, name, address, capacity)
VALUES (:new_id, :organization_id, :name, :address, :capacity)
RETURNING id

-- name: patch_venue
UPDATE venue v
   SET (name, address, capacity) = (SELECT n.name, n.address, n.capacity FROM jsonb_populate_record(v, :patch) n)
 WHERE v.id = :venue_id AND v.version = :version
RETURNING v.id

-- name: close_venue
UPDATE venue v
   SET status = 'closed'
 WHERE v.id = :venue_id AND v.version = :version AND v.status = 'open'
RETURNING v.id

-- name: delete_venue
DELETE FROM venue v
 WHERE v.id = :venue_id AND v.version = :version
RETURNING v.id

-- helper: refuse_venue
SELECT r.code, CASE r.code WHEN 'transition_not_allowed' THEN json_build_object('current_status', v.status, 'allowed_actions', '[]'::json)
                           WHEN 'not_editable' THEN json_build_object('current_status', v.status) END AS params
  FROM venue v
 CROSS JOIN LATERAL (SELECT CASE
         WHEN v.version <> :version THEN 'version_mismatch'
         WHEN NOT roles_at(v.ancestors) && '{submitter,administrator}' THEN 'role_not_held_here'
         WHEN :action = 'close' AND v.status <> 'open' THEN 'transition_not_allowed'
         WHEN :action = 'delete' AND v.status <> 'closed' THEN 'not_editable'
       END AS code) r
 WHERE v.id = :venue_id
