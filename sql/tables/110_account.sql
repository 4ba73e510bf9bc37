-- The people and programs that act for organizations, and how they sign in.

---------------------------------------------------------------------------------------------
-- Accounts, and the roles that they have at organizations

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
	search_text text COLLATE "C" NOT NULL GENERATED ALWAYS AS (search_key(username || E'\x1f' || name)) STORED,
	CONSTRAINT username__pattern_mismatch CHECK (username ~ '^[a-z0-9][a-z0-9._@-]{1,62}$'),
	CONSTRAINT name__length CHECK (length(name) BETWEEN 1 AND 50)
);
CREATE INDEX account_by_belongs_to ON account USING gin (belongs_to);
SELECT index_bigrams('account');
SELECT track_changes('account', 'OLD.belongs_to = NEW.belongs_to');
-- A new one has no place before its memberships are there, so its making is told at the end of the transaction.
SELECT audit_changes('account', 'r.belongs_to', events => 'UPDATE OR DELETE');
SELECT audit_changes('account', '(SELECT a.belongs_to FROM account a WHERE a.id = r.id)', events => 'INSERT', is_deferred => true);
GRANT SELECT, DELETE ON account TO sciday_service;
GRANT INSERT (id, kind, username, name, is_active) ON account TO sciday_service;
GRANT UPDATE (username, name, is_active) ON account TO sciday_service;

-- Apart from the account, so that no statement of the service's can read a hash: functions of sql/logic/auth.sql can.
CREATE TABLE account_password (
	account_id uuid PRIMARY KEY REFERENCES account ON DELETE CASCADE,
	password_hash text NOT NULL,
	updated_at timestamptz NOT NULL DEFAULT now()
);
SELECT audit_changes('account_password', '(SELECT a.belongs_to FROM account a WHERE a.id = r.account_id)', resource => 'account',
                     key_columns => '{account_id}', events => 'INSERT OR UPDATE', is_deferred => true);

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
SELECT audit_changes('membership', key_columns => '{account_id}');
GRANT SELECT, DELETE ON membership TO sciday_service;
GRANT INSERT (account_id, organization_id, role) ON membership TO sciday_service;

-- An account without a role belongs to whoever saw it last, cannot sign in, and can be given a role again.
CREATE FUNCTION membership_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	account_changed uuid := coalesce(NEW.account_id, OLD.account_id);
BEGIN
	UPDATE account a
	   SET belongs_to = b.belongs_to
	  FROM (SELECT ARRAY(SELECT DISTINCT unnest(m.ancestors) AS id FROM membership m WHERE m.account_id = account_changed ORDER BY id)) b (belongs_to)
	 WHERE a.id = account_changed AND a.belongs_to <> b.belongs_to
	   AND b.belongs_to <> '{}'; -- without any it stays where it was
	IF TG_OP <> 'UPDATE' THEN
		PERFORM pg_notify('sciday_account', account_changed::text);
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER membership_changed AFTER INSERT OR UPDATE OF ancestors OR DELETE ON membership
	FOR EACH ROW EXECUTE FUNCTION membership_changed();

-- At the end of the transaction: an import takes the old roles before it gives the new ones.
CREATE FUNCTION last_membership_ended() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	UPDATE session s
	   SET ended_at = now()
	 WHERE s.account_id = OLD.account_id AND s.ended_at IS NULL
	   AND NOT EXISTS (SELECT FROM membership m WHERE m.account_id = OLD.account_id);
	RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER last_membership_ended AFTER DELETE ON membership DEFERRABLE INITIALLY DEFERRED
	FOR EACH ROW EXECUTE FUNCTION last_membership_ended();

-- Signs a row with the name of that time, as submissions and reviews are (sql/tables/340_submission.sql): signed('given_by') fills given_by_name.
CREATE FUNCTION signed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	RETURN jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0] || '_name',
		(SELECT a.name FROM account a WHERE a.id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid)));
END
$$;

---------------------------------------------------------------------------------------------
-- The last administrator stays. Wherever somebody's role as administrator ends, another person has it there or above: so no
-- branch, and no installation, is left with nobody who could mend it. (A branch moves only to where its mover administers.)

-- One at a time, and what the others have done is seen: of two who remove each other, the second is refused.
CREATE FUNCTION keep_administrator(at_or_above uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(hashtext('keep_administrator'), 0);
	IF NOT EXISTS (SELECT FROM membership m
	                 JOIN account a ON a.id = m.account_id AND a.is_active AND a.kind = 'user'
	                WHERE m.role = 'administrator' AND m.organization_id = ANY (at_or_above)) THEN
		PERFORM refuse('last_administrator');
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION keep_administrator FROM sciday_service;

CREATE FUNCTION administrator_removed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM keep_administrator(OLD.ancestors);
	RETURN NULL;
END
$$;
CREATE TRIGGER administrator_removed AFTER DELETE ON membership
	FOR EACH ROW WHEN (OLD.role = 'administrator') EXECUTE FUNCTION administrator_removed();

CREATE FUNCTION administrator_locked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM keep_administrator(m.ancestors) FROM membership m WHERE m.account_id = NEW.id AND m.role = 'administrator';
	RETURN NULL;
END
$$;
CREATE TRIGGER administrator_locked AFTER UPDATE OF is_active ON account
	FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION administrator_locked();

---------------------------------------------------------------------------------------------
-- Sessions. The service reaches these tables, and the hashes, through functions of sql/logic/auth.sql and in no other way.

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
	used_at timestamptz,
	-- A token's successor is made of it and of this salt (src/resources/auth.c), so that it can be made again, and by nobody who
	-- has only what is kept here. Only the token that was used last has one: whoever uses a successor has had the answer.
	salt text
);
CREATE INDEX refresh_token_by_session ON refresh_token (session_id);

-- Where an account has signed in from: an address, or a device that has kept what an earlier sign-in gave it, as a digest
-- (sign_in_digest). Whoever comes from there is judged by what failed there alone.
CREATE TABLE sign_in_place (
	account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
	place text NOT NULL,
	signed_in_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (account_id, place)
);
CREATE INDEX sign_in_place_by_time ON sign_in_place (signed_in_at);

-- What failed is counted for a digest too: a place, the strangers of an account, the strangers at an address.
CREATE TABLE sign_in_failure (
	subject text PRIMARY KEY,
	failures integer NOT NULL, -- as many as counted at the last one
	failed_at timestamptz NOT NULL
);
CREATE INDEX sign_in_failure_by_time ON sign_in_failure (failed_at);

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

-- How often signed links to a thing (a document, a forwarding) were revoked: one account's, or everyone's. A link knows how
-- often that was when it was made, and ends with the next time (sql/logic/links.sql).
CREATE TABLE link_revocation (
	resource_id uuid NOT NULL,
	account_id uuid REFERENCES account ON DELETE CASCADE,
	times integer NOT NULL DEFAULT 1,
	CONSTRAINT link_revocation__account_id__taken UNIQUE NULLS NOT DISTINCT (resource_id, account_id)
);
CREATE INDEX link_revocation_by_account ON link_revocation (account_id);

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
GRANT SELECT, UPDATE ON idempotency_key TO sciday_service;
