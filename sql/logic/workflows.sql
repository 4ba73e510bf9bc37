-- What plans, activities and summary reports share of their life.

CREATE VIEW workflows_body WITH (security_invoker) AS
SELECT json_build_object('workflows', json_agg(json_build_object(
           'resource', w.resource, 'kind', w.kind, 'initial_status', CASE w.resource WHEN 'execution' THEN 'planned' ELSE 'draft' END,
           'transitions', w.transitions) ORDER BY w.first)) AS body
  FROM (
	SELECT t.resource, t.kind, min(t.ordinal) AS first,
	       json_agg(json_build_object('action', t.action, 'from_status', t.from_status, 'to_status', t.to_status, 'role', t.role,
	                                  'campaign_statuses', t.campaign_statuses) ORDER BY t.ordinal) AS transitions
	  FROM transition t
	 GROUP BY t.resource, t.kind) w;
