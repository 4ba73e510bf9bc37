-- The audit trail: every change by whom, when, from where, and what it was before.

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
GRANT SELECT ON audit_entry TO sciday_service;

-- What a row is of has in the trail the name that it has in answers: plan_id, activity_id, whatever is submitted.
CREATE FUNCTION subject_named(told jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
	RETURN CASE WHEN told ? 'subject_id'
	            THEN told - 'subject_id' - 'resource' || jsonb_build_object(told ->> 'resource' || '_id', told -> 'subject_id')
	            ELSE told END;
END
$$;

-- What hangs on a draft is told to whoever sees the draft: its place in the trail is its campaign's until that is issued.
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
	key text := present ->> key_columns[1];
	hidden text[] := '{}';
	of_campaign text;
	found_place uuid[];
BEGIN
	IF row_before = row_after THEN
		RETURN NULL;
	END IF;
	IF cardinality(key_columns) > 1 THEN
		key := (SELECT string_agg(present ->> c, ' ' ORDER BY at) FROM unnest(key_columns) WITH ORDINALITY AS k (c, at));
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
	END IF;
	IF present ? 'campaign_code' OR present ? 'subject_id' THEN
		of_campaign := coalesce(present ->> 'campaign_code', (SELECT s.campaign_code FROM subject s WHERE s.id = (present ->> 'subject_id')::uuid));
	END IF;
	IF of_campaign IS NOT NULL THEN
		found_place := (SELECT CASE c.status WHEN 'draft' THEN c.ancestors ELSE found_place END FROM campaign c WHERE c.code = of_campaign);
	END IF;
	-- What goes with what it was under has lost its way there; it was where it was last.
	IF found_place IS NULL THEN
		found_place := coalesce((SELECT e.place FROM audit_entry e WHERE (e.resource, e.resource_id) = (TG_ARGV[0], key)
		                          ORDER BY e.changed_at DESC, e.number DESC LIMIT 1), '{}');
	END IF;

	INSERT INTO audit_entry (changed_by, request_id, operation, address_class, resource, resource_id, change, before, after, redacted, place)
	VALUES (caller_id(), nullif(current_setting('sciday.request_id', true), ''), nullif(current_setting('sciday.operation', true), ''),
	        nullif(current_setting('sciday.address_class', true), ''), TG_ARGV[0], key,
	        CASE WHEN TG_TABLE_NAME <> TG_ARGV[0] THEN 'updated' WHEN TG_OP = 'INSERT' THEN 'created' WHEN TG_OP = 'UPDATE' THEN 'updated' ELSE 'deleted' END,
	        CASE TG_OP WHEN 'DELETE' THEN subject_named(jsonb_strip_nulls(row_before)) ELSE row_before END,
	        CASE TG_OP WHEN 'INSERT' THEN subject_named(jsonb_strip_nulls(row_after)) ELSE row_after END,
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
-- belongs to another's resource names that, and the columns that lead to it. An update that writes nothing of what is told is
-- not looked at: a branch that moves, a count.
CREATE FUNCTION audit_changes(target regclass, place text DEFAULT NULL, dropped text[] DEFAULT '{}', resource text DEFAULT NULL,
                              key_columns text[] DEFAULT NULL, events text DEFAULT 'INSERT OR UPDATE OR DELETE', is_deferred boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	derived CONSTANT text[] := ARRAY['version', 'created_at', 'updated_at', 'ancestors', 'belongs_to', 'path_ordinal'];
	all_dropped text[] := derived || dropped || ARRAY(
		SELECT a.attname::text FROM pg_attribute a
		 WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped AND (a.attgenerated <> '' OR a.atttypid = 'bytea'::regtype));
	told CONSTANT text := (
		SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
		 WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> ALL (all_dropped));
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
	               CASE WHEN is_deferred THEN 'change_audited_at_the_end' ELSE 'change_audited' END,
	               replace(events, 'UPDATE', 'UPDATE OF ' || told), target,
	               CASE WHEN is_deferred THEN 'DEFERRABLE INITIALLY DEFERRED' END,
	               resource, key_columns, all_dropped, secret, ', ' || quote_literal(place));
END
$$;
REVOKE EXECUTE ON FUNCTION audit_changes FROM sciday_service;
