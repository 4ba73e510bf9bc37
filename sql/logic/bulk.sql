-- Imports. All items are looked at before the first is written, so that everything wrong is told at once; what only
-- writing can find is told by the item that it was found at. One transaction, and a dry run ends it by refusing itself.

-- What an import did, or that it was a dry run and did not.
CREATE FUNCTION import_summary(results json[], is_dry_run boolean) RETURNS json
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	summary json := (
		SELECT json_build_object(
		           'dry_run', is_dry_run,
		           'created', count(*) FILTER (WHERE r ->> 'result' = 'created'),
		           'updated', count(*) FILTER (WHERE r ->> 'result' = 'updated'),
		           'unchanged', count(*) FILTER (WHERE r ->> 'result' = 'unchanged'),
		           'items', coalesce(json_agg(r ORDER BY (r ->> 'at')::integer), '[]'))
		  FROM unnest(results) r);
BEGIN
	IF is_dry_run THEN
		PERFORM refuse('dry_run', summary::jsonb);
	END IF;
	RETURN summary;
END
$$;

-- An error of the database at one item, as the finding that a person can act on.
CREATE FUNCTION refuse_import(at integer, state text, said text, constraint_name text) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	named text[] := regexp_match(constraint_name, '^(?:.*__)??([a-z_]+?)__([a-z_]+)$');
	pointer text := '/items/' || at;
BEGIN
	IF state = '42501' OR said = 'role_not_held_here' THEN
		PERFORM refuse_field(pointer, 'not_administered');
	ELSIF said = 'organization_cycle' THEN
		PERFORM refuse_field(pointer || '/parent_code', 'cycle');
	ELSIF state ~ '^23' AND named IS NOT NULL THEN
		PERFORM refuse_field(pointer || '/' || replace(named[1], 'parent_id', 'parent_code'), named[2]);
	END IF;
END
$$;

-- By its code, whatever the planner thinks of how many there are: it would read the whole table for an import of some.
CREATE FUNCTION organization_of_code(code text) RETURNS SETOF organization
LANGUAGE plpgsql STABLE ROWS 1
AS $$
BEGIN
	RETURN QUERY SELECT o.* FROM organization o WHERE o.code = organization_of_code.code;
END
$$;

CREATE FUNCTION organization_import_findings(items jsonb, mode text) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	WITH RECURSIVE item AS (
		SELECT a.at - 1 AS at, a.value ->> 'code' AS code, a.value ->> 'parent_code' AS parent_code,
		       row_number() OVER (PARTITION BY a.value ->> 'code' ORDER BY a.at) AS nth
		  FROM jsonb_array_elements(items) WITH ORDINALITY AS a (value, at)
	), placed AS (
		SELECT i.code FROM item i
		 WHERE i.nth = 1 AND NOT EXISTS (SELECT FROM item p WHERE p.code = i.parent_code)
		UNION
		SELECT i.code FROM placed p JOIN item i ON i.parent_code = p.code AND i.nth = 1
	), found AS (
		SELECT i.at, 'code' AS field, 'repeated' AS code FROM item i WHERE i.nth > 1
		UNION ALL
		SELECT i.at, 'code', CASE WHEN mode = 'create' THEN 'taken' ELSE 'not_administered' END
		  FROM item i CROSS JOIN LATERAL organization_of_code(i.code) o
		 WHERE mode = 'create' OR 'administrator' <> ALL (roles_at(o.ancestors))
		UNION ALL
		SELECT i.at, 'parent_code', CASE
		           WHEN i.parent_code IS NULL THEN CASE WHEN o.id IS NULL OR o.parent_id IS NOT NULL THEN 'required' END
		           WHEN p.id IS NULL AND NOT EXISTS (SELECT FROM item a WHERE a.code = i.parent_code) THEN 'unknown'
		           WHEN p.id IS NOT NULL AND o.parent_id IS DISTINCT FROM p.id AND 'administrator' <> ALL (roles_at(p.ancestors)) THEN 'not_administered'
		           WHEN i.nth = 1 AND NOT EXISTS (SELECT FROM placed a WHERE a.code = i.code) THEN 'cycle'
		       END
		  FROM item i
		  LEFT JOIN LATERAL organization_of_code(i.code) o ON true
		  LEFT JOIN LATERAL organization_of_code(i.parent_code) p ON true
	)
	SELECT jsonb_agg(jsonb_build_object('pointer', format('/items/%s/%s', f.at, f.field), 'code', f.code) ORDER BY f.at)
	  FROM found f WHERE f.code IS NOT NULL
$$;

-- Items are [{code, kind, name, parent_code, …}], a parent before or after what is below it. With mode 'upsert' an
-- organization of the same code becomes as its item says, and keeps what the item does not name.
CREATE FUNCTION import_organizations(items jsonb, mode text, is_dry_run boolean) RETURNS json
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	findings jsonb;
	item record;
	present organization;
	wanted organization;
	results json[];
	result text;
	said text;
	broken text;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtext('sciday'), hashtext('hierarchy'));
	findings := organization_import_findings(items, mode);
	IF findings IS NOT NULL THEN
		PERFORM refuse_fields(findings);
	END IF;
	FOR item IN
		WITH RECURSIVE given AS (
			SELECT (a.at - 1)::integer AS at, a.value, a.value ->> 'code' AS code, a.value ->> 'parent_code' AS parent_code
			  FROM jsonb_array_elements(items) WITH ORDINALITY AS a (value, at)
		), level AS (
			SELECT g.code, 0 AS depth FROM given g WHERE NOT EXISTS (SELECT FROM given p WHERE p.code = g.parent_code)
			UNION ALL
			SELECT g.code, l.depth + 1 FROM level l JOIN given g ON g.parent_code = l.code
		)
		SELECT g.at, g.value, g.code, g.parent_code FROM given g JOIN level l USING (code) ORDER BY l.depth, g.at
	LOOP
		present := NULL;
		SELECT o.* INTO present FROM organization o WHERE o.code = item.code;
		wanted := jsonb_populate_record(present, item.value);
		wanted.parent_id := (SELECT p.id FROM organization p WHERE p.code = item.parent_code);
		IF present.id IS NULL THEN
			wanted.id := uuid_v7();
			result := 'created';
			INSERT INTO organization (id, code, kind, name, short_name, parent_id, ordinal, mailing_address, is_active)
			VALUES (wanted.id, wanted.code, wanted.kind, wanted.name, wanted.short_name, wanted.parent_id, wanted.ordinal,
			        wanted.mailing_address, coalesce(wanted.is_active, true));
		ELSIF (wanted.kind, wanted.name, wanted.short_name, wanted.parent_id, wanted.ordinal, wanted.mailing_address, wanted.is_active)
		      IS DISTINCT FROM (present.kind, present.name, present.short_name, present.parent_id, present.ordinal, present.mailing_address, present.is_active) THEN
			result := 'updated';
			-- A parent that is not named anew stays unwritten: to write it is to move the branch.
			IF wanted.parent_id IS DISTINCT FROM present.parent_id THEN
				UPDATE organization SET parent_id = wanted.parent_id WHERE id = present.id;
			END IF;
			UPDATE organization
			   SET (kind, name, short_name, ordinal, mailing_address, is_active)
			     = (wanted.kind, wanted.name, wanted.short_name, wanted.ordinal, wanted.mailing_address, wanted.is_active)
			 WHERE id = present.id AND (kind, name, short_name, ordinal, mailing_address, is_active)
			       IS DISTINCT FROM (wanted.kind, wanted.name, wanted.short_name, wanted.ordinal, wanted.mailing_address, wanted.is_active);
		ELSE
			result := 'unchanged';
		END IF;
		results := results || json_build_object('at', item.at, 'id', wanted.id, 'code', item.code, 'result', result);
	END LOOP;
	RETURN import_summary(results, is_dry_run);
EXCEPTION WHEN SQLSTATE 'SD000' OR integrity_constraint_violation OR insufficient_privilege THEN
	GET STACKED DIAGNOSTICS said = MESSAGE_TEXT, broken = CONSTRAINT_NAME;
	IF said NOT IN ('dry_run', 'validation_failed') THEN
		PERFORM refuse_import(item.at, SQLSTATE, said, broken);
	END IF;
	RAISE;
END
$$;

-- Of these names, those that an account has, whoever may see it.
CREATE FUNCTION usernames_taken(usernames text[]) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
	SELECT a.username FROM account a WHERE a.username = ANY (usernames)
$$;

CREATE FUNCTION user_import_findings(items jsonb, mode text) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
	WITH item AS (
		SELECT a.at - 1 AS at, a.value, a.value ->> 'username' AS username,
		       row_number() OVER (PARTITION BY a.value ->> 'username' ORDER BY a.at) AS nth
		  FROM jsonb_array_elements(items) WITH ORDINALITY AS a (value, at)
	), known AS (
		SELECT i.at, i.value, i.username, i.nth, a.id, a.name, a.is_active, t.username IS NOT NULL AS is_taken
		  FROM item i
		  LEFT JOIN usernames_taken(ARRAY(SELECT username FROM item)) t (username) ON t.username = i.username
		  LEFT JOIN LATERAL ( -- OFFSET 0: each looked for by its name, whatever the planner thinks of how many there are
			SELECT a.* FROM account a WHERE a.username = i.username AND a.kind = 'user' AND a.belongs_to && (SELECT caller_scope('administrator'))
			OFFSET 0) a ON true
	), found AS (
		SELECT k.at, 'username' AS field, 'repeated' AS code FROM known k WHERE k.nth > 1
		UNION ALL
		SELECT k.at, 'username', 'taken' FROM known k WHERE k.is_taken AND (mode = 'create' OR k.id IS NULL)
		UNION ALL
		SELECT k.at, 'username', 'not_administered' FROM known k
		 WHERE k.id IS NOT NULL AND mode <> 'create' AND NOT administers_account(k.id)
		   AND (k.value ? 'password_hash' OR (k.value ->> 'name', coalesce((k.value ->> 'is_active')::boolean, k.is_active)) IS DISTINCT FROM (k.name, k.is_active))
		UNION ALL
		SELECT k.at, 'memberships', 'required' FROM known k
		 WHERE NOT k.is_taken AND coalesce(jsonb_array_length(k.value -> 'memberships'), 0) = 0
		UNION ALL
		SELECT k.at, format('memberships/%s/organization_code', m.at - 1), CASE WHEN o.id IS NULL THEN 'unknown' ELSE 'not_administered' END
		  FROM known k
		 CROSS JOIN LATERAL jsonb_array_elements(k.value -> 'memberships') WITH ORDINALITY AS m (value, at)
		  LEFT JOIN LATERAL organization_of_code(m.value ->> 'organization_code') o ON true
		 WHERE o.id IS NULL OR 'administrator' <> ALL (roles_at(o.ancestors))
	)
	SELECT jsonb_agg(jsonb_build_object('pointer', format('/items/%s/%s', f.at, f.field), 'code', f.code) ORDER BY f.at, f.field) FROM found f
$$;

-- Items are [{username, name, memberships: [{organization_code, role}], is_active, password_hash}]. With mode 'upsert' a
-- user of the same name becomes as the item says, and keeps what it does not name, and every role elsewhere.
CREATE FUNCTION import_users(items jsonb, mode text, is_dry_run boolean) RETURNS json
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	findings jsonb := user_import_findings(items, mode);
	item record;
	present account;
	wanted account;
	roles jsonb;
	is_changed boolean;
	results json[];
	said text;
	broken text;
BEGIN
	IF findings IS NOT NULL THEN
		PERFORM refuse_fields(findings);
	END IF;
	FOR item IN
		SELECT (a.at - 1)::integer AS at, a.value, a.value ->> 'username' AS username
		  FROM jsonb_array_elements(items) WITH ORDINALITY AS a (value, at)
		 ORDER BY a.value ->> 'username'
	LOOP
		present := NULL;
		SELECT a.* INTO present FROM account a WHERE a.username = item.username AND a.kind = 'user' FOR UPDATE;
		wanted := jsonb_populate_record(present, item.value - 'memberships');
		-- Subqueries and no joins: of how many there are the planner knows nothing, and it would read whole tables for each item.
		roles := (SELECT jsonb_agg(jsonb_build_object('role', m.value ->> 'role', 'organization_id',
		                                              (SELECT o.id FROM organization o WHERE o.code = m.value ->> 'organization_code')))
		            FROM jsonb_array_elements(item.value -> 'memberships') m);
		is_changed := false;
		IF present.id IS NULL THEN
			wanted.id := uuid_v7();
			INSERT INTO account (id, kind, username, name, is_active)
			VALUES (wanted.id, 'user', wanted.username, wanted.name, coalesce(wanted.is_active, true));
		ELSIF item.value ? 'memberships' THEN
			DELETE FROM membership m
			 WHERE m.account_id = wanted.id AND m.ancestors && (SELECT caller_scope('administrator'))
			   AND is_membership_dropped(m, jsonb_build_object('memberships', coalesce(roles, '[]')));
			is_changed := FOUND;
		END IF;
		INSERT INTO membership (account_id, organization_id, role)
		SELECT wanted.id, (r.value ->> 'organization_id')::uuid, r.value ->> 'role'
		  FROM jsonb_array_elements(roles) r
		 WHERE (SELECT m.role FROM membership m
		         WHERE (m.account_id, m.organization_id, m.role)
		             = (wanted.id, (r.value ->> 'organization_id')::uuid, r.value ->> 'role')) IS NULL;
		is_changed := is_changed OR FOUND OR item.value ? 'password_hash' OR (wanted.name, wanted.is_active) IS DISTINCT FROM (present.name, present.is_active);
		IF present.id IS NOT NULL AND is_changed THEN
			UPDATE account SET name = wanted.name, is_active = wanted.is_active WHERE id = wanted.id;
		END IF;
		IF item.value ? 'password_hash' THEN
			PERFORM set_password(wanted.id, item.value ->> 'password_hash');
		END IF;
		results := results || json_build_object('at', item.at, 'id', wanted.id, 'username', item.username, 'result',
			CASE WHEN present.id IS NULL THEN 'created' WHEN is_changed THEN 'updated' ELSE 'unchanged' END);
	END LOOP;
	RETURN import_summary(results, is_dry_run);
EXCEPTION WHEN SQLSTATE 'SD000' OR integrity_constraint_violation OR insufficient_privilege THEN
	GET STACKED DIAGNOSTICS said = MESSAGE_TEXT, broken = CONSTRAINT_NAME;
	IF said NOT IN ('dry_run', 'validation_failed') THEN
		PERFORM refuse_import(item.at, SQLSTATE, said, broken);
	END IF;
	RAISE;
END
$$;
