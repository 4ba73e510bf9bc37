-- Signed links: how they are revoked.

CREATE FUNCTION link_revocations(resource_id uuid, account_id uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
	SELECT coalesce(sum(r.times), 0)::bigint
	  FROM link_revocation r
	 WHERE r.resource_id = link_revocations.resource_id
	   AND (r.account_id IS NULL OR r.account_id = link_revocations.account_id)
$$;

-- Revokes the links to a thing at an organization: everyone's by whoever reviews or administers there or above, else one's own.
CREATE FUNCTION revoke_links(resource_id uuid, ancestors uuid[]) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
	INSERT INTO link_revocation AS r (resource_id, account_id)
	VALUES (revoke_links.resource_id,
	        CASE WHEN ancestors && (caller_scope('reviewer') || caller_scope('administrator')) THEN NULL ELSE caller_id() END)
	ON CONFLICT ON CONSTRAINT link_revocation__account_id__taken DO UPDATE SET times = r.times + 1;
	RETURN true;
END
$$;
