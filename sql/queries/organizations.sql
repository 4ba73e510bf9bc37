-- name: list_organizations
SELECT o.summary, o.path_ordinal, o.code, o.id
  FROM organization o
 WHERE true
   AND o.kind = ANY (:kind)                                                                      --? kind
   AND o.code = :code                                                                            --? code
   AND o.is_active = :is_active                                                                  --? is_active
   AND o.path_ordinal >= (SELECT w.path_ordinal FROM organization w WHERE w.id = :within)        --? within
   AND o.path_ordinal < (SELECT w.path_ordinal || '!' FROM organization w WHERE w.id = :within)  --? within
   AND o.id IN (SELECT unnest(organizations_matching(:q)))                                       --? q
   AND (o.path_ordinal, o.id) > (:after_path_ordinal, :after_id)                                 --? after, sort=ordinal
   AND (o.code, o.id) > (:after_code, :after_id)                                                 --? after, sort=code
   AND (o.code, o.id) < (:after_code, :after_id)                                                 --? after, sort=-code
 ORDER BY o.path_ordinal, o.id                                                                   --? sort=ordinal
 ORDER BY o.code, o.id                                                                           --? sort=code
 ORDER BY o.code DESC, o.id DESC                                                                 --? sort=-code
 LIMIT :limit

-- name: get_organization
SELECT body, version FROM organization_body WHERE id = :organization_id

-- name: create_organization
INSERT INTO organization (id, code, kind, name, short_name, parent_id, ordinal, mailing_address, is_active)
SELECT :new_id, o.code, o.kind, o.name, o.short_name, o.parent_id, o.ordinal, o.mailing_address, coalesce(o.is_active, true)
  FROM jsonb_populate_record(NULL::organization, :body) o
RETURNING id

-- name: patch_organization
UPDATE organization o
   SET (code, kind, name, short_name, parent_id, ordinal, mailing_address, is_active)
     = (SELECT n.code, n.kind, n.name, n.short_name, n.parent_id, n.ordinal, n.mailing_address, n.is_active
          FROM jsonb_populate_record(o, :patch) n)
 WHERE o.id = :organization_id AND o.version = :version
   AND 'administrator' = ANY (roles_at(o.ancestors))
RETURNING o.id

-- name: delete_organization
DELETE FROM organization o
 WHERE o.id = :organization_id AND o.version = :version
   AND 'administrator' = ANY (roles_at(o.ancestors))
RETURNING o.id

-- helper: refuse_organization
SELECT CASE WHEN o.version <> :version THEN 'version_mismatch'
            WHEN 'administrator' <> ALL (roles_at(o.ancestors)) THEN 'role_not_held_here'
       END AS code,
       NULL AS params
  FROM organization o
 WHERE o.id = :organization_id
