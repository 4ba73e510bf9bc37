-- Whether an activity takes place: what may be said of it.

-- What is wrong with new dates.
CREATE FUNCTION postponement_findings(c campaign, starts_on date, ends_on date) RETURNS TABLE (pointer text, code text, params jsonb)
LANGUAGE sql STABLE
AS $$
	SELECT f.pointer, f.code, f.params
	  FROM (SELECT jsonb_build_object('starts_on', c.starts_on, 'ends_on', c.ends_on) AS dates) v
	 CROSS JOIN LATERAL (VALUES
		(starts_on NOT BETWEEN c.starts_on AND c.ends_on, '/starts_on', 'outside_campaign', v.dates),
		(ends_on NOT BETWEEN c.starts_on AND c.ends_on, '/ends_on', 'outside_campaign', v.dates),
		(ends_on < starts_on, '/ends_on', 'before_start', NULL)
	) f (is_found, pointer, code, params)
	 WHERE f.is_found
$$;

-- What the caller may say of it now.
CREATE VIEW execution_action WITH (security_invoker) AS
SELECT a.id AS activity_id, n.action, n.ordinal
  FROM activity a
  JOIN campaign c ON c.code = a.campaign_code
  JOIN state_action s ON (s.resource, s.kind, s.status, s.campaign_status, s.roles)
                       = ('execution', a.kind, a.execution, c.status, roles_at(a.ancestors))
 CROSS JOIN LATERAL unnest(s.actions) WITH ORDINALITY n (action, ordinal);
