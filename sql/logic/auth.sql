-- Signing in, sessions and passwords: the only way to those tables (sql/tables/110_account.sql).

-- Sets a password: one's own, that of an account that the caller administers whole, or that of one
-- that this transaction makes. Every other session ends: whoever knew the old one is out.
CREATE FUNCTION set_password(account_id uuid, password_hash text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
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

---------------------------------------------------------------------------------------------
-- Failed sign-ins. Whoever comes from a place from which the account has signed in before is judged by what failed there
-- alone; a place is an address, or a device that has kept what an earlier sign-in gave it. Strangers are judged together,
-- too: by what failed for that account, and at that address. So whoever guesses delays strangers, and not the person.

-- What failures are counted for. After so many as are `allowed` each one more doubles the delay, from half a minute
-- to the `longest`; and whenever that has passed, one is forgotten.
CREATE TYPE sign_in_subject AS (subject text, allowed integer, longest interval);

-- No name and no address is kept as it came: what people type into the wrong field is their password. Null without a device.
CREATE FUNCTION sign_in_digest(VARIADIC parts text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN array_position(parts, NULL) IS NULL THEN encode(sha256(convert_to(parts::text, 'UTF8')), 'hex') END;

-- Users and clients have names of their own, and a name's case does not matter. One that nobody has is counted like any other.
CREATE FUNCTION sign_in_account(kind text, username text) RETURNS account
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
	SELECT a.* FROM account a WHERE a.kind = sign_in_account.kind AND a.username = lower(sign_in_account.username)
$$;
REVOKE EXECUTE ON FUNCTION sign_in_account FROM sciday_service;

CREATE FUNCTION sign_in_subjects(kind text, username text, address text, device text) RETURNS sign_in_subject[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT
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
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
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
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(hashtext('sign_in'), hashtext(s.subject))
	   FROM (SELECT u.subject FROM unnest(subjects) u ORDER BY hashtext(u.subject)) s;
	PERFORM limit_sign_ins(subjects);
END
$$;
REVOKE EXECUTE ON FUNCTION limit_sign_ins_again FROM sciday_service;

CREATE FUNCTION count_failed_sign_in(subjects sign_in_subject[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
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
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
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
-- Signing in has three parts, because hashing comes between and must hold no connection: begin_sign_in
-- gives the hash to compare with, then either fail_sign_in or finish_sign_in ends it.

CREATE FUNCTION open_session(session_id uuid, account_id uuid, refresh_digest text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
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

-- What a sign-in is checked against, and whether its device is known. Nothing for an unknown name: it must cost the same as a wrong password.
CREATE FUNCTION begin_sign_in(kind text, username text, address text, device text)
RETURNS TABLE (account_id uuid, password_hash text, is_device_known boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
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
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
	SELECT count_failed_sign_in(sign_in_subjects(kind, username, address, device));
$$;

-- Opens the session, and says whether it did: not if the account was locked, lost its last role or its password changed
-- since begin_sign_in. A client has neither a device nor a refresh token (RFC 6749, section 4.4.3): they are null.
CREATE FUNCTION finish_sign_in(account_id uuid, password_hash text, address text, device text, session_id uuid, refresh_digest text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
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
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
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
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
	SELECT count_failed_sign_in(own_password_subjects());
$$;

---------------------------------------------------------------------------------------------
-- Sessions

-- Trades a refresh token for a new one. Used once more within 30 s, and before its successor, the answer was probably lost:
-- the salt of that successor again. In any other case someone else has it: the whole family ends, and the row has no
-- session_id. No row for one that is unknown or over.
CREATE FUNCTION use_refresh_token(old_digest text, new_digest text, new_salt text)
RETURNS TABLE (session_id uuid, account_id uuid, salt text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
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
	IF token.used_at >= now() - interval '30 seconds' AND token.salt IS NOT NULL THEN
		RETURN QUERY SELECT family.id, family.account_id, token.salt;
		RETURN;
	END IF;
	IF token.used_at IS NOT NULL THEN
		UPDATE session s SET ended_at = now() WHERE s.id = family.id;
		RETURN QUERY SELECT NULL::uuid, family.account_id, NULL;
		RETURN;
	END IF;

	UPDATE session s
	   SET expires_at = greatest(s.expires_at, least(now() + interval '30 days', s.created_at + interval '180 days'))
	 WHERE s.id = family.id;
	UPDATE refresh_token t SET salt = NULL WHERE t.session_id = family.id AND t.salt IS NOT NULL;
	UPDATE refresh_token t SET used_at = now(), salt = new_salt WHERE t.digest = old_digest;
	-- Whoever comes back with an older one than this has had to sign in again anyway.
	DELETE FROM refresh_token t WHERE t.session_id = family.id AND t.used_at < now() - interval '30 days';
	INSERT INTO refresh_token (digest, session_id) VALUES (new_digest, family.id);
	RETURN QUERY SELECT family.id, family.account_id, new_salt;
END
$$;

-- Ends a session by its id or by one of its refresh tokens, and answers whose it was; null for one
-- that is unknown or has ended already, which is no error (RFC 7009, section 2.2).
CREATE FUNCTION end_session(ending_session uuid, refresh_digest text) RETURNS uuid
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
	UPDATE session SET ended_at = now()
	 WHERE id = coalesce(ending_session, (SELECT session_id FROM refresh_token WHERE digest = refresh_digest)) AND ended_at IS NULL
	RETURNING account_id;
$$;

-- The caller's scopes, one for each role, if the session is alive and its account active; else no row, nor without a role.
CREATE FUNCTION caller_scopes(session_id uuid, account_id uuid)
RETURNS TABLE (submitter uuid[], reviewer uuid[], observer uuid[], administrator uuid[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT ROWS 1
AS $$
BEGIN
	RETURN QUERY
	SELECT array_agg(m.organization_id) FILTER (WHERE m.role = 'submitter'),
	       array_agg(m.organization_id) FILTER (WHERE m.role = 'reviewer'),
	       array_agg(m.organization_id) FILTER (WHERE m.role = 'observer'),
	       array_agg(m.organization_id) FILTER (WHERE m.role = 'administrator')
	  FROM session s
	  JOIN account a ON a.id = s.account_id AND a.is_active
	  JOIN membership m ON m.account_id = a.id
	 WHERE s.id = caller_scopes.session_id AND s.account_id = caller_scopes.account_id
	   AND s.ended_at IS NULL AND s.expires_at > now()
	 GROUP BY s.id;
END
$$;
