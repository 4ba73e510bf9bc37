-- name: list_phases
SELECT p.body, p.ordinal, p.id
  FROM phase_body p
 WHERE p.campaign_code = :campaign_code
   AND (p.ordinal, p.id) > (:after_ordinal, :after_id)  --? after
 ORDER BY p.ordinal, p.id
 LIMIT :limit

-- name: get_phase
SELECT body, version FROM phase_body WHERE id = :phase_id

-- name: create_phase
INSERT INTO phase (id, campaign_code, ordinal, name, starts_on, ends_on, focus)
SELECT :new_id, c.code, :ordinal, :name, :starts_on, :ends_on, :focus
  FROM editable_campaign(:campaign_code) c
RETURNING id

-- name: patch_phase
UPDATE phase p
   SET (ordinal, name, starts_on, ends_on, focus)
     = (SELECT n.ordinal, n.name, n.starts_on, n.ends_on, n.focus FROM jsonb_populate_record(p, :patch) n)
 WHERE p.id = :phase_id AND p.version = :version
   AND refusal_in_campaign(p.campaign_code) IS NULL
RETURNING p.id

-- name: delete_phase
DELETE FROM phase p
 WHERE p.id = :phase_id AND p.version = :version
   AND refusal_in_campaign(p.campaign_code) IS NULL
RETURNING p.id

-- helper: refuse_phase
SELECT CASE WHEN p.version <> :version THEN 'version_mismatch' ELSE refusal_in_campaign(p.campaign_code) END AS code, NULL AS params
  FROM phase p
 WHERE p.id = :phase_id
