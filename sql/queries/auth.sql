-- Signing in, sessions and oneself; what the functions do is in sql/logic/auth.sql. The
-- last helpers are the operator's, run by the owner (src/command_user.c).

-- helper: begin_sign_in
SELECT account_id, password_hash, is_device_known FROM begin_sign_in(:kind, :username, :address, :device)

-- helper: fail_sign_in
SELECT fail_sign_in(:kind, :username, :address, :device)

-- helper: finish_sign_in
SELECT finish_sign_in(:account_id, :password_hash, :address, :device, :session_id, :refresh_digest) AS finished

-- helper: use_refresh_token
SELECT session_id, account_id, salt FROM use_refresh_token(:old_digest, :refresh_digest, :salt)

-- helper: end_session
SELECT end_session(:session_id, :refresh_digest) AS account_id

-- name: get_me
SELECT json_build_object(
           'id', a.id, 'kind', a.kind, 'username', a.username, 'name', a.name,
           'memberships', coalesce((SELECT m.memberships FROM account_memberships m WHERE m.account_id = a.id), '[]'),
           'version', a.version, 'created_at', instant(a.created_at), 'updated_at', instant(a.updated_at)) AS body,
       a.version
  FROM account a
 WHERE a.id = :caller

-- helper: own_password
SELECT kind, password_hash FROM own_password()

-- helper: fail_own_password
SELECT fail_own_password()

-- handler: change_password
-- binds: password_hash
SELECT set_password(:caller, :password_hash)

-- helper: add_account
WITH place AS (
  SELECT o.id FROM organization o WHERE o.code = :organization
), added AS (
  INSERT INTO account (id, kind, username, name)
  SELECT :account_id, :kind, :username, :name FROM place
  ON CONFLICT (username) DO NOTHING
  RETURNING id
), secret AS (
  INSERT INTO account_password (account_id, password_hash)
  SELECT a.id, :password_hash FROM added a
), given AS (
  INSERT INTO membership (account_id, organization_id, role)
  SELECT a.id, p.id, :role FROM added a, place p
)
SELECT EXISTS (SELECT FROM place) AS is_placed, EXISTS (SELECT FROM added) AS is_added

-- helper: replace_password
WITH replaced AS (
  INSERT INTO account_password AS p (account_id, password_hash)
  SELECT a.id, :password_hash FROM account a WHERE a.username = :username
  ON CONFLICT (account_id) DO UPDATE SET password_hash = excluded.password_hash, updated_at = now()
  RETURNING account_id
), ended AS (
  UPDATE session s SET ended_at = now() FROM replaced r WHERE s.account_id = r.account_id AND s.ended_at IS NULL
)
SELECT account_id FROM replaced

-- helper: list_accounts
SELECT a.username, a.kind, CASE WHEN a.is_active THEN 'active' ELSE 'locked' END AS state, a.name,
       (SELECT string_agg(m.role || '@' || o.code, ' ' ORDER BY o.path_ordinal, m.role)
          FROM membership m
          JOIN organization o ON o.id = m.organization_id
         WHERE m.account_id = a.id) AS memberships
  FROM account a
 ORDER BY a.username
