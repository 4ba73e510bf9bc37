-- name: list_modules
SELECT m.body, m.ordinal, m.id
  FROM module_body m
 WHERE m.campaign_code = :campaign_code
   AND (m.ordinal, m.id) > (:after_ordinal, :after_id)  --? after
 ORDER BY m.ordinal, m.id
 LIMIT :limit

-- name: get_module
SELECT body, version FROM module_body WHERE id = :module_id

-- name: create_module
INSERT INTO module (id, campaign_code, ordinal, code, name, focus)
SELECT :new_id, c.code, :ordinal, :code, :name, :focus
  FROM editable_campaign(:campaign_code) c
RETURNING id

-- name: patch_module
UPDATE module m
   SET (ordinal, name, focus) = (SELECT n.ordinal, n.name, n.focus FROM jsonb_populate_record(m, :patch) n)
 WHERE m.id = :module_id AND m.version = :version
   AND refusal_in_campaign(m.campaign_code) IS NULL
RETURNING m.id

-- name: delete_module
DELETE FROM module m
 WHERE m.id = :module_id AND m.version = :version
   AND refusal_in_campaign(m.campaign_code) IS NULL
RETURNING m.id

-- helper: refuse_module
SELECT CASE WHEN m.version <> :version THEN 'version_mismatch' ELSE refusal_in_campaign(m.campaign_code) END AS code, NULL AS params
  FROM module m
 WHERE m.id = :module_id
