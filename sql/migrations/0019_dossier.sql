-- Who reads a forwarding's dossier by a link, days after its maker has signed out: the maker, with the roles that they
-- have when it is read, and nobody once their account is not active.
CREATE FUNCTION account_scopes(account_id uuid)
RETURNS TABLE (submitter uuid[], reviewer uuid[], observer uuid[], administrator uuid[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1
AS $$
	SELECT array_agg(m.organization_id) FILTER (WHERE m.role = 'submitter'),
	       array_agg(m.organization_id) FILTER (WHERE m.role = 'reviewer'),
	       array_agg(m.organization_id) FILTER (WHERE m.role = 'observer'),
	       array_agg(m.organization_id) FILTER (WHERE m.role = 'administrator')
	  FROM account a
	  LEFT JOIN membership m ON m.account_id = a.id
	 WHERE a.id = account_scopes.account_id AND a.is_active
	 GROUP BY a.id
$$;
