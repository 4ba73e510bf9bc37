-- name: list_recipients
SELECT r.body, r.path_ordinal, r.id
  FROM recipient_body r
 WHERE r.campaign_code = :campaign_code
   AND r.organization_id = ANY (:own_organizations)                                              --? own_organizations
   AND r.organization_kind = ANY (:organization_kind)                                            --? organization_kind
   AND r.path_ordinal >= (SELECT w.path_ordinal FROM organization w WHERE w.id = :within)        --? within
   AND r.path_ordinal < (SELECT w.path_ordinal || '!' FROM organization w WHERE w.id = :within)  --? within
   AND (r.path_ordinal, r.id) > (:after_path_ordinal, :after_id)                                 --? after
 ORDER BY r.path_ordinal, r.id
 LIMIT :limit

-- name: get_recipient
SELECT body, version FROM recipient_body WHERE id = :recipient_id

-- name: create_recipient
INSERT INTO recipient (id, campaign_code, organization_id)
SELECT :new_id, c.code, :organization_id
  FROM editable_campaign(:campaign_code) c
RETURNING id

-- name: select_recipients
WITH chosen AS (
  INSERT INTO recipient (id, campaign_code, organization_id)
  SELECT uuid_v7(), c.code, o.id
    FROM editable_campaign(:campaign_code) c
    JOIN organization i ON i.id = c.issuer_id
    JOIN organization o ON o.kind = ANY (:kinds)
     AND o.is_active AND o.path_ordinal > i.path_ordinal AND o.path_ordinal < i.path_ordinal || '!'
   WHERE true
     AND :within = ANY (o.ancestors)  --? within
  ON CONFLICT ON CONSTRAINT recipient__organization_id__taken DO NOTHING
)
SELECT c.code FROM editable_campaign(:campaign_code) c WHERE check_within(:within) AND note_change()

-- name: delete_recipient
DELETE FROM recipient r
 WHERE r.id = :recipient_id AND r.version = :version
   AND refusal_in_campaign(r.campaign_code) IS NULL
RETURNING r.id

-- helper: refuse_recipient
SELECT CASE WHEN r.version <> :version THEN 'version_mismatch' ELSE refusal_in_campaign(r.campaign_code) END AS code, NULL AS params
  FROM recipient r
 WHERE r.id = :recipient_id

-- helper: recount_recipients
SELECT md5(c.code)::uuid AS id, c.code AS campaign_code, o.code AS organization_code, 'recipient' AS kind,
       format('recipient_count %s → %s', c.recipient_count, n.count) AS differences
       , recount_recipients(c.code)  --? repair
  FROM campaign c
  JOIN organization o ON o.id = c.issuer_id
 CROSS JOIN LATERAL (SELECT count(*) FROM recipient r WHERE r.campaign_code = c.code) n
 WHERE md5(c.code)::uuid > :after_id AND c.recipient_count <> n.count
 ORDER BY md5(c.code)::uuid
 LIMIT 1000
