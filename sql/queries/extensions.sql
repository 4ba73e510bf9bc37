-- name: list_extensions
SELECT e.summary, e.given_at, e.id
  FROM extension_summary e
 WHERE e.campaign_code = :campaign_code
   AND e.organization_id = ANY (:own_organizations)            --? own_organizations
   AND e.organization_id = :organization_id                    --? organization_id
   AND e.kind = ANY (:kind)                                    --? kind
   AND e.batch_id = :batch_id                                  --? batch_id
   AND e.is_revoked = :is_revoked                              --? is_revoked
   AND :within = ANY (e.ancestors)                            --? within
   AND (e.given_at, e.id) > (:after_given_at, :after_id)       --? after
 ORDER BY e.given_at, e.id
 LIMIT :limit

-- name: get_extension
SELECT body, version FROM extension_body WHERE id = :extension_id

-- name: get_extension_batch
SELECT body, version FROM extension_batch_body WHERE id = :extension_batch_id

-- name: create_extension_batch
SELECT give_extensions(:new_id, :campaign_code, :kinds, :organization_ids, :all_recipients, :due_at, :due_on, :reason)

-- name: revoke_extension
UPDATE extension e
   SET revoked_at = now(), revoked_by = :caller, revoked_reason = :reason
  FROM campaign c
 WHERE e.id = :extension_id AND e.version = :version
   AND e.revoked_at IS NULL
   AND c.code = e.campaign_code AND 'administrator' = ANY (campaign_roles(c.ancestors))
RETURNING e.id

-- helper: refuse_extension
SELECT r.code,
       CASE r.code WHEN 'transition_not_allowed' THEN json_build_object('current_status', 'revoked', 'allowed_actions', '[]'::json) END AS params
  FROM extension e
  JOIN campaign c ON c.code = e.campaign_code
 CROSS JOIN LATERAL (SELECT CASE
         WHEN e.version <> :version THEN 'version_mismatch'
         WHEN e.revoked_at IS NOT NULL THEN 'transition_not_allowed'
         WHEN NOT 'administrator' = ANY (campaign_roles(c.ancestors)) THEN 'role_not_held_here'
       END AS code) r
 WHERE e.id = :extension_id

-- Those of them that are not revoked already.
-- name: revoke_extension_batch
WITH revoked AS (
  UPDATE extension e
     SET revoked_at = now(), revoked_by = :caller, revoked_reason = :reason
    FROM campaign c, extension_batch_body b
   WHERE e.batch_id = :extension_batch_id AND b.id = :extension_batch_id AND b.version = :version
     AND e.revoked_at IS NULL
     AND c.code = e.campaign_code AND 'administrator' = ANY (campaign_roles(c.ancestors))
  RETURNING e.batch_id
)
SELECT batch_id FROM revoked LIMIT 1

-- helper: refuse_extension_batch
SELECT r.code,
       CASE r.code WHEN 'transition_not_allowed' THEN json_build_object('current_status', 'revoked', 'allowed_actions', '[]'::json) END AS params
  FROM extension_batch_body b
  JOIN LATERAL (SELECT bool_and(e.revoked_at IS NOT NULL) AS is_revoked, min(e.campaign_code) AS campaign_code
                  FROM extension e WHERE e.batch_id = b.id) e ON true
  JOIN campaign c ON c.code = e.campaign_code
 CROSS JOIN LATERAL (SELECT CASE
         WHEN b.version <> :version THEN 'version_mismatch'
         WHEN e.is_revoked THEN 'transition_not_allowed'
         WHEN NOT 'administrator' = ANY (campaign_roles(c.ancestors)) THEN 'role_not_held_here'
       END AS code) r
 WHERE b.id = :extension_batch_id
