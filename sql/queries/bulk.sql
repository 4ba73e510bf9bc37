-- Imports and the exports that can be imported again. The answer of an import is kept for its idempotency key in
-- the same statement, for no reading could tell it later.

-- helper: run_organization_import
WITH imported AS (
  SELECT import_organizations(:items, :mode, :dry_run) AS body
), kept AS (
  UPDATE idempotency_key k
     SET status = 200, body = i.body
    FROM imported i
   WHERE k.caller = :caller AND k.key = :idempotency_key
)
SELECT i.body, NULL AS version FROM imported i

-- helper: run_user_import
WITH imported AS (
  SELECT import_users(:items, :mode, :dry_run) AS body
), kept AS (
  UPDATE idempotency_key k
     SET status = 200, body = i.body
    FROM imported i
   WHERE k.caller = :caller AND k.key = :idempotency_key
)
SELECT i.body, NULL AS version FROM imported i

-- helper: organizations_to_export
SELECT o.code, o.kind, o.name, o.short_name, p.code AS parent_code, o.ordinal, o.mailing_address, o.is_active::text
  FROM organization o
  LEFT JOIN organization p ON p.id = o.parent_id
 WHERE o.ancestors && (SELECT caller_scope('administrator'))
   AND o.ancestors @> ARRAY[:within::uuid] --? within
 ORDER BY o.path_ordinal, o.id

-- helper: users_to_export
SELECT a.username, a.name, a.is_active::text,
       (SELECT string_agg(m.role || '@' || o.code, ' ' ORDER BY o.path_ordinal, m.role)
          FROM membership m
          JOIN organization o ON o.id = m.organization_id
         WHERE m.account_id = a.id AND m.ancestors && (SELECT caller_scope('administrator'))) AS memberships
  FROM account a
 WHERE a.kind = 'user'
   AND a.belongs_to && (SELECT caller_scope('administrator'))
   AND a.belongs_to @> ARRAY[:within::uuid] --? within
 ORDER BY a.username
