-- Recipients: who is chosen, and how they look.

-- A subtree that is chosen from must be there.
CREATE FUNCTION check_within(within uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	IF within IS NOT NULL AND NOT EXISTS (SELECT FROM organization o WHERE o.id = within) THEN
		PERFORM refuse_field('/within', 'unknown');
	END IF;
	RETURN true;
END
$$;

-- As the caller sees them. (In plpgsql, which looks for the one, whatever the planner thinks of reading all.)
CREATE FUNCTION is_recipient(campaign_code text, organization_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM recipient r WHERE (r.campaign_code, r.organization_id) = (is_recipient.campaign_code, is_recipient.organization_id));
END
$$;

CREATE VIEW recipient_body WITH (security_invoker) AS
SELECT r.id, r.version, r.campaign_code,
       json_build_object('id', r.id, 'campaign_code', r.campaign_code, 'organization', o.reference, 'organization_kind', p.kind,
                         'version', r.version, 'added_at', instant(r.added_at)) AS body,
       r.organization_id, p.kind AS organization_kind, p.path_ordinal
  FROM recipient r
  JOIN organization p ON p.id = r.organization_id
  JOIN organization_reference o ON o.id = r.organization_id;
