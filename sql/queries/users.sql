-- name: list_users
SELECT a.summary, a.username, a.id
  FROM account_summary a
 WHERE a.kind = 'user'
   AND a.is_active = :is_active                                                              --? is_active
   AND :within = ANY (a.belongs_to)                                                          --? within
   AND a.id IN (SELECT unnest(accounts_matching(:q)))                                        --? q
   AND EXISTS (SELECT FROM membership m WHERE m.account_id = a.id AND m.role = ANY (:role))  --? role
   AND (a.username, a.id) > (:after_username, :after_id)                                     --? after
 ORDER BY a.username, a.id
 LIMIT :limit

-- name: get_user
SELECT body, version FROM user_body WHERE id = :user_id

-- handler: create_user
-- binds: password_hash
WITH created AS (
  INSERT INTO account (id, kind, username, name, is_active)
  VALUES (:new_id, 'user', :username, :name, coalesce(:is_active, true))
  RETURNING true
), given AS (
  INSERT INTO membership (account_id, organization_id, role)
  SELECT :new_id, m.organization_id, m.role
    FROM created CROSS JOIN memberships_asked(:memberships, NULL) m
), secret AS (
  SELECT set_password(:new_id, :password_hash) FROM created
)
SELECT :new_id::uuid AS id FROM secret

-- handler: patch_user
-- binds: password_hash
WITH changed AS (
  UPDATE account a
     SET (username, name, is_active) = (SELECT n.username, n.name, n.is_active FROM jsonb_populate_record(a, :patch) n)
   WHERE a.id = :user_id AND a.kind = 'user' AND a.version = :version
     AND may_change_account(a, :patch)
  RETURNING a.id
), taken AS (
  DELETE FROM membership m
   USING changed c
   WHERE m.account_id = c.id AND is_membership_dropped(m, :patch)
), given AS (
  INSERT INTO membership (account_id, organization_id, role)
  SELECT c.id, m.organization_id, m.role
    FROM changed c CROSS JOIN LATERAL memberships_asked(:memberships, c.id) m
), secret AS (
  SELECT set_password(c.id, :password_hash) FROM changed c WHERE :password_hash IS NOT NULL
)
SELECT c.id FROM changed c LEFT JOIN secret ON true

-- name: delete_user
DELETE FROM account a
 WHERE a.id = :user_id AND a.kind = 'user' AND a.version = :version
   AND a.id <> :caller AND administers_account(a.id)
RETURNING a.id

-- helper: refuse_user
SELECT CASE WHEN a.version <> :version THEN 'version_mismatch'
            WHEN :action = 'delete' AND a.id = :caller THEN 'own_account'
            WHEN NOT administers_account(a.id) THEN 'role_not_held_here'
       END AS code,
       NULL AS params
  FROM account a
 WHERE a.id = :user_id AND a.kind = 'user'
