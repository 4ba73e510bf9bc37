-- What every table stands on: the service's role, ids, instants and search, identity, refusals, and what notices changes.
-- The owner migrates; the service owns nothing, and row security decides what it sees.

CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- Roles belong to the whole cluster, so another database may have made it already. Its
-- password, and LOGIN, are given by whoever sets the installation up.
DO $$
BEGIN
	CREATE ROLE sciday_service NOLOGIN NOINHERIT;
EXCEPTION
	WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;
-- JIT made a page of fifty rows take a second, and parallel workers thirty milliseconds of one that takes less than
-- one. Planning a page anew each time costs as much as the page, and a plan for the values seldom beats the one for
-- any: what is below an organization, or matches some words, comes as an array that is computed first.
ALTER ROLE sciday_service SET jit = off;
ALTER ROLE sciday_service SET max_parallel_workers_per_gather = 0;
ALTER ROLE sciday_service SET plan_cache_mode = force_generic_plan;
-- The timeouts bound what one request may hold.
ALTER ROLE sciday_service SET statement_timeout = '10s';
ALTER ROLE sciday_service SET lock_timeout = '5s';
ALTER ROLE sciday_service SET idle_in_transaction_session_timeout = '30s';

GRANT USAGE ON SCHEMA public TO sciday_service;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO sciday_service;

---------------------------------------------------------------------------------------------
-- Ids, instants, text

-- RFC 9562, section 5.7. The service makes its own ids; this one is for what the database makes.
CREATE FUNCTION uuid_v7() RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE
RETURN encode(
	set_bit(set_bit(
		overlay(uuid_send(gen_random_uuid())
			PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
			FROM 1 FOR 6),
		52, 1), 53, 1),
	'hex')::uuid;

-- An instant as answers carry it: RFC 3339 in UTC, with milliseconds only where there are any.
CREATE FUNCTION instant(at timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN replace(to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '.000Z', 'Z');

-- A deadline named as a date ends at 24:00 of that day in the zone: what comes before this instant is in time.
CREATE FUNCTION due_instant(due_on date, time_zone text) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (due_on + 1)::timestamp AT TIME ZONE time_zone;

-- pg_timezone_names reads a directory of files, so a constraint asks this once for each write.
-- IMMUTABLE as far as a constraint cares: a zone that was known stays known.
CREATE FUNCTION is_time_zone(name text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN EXISTS (SELECT FROM pg_catalog.pg_timezone_names z WHERE z.name = is_time_zone.name AND z.name !~ '^posix');

-- Text as searches compare it: full-width letters and digits are the narrow ones, case does not matter.
CREATE FUNCTION search_key(words text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lower(normalize(words, NFKC));

-- Every two neighbouring characters, once. Two characters are a whole Chinese word, and too
-- few for pg_trgm; an array of bigrams under GIN finds them, and strpos rechecks. Its cost keeps
-- the planner from computing it for each row instead of asking the index. (By substr, which begins to
-- count anew at each place, a text of 20,000 characters would take three seconds.)
CREATE FUNCTION bigrams(words text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10000
AS $$
DECLARE
	characters CONSTANT text[] := string_to_array(words, NULL);
BEGIN
	RETURN ARRAY(SELECT DISTINCT this || next FROM unnest(characters, characters[2:]) AS pair (this, next) WHERE next IS NOT NULL);
END
$$;

-- One line for each table that is searched; its search_text is of the collation "C", for bigrams are compared by the hundred, and nobody
-- reads them in an order. Statistics of them no plan asks for (what is looked for is a parameter), and they cost half of each ANALYZE.
CREATE FUNCTION index_bigrams(target regclass) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	EXECUTE format('CREATE INDEX %I ON %s USING gin (bigrams(search_text))', target || '_by_bigrams', target);
	EXECUTE format('ALTER INDEX %I ALTER COLUMN 1 SET STATISTICS 0', target || '_by_bigrams');
END
$$;
REVOKE EXECUTE ON FUNCTION index_bigrams FROM sciday_service;

---------------------------------------------------------------------------------------------
-- Who calls. The service sets these for every unit; '' and unset are nobody.

CREATE FUNCTION caller_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN NULLIF(current_setting('sciday.caller', true), '')::uuid;

-- The organizations at which the caller has the role.
CREATE FUNCTION caller_scope(role text) RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN NULLIF(current_setting('sciday.' || role, true), '')::uuid[];

-- Campaigns that are not issued yet, and of others than the caller. Null where nobody has been identified, to whom every campaign is hidden.
CREATE FUNCTION hidden_campaigns() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN NULLIF(current_setting('sciday.hidden_campaigns', true), '')::text[];

-- The roles that the caller has at what carries these ancestors (the organization first, its
-- root last). A submitter's scope is the organization itself, a reviewer's and an observer's
-- what is strictly below theirs, an administrator's both. A role held elsewhere counts for nothing.
CREATE FUNCTION roles_at(ancestors uuid[]) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN array_remove(ARRAY[
	CASE WHEN ancestors[1] = ANY (caller_scope('submitter')) THEN 'submitter' END,
	CASE WHEN ancestors[2:] && caller_scope('reviewer') THEN 'reviewer' END,
	CASE WHEN ancestors[2:] && caller_scope('observer') THEN 'observer' END,
	CASE WHEN ancestors && caller_scope('administrator') THEN 'administrator' END], NULL);

---------------------------------------------------------------------------------------------
-- Refusals

-- Ends the unit with a problem of the contract; dispatch turns it into the answer.
CREATE FUNCTION refuse(problem text, params jsonb DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	RAISE EXCEPTION USING ERRCODE = 'SD000', MESSAGE = problem, DETAIL = coalesce(params::text, '');
END
$$;

-- A 422 for one field, and one for several: [{pointer, code, params}].
CREATE FUNCTION refuse_field(pointer text, code text, params jsonb DEFAULT NULL) RETURNS void
LANGUAGE sql VOLATILE
RETURN refuse('validation_failed', jsonb_build_object('errors', jsonb_build_array(
	jsonb_strip_nulls(jsonb_build_object('pointer', pointer, 'code', code, 'params', params)))));

CREATE FUNCTION refuse_fields(findings jsonb) RETURNS void
LANGUAGE sql VOLATILE
RETURN refuse('validation_failed', jsonb_build_object('errors', findings));

-- Row security would refuse a row under something unknown before its foreign key could say what is wrong.
CREATE FUNCTION refuse_unknown(target regclass, field text) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	RAISE EXCEPTION USING ERRCODE = 'foreign_key_violation', CONSTRAINT = field || '__unknown',
		MESSAGE = format('insert or update on table "%s" violates foreign key constraint "%s__unknown"', target, field);
END
$$;

---------------------------------------------------------------------------------------------
-- Changes

CREATE FUNCTION row_changed() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	NEW.version := OLD.version + 1;
	NEW.updated_at := now();
	RETURN NEW;
END
$$;

CREATE FUNCTION change_marked() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM set_config('sciday.changed', 'true', true);
	RETURN NULL;
END
$$;

-- One line for each new table: its changes are noticed, the first of a unit for all, and its version grows with each of
-- them, but not when only what is derived from a branch's place was rewritten.
CREATE FUNCTION track_changes(target regclass, condition text DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	columns name[] := ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = target AND attnum > 0 AND NOT attisdropped);
BEGIN
	IF 'ancestors' = ANY (columns) THEN
		condition := coalesce(condition, 'OLD.ancestors = NEW.ancestors');
	END IF;
	IF 'version' = ANY (columns) THEN
		EXECUTE format('CREATE TRIGGER row_changed BEFORE UPDATE ON %s FOR EACH ROW WHEN (%s) EXECUTE FUNCTION row_changed()',
		               target, coalesce(condition, 'true'));
	END IF;
	EXECUTE format('CREATE TRIGGER change_marked AFTER INSERT OR UPDATE OR DELETE ON %s'
	               ' FOR EACH ROW WHEN (current_setting(''sciday.changed'', true) IS DISTINCT FROM ''true'') EXECUTE FUNCTION change_marked()', target);
END
$$;
REVOKE EXECUTE ON FUNCTION track_changes FROM sciday_service;
