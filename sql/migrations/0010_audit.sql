-- The audit trail: every change by whom, when, from where, and what it was before; and what imports need.

---------------------------------------------------------------------------------------------
-- Where a change comes from. Beside the identity stand the operation's name and the class of the address. The
-- version that runs until this one replaces it sets neither, and its entries leave them open.

CREATE FUNCTION identify_afresh(session uuid, caller uuid, request_id text, operation text, address_class text) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	PERFORM identify_afresh(session, caller, request_id),
	        set_config('sciday.operation', coalesce(operation, ''), true),
	        set_config('sciday.address_class', coalesce(address_class, ''), true);
END
$$;

---------------------------------------------------------------------------------------------
-- The trail

-- Nothing here refers to other tables: an entry outlives what it tells of, and the account that did it.
CREATE TABLE audit_entry (
	id uuid CONSTRAINT audit_entry__id__taken PRIMARY KEY DEFAULT uuid_v7(),
	-- The order within one transaction, all of whose changes have one instant.
	number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
	changed_at timestamptz NOT NULL DEFAULT now(),
	-- Null when it was not the service: the operator, at the database.
	changed_by uuid,
	request_id text,
	operation text,
	-- loopback, private, or the network that it came from, never the address (src/http/address.h).
	address_class text,
	resource text NOT NULL,
	resource_id text NOT NULL,
	change text NOT NULL CONSTRAINT change__not_allowed_value CHECK (change IN ('created', 'updated', 'deleted')),
	-- Of an update the fields that changed, else all that have a value.
	before jsonb,
	after jsonb,
	-- What changed and is kept nowhere but in its place: a password.
	redacted text[] NOT NULL DEFAULT '{}',
	-- The ancestors of where it was at that moment. Whoever administers that place now reads it, also after the thing has moved on.
	place uuid[] NOT NULL
);
CREATE INDEX audit_entry_by_time ON audit_entry (changed_at, number);
CREATE INDEX audit_entry_by_resource ON audit_entry (resource_id, resource, changed_at, number);
CREATE INDEX audit_entry_by_account ON audit_entry (changed_by, changed_at, number);
CREATE INDEX audit_entry_by_request ON audit_entry (request_id);
CREATE INDEX audit_entry_by_place ON audit_entry USING gin (place);

-- Append-only by privilege: the service may read, and only the trigger below, as the owner, adds.
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON audit_entry TO sciday_service;
CREATE POLICY administrator_reads ON audit_entry FOR SELECT USING (place && (SELECT caller_scope('administrator')));

-- Arguments, as audit_changes makes them: the resource, the columns that name the row, those that are not kept,
-- those that are secret, and how the row's place is found where it does not carry its ancestors.
CREATE FUNCTION change_audited() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	key_columns CONSTANT text[] := TG_ARGV[1];
	dropped CONSTANT text[] := TG_ARGV[2];
	secret CONSTANT text[] := TG_ARGV[3];
	row_before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - dropped END;
	row_after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - dropped END;
	present CONSTANT jsonb := coalesce(row_after, row_before);
	key CONSTANT text := (SELECT string_agg(present ->> c, ' ' ORDER BY at) FROM unnest(key_columns) WITH ORDINALITY AS k (c, at));
	hidden text[] := '{}';
	found_place uuid[];
BEGIN
	IF row_before = row_after THEN
		RETURN NULL;
	END IF;
	IF TG_OP = 'UPDATE' THEN
		SELECT jsonb_object_agg(b.key, b.value), jsonb_object_agg(b.key, row_after -> b.key)
		  INTO row_before, row_after
		  FROM jsonb_each(row_before) b
		 WHERE b.value <> row_after -> b.key;
	END IF;
	IF TG_TABLE_NAME <> TG_ARGV[0] THEN
		row_before := row_before - key_columns;
		row_after := row_after - key_columns;
	END IF;
	IF secret <> '{}' THEN
		hidden := ARRAY(SELECT s FROM unnest(secret) s WHERE coalesce(row_after, row_before) ? s);
		row_before := row_before - secret;
		row_after := row_after - secret;
	END IF;

	IF TG_NARGS < 5 THEN
		found_place := CASE WHEN TG_OP = 'DELETE' THEN OLD.ancestors ELSE NEW.ancestors END;
	ELSE
		EXECUTE format('SELECT %s FROM (SELECT ($1::%I.%I).*) r', TG_ARGV[4], TG_TABLE_SCHEMA, TG_TABLE_NAME)
		   INTO found_place USING CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
		-- What goes with what it was under has lost its way there; it was where it was last.
		found_place := coalesce(found_place, (SELECT e.place FROM audit_entry e WHERE (e.resource, e.resource_id) = (TG_ARGV[0], key)
		                           ORDER BY e.changed_at DESC, e.number DESC LIMIT 1), '{}');
	END IF;

	INSERT INTO audit_entry (changed_by, request_id, operation, address_class, resource, resource_id, change, before, after, redacted, place)
	VALUES (caller_id(), nullif(current_setting('sciday.request_id', true), ''), nullif(current_setting('sciday.operation', true), ''),
	        nullif(current_setting('sciday.address_class', true), ''), TG_ARGV[0], key,
	        CASE WHEN TG_TABLE_NAME <> TG_ARGV[0] THEN 'updated' WHEN TG_OP = 'INSERT' THEN 'created' WHEN TG_OP = 'UPDATE' THEN 'updated' ELSE 'deleted' END,
	        CASE TG_OP WHEN 'DELETE' THEN jsonb_strip_nulls(row_before) ELSE row_before END,
	        CASE TG_OP WHEN 'INSERT' THEN jsonb_strip_nulls(row_after) ELSE row_after END,
	        hidden, found_place);
	RETURN NULL;
END
$$;

CREATE FUNCTION has_column(target regclass, column_name name) RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = target AND a.attname = column_name AND a.attnum > 0 AND NOT a.attisdropped);
REVOKE EXECUTE ON FUNCTION has_column FROM sciday_service;

-- One line for each new table: `SELECT audit_changes('award')`. Where a row does not carry its ancestors, `place` says in
-- SQL where they are, the row being r. `dropped` is left out beside what is derived anyway. A table that
-- belongs to another's resource names that, and the columns that lead to it.
CREATE FUNCTION audit_changes(target regclass, place text DEFAULT NULL, dropped text[] DEFAULT '{}', resource text DEFAULT NULL,
                              key_columns text[] DEFAULT NULL, events text DEFAULT 'INSERT OR UPDATE OR DELETE', is_deferred boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	derived CONSTANT text[] := ARRAY['version', 'created_at', 'updated_at', 'ancestors', 'belongs_to', 'path_ordinal'];
	all_dropped text[] := derived || dropped || ARRAY(
		SELECT a.attname::text FROM pg_attribute a
		 WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped AND (a.attgenerated <> '' OR a.atttypid = 'bytea'::regtype));
	secret text[] := ARRAY(
		SELECT a.attname::text FROM pg_attribute a
		 WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped AND a.attname ~ '(password|secret|token)');
BEGIN
	resource := coalesce(resource, target::text);
	key_columns := coalesce(key_columns, ARRAY(
		SELECT a.attname::text
		  FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k (attnum, at)
		  JOIN pg_attribute a ON a.attnum = k.attnum
		 WHERE i.indrelid = target AND i.indisprimary AND a.attrelid = target
		 ORDER BY k.at));
	IF place IS NULL AND NOT has_column(target, 'ancestors') THEN
		place := CASE WHEN has_column(target, 'organization_id') THEN '(SELECT o.ancestors FROM organization o WHERE o.id = r.organization_id)'
		              WHEN has_column(target, 'campaign_code') THEN '(SELECT c.ancestors FROM campaign c WHERE c.code = r.campaign_code)' END;
		IF place IS NULL THEN
			RAISE EXCEPTION 'audit_changes: say where a row of % belongs', target;
		END IF;
	END IF;
	EXECUTE format('CREATE %s TRIGGER %I AFTER %s ON %s %s FOR EACH ROW EXECUTE FUNCTION change_audited(%L, %L, %L, %L%s)',
	               CASE WHEN is_deferred THEN 'CONSTRAINT' END,
	               CASE WHEN is_deferred THEN 'change_audited_at_the_end' ELSE 'change_audited' END, events, target,
	               CASE WHEN is_deferred THEN 'DEFERRABLE INITIALLY DEFERRED' END,
	               resource, key_columns, all_dropped, secret, ', ' || quote_literal(place));
END
$$;
REVOKE EXECUTE ON FUNCTION audit_changes FROM sciday_service;

-- A new account has no place before its memberships are there, so its making is told at the end of the transaction.
SELECT audit_changes('account', 'r.belongs_to', events => 'UPDATE OR DELETE');
SELECT audit_changes('account', '(SELECT a.belongs_to FROM account a WHERE a.id = r.id)', events => 'INSERT', is_deferred => true);
SELECT audit_changes('account_password', '(SELECT a.belongs_to FROM account a WHERE a.id = r.account_id)', resource => 'account',
                     key_columns => '{account_id}', events => 'INSERT OR UPDATE', is_deferred => true);
SELECT audit_changes('membership', key_columns => '{account_id}');
-- A submission is kept for ever as it is; its content need not be kept twice.
SELECT audit_changes('submission', dropped => '{content}');

-- Everything else whose changes are tracked.
DO $$
DECLARE
	target regclass;
BEGIN
	FOR target IN
		SELECT t.tgrelid FROM pg_trigger t
		 WHERE t.tgname = 'change_marked' AND NOT EXISTS (
			SELECT FROM pg_trigger a WHERE a.tgrelid = t.tgrelid AND a.tgname = 'change_audited')
		 ORDER BY t.tgrelid::regclass::text
	LOOP
		PERFORM audit_changes(target);
	END LOOP;
END
$$;

-- Whoever reads an entry may know who made the change, though they do not administer them.
CREATE FUNCTION changed_by_reference(account_id uuid) RETURNS json
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN (SELECT json_build_object('id', account_id, 'name', (SELECT a.name FROM account a WHERE a.id = account_id)) WHERE account_id IS NOT NULL);

CREATE VIEW audit_entry_body WITH (security_invoker) AS
SELECT e.id, e.number, e.changed_at, e.changed_by, e.request_id, e.operation, e.resource, e.resource_id, e.change, e.place,
       json_build_object(
           'id', e.id, 'changed_at', instant(e.changed_at), 'changed_by', changed_by_reference(e.changed_by),
           'address_class', e.address_class, 'operation', e.operation, 'request_id', e.request_id,
           'resource', e.resource, 'resource_id', e.resource_id, 'change', e.change,
           'before', e.before, 'after', e.after, 'redacted', to_json(e.redacted))::text AS body
  FROM audit_entry e;
GRANT SELECT ON audit_entry_body TO sciday_service;

INSERT INTO label (vocabulary, code, ordinal, zh, en) VALUES
	('audit_change', 'created', 1, '新建', 'Created'),
	('audit_change', 'updated', 2, '修改', 'Changed'),
	('audit_change', 'deleted', 3, '删除', 'Deleted'),
	('import_result', 'created', 1, '新建', 'Created'),
	('import_result', 'updated', 2, '更新', 'Updated'),
	('import_result', 'unchanged', 3, '无变化', 'Unchanged');

---------------------------------------------------------------------------------------------
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
		  FROM item i JOIN organization o ON o.code = i.code
		 WHERE mode = 'create' OR 'administrator' <> ALL (roles_at(o.ancestors))
		UNION ALL
		SELECT i.at, 'parent_code', CASE
		           WHEN i.parent_code IS NULL THEN CASE WHEN o.id IS NULL OR o.parent_id IS NOT NULL THEN 'required' END
		           WHEN p.id IS NULL AND NOT EXISTS (SELECT FROM item a WHERE a.code = i.parent_code) THEN 'unknown'
		           WHEN p.id IS NOT NULL AND o.parent_id IS DISTINCT FROM p.id AND 'administrator' <> ALL (roles_at(p.ancestors)) THEN 'not_administered'
		           WHEN i.nth = 1 AND NOT EXISTS (SELECT FROM placed a WHERE a.code = i.code) THEN 'cycle'
		       END
		  FROM item i
		  LEFT JOIN organization o ON o.code = i.code
		  LEFT JOIN organization p ON p.code = i.parent_code
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
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
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
		  LEFT JOIN account a ON a.username = i.username AND a.kind = 'user' AND a.belongs_to && (SELECT caller_scope('administrator'))
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
		  LEFT JOIN organization o ON o.code = m.value ->> 'organization_code'
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
