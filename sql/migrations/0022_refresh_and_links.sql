-- A refresh token that is used again gets the same successor, and signed links can be revoked.

---------------------------------------------------------------------------------------------
-- Refresh tokens

-- A token's successor is made of it and of this salt (src/resources/auth.c), so that it can be made again, and by nobody who
-- has only what is kept here. Only the token that was used last has one: whoever uses a successor has had the answer.
ALTER TABLE refresh_token ADD COLUMN salt text;

-- Trades a refresh token for a new one. Used once more within 30 s, and before its successor, the answer was probably lost:
-- the salt of that successor again. In any other case someone else has it: the whole family ends, and the row has no
-- session_id. No row for one that is unknown or over. (Without a salt asks the version that runs until this one replaces it.)
DROP FUNCTION use_refresh_token(text, text);
CREATE FUNCTION use_refresh_token(old_digest text, new_digest text, new_salt text DEFAULT NULL)
RETURNS TABLE (session_id uuid, account_id uuid, salt text)
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

---------------------------------------------------------------------------------------------
-- Signed links

-- How often links to a thing (a document, a forwarding) were revoked: one account's, or everyone's. A link knows how often
-- that was when it was made, and ends with the next time.
CREATE TABLE link_revocation (
	resource_id uuid NOT NULL,
	account_id uuid REFERENCES account ON DELETE CASCADE,
	times integer NOT NULL DEFAULT 1,
	CONSTRAINT link_revocation__account_id__taken UNIQUE NULLS NOT DISTINCT (resource_id, account_id)
);
ALTER TABLE link_revocation ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION link_revocations(resource_id uuid, account_id uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
	SELECT coalesce(sum(r.times), 0)::bigint
	  FROM link_revocation r
	 WHERE r.resource_id = link_revocations.resource_id
	   AND (r.account_id IS NULL OR r.account_id = link_revocations.account_id)
$$;

-- Revokes the links to a thing at an organization: everyone's by whoever reviews or administers there or above, else one's own.
CREATE FUNCTION revoke_links(resource_id uuid, ancestors uuid[]) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	INSERT INTO link_revocation AS r (resource_id, account_id)
	VALUES (revoke_links.resource_id,
	        CASE WHEN ancestors && (caller_scope('reviewer') || caller_scope('administrator')) THEN NULL ELSE caller_id() END)
	ON CONFLICT ON CONSTRAINT link_revocation__account_id__taken DO UPDATE SET times = r.times + 1;
	RETURN true;
END
$$;

-- Its links speak for a session now.
DROP FUNCTION account_scopes;
