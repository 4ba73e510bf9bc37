-- Accounts: what their administrators may do to them, how they are found, and how they look.

-- Whether the caller administers every organization at which the account has a role, or had its last. Who
-- administers only some of them may give and take roles there, but not rename, lock or delete the account.
CREATE FUNCTION administers_account(account_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
	SELECT coalesce((SELECT bool_and(m.ancestors && caller_scope('administrator')) FROM membership m
	                  WHERE m.account_id = administers_account.account_id),
	                (SELECT a.belongs_to && caller_scope('administrator') FROM account a WHERE a.id = administers_account.account_id),
	                false)
$$;

-- The roles that a body asks for, [{organization_id, role}]; a 422 that names each organization
-- that is unknown, or a 403 if one is not the caller's to administer and the account does not have that role already.
CREATE FUNCTION memberships_asked(memberships jsonb, account_id uuid) RETURNS TABLE (organization_id uuid, role text)
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	findings jsonb;
BEGIN
	SELECT jsonb_agg(jsonb_build_object('pointer', format('/memberships/%s/organization_id', a.at - 1), 'code', 'unknown'))
	  INTO findings
	  FROM jsonb_array_elements(memberships) WITH ORDINALITY AS a (asked, at)
	 WHERE NOT EXISTS (SELECT FROM organization o WHERE o.id = (a.asked ->> 'organization_id')::uuid);
	IF findings IS NOT NULL THEN
		PERFORM refuse('validation_failed', jsonb_build_object('errors', findings));
	END IF;

	RETURN QUERY
	SELECT DISTINCT a.organization_id, a.role
	  FROM jsonb_to_recordset(memberships) AS a (organization_id uuid, role text)
	 WHERE NOT EXISTS (SELECT FROM membership m
	                    WHERE (m.account_id, m.organization_id, m.role) = (memberships_asked.account_id, a.organization_id, a.role));
END
$$;

-- Whether the caller may make this change: with only some of its organizations, to its roles alone.
CREATE FUNCTION may_change_account(a account, patch jsonb) RETURNS boolean
LANGUAGE sql STABLE
RETURN administers_account(a.id) OR patch - 'memberships' = '{}';

-- A patch that names memberships replaces those that the caller administers, and leaves the others alone.
CREATE FUNCTION is_membership_dropped(m membership, patch jsonb) RETURNS boolean
LANGUAGE sql STABLE
RETURN patch ? 'memberships' AND NOT EXISTS (
	SELECT FROM jsonb_to_recordset(patch -> 'memberships') AS k (organization_id uuid, role text)
	 WHERE (k.organization_id, k.role) = (m.organization_id, m.role));

CREATE FUNCTION accounts_matching(q text) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
RETURN ARRAY(
	SELECT a.id
	  FROM account a
	 WHERE bigrams(a.search_text) @> bigrams(search_key(q))
	   AND strpos(a.search_text, search_key(q)) > 0);

-- The roles that the caller may see the account to have, in the official order of the organizations.
CREATE VIEW account_memberships WITH (security_invoker) AS
SELECT m.account_id,
       json_agg(json_build_object('organization', json_build_object('id', o.id, 'code', o.code, 'name', o.name), 'role', m.role)
                ORDER BY o.path_ordinal, m.role) AS memberships
  FROM membership m
  JOIN organization o ON o.id = m.organization_id
 GROUP BY m.account_id;

CREATE VIEW account_summary WITH (security_invoker) AS
SELECT json_build_object('id', a.id, CASE a.kind WHEN 'client' THEN 'client_id' ELSE 'username' END, a.username, 'name', a.name,
                         'is_active', a.is_active)::text AS summary,
       a.id, a.kind, a.username, a.is_active, a.belongs_to
  FROM account a;

CREATE FUNCTION account_reference(id uuid, name text) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN id IS NOT NULL THEN json_build_object('id', id, 'name', name) END;

CREATE VIEW user_body WITH (security_invoker) AS
SELECT a.id, a.version,
       json_build_object(
           'id', a.id, 'username', a.username, 'name', a.name, 'is_active', a.is_active,
           'memberships', coalesce((SELECT m.memberships FROM account_memberships m WHERE m.account_id = a.id), '[]'),
           'version', a.version, 'created_at', instant(a.created_at), 'updated_at', instant(a.updated_at)) AS body
  FROM account a
 WHERE a.kind = 'user';
