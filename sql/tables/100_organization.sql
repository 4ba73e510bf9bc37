-- The hierarchy of organizations, and how what hangs on one of them moves along.

-- What others embed of an organization, and a list's item, are stored beside its row: made once, not for every
-- row that a sort looks at. IMMUTABLE in truth, for none of these types has a text that depends on a setting.
CREATE FUNCTION reference_to_organization(id uuid, code text, name text) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN json_build_object('id', id, 'code', code, 'name', name);

CREATE FUNCTION organization_summary(id uuid, code text, kind text, name text, short_name text, parent_id uuid, is_active boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN json_build_object('id', id, 'code', code, 'kind', kind, 'name', name, 'short_name', short_name, 'parent_id', parent_id,
                         'is_active', is_active)::text;

CREATE TABLE organization (
	id uuid CONSTRAINT organization__id__taken PRIMARY KEY,
	code text NOT NULL CONSTRAINT organization__code__taken UNIQUE,
	kind text NOT NULL,
	name text NOT NULL,
	short_name text,
	parent_id uuid CONSTRAINT parent_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ordinal integer NOT NULL,
	mailing_address text,
	is_active boolean NOT NULL DEFAULT true,
	version integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	-- Itself first, its root last.
	ancestors uuid[] NOT NULL,
	-- Ordinal and code of each level from the root down: in this order the hierarchy is listed
	-- officially, each branch together. A blank sorts before every character of a code.
	path_ordinal text COLLATE "C" NOT NULL,
	search_text text COLLATE "C" NOT NULL GENERATED ALWAYS AS (search_key(code || E'\x1f' || name || E'\x1f' || coalesce(short_name, ''))) STORED,
	reference json NOT NULL GENERATED ALWAYS AS (reference_to_organization(id, code, name)) STORED,
	summary text NOT NULL GENERATED ALWAYS AS (organization_summary(id, code, kind, name, short_name, parent_id, is_active)) STORED,
	CONSTRAINT code__pattern_mismatch CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
	CONSTRAINT kind__not_allowed_value CHECK (kind IN ('national_association', 'provincial_association', 'city_association',
		'district_association', 'society', 'university_association', 'department', 'affiliated_institution', 'partner')),
	CONSTRAINT name__length CHECK (length(name) BETWEEN 1 AND 100),
	CONSTRAINT short_name__length CHECK (length(short_name) BETWEEN 1 AND 50),
	CONSTRAINT mailing_address__length CHECK (length(mailing_address) BETWEEN 1 AND 200),
	CONSTRAINT ordinal__range CHECK (ordinal BETWEEN 0 AND 100000),
	-- An index entry of path_ordinal must stay below 2,704 bytes.
	CONSTRAINT parent_id__too_deep CHECK (cardinality(ancestors) <= 32)
);
CREATE INDEX organization_by_path ON organization (path_ordinal, id);
CREATE INDEX organization_by_code ON organization (code, id);
CREATE INDEX organization_by_parent ON organization (parent_id, ordinal);
CREATE INDEX organization_by_kind ON organization (kind, path_ordinal, id);
CREATE INDEX organization_by_ancestors ON organization USING gin (ancestors);
SELECT index_bigrams('organization');
CREATE INDEX organization_cities ON organization (id) WHERE kind = 'city_association';
-- row_changed compares what tree_placed is still to set, and comes before it by its name.
SELECT track_changes('organization', 'OLD.path_ordinal = NEW.path_ordinal');
SELECT audit_changes('organization');
GRANT SELECT, DELETE ON organization TO sciday_service;
GRANT INSERT (id, code, kind, name, short_name, parent_id, ordinal, mailing_address, is_active) ON organization TO sciday_service;
GRANT UPDATE (code, kind, name, short_name, parent_id, ordinal, mailing_address, is_active) ON organization TO sciday_service;

-- Placing is done one unit at a time, whatever it places: two moves that are harmless alone
-- can make a cycle together. The lock is taken before any row's, so that they cannot deadlock.
CREATE FUNCTION hierarchy_locked() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(hashtext('sciday'), hashtext('hierarchy'));
	RETURN NULL;
END
$$;
CREATE TRIGGER hierarchy_locked BEFORE INSERT OR UPDATE OF parent_id, ordinal, code ON organization
	FOR EACH STATEMENT EXECUTE FUNCTION hierarchy_locked();

-- Whoever moves a branch must administer where it goes. (Row security sees only the row as it
-- will be, and an administrator of the branch itself would pass anywhere.)
CREATE FUNCTION organization_move_allowed() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF row_security_active(TG_RELID) AND NOT coalesce(
		(SELECT o.ancestors && caller_scope('administrator') FROM organization o WHERE o.id = NEW.parent_id), NEW.parent_id IS NOT NULL
	) THEN
		RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'the new parent is not the caller''s to administer';
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER move_allowed BEFORE UPDATE OF parent_id ON organization
	FOR EACH ROW WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id) EXECUTE FUNCTION organization_move_allowed();

CREATE FUNCTION organization_placed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	above organization;
BEGIN
	IF NEW.ordinal IS NULL THEN
		NEW.ordinal := least(1 + coalesce(CASE WHEN NEW.parent_id IS NULL
			THEN (SELECT max(o.ordinal) FROM organization o WHERE o.parent_id IS NULL)
			ELSE (SELECT max(o.ordinal) FROM organization o WHERE o.parent_id = NEW.parent_id) END, 0), 100000);
	END IF;
	NEW.ancestors := ARRAY[NEW.id];
	NEW.path_ordinal := lpad(NEW.ordinal::text, 6, '0') || '.' || NEW.code;
	IF NEW.parent_id IS NULL THEN
		RETURN NEW;
	END IF;

	-- Upwards by parent and not by ancestors: a statement that moves several has not rewritten them yet.
	IF EXISTS (
		WITH RECURSIVE up (id, parent_id) AS (
			SELECT NEW.parent_id, (SELECT o.parent_id FROM organization o WHERE o.id = NEW.parent_id)
			UNION ALL
			SELECT o.id, o.parent_id FROM organization o JOIN up ON o.id = up.parent_id WHERE up.id <> NEW.id
		)
		SELECT FROM up WHERE id = NEW.id
	) THEN
		PERFORM refuse('organization_cycle');
	END IF;

	SELECT * INTO above FROM organization WHERE id = NEW.parent_id;
	IF NOT FOUND THEN
		PERFORM refuse_unknown(TG_RELID, 'parent_id');
	END IF;
	NEW.ancestors := NEW.ancestors || above.ancestors;
	NEW.path_ordinal := above.path_ordinal || ' ' || NEW.path_ordinal;
	RETURN NEW;
END
$$;
-- After row_changed, by its name, which compares what this sets.
CREATE TRIGGER tree_placed BEFORE INSERT OR UPDATE OF parent_id, ordinal, code ON organization
	FOR EACH ROW EXECUTE FUNCTION organization_placed();

-- What is below moves along, and so does every row of every table that carries ancestors. The
-- trigger tracks_ancestors is their registry, in the order in which they were made: a source before what hangs on it.
CREATE FUNCTION branch_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	carrier record;
BEGIN
	UPDATE organization o
	   SET ancestors = o.ancestors[:array_position(o.ancestors, m.id) - 1] || m.ancestors,
	       path_ordinal = array_to_string(m.path_ordinal || (string_to_array(o.path_ordinal, ' '))
	           [cardinality(o.ancestors) - array_position(o.ancestors, m.id) + 2:], ' ')
	  FROM organization m
	 WHERE m.id = NEW.id AND o.ancestors @> ARRAY[m.id] AND o.id <> m.id;
	IF NEW.parent_id IS NOT DISTINCT FROM OLD.parent_id THEN
		RETURN NULL;
	END IF;

	FOR carrier IN
		SELECT t.tgrelid::regclass AS name, string_to_array(encode(t.tgargs, 'escape'), '\000') AS arguments
		  FROM pg_trigger t
		 WHERE t.tgname = 'tracks_ancestors'
		 ORDER BY t.oid
	LOOP
		EXECUTE format('UPDATE %s r SET ancestors = s.ancestors FROM %s s'
		               ' WHERE s.id = r.%I AND s.ancestors @> ARRAY[$1] AND r.ancestors <> s.ancestors',
		               carrier.name, carrier.arguments[1], carrier.arguments[2]) USING NEW.id;
	END LOOP;
	RETURN NULL;
END
$$;
CREATE TRIGGER branch_moved AFTER UPDATE OF parent_id, ordinal, code ON organization
	FOR EACH ROW WHEN (OLD.path_ordinal <> NEW.path_ordinal) EXECUTE FUNCTION branch_moved();

---------------------------------------------------------------------------------------------
-- What hangs on an organization moves with it

-- A row takes its ancestors from what it is under. FOR SHARE waits for a move that has begun,
-- and lets one that begins later wait for us and then find this row.
CREATE FUNCTION ancestors_tracked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	found_ancestors uuid[];
BEGIN
	IF TG_ARGV[0] = 'organization' AND TG_ARGV[1] = 'organization_id' THEN -- as most, by a statement that is planned once
		SELECT o.ancestors INTO found_ancestors FROM organization o WHERE o.id = NEW.organization_id FOR SHARE;
	ELSE
		EXECUTE format('SELECT ancestors FROM %s WHERE id = ($1).%I FOR SHARE', TG_ARGV[0], TG_ARGV[1]) INTO found_ancestors USING NEW;
	END IF;
	IF found_ancestors IS NULL THEN
		PERFORM refuse_unknown(TG_RELID, TG_ARGV[1]);
	END IF;
	NEW.ancestors := found_ancestors;
	RETURN NEW;
END
$$;

-- One line for each new table that carries ancestors: `SELECT track_ancestors('plan')`, or with
-- the table and the column that lead to its organization. Triggers run in the order of their names: what finds out where a
-- row belongs is named placed, and comes before tracks_ancestors; what looks at its ancestors is named tracks_ and a word behind.
CREATE FUNCTION track_ancestors(target regclass, source regclass DEFAULT 'organization', link name DEFAULT 'organization_id') RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER tracks_ancestors BEFORE INSERT OR UPDATE OF %2$I ON %1$s'
	               ' FOR EACH ROW EXECUTE FUNCTION ancestors_tracked(%3$L, %2$L)', target, link, source);
END
$$;
REVOKE EXECUTE ON FUNCTION track_ancestors FROM sciday_service;
