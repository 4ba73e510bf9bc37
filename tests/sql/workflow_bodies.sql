-- What a body says by the values of its row is what the views say that refusals, statements and triggers ask: for each
-- subject, in each state, to everyone.
\ir workflow_setup.psql
SELECT no_plan();

INSERT INTO recipient (id, campaign_code, organization_id) VALUES (uuid_v7(), 'test', organization('xuanwu')), (uuid_v7(), 'test', organization('society'));
SELECT test.plan(p.status, p.organization)
  FROM (VALUES ('draft', 'nanjing'), ('submitted', 'wuxi'), ('returned', 'xuanwu'), ('accepted', 'society')) p (status, organization) \g /dev/null
SELECT test.activity('highlight', s) FROM unnest('{draft,submitted,under_review,returned,accepted,nominated}'::text[]) s \g /dev/null
SELECT test.activity(k, s, 'su') FROM unnest('{programme,event}'::text[]) k, unnest('{draft,published}'::text[]) s \g /dev/null
INSERT INTO summary_report (id, activity_id, status, submission_count)
SELECT uuid_v7(), a.id, CASE WHEN a.kind <> 'highlight' OR a.status = 'accepted' THEN 'accepted' ELSE a.status END, (a.status <> 'draft')::integer
  FROM activity a
 WHERE a.status IN ('draft', 'submitted', 'returned', 'accepted', 'published');
-- One was entered for its author; of two drafts one was submitted and withdrawn, and one came back, and was withdrawn then.
UPDATE plan SET entered_by = person('su_reviewer') WHERE status = 'draft';
SELECT test.activity('highlight', 'draft') FROM generate_series(1, 2) \g /dev/null
UPDATE activity a SET submission_count = n.number FROM (
	SELECT d.id, row_number() OVER (ORDER BY d.id) - 1 AS number FROM activity d WHERE d.kind = 'highlight' AND d.status = 'draft') n
 WHERE a.id = n.id;
SELECT test.submission(l.id, n, '2021-05-11') FROM subject_life l, generate_series(1, l.submission_count) n \g /dev/null
SELECT test.withdrawal(s.subject_id, s.id)
  FROM submission s JOIN activity a ON a.id = s.subject_id AND a.status = 'draft'
 WHERE s.number = a.submission_count \g /dev/null
UPDATE activity SET correction_due_at = '2021-06-01' WHERE status = 'returned';

CREATE FUNCTION test.disagreements() RETURNS TABLE (resource text, kind text, status text, what text, body text, view text)
LANGUAGE sql
BEGIN ATOMIC
	SELECT l.resource, l.kind, l.status, v.what, v.body, v.view
	  FROM subject_life l
	 CROSS JOIN LATERAL (
		SELECT b.body::jsonb FROM plan_body b WHERE l.resource = 'plan' AND b.id = l.id
		UNION ALL
		SELECT b.body::jsonb FROM activity_body b WHERE l.resource = 'activity' AND b.id = l.id
		UNION ALL
		SELECT b.body::jsonb FROM summary_report_body b WHERE l.resource = 'summary_report' AND b.id = l.id) b
	 CROSS JOIN LATERAL (VALUES
		('allowed_actions', b.body ->> 'allowed_actions', to_jsonb(ARRAY(
			SELECT n.action FROM subject_action n WHERE n.resource = l.resource AND n.subject_id = l.id ORDER BY n.ordinal))::text),
		('due_at', b.body ->> 'due_at', (SELECT instant(d.due_at) FROM subject_due d WHERE d.resource = l.resource AND d.id = l.id))) v (what, body, view)
	 WHERE v.body IS DISTINCT FROM v.view;
END;
GRANT EXECUTE ON FUNCTION test.disagreements TO PUBLIC;

SELECT add_person('su_everything', o, r)
  FROM (VALUES ('nanjing', 'submitter'), ('su', 'submitter'), ('su', 'reviewer'), ('su', 'observer'), ('su', 'administrator')) v (o, r) \g /dev/null
SELECT format('SELECT become(%L)', who), format('SELECT is_empty($$SELECT * FROM test.disagreements()$$, %L)', 'as ' || coalesce(who, 'anyone') || ' sees it'),
       'SELECT own()'
  FROM unnest(ARRAY['nanjing_submitter', 'wuxi_submitter', 'su_submitter', 'su_reviewer', 'su_observer', 'su_administrator', 'nanjing_reviewer',
                    'nanjing_administrator', 'nanjing_submitter_zhe_reviewer', 'hangzhou_submitter', 'su_everything', NULL]) who \gexec

-- And it is not that nothing is there.
SELECT become('su_everything') \gset
SELECT results_eq($$SELECT l.resource, count(*)::integer FROM subject_life l GROUP BY 1 ORDER BY 1$$,
                  $$VALUES ('activity', 12), ('plan', 4), ('summary_report', 8)$$, 'all of them are seen');
SELECT * FROM finish();
