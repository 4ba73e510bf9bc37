-- name: list_awards
SELECT w.summary, w.created_at, w.id
  FROM award_summary w
 WHERE w.campaign_code = :campaign_code
   AND w.category = :category                                  --? category
   AND w.status = ANY (:status)                                --? status
   AND w.plaque_status = ANY (:plaque_status)                  --? plaque_status
   AND w.organization_id = :organization_id                    --? organization_id
   AND w.organization_kind = ANY (:organization_kind)          --? organization_kind
   AND :within = ANY (w.ancestors)                            --? within
   AND (w.created_at, w.id) > (:after_created_at, :after_id)   --? after, sort=created_at
   AND (w.created_at, w.id) < (:after_created_at, :after_id)   --? after, sort=-created_at
 ORDER BY w.created_at, w.id                                   --? sort=created_at
 ORDER BY w.created_at DESC, w.id DESC                         --? sort=-created_at
 LIMIT :limit

-- name: get_award
SELECT body, version FROM award_body WHERE id = :award_id

-- name: get_award_batch
SELECT body FROM award_batch_body WHERE id = :award_batch_id

-- name: create_award
SELECT give_awards(:campaign_code, NULL, jsonb_build_array(:body::jsonb || jsonb_build_object('id', :new_id::uuid)), '')

-- name: create_award_batch
SELECT count(*) FROM give_awards(:campaign_code, :new_id, :items, '/items')

-- name: patch_award
UPDATE award w
   SET (contact, mailing_address, plaque) = (SELECT n.contact, n.mailing_address, n.plaque FROM jsonb_populate_record(w, :patch) n)
  FROM campaign c
 WHERE w.id = :award_id AND w.version = :version
   AND w.revoked_at IS NULL
   AND c.code = w.campaign_code AND 'administrator' = ANY (campaign_roles(c.ancestors))
RETURNING w.id

-- name: revoke_award
UPDATE award w
   SET revoked_at = now(), revoked_by = :caller, revoked_reason = :reason
  FROM campaign c
 WHERE w.id = :award_id AND w.version = :version
   AND w.revoked_at IS NULL
   AND c.code = w.campaign_code AND 'administrator' = ANY (campaign_roles(c.ancestors))
RETURNING w.id

-- helper: refuse_award
SELECT r.code,
       CASE r.code
         WHEN 'transition_not_allowed' THEN json_build_object('current_status', w.status, 'allowed_actions', '[]'::json)
         WHEN 'not_editable' THEN json_build_object('current_status', w.status)
       END AS params
  FROM award w
  JOIN campaign c ON c.code = w.campaign_code
 CROSS JOIN LATERAL (SELECT CASE
         WHEN w.version <> :version THEN 'version_mismatch'
         WHEN :action = 'revoke' AND w.revoked_at IS NOT NULL THEN 'transition_not_allowed'
         WHEN w.revoked_at IS NOT NULL THEN 'not_editable'
         WHEN NOT 'administrator' = ANY (campaign_roles(c.ancestors)) THEN 'role_not_held_here'
       END AS code) r
 WHERE w.id = :award_id
