-- Who may sign in and how often they may try; accounts without a role; and the administrator who stays.

---------------------------------------------------------------------------------------------
-- Failed sign-ins. Whoever comes from a place from which the account has signed in before is judged by what failed there
-- alone; a place is an address, or a device that has kept what an earlier sign-in gave it. Strangers are judged together,
-- too: by what failed for that account, and at that address. So whoever guesses delays strangers, and not the person.

-- Where an account has signed in from. (A place is a digest, as the subjects below are: see sign_in_digest.)
CREATE TABLE sign_in_place (
	account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
	place text NOT NULL,
	signed_in_at timestamptz NOT NULL DEFAULT now(),
	PRIMARY KEY (account_id, place)
);
CREATE INDEX sign_in_place_by_time ON sign_in_place (signed_in_at);
ALTER TABLE sign_in_place ENABLE ROW LEVEL SECURITY;

CREATE TABLE sign_in_failure (
	subject text PRIMARY KEY,
	failures integer NOT NULL, -- as many as counted at the last one
	failed_at timestamptz NOT NULL
);
CREATE INDEX sign_in_failure_by_time ON sign_in_failure (failed_at);
ALTER TABLE sign_in_failure ENABLE ROW LEVEL SECURITY;

DROP FUNCTION begin_sign_in, fail_sign_in, finish_sign_in, own_password, record_sign_in, limit_sign_ins, sign_in_name;
DROP TABLE sign_in_attempt;

-- What failures are counted for. After so many as are `allowed` each one more doubles the delay, from half a minute
-- to the `longest`; and whenever that has passed, one is forgotten.
CREATE TYPE sign_in_subject AS (subject text, allowed integer, longest interval);

-- No name and no address is kept as it came: what people type into the wrong field is their password. Null without a device.
CREATE FUNCTION sign_in_digest(VARIADIC parts text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN array_position(parts, NULL) IS NULL THEN encode(sha256(convert_to(parts::text, 'UTF8')), 'hex') END;

-- Users and clients have names of their own, and a name's case does not matter. One that nobody has is counted like any other.
CREATE FUNCTION sign_in_account(kind text, username text) RETURNS account
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
	SELECT a.* FROM account a WHERE a.kind = sign_in_account.kind AND a.username = lower(sign_in_account.username)
$$;
REVOKE EXECUTE ON FUNCTION sign_in_account FROM sciday_service;

CREATE FUNCTION sign_in_subjects(kind text, username text, address text, device text) RETURNS sign_in_subject[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	account CONSTANT uuid := (sign_in_account(kind, username)).id;
	who CONSTANT text := coalesce(account::text, kind || ' ' || lower(username));
	this_device CONSTANT text := sign_in_digest('device', who, device);
	this_address CONSTANT text := sign_in_digest('address', who, address);
	known text;
BEGIN
	SELECT p.place INTO known
	  FROM sign_in_place p
	 WHERE p.account_id = account AND p.place IN (this_device, this_address)
	 ORDER BY p.place = this_device DESC
	 LIMIT 1;
	IF known IS NOT NULL THEN
		RETURN ARRAY[(known, 5, '15 minutes')]::sign_in_subject[];
	END IF;
	RETURN ARRAY[(this_address, 5, '15 minutes'),
	             (sign_in_digest('strangers', who), 20, '15 minutes'),
	             (sign_in_digest('strangers at', address), 50, '1 minute')]::sign_in_subject[];
END
$$;
REVOKE EXECUTE ON FUNCTION sign_in_subjects FROM sciday_service;

-- Refuses, saying in how many seconds to come back. Counted here, so that it holds across processes.
CREATE FUNCTION limit_sign_ins(subjects sign_in_subject[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	until timestamptz;
BEGIN
	SELECT max(f.failed_at + least(s.longest, interval '30 seconds' * 2 ^ least(f.failures - s.allowed, 10))) INTO until
	  FROM unnest(subjects) s
	  JOIN sign_in_failure f ON f.subject = s.subject
	 WHERE f.failures >= s.allowed;
	IF until > now() THEN
		PERFORM refuse('too_many_sign_ins', jsonb_build_object('retry_after', ceil(extract(epoch FROM until - now()))::integer));
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION limit_sign_ins FROM sciday_service;

-- The limit is asked again when an attempt ends, one attempt of a subject at a time: of any number
-- that began together, no more learn how they ended than of those that come one after another.
CREATE FUNCTION limit_sign_ins_again(subjects sign_in_subject[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(hashtext('sign_in'), hashtext(s.subject))
	   FROM (SELECT u.subject FROM unnest(subjects) u ORDER BY hashtext(u.subject)) s;
	PERFORM limit_sign_ins(subjects);
END
$$;
REVOKE EXECUTE ON FUNCTION limit_sign_ins_again FROM sciday_service;

CREATE FUNCTION count_failed_sign_in(subjects sign_in_subject[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	s sign_in_subject;
BEGIN
	PERFORM limit_sign_ins_again(subjects);
	DELETE FROM sign_in_failure
	 WHERE subject IN (SELECT o.subject FROM sign_in_failure o WHERE o.failed_at < now() - interval '1 day'
	                    ORDER BY o.failed_at LIMIT 20 FOR UPDATE SKIP LOCKED);
	FOREACH s IN ARRAY subjects LOOP
		INSERT INTO sign_in_failure AS f (subject, failures, failed_at) VALUES (s.subject, 1, now())
		ON CONFLICT (subject) DO UPDATE
		   SET failures = greatest(f.failures - floor(extract(epoch FROM now() - f.failed_at) / extract(epoch FROM s.longest)), 0) + 1,
		       failed_at = now();
	END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION count_failed_sign_in FROM sciday_service;

-- From now on these places are known, the twenty that were used last.
CREATE FUNCTION keep_sign_in_places(account_id uuid, places text[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	DELETE FROM sign_in_failure f WHERE f.subject = ANY (places);
	INSERT INTO sign_in_place (account_id, place) SELECT keep_sign_in_places.account_id, p FROM unnest(places) p WHERE p IS NOT NULL
	ON CONFLICT ON CONSTRAINT sign_in_place_pkey DO UPDATE SET signed_in_at = now();
	DELETE FROM sign_in_place p
	 WHERE p.account_id = keep_sign_in_places.account_id
	   AND p.place IN (SELECT o.place FROM sign_in_place o WHERE o.account_id = keep_sign_in_places.account_id
	                    ORDER BY o.signed_in_at DESC OFFSET 20);
	DELETE FROM sign_in_place p
	 WHERE (p.account_id, p.place) IN (SELECT o.account_id, o.place FROM sign_in_place o WHERE o.signed_in_at < now() - interval '180 days'
	                                    ORDER BY o.signed_in_at LIMIT 20 FOR UPDATE SKIP LOCKED);
END
$$;
REVOKE EXECUTE ON FUNCTION keep_sign_in_places FROM sciday_service;

---------------------------------------------------------------------------------------------
-- Signing in (the three parts of 0002), for whoever has a role

-- What a sign-in is checked against, and whether its device is known. Nothing for an unknown name: it must cost the same as a wrong password.
CREATE FUNCTION begin_sign_in(kind text, username text, address text, device text)
RETURNS TABLE (account_id uuid, password_hash text, is_device_known boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	found account := sign_in_account(kind, username);
BEGIN
	PERFORM limit_sign_ins(sign_in_subjects(kind, username, address, device));
	SELECT p.account_id, p.password_hash INTO account_id, password_hash
	  FROM account_password p
	 WHERE p.account_id = found.id AND found.is_active AND EXISTS (SELECT FROM membership m WHERE m.account_id = found.id);
	is_device_known := EXISTS (SELECT FROM sign_in_place p
	                            WHERE p.account_id = found.id AND p.place = sign_in_digest('device', found.id::text, device));
	RETURN NEXT;
END
$$;

CREATE FUNCTION fail_sign_in(kind text, username text, address text, device text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
	SELECT count_failed_sign_in(sign_in_subjects(kind, username, address, device));
$$;

-- Opens the session, and says whether it did: not if the account was locked, lost its last role or its password changed
-- since begin_sign_in. A client has neither a device nor a refresh token (RFC 6749, section 4.4.3): they are null.
CREATE FUNCTION finish_sign_in(account_id uuid, password_hash text, address text, device text, session_id uuid, refresh_digest text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	signing_in account;
BEGIN
	SELECT a.* INTO signing_in
	  FROM account a
	  JOIN account_password p ON p.account_id = a.id
	  JOIN membership m ON m.account_id = a.id
	 WHERE a.id = finish_sign_in.account_id AND a.is_active AND p.password_hash = finish_sign_in.password_hash
	   FOR SHARE;
	IF NOT FOUND THEN
		RETURN false;
	END IF;
	PERFORM limit_sign_ins_again(sign_in_subjects(signing_in.kind, signing_in.username, address, device));
	PERFORM keep_sign_in_places(signing_in.id, ARRAY[sign_in_digest('address', signing_in.id::text, address),
	                                                 sign_in_digest('device', signing_in.id::text, device)]);
	PERFORM open_session(session_id, signing_in.id, refresh_digest);
	RETURN true;
END
$$;

-- The caller's own name and hash, for changing one's password. Whoever guesses there has a session: that is counted by itself.
CREATE FUNCTION own_password_subjects() RETURNS sign_in_subject[]
LANGUAGE sql STABLE
RETURN ARRAY[(sign_in_digest('own password', caller_id()::text), 5, '15 minutes')]::sign_in_subject[];

CREATE FUNCTION own_password() RETURNS TABLE (kind text, password_hash text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM limit_sign_ins(own_password_subjects());
	RETURN QUERY
	SELECT a.kind, p.password_hash
	  FROM account a
	  JOIN account_password p ON p.account_id = a.id
	 WHERE a.id = caller_id();
END
$$;

CREATE FUNCTION fail_own_password() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
	SELECT count_failed_sign_in(own_password_subjects());
$$;

---------------------------------------------------------------------------------------------
-- Accounts without a role: they belong to whoever saw them last, cannot sign in, and can be given a role again.

CREATE OR REPLACE FUNCTION membership_changed() RETURNS trigger
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

-- Whether the caller administers every organization at which the account has a role, or had its last. Who
-- administers only some of them may give and take roles there, but not rename, lock or delete the account.
CREATE OR REPLACE FUNCTION administers_account(account_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
	SELECT coalesce((SELECT bool_and(m.ancestors && caller_scope('administrator')) FROM membership m
	                  WHERE m.account_id = administers_account.account_id),
	                (SELECT a.belongs_to && caller_scope('administrator') FROM account a WHERE a.id = administers_account.account_id),
	                false)
$$;

-- The caller's scopes, one for each role, if the session is alive and its account active; else no row, nor without a role.
CREATE OR REPLACE FUNCTION caller_scopes(session_id uuid, account_id uuid)
RETURNS TABLE (submitter uuid[], reviewer uuid[], observer uuid[], administrator uuid[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1
AS $$
	SELECT array_agg(m.organization_id) FILTER (WHERE m.role = 'submitter'),
	       array_agg(m.organization_id) FILTER (WHERE m.role = 'reviewer'),
	       array_agg(m.organization_id) FILTER (WHERE m.role = 'observer'),
	       array_agg(m.organization_id) FILTER (WHERE m.role = 'administrator')
	  FROM session s
	  JOIN account a ON a.id = s.account_id AND a.is_active
	  JOIN membership m ON m.account_id = a.id
	 WHERE s.id = caller_scopes.session_id AND s.account_id = caller_scopes.account_id
	   AND s.ended_at IS NULL AND s.expires_at > now()
	 GROUP BY s.id
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
