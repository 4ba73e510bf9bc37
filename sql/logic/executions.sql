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

-- What the caller may say of it now; once for each action, whatever roles they have there.
CREATE VIEW execution_action WITH (security_invoker) AS
SELECT a.id AS activity_id, t.action, min(t.ordinal) AS ordinal
  FROM activity a
  JOIN campaign c ON c.code = a.campaign_code
  JOIN transition t ON t.resource = 'execution' AND t.kind = a.kind AND t.from_status = a.execution
 WHERE t.role = ANY (roles_at(a.ancestors)) AND c.status = ANY (t.campaign_statuses)
 GROUP BY a.id, t.action;
