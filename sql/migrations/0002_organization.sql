-- Organizations, the people and programs that act for them, and how they sign in.

---------------------------------------------------------------------------------------------
-- The hierarchy

-- What others embed of an organization, and a list's item, are stored beside its row: made once, not for every
-- row that a sort looks at. IMMUTABLE in truth, for none of these types has a text that depends on a setting.
CREATE FUNCTION organization_reference(id uuid, code text, name text) RETURNS json
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
	search_text text NOT NULL GENERATED ALWAYS AS (search_key(code || E'\x1f' || name || E'\x1f' || coalesce(short_name, ''))) STORED,
	reference json NOT NULL GENERATED ALWAYS AS (organization_reference(id, code, name)) STORED,
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
CREATE INDEX organization_by_parent ON organization (parent_id);
CREATE INDEX organization_by_ancestors ON organization USING gin (ancestors);
CREATE INDEX organization_by_bigrams ON organization USING gin (bigrams(search_text));

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

CREATE FUNCTION organization_placed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	above organization;
BEGIN
	IF NEW.ordinal IS NULL THEN
		SELECT least(coalesce(max(ordinal), 0) + 1, 100000) INTO NEW.ordinal FROM organization WHERE parent_id IS NOT DISTINCT FROM NEW.parent_id;
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

-- Row security would refuse a row under something unknown before its foreign key could say what is wrong.
CREATE FUNCTION refuse_unknown(target regclass, field text) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	RAISE EXCEPTION USING ERRCODE = 'foreign_key_violation', CONSTRAINT = field || '__unknown',
		MESSAGE = format('insert or update on table "%s" violates foreign key constraint "%s__unknown"', target, field);
END
$$;

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

-- A row takes its ancestors from what it is under. FOR SHARE waits for a move that has begun,
-- and lets one that begins later wait for us and then find this row.
CREATE FUNCTION ancestors_tracked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	found_ancestors uuid[];
BEGIN
	EXECUTE format('SELECT ancestors FROM %s WHERE id = ($1).%I FOR SHARE', TG_ARGV[0], TG_ARGV[1]) INTO found_ancestors USING NEW;
	IF found_ancestors IS NULL THEN
		PERFORM refuse_unknown(TG_RELID, TG_ARGV[1]);
	END IF;
	NEW.ancestors := found_ancestors;
	RETURN NEW;
END
$$;

-- One line for each new table that carries ancestors: `SELECT track_ancestors('plan')`, or with
-- the table and the column that lead to its organization.
CREATE FUNCTION track_ancestors(target regclass, source regclass DEFAULT 'organization', link name DEFAULT 'organization_id') RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	EXECUTE format('CREATE TRIGGER tracks_ancestors BEFORE INSERT OR UPDATE OF %2$I ON %1$s'
	               ' FOR EACH ROW EXECUTE FUNCTION ancestors_tracked(%3$L, %2$L)', target, link, source);
END
$$;
REVOKE EXECUTE ON FUNCTION track_ancestors FROM sciday_service;

-- Triggers run in the order of their names: row_changed looks at the ancestors before tree_placed sets them.
CREATE TRIGGER hierarchy_locked BEFORE INSERT OR UPDATE OF parent_id, ordinal, code ON organization
	FOR EACH STATEMENT EXECUTE FUNCTION hierarchy_locked();
CREATE TRIGGER move_allowed BEFORE UPDATE OF parent_id ON organization
	FOR EACH ROW WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id) EXECUTE FUNCTION organization_move_allowed();
CREATE TRIGGER tree_placed BEFORE INSERT OR UPDATE OF parent_id, ordinal, code ON organization
	FOR EACH ROW EXECUTE FUNCTION organization_placed();
CREATE TRIGGER branch_moved AFTER UPDATE OF parent_id, ordinal, code ON organization
	FOR EACH ROW WHEN (OLD.path_ordinal <> NEW.path_ordinal) EXECUTE FUNCTION branch_moved();
SELECT track_changes('organization', 'OLD.path_ordinal = NEW.path_ordinal');

-- The directory is public; contact details are not (organization_body).
ALTER TABLE organization ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON organization TO sciday_service;
GRANT INSERT (id, code, kind, name, short_name, parent_id, ordinal, mailing_address, is_active) ON organization TO sciday_service;
GRANT UPDATE (code, kind, name, short_name, parent_id, ordinal, mailing_address, is_active) ON organization TO sciday_service;
CREATE POLICY anyone_reads ON organization FOR SELECT USING (true);
CREATE POLICY administrator_creates ON organization FOR INSERT
	WITH CHECK (ancestors[2:] && (SELECT caller_scope('administrator')));
CREATE POLICY administrator_changes ON organization FOR UPDATE
	USING (ancestors && (SELECT caller_scope('administrator')))
	WITH CHECK (ancestors && (SELECT caller_scope('administrator')));
CREATE POLICY administrator_deletes ON organization FOR DELETE
	USING (ancestors && (SELECT caller_scope('administrator')));

-- Candidates only, through the index that row security hides; the caller's policies still decide.
CREATE FUNCTION organizations_matching(q text) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN ARRAY(
	SELECT o.id
	  FROM organization o
	 WHERE bigrams(o.search_text) @> bigrams(search_key(q))
	   AND strpos(o.search_text, search_key(q)) > 0);

CREATE VIEW organization_reference WITH (security_invoker) AS
SELECT o.id, o.reference
  FROM organization o;

CREATE VIEW organization_body WITH (security_invoker) AS
SELECT o.id, o.version,
       json_build_object(
           'id', o.id, 'code', o.code, 'kind', o.kind, 'name', o.name, 'short_name', o.short_name,
           'parent', (SELECT p.reference FROM organization_reference p WHERE p.id = o.parent_id),
           'ordinal', o.ordinal,
           'mailing_address', CASE WHEN v.sees_contact THEN o.mailing_address END,
           'is_active', o.is_active,
           'redacted', CASE WHEN v.sees_contact THEN '[]'::json ELSE '["mailing_address"]' END,
           'version', o.version, 'created_at', instant(o.created_at), 'updated_at', instant(o.updated_at)) AS body
  FROM organization o
 CROSS JOIN LATERAL (SELECT cardinality(roles_at(o.ancestors)) > 0 AS sees_contact) v;

GRANT SELECT ON organization_reference, organization_body TO sciday_service;

---------------------------------------------------------------------------------------------
-- Accounts: people and programs, and the roles that they have at organizations

CREATE TABLE account (
	id uuid CONSTRAINT account__id__taken PRIMARY KEY,
	kind text NOT NULL CONSTRAINT kind__not_allowed_value CHECK (kind IN ('user', 'client')),
	-- What one signs in with; a client's is its client_id (RFC 6749, section 2.2).
	username text NOT NULL CONSTRAINT account__username__taken UNIQUE,
	name text NOT NULL,
	is_active boolean NOT NULL DEFAULT true,
	version integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	-- Every organization that one of its memberships is at or below; kept by membership's trigger.
	belongs_to uuid[] NOT NULL DEFAULT '{}',
	search_text text NOT NULL GENERATED ALWAYS AS (search_key(username || E'\x1f' || name)) STORED,
	CONSTRAINT username__pattern_mismatch CHECK (username ~ '^[a-z0-9][a-z0-9._@-]{1,62}$'),
	CONSTRAINT name__length CHECK (length(name) BETWEEN 1 AND 50)
);
CREATE INDEX account_by_belongs_to ON account USING gin (belongs_to);
CREATE INDEX account_by_bigrams ON account USING gin (bigrams(search_text));
SELECT track_changes('account', 'OLD.belongs_to = NEW.belongs_to');

-- Apart from the account, so that no statement of the service's can read a hash: the functions below can.
CREATE TABLE account_password (
	account_id uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
	password_hash text NOT NULL,
	updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE account_password ENABLE ROW LEVEL SECURITY;

CREATE TABLE membership (
	account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	role text NOT NULL CONSTRAINT role__not_allowed_value CHECK (role IN ('submitter', 'reviewer', 'observer', 'administrator')),
	created_at timestamptz NOT NULL DEFAULT now(),
	ancestors uuid[] NOT NULL,
	PRIMARY KEY (account_id, organization_id, role)
);
CREATE INDEX membership_by_organization ON membership (organization_id);
CREATE INDEX membership_by_ancestors ON membership USING gin (ancestors);
SELECT track_ancestors('membership');
SELECT track_changes('membership');

CREATE FUNCTION membership_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	account_changed uuid := coalesce(NEW.account_id, OLD.account_id);
BEGIN
	UPDATE account a
	   SET belongs_to = b.belongs_to
	  FROM (SELECT ARRAY(SELECT DISTINCT unnest(m.ancestors) AS id FROM membership m WHERE m.account_id = account_changed ORDER BY id)) b (belongs_to)
	 WHERE a.id = account_changed AND a.belongs_to <> b.belongs_to;
	IF TG_OP <> 'UPDATE' THEN
		PERFORM pg_notify('sciday_account', account_changed::text);
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER membership_changed AFTER INSERT OR UPDATE OF ancestors OR DELETE ON membership
	FOR EACH ROW EXECUTE FUNCTION membership_changed();

ALTER TABLE account ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON account TO sciday_service;
GRANT INSERT (id, kind, username, name, is_active) ON account TO sciday_service;
GRANT UPDATE (username, name, is_active) ON account TO sciday_service;
CREATE POLICY sees_oneself ON account FOR SELECT USING (id = (SELECT caller_id()));
CREATE POLICY administrator_reads ON account FOR SELECT USING (belongs_to && (SELECT caller_scope('administrator')));
CREATE POLICY administrator_creates ON account FOR INSERT WITH CHECK ((SELECT caller_scope('administrator')) IS NOT NULL);
CREATE POLICY administrator_changes ON account FOR UPDATE USING (belongs_to && (SELECT caller_scope('administrator')));
CREATE POLICY administrator_deletes ON account FOR DELETE USING (belongs_to && (SELECT caller_scope('administrator')));

ALTER TABLE membership ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON membership TO sciday_service;
GRANT INSERT (account_id, organization_id, role) ON membership TO sciday_service;
CREATE POLICY sees_ones_own ON membership FOR SELECT USING (account_id = (SELECT caller_id()));
CREATE POLICY administrator_reads ON membership FOR SELECT USING (ancestors && (SELECT caller_scope('administrator')));
CREATE POLICY administrator_creates ON membership FOR INSERT WITH CHECK (ancestors && (SELECT caller_scope('administrator')));
CREATE POLICY administrator_deletes ON membership FOR DELETE USING (ancestors && (SELECT caller_scope('administrator')));

-- Whether the caller administers every organization at which the account has a role. Who
-- administers only some of them may give and take roles there, but not rename, lock or delete the account.
CREATE FUNCTION administers_account(account_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
	SELECT coalesce(bool_and(m.ancestors && caller_scope('administrator')), false)
	  FROM membership m
	 WHERE m.account_id = administers_account.account_id
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
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
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

CREATE VIEW user_body WITH (security_invoker) AS
SELECT a.id, a.version,
       json_build_object(
           'id', a.id, 'username', a.username, 'name', a.name, 'is_active', a.is_active,
           'memberships', coalesce((SELECT m.memberships FROM account_memberships m WHERE m.account_id = a.id), '[]'),
           'version', a.version, 'created_at', instant(a.created_at), 'updated_at', instant(a.updated_at)) AS body
  FROM account a
 WHERE a.kind = 'user';

CREATE VIEW client_body WITH (security_invoker) AS
SELECT a.id, a.version,
       json_build_object(
           'id', a.id, 'client_id', a.username, 'name', a.name, 'is_active', a.is_active,
           'memberships', coalesce((SELECT m.memberships FROM account_memberships m WHERE m.account_id = a.id), '[]'),
           'version', a.version, 'created_at', instant(a.created_at), 'updated_at', instant(a.updated_at)) AS body
  FROM account a
 WHERE a.kind = 'client';

CREATE VIEW account_reference WITH (security_invoker) AS
SELECT a.id, json_build_object('id', a.id, 'name', a.name) AS reference
  FROM account a;

GRANT SELECT ON account_memberships, account_summary, user_body, client_body, account_reference TO sciday_service;

---------------------------------------------------------------------------------------------
-- Sessions and signing in. The service reaches these tables, and the hashes, through the functions below and in no other way.

-- It ends thirty days after its last use (open_session, use_refresh_token), and after half a year whatever happens.
CREATE TABLE session (
	id uuid PRIMARY KEY,
	account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
	created_at timestamptz NOT NULL DEFAULT now(),
	expires_at timestamptz NOT NULL,
	ended_at timestamptz
);
CREATE INDEX session_by_account ON session (account_id) WHERE ended_at IS NULL;
CREATE INDEX session_by_expiry ON session (expires_at);

-- A family of refresh tokens is a session; each is kept as its SHA-256, and used once.
CREATE TABLE refresh_token (
	digest text PRIMARY KEY,
	session_id uuid NOT NULL REFERENCES session ON DELETE CASCADE,
	issued_at timestamptz NOT NULL DEFAULT now(),
	used_at timestamptz
);
CREATE INDEX refresh_token_by_session ON refresh_token (session_id);

-- The name is kept as its SHA-256: what people type into the wrong field is their password.
CREATE TABLE sign_in_attempt (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name_digest text NOT NULL,
	address text NOT NULL,
	succeeded boolean NOT NULL,
	attempted_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sign_in_attempt_by_name ON sign_in_attempt (name_digest, id);
CREATE INDEX sign_in_attempt_by_address ON sign_in_attempt (address, attempted_at) WHERE NOT succeeded;
CREATE INDEX sign_in_attempt_by_time ON sign_in_attempt (attempted_at);

ALTER TABLE session ENABLE ROW LEVEL SECURITY;
ALTER TABLE refresh_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE sign_in_attempt ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION account_notified() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM pg_notify('sciday_account', CASE TG_TABLE_NAME WHEN 'account' THEN OLD.id ELSE (to_jsonb(OLD) ->> 'account_id')::uuid END::text);
	RETURN NULL;
END
$$;
CREATE TRIGGER account_ended AFTER DELETE ON account FOR EACH ROW EXECUTE FUNCTION account_notified();
CREATE TRIGGER session_ended AFTER UPDATE OF ended_at ON session
	FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL) EXECUTE FUNCTION account_notified();

-- Whoever is locked is signed out everywhere.
CREATE FUNCTION account_locked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	UPDATE session SET ended_at = now() WHERE account_id = NEW.id AND ended_at IS NULL;
	RETURN NULL;
END
$$;
CREATE TRIGGER account_locked AFTER UPDATE OF is_active ON account
	FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION account_locked();

-- Sets a password: one's own, that of an account that the caller administers whole, or that of one
-- that this transaction makes. Every other session ends: whoever knew the old one is out.
CREATE FUNCTION set_password(account_id uuid, password_hash text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	IF account_id <> coalesce(caller_id(), '00000000-0000-0000-0000-000000000000') AND NOT administers_account(account_id)
	   AND NOT EXISTS (SELECT FROM account a WHERE a.id = account_id AND a.created_at = now()) THEN
		PERFORM refuse('role_not_held_here');
	END IF;
	INSERT INTO account_password AS p (account_id, password_hash) VALUES (set_password.account_id, set_password.password_hash)
	ON CONFLICT ON CONSTRAINT account_password_pkey DO UPDATE SET password_hash = excluded.password_hash, updated_at = now();
	UPDATE session s
	   SET ended_at = now()
	 WHERE s.account_id = set_password.account_id AND s.ended_at IS NULL
	   AND s.id::text <> coalesce(current_setting('sciday.session', true), '');
	PERFORM set_config('sciday.changed', 'true', true);
END
$$;

-- Signing in has three parts, because hashing comes between and must hold no connection: begin_sign_in
-- gives the hash to compare with, then either fail_sign_in or finish_sign_in ends it.

-- Users and clients have names of their own, and a name's case does not matter.
CREATE FUNCTION sign_in_name(kind text, username text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN encode(sha256(convert_to(kind || ' ' || lower(username), 'UTF8')), 'hex');

-- Refuses, saying in how many seconds to come back: after five failures of a name since its last
-- success, or fifty of an address, in a quarter of an hour. Counted here, so that it holds across processes.
CREATE FUNCTION limit_sign_ins(name text, from_address text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	fifteen_minutes CONSTANT interval := '15 minutes';
	until timestamptz;
BEGIN
	SELECT max(f.attempted_at) + fifteen_minutes INTO until
	  FROM ((SELECT a.attempted_at
	           FROM sign_in_attempt a
	          WHERE a.name_digest = name AND NOT a.succeeded AND a.attempted_at > now() - fifteen_minutes
	            AND a.id > coalesce((SELECT max(s.id) FROM sign_in_attempt s WHERE s.name_digest = name AND s.succeeded), 0)
	          ORDER BY a.id DESC OFFSET 5 - 1 LIMIT 1)
	        UNION ALL
	        (SELECT a.attempted_at
	           FROM sign_in_attempt a
	          WHERE a.address = from_address AND NOT a.succeeded AND a.attempted_at > now() - fifteen_minutes
	          ORDER BY a.attempted_at DESC OFFSET 50 - 1 LIMIT 1)) f;
	IF until > now() THEN
		PERFORM refuse('too_many_sign_ins', jsonb_build_object('retry_after', ceil(extract(epoch FROM until - now()))::integer));
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION limit_sign_ins FROM sciday_service;

-- Keeps how an attempt ended. The limit is asked again, one attempt of a name at a time: of any number
-- that began together, no more learn how they ended than of those that come one after another.
CREATE FUNCTION record_sign_in(name text, from_address text, has_succeeded boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(hashtext('sign_in'), hashtext(name));
	PERFORM limit_sign_ins(name, from_address);
	DELETE FROM sign_in_attempt
	 WHERE id IN (SELECT id FROM sign_in_attempt WHERE attempted_at < now() - interval '1 day'
	               ORDER BY attempted_at LIMIT 20 FOR UPDATE SKIP LOCKED);
	INSERT INTO sign_in_attempt (name_digest, address, succeeded) VALUES (name, from_address, has_succeeded);
END
$$;
REVOKE EXECUTE ON FUNCTION record_sign_in FROM sciday_service;

CREATE FUNCTION open_session(session_id uuid, account_id uuid, refresh_digest text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	DELETE FROM session s
	 WHERE s.id IN (SELECT d.id FROM session d WHERE d.expires_at < now() - interval '1 day'
	                 ORDER BY d.expires_at LIMIT 20 FOR UPDATE SKIP LOCKED);
	-- Without a refresh token it need only outlive its one access token.
	INSERT INTO session (id, account_id, expires_at)
	VALUES (session_id, account_id, now() + CASE WHEN refresh_digest IS NULL THEN interval '1 hour' ELSE interval '30 days' END);
	IF refresh_digest IS NOT NULL THEN
		INSERT INTO refresh_token (digest, session_id) VALUES (refresh_digest, open_session.session_id);
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION open_session FROM sciday_service;

-- What a sign-in is checked against. No row for an unknown name: it must cost the same as a wrong password.
CREATE FUNCTION begin_sign_in(kind text, username text, address text) RETURNS TABLE (account_id uuid, password_hash text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM limit_sign_ins(sign_in_name(kind, username), address);
	RETURN QUERY
	SELECT a.id, p.password_hash
	  FROM account a
	  JOIN account_password p ON p.account_id = a.id
	 WHERE a.kind = begin_sign_in.kind AND a.username = lower(begin_sign_in.username) AND a.is_active;
END
$$;

CREATE FUNCTION fail_sign_in(kind text, username text, address text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
	SELECT record_sign_in(sign_in_name(kind, username), address, false);
$$;

-- Opens the session, and says whether it did: not if the account was locked or its password changed
-- since begin_sign_in. A client has no refresh token (RFC 6749, section 4.4.3): its digest is null.
CREATE FUNCTION finish_sign_in(account_id uuid, password_hash text, address text, session_id uuid, refresh_digest text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	signing_in account;
BEGIN
	SELECT a.* INTO signing_in
	  FROM account a
	  JOIN account_password p ON p.account_id = a.id
	 WHERE a.id = finish_sign_in.account_id AND a.is_active AND p.password_hash = finish_sign_in.password_hash
	   FOR SHARE;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	PERFORM record_sign_in(sign_in_name(signing_in.kind, signing_in.username), address, true);
	PERFORM open_session(session_id, signing_in.id, refresh_digest);
	RETURN true;
END
$$;

-- The caller's own name and hash, for changing one's password: guessing there counts as guessing at the door.
CREATE FUNCTION own_password(address text) RETURNS TABLE (kind text, username text, password_hash text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	SELECT a.kind, a.username, p.password_hash INTO kind, username, password_hash
	  FROM account a
	  JOIN account_password p ON p.account_id = a.id
	 WHERE a.id = caller_id();
	IF FOUND THEN
		PERFORM limit_sign_ins(sign_in_name(kind, username), address);
		RETURN NEXT;
	END IF;
END
$$;

-- Trades a refresh token for a new one. Used once more within 30 s, the answer was probably lost: a new
-- one again. Used once more later, someone else has it: the whole family ends, and the row has no
-- session_id. No row for one that is unknown or over.
CREATE FUNCTION use_refresh_token(old_digest text, new_digest text) RETURNS TABLE (session_id uuid, account_id uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	token refresh_token;
	family session;
BEGIN
	-- The family's row first, as end_session does, so that the two cannot wait for each other.
	SELECT s.* INTO family
	  FROM session s
	 WHERE s.id = (SELECT t.session_id FROM refresh_token t WHERE t.digest = old_digest)
	   FOR UPDATE;
	IF family.id IS NULL OR family.ended_at IS NOT NULL OR family.expires_at <= now()
	   OR NOT (SELECT a.is_active FROM account a WHERE a.id = family.account_id) THEN
		RETURN;
	END IF;
	SELECT t.* INTO token FROM refresh_token t WHERE t.digest = old_digest;
	IF token.used_at < now() - interval '30 seconds' THEN
		UPDATE session s SET ended_at = now() WHERE s.id = family.id;
		RETURN QUERY SELECT NULL::uuid, family.account_id;
		RETURN;
	END IF;

	UPDATE session s
	   SET expires_at = greatest(s.expires_at, least(now() + interval '30 days', s.created_at + interval '180 days'))
	 WHERE s.id = family.id;
	UPDATE refresh_token t SET used_at = coalesce(t.used_at, now()) WHERE t.digest = old_digest;
	-- Whoever comes back with an older one than this has had to sign in again anyway.
	DELETE FROM refresh_token t WHERE t.session_id = family.id AND t.used_at < now() - interval '30 days';
	INSERT INTO refresh_token (digest, session_id) VALUES (new_digest, family.id);
	RETURN QUERY SELECT family.id, family.account_id;
END
$$;

-- Ends a session by its id or by one of its refresh tokens, and answers whose it was; null for one
-- that is unknown or has ended already, which is no error (RFC 7009, section 2.2).
CREATE FUNCTION end_session(ending_session uuid, refresh_digest text) RETURNS uuid
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
	UPDATE session SET ended_at = now()
	 WHERE id = coalesce(ending_session, (SELECT session_id FROM refresh_token WHERE digest = refresh_digest)) AND ended_at IS NULL
	RETURNING account_id;
$$;

-- The caller's scopes, one for each role, if the session and its account are alive; else no row.
CREATE FUNCTION caller_scopes(session_id uuid, account_id uuid)
RETURNS TABLE (submitter uuid[], reviewer uuid[], observer uuid[], administrator uuid[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1
AS $$
	SELECT array_agg(m.organization_id) FILTER (WHERE m.role = 'submitter'),
	       array_agg(m.organization_id) FILTER (WHERE m.role = 'reviewer'),
	       array_agg(m.organization_id) FILTER (WHERE m.role = 'observer'),
	       array_agg(m.organization_id) FILTER (WHERE m.role = 'administrator')
	  FROM session s
	  JOIN account a ON a.id = s.account_id AND a.is_active
	  LEFT JOIN membership m ON m.account_id = a.id
	 WHERE s.id = caller_scopes.session_id AND s.account_id = caller_scopes.account_id
	   AND s.ended_at IS NULL AND s.expires_at > now()
	 GROUP BY s.id
$$;

-- Identity for a change: the memberships as they are now, not as the cache remembers them.
CREATE FUNCTION identify_afresh(session uuid, caller uuid, request_id text) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	scopes record;
BEGIN
	SELECT * INTO scopes FROM caller_scopes(session, caller);
	IF NOT FOUND THEN
		PERFORM refuse('unauthenticated');
	END IF;
	PERFORM identify(caller::text, session::text, scopes.submitter::text, scopes.reviewer::text, scopes.observer::text,
	                 scopes.administrator::text, request_id);
END
$$;

---------------------------------------------------------------------------------------------
-- Idempotency keys: the first answer, kept for a day beside the work that it answers

CREATE TABLE idempotency_key (
	caller uuid NOT NULL REFERENCES account ON DELETE CASCADE,
	key text NOT NULL,
	operation text NOT NULL,
	request_digest text NOT NULL,
	status integer,
	body json,
	version integer,
	location text,
	created_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_key_by_time ON idempotency_key (created_at);
ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;
GRANT SELECT, UPDATE ON idempotency_key TO sciday_service;
CREATE POLICY caller_keeps ON idempotency_key USING (caller = (SELECT caller_id()));

-- An advisory lock and not the row's: a second request with the key is told at once, instead of waiting for the first.
CREATE FUNCTION claim_idempotency_key(claiming uuid, claimed text, for_operation text, digest text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	kept idempotency_key;
BEGIN
	IF NOT pg_try_advisory_xact_lock(hashtextextended(claiming || ' ' || claimed, 0)) THEN
		PERFORM refuse('idempotency_in_progress');
	END IF;
	SELECT * INTO kept FROM idempotency_key k WHERE (k.caller, k.key) = (claiming, claimed);
	IF kept.created_at > now() - interval '24 hours' THEN
		IF (kept.operation, kept.request_digest) IS DISTINCT FROM (for_operation, digest) THEN
			PERFORM refuse('idempotency_key_reused');
		END IF;
		PERFORM refuse('idempotency_replay');
	END IF;

	DELETE FROM idempotency_key k WHERE (k.caller, k.key) = (claiming, claimed);
	DELETE FROM idempotency_key k
	 WHERE (k.caller, k.key) IN (SELECT o.caller, o.key FROM idempotency_key o WHERE o.created_at < now() - interval '24 hours'
	                              ORDER BY o.created_at LIMIT 20 FOR UPDATE SKIP LOCKED);
	INSERT INTO idempotency_key (caller, key, operation, request_digest) VALUES (claiming, claimed, for_operation, digest);
END
$$;

---------------------------------------------------------------------------------------------
-- Labels: the words that people see for every code

CREATE TABLE label (
	vocabulary text NOT NULL,
	code text NOT NULL,
	ordinal integer NOT NULL,
	zh text NOT NULL,
	en text NOT NULL,
	PRIMARY KEY (vocabulary, code)
);
ALTER TABLE label ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON label TO sciday_service;
CREATE POLICY anyone_reads ON label FOR SELECT USING (true);

INSERT INTO label (vocabulary, code, ordinal, zh, en) VALUES
	('organization_kind', 'national_association', 1, '全国科协', 'National association'),
	('organization_kind', 'provincial_association', 2, '省级科协', 'Provincial association'),
	('organization_kind', 'city_association', 3, '设区市科协', 'City association'),
	('organization_kind', 'district_association', 4, '县（市、区）科协', 'District association'),
	('organization_kind', 'society', 5, '学会', 'Society'),
	('organization_kind', 'university_association', 6, '高校科协', 'University association'),
	('organization_kind', 'department', 7, '机关部门', 'Department'),
	('organization_kind', 'affiliated_institution', 8, '直属事业单位', 'Affiliated institution'),
	('organization_kind', 'partner', 9, '合作单位', 'Partner'),
	('role', 'public', 1, '公众', 'Public'),
	('role', 'submitter', 2, '报送员', 'Submitter'),
	('role', 'reviewer', 3, '审核员', 'Reviewer'),
	('role', 'observer', 4, '观察员', 'Observer'),
	('role', 'administrator', 5, '管理员', 'Administrator');
