-- What every unit begins and ends with, and the day on which something is due.

-- A campaign that is still a draft is its administrators' alone, and so is all that hangs on it (sql/tables/900_access.sql).
-- Looked for once in a unit, and not by each table that the unit reads.
CREATE FUNCTION campaigns_hidden_from(administrator uuid[]) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
	RETURN ARRAY(SELECT c.code FROM campaign c WHERE c.status = 'draft' AND NOT coalesce(c.ancestors && administrator, false));
END
$$;

-- Identity as the service's cache of verified tokens knows it: for reads, and for the anonymous.
CREATE FUNCTION identify(caller text, session text, submitter text, reviewer text, observer text, administrator text,
                         request_id text) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	PERFORM set_config('sciday.caller', coalesce(caller, ''), true),
	        set_config('sciday.session', coalesce(session, ''), true),
	        set_config('sciday.submitter', coalesce(submitter, ''), true),
	        set_config('sciday.reviewer', coalesce(reviewer, ''), true),
	        set_config('sciday.observer', coalesce(observer, ''), true),
	        set_config('sciday.administrator', coalesce(administrator, ''), true),
	        set_config('sciday.hidden_campaigns', campaigns_hidden_from(NULLIF(administrator, '')::uuid[])::text, true),
	        set_config('sciday.request_id', coalesce(request_id, ''), true),
	        set_config('sciday.changed', '', true);
END
$$;

-- Identity for a change, with the memberships as they are now, not as the cache remembers them; and where it comes from, for the trail.
CREATE FUNCTION identify_afresh(session uuid, caller uuid, request_id text, operation text DEFAULT NULL, address_class text DEFAULT NULL)
RETURNS void
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
	                 scopes.administrator::text, request_id),
	        set_config('sciday.operation', coalesce(operation, ''), true),
	        set_config('sciday.address_class', coalesce(address_class, ''), true);
END
$$;

-- For a change that may have found nothing left to do, and is no refusal.
CREATE FUNCTION note_change() RETURNS boolean
LANGUAGE sql VOLATILE
RETURN set_config('sciday.changed', 'true', true) IS NOT NULL;

-- Ends the unit here if it has changed no row: the idempotency key that it claimed is free again.
CREATE FUNCTION check_changed() RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	IF current_setting('sciday.changed', true) = 'true' THEN
		RETURN true;
	END IF;
	RAISE EXCEPTION USING ERRCODE = 'SD000', MESSAGE = 'unchanged';
END
$$;

-- An advisory lock and not the row's: a second request with the key is told at once, instead of waiting for the first.
CREATE FUNCTION claim_idempotency_key(claiming uuid, claimed text, for_operation text, digest text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
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

-- The last local date on which what is due at this instant is in time.
CREATE FUNCTION due_date(due_at timestamptz, time_zone text) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((due_at AT TIME ZONE time_zone) - interval '1 microsecond')::date;
