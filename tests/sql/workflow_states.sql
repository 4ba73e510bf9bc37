-- Every state × action × person of domain.md's table of states, through the service's own statements.
\ir workflow_setup.psql
SELECT no_plan();

-- The table as domain.md has it, written out a second time on purpose.
CREATE TABLE test.allowed (resource text, kind text, from_status text, action text, to_status text, person text);
INSERT INTO test.allowed
SELECT r.resource, r.kind, a.from_status, a.action, a.to_status, p.person
  FROM (VALUES ('plan', NULL), ('activity', 'highlight')) r (resource, kind)
 CROSS JOIN (VALUES
	('draft', 'submit', 'submitted', 'submitter'), ('returned', 'submit', 'submitted', 'submitter'),
	('submitted', 'withdraw', 'draft', 'submitter'),
	('submitted', 'start_review', 'under_review', 'reviewer'),
	('submitted', 'return', 'returned', 'reviewer'), ('under_review', 'return', 'returned', 'reviewer'), ('accepted', 'return', 'returned', 'reviewer'),
	('submitted', 'accept', 'accepted', 'reviewer'), ('under_review', 'accept', 'accepted', 'reviewer'),
	('accepted', 'nominate', 'nominated', 'reviewer'), ('nominated', 'retract', 'accepted', 'reviewer')) a (from_status, action, to_status, role)
  JOIN (VALUES ('submitter', 'nanjing_submitter'), ('submitter', 'nanjing_submitter_zhe_reviewer'), ('reviewer', 'su_reviewer')) p (role, person) USING (role)
 WHERE r.kind = 'highlight' OR a.action NOT IN ('nominate', 'retract')
UNION ALL
SELECT 'activity', k.kind, a.from_status, a.action, a.to_status, 'su_administrator'
  FROM (VALUES ('programme'), ('event')) k (kind)
 CROSS JOIN (VALUES ('draft', 'publish', 'published'), ('published', 'unpublish', 'draft')) a (from_status, action, to_status);

CREATE TABLE test.cell AS
SELECT s.resource, s.kind, s.status, a.action, p.name AS person
  FROM (VALUES ('plan', NULL, '{draft,submitted,under_review,returned,accepted}'::text[]),
               ('activity', 'highlight', '{draft,submitted,under_review,returned,accepted,nominated}'),
               ('activity', 'programme', '{draft,published}'),
               ('activity', 'event', '{draft,published}')) r (resource, kind, statuses)
 CROSS JOIN LATERAL (SELECT r.resource, r.kind, unnest(r.statuses) AS status) s
  JOIN LATERAL unnest('{submit,withdraw,start_review,return,accept,nominate,retract,publish,unpublish}'::text[]) a (action)
    ON r.resource = 'activity' OR a.action NOT IN ('nominate', 'retract', 'publish', 'unpublish')
 CROSS JOIN unnest('{nanjing_submitter,nanjing_reviewer,nanjing_observer,nanjing_administrator,wuxi_submitter,su_submitter,su_reviewer,
	su_observer,su_administrator,zhe_reviewer,zhe_administrator,nanjing_submitter_zhe_reviewer,hangzhou_submitter,nobody}'::text[]) p (name);
GRANT SELECT ON test.allowed, test.cell TO PUBLIC;

-- What came of it: 'done: submitted, history 1' or the refusal; 'not_found' for what the person does not see.
CREATE FUNCTION test.attempt(resource text, kind text, status text, action text, person text) RETURNS TABLE (outcome text, offered boolean)
LANGUAGE plpgsql
AS $$
DECLARE
	subject uuid;
	given jsonb;
	refused text;
	body json;
BEGIN
	BEGIN
		subject := CASE resource
			WHEN 'plan' THEN test.plan(status)
			ELSE test.activity(kind, status, CASE kind WHEN 'highlight' THEN 'nanjing' ELSE 'su' END) END;
		PERFORM become(person);
		body := test.run('get_' || resource, jsonb_build_object(resource || '_id', subject));
		offered := coalesce((body ->> 'allowed_actions')::jsonb ? action, false);
		given := jsonb_build_object(resource || '_id', subject, 'version', 1, 'action', action, 'comment', '意见', 'rank', 1, 'reason', '理由',
		                            'caller', person(attempt.person));
		IF test.run(action || '_' || resource, given) = subject::text THEN
			body := test.run('get_' || resource, given);
			PERFORM own();
			outcome := format('done: %s, history %s', body ->> 'status',
			                  (SELECT count(*) FROM review r WHERE r.subject_id = subject AND r.action = attempt.action));
		ELSE
			outcome := coalesce(test.run('refuse_' || resource, given), 'not_found');
		END IF;
		RAISE EXCEPTION USING ERRCODE = 'SD999';
	EXCEPTION
		WHEN SQLSTATE 'SD999' THEN
			PERFORM own();
	END;
	RETURN NEXT;
END
$$;

-- Who sees it at all in this state.
CREATE FUNCTION test.sees(c test.cell) RETURNS boolean
LANGUAGE sql
RETURN CASE
	WHEN c.resource = 'activity' AND c.status IN ('accepted', 'nominated', 'published') THEN true
	WHEN c.person = 'su_administrator' THEN true
	WHEN c.kind IN ('programme', 'event') THEN c.person = 'su_submitter' -- the province's own
	WHEN c.person IN ('su_reviewer', 'su_observer') THEN c.status <> 'draft'
	ELSE c.person IN ('nanjing_submitter', 'nanjing_submitter_zhe_reviewer', 'nanjing_administrator') END;

SELECT is(t.outcome || CASE WHEN t.offered THEN ' (offered)' ELSE '' END,
          CASE WHEN l.action IS NOT NULL THEN format('done: %s, history 1 (offered)', l.to_status)
               WHEN NOT test.sees(c) THEN 'not_found'
               WHEN EXISTS (SELECT FROM test.allowed o
                             WHERE (o.resource, o.from_status, o.action) = (c.resource, c.status, c.action) AND o.kind IS NOT DISTINCT FROM c.kind)
               THEN 'role_not_held_here'
               ELSE 'transition_not_allowed' END,
          format('%s %s by %s', concat_ws(' ', c.status, c.kind, c.resource), c.action, c.person))
  FROM test.cell c
 CROSS JOIN LATERAL test.attempt(c.resource, c.kind, c.status, c.action, c.person) t
  LEFT JOIN test.allowed l ON (l.resource, l.from_status, l.action, l.person) = (c.resource, c.status, c.action, c.person)
       AND l.kind IS NOT DISTINCT FROM c.kind;

SELECT * FROM finish();