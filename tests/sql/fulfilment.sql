-- What fulfils an obligation is kept with it: after every kind of change it is what a count from scratch finds.
\ir workflow_setup.psql
SELECT no_plan();

INSERT INTO campaign (code, title, issuer_id, starts_on, ends_on, notice_receipt_due_on, plan_due_on, highlight_due_on, summary_due_on, minimum_highlights, audiences)
VALUES ('kept', '计数', organization('su'), '2021-05-10', '2021-06-30', '2021-05-11', '2021-05-12', '2021-05-12', '2021-06-30', 2,
        ARRAY[('science_workers', '科技工作者')::coded_name]);
INSERT INTO phase (id, campaign_code, ordinal, name, starts_on, ends_on) VALUES (uuid_v7(), 'kept', 1, '第一阶段', '2021-05-10', '2021-06-30');
INSERT INTO module (id, campaign_code, ordinal, code, name) VALUES (uuid_v7(), 'kept', 1, 'unity', '团结引领');
INSERT INTO recipient (id, campaign_code, organization_id) VALUES (uuid_v7(), 'kept', organization('nanjing')), (uuid_v7(), 'kept', organization('wuxi'));
UPDATE campaign SET status = 'open', opened_at = now() WHERE code = 'kept';

-- What is kept of what 南京 owes of this kind, and, if any of it is not what a count from scratch finds, that.
CREATE FUNCTION test.kept(kind text, activity uuid DEFAULT NULL) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
	SELECT concat_ws(', ', o.submitted || ' of ' || o.required, CASE WHEN o.received_at IS NOT NULL THEN 'received' END,
	                 'accepted ' || o.accepted, CASE WHEN o.is_accepted THEN 'enough' END,
	                 CASE WHEN o.effective_due_at <> o.due_at THEN 'put off to ' || o.effective_due_at::date END,
	                 (SELECT 'MISCOUNTED ' || string_agg(m.kind || ' ' || m.differences, '; ') FROM obligation_miscounted m),
	                 (SELECT 'MISTALLIED ' || string_agg(m.kind || ' ' || m.differences, '; ') FROM obligation_mistallied m))
	  FROM public.obligation o
	 WHERE o.campaign_code = 'kept' AND o.organization_id = organization('nanjing') AND o.kind = kept.kind
	   AND (kept.activity IS NULL OR o.activity_id = kept.activity);
END;

-- By the service's own statement, as that person: what came of it, which must be a row.
CREATE FUNCTION test.does(person text, name text, given jsonb) RETURNS uuid
LANGUAGE plpgsql
AS $$
DECLARE
	resource text := substring(name from '_(plan|activity|summary_report|obligation|extension_batch|extension)$');
	id uuid := (given ->> (resource || '_id'))::uuid;
	done text;
BEGIN
	PERFORM become(person);
	given := jsonb_build_object('caller', person(does.person), 'campaign_code', 'kept', 'new_id', uuid_v7(), 'comment', '意见', 'reason', '理由', 'rank', 1,
	                            'action', left(name, -length(resource) - 1), 'organization_id', organization('nanjing')) || given;
	IF id IS NOT NULL AND resource <> 'extension_batch' THEN
		EXECUTE format('SELECT version FROM %I WHERE id = $1', resource) INTO done USING id;
		given := given || jsonb_build_object('version', done);
	END IF;
	done := test.run(name, given);
	PERFORM own();
	IF done IS NULL THEN
		RAISE EXCEPTION '% did nothing as %', name, person;
	END IF;
	RETURN CASE WHEN name LIKE 'create_%' THEN (given ->> 'new_id')::uuid ELSE id END;
END
$$;
CREATE FUNCTION test.begins(title text) RETURNS uuid
LANGUAGE sql
RETURN test.does('nanjing_submitter', 'create_activity', jsonb_build_object('on_behalf', NULL, 'body', jsonb_build_object(
	'organization_id', organization('nanjing'), 'kind', 'highlight', 'title', title, 'modules', '["unity"]'::jsonb, 'starts_on', '2021-05-28', 'location', '广场',
	'audiences', '["science_workers"]'::jsonb, 'expected_participants', 300, 'contact', '{"name": "张三", "mobile": "139"}'::jsonb, 'mailing_address', '某路1号',
	'proposal', '{"approach": "宣讲"}'::jsonb)));
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA test TO PUBLIC;

-- A step each: who does what to what, and what is kept then.
CREATE FUNCTION test.step(person text, name text, given jsonb, kind text, expected text, activity uuid DEFAULT NULL) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM test.does(person, name, given);
	RETURN is(test.kept(kind, activity), expected, format('%s: %s by %s', kind, name, person));
END
$$;

SELECT is(test.kept('notice_receipt'), 'accepted 0', 'a new receipt');
SELECT is(test.kept('plan'), 'accepted 0', 'a new plan');
SELECT is(test.kept('highlights'), '0 of 2, accepted 0', 'new highlights');

-- A receipt: given, it is accepted too, and it is a change of the obligation's.
SELECT o.id AS receipt, o.version AS receipt_version FROM obligation o WHERE o.campaign_code = 'kept' AND o.organization_id = organization('nanjing') AND o.kind = 'notice_receipt' \gset
SELECT test.step('nanjing_submitter', 'acknowledge_obligation', jsonb_build_object('obligation_id', :'receipt'), 'notice_receipt', 'received, accepted 1, enough');
SELECT is((SELECT o.version FROM obligation o WHERE o.id = :'receipt'), :receipt_version + 1, 'and its version has grown once');

-- A plan
SELECT test.does('nanjing_submitter', 'create_plan', '{"title": "方案", "text": "正文"}') AS plan \gset
SELECT jsonb_build_object('plan_id', :'plan') AS of_plan \gset
SELECT is(test.kept('plan'), 'accepted 0', 'a draft is nothing');
SELECT test.step('nanjing_submitter', 'submit_plan', :'of_plan', 'plan', 'received, accepted 0');
SELECT test.step('nanjing_submitter', 'withdraw_plan', :'of_plan', 'plan', 'accepted 0');
SELECT test.step('nanjing_submitter', 'submit_plan', :'of_plan', 'plan', 'received, accepted 0');
SELECT test.step('su_reviewer', 'start_review_plan', :'of_plan', 'plan', 'received, accepted 0');
SELECT test.step('su_reviewer', 'accept_plan', :'of_plan', 'plan', 'received, accepted 1, enough');
SELECT test.step('su_reviewer', 'return_plan', :'of_plan', 'plan', 'received, accepted 0');
SELECT test.step('nanjing_submitter', 'submit_plan', :'of_plan', 'plan', 'received, accepted 0');
SELECT test.step('nanjing_submitter', 'withdraw_plan', :'of_plan', 'plan', 'received, accepted 0');
SELECT test.does('su_administrator', 'waive_obligation', jsonb_build_object('obligation_id', o.id)) FROM obligation o WHERE (o.campaign_code, o.organization_id, o.kind) = ('kept', organization('nanjing'), 'plan') \gset
SELECT is(test.kept('plan'), 'received, accepted 0', 'a waiver moves no count');

-- Highlights
SELECT test.begins('一') AS h1, test.begins('二') AS h2, test.begins('三') AS h3 \gset
SELECT jsonb_build_object('activity_id', :'h1') AS of_h1, jsonb_build_object('activity_id', :'h2') AS of_h2, jsonb_build_object('activity_id', :'h3') AS of_h3 \gset
SELECT is(test.kept('highlights'), '0 of 2, accepted 0', 'three drafts');
SELECT test.step('nanjing_submitter', 'submit_activity', :'of_h1', 'highlights', '1 of 2, accepted 0');
SELECT test.step('nanjing_submitter', 'submit_activity', :'of_h2', 'highlights', '2 of 2, received, accepted 0');
SELECT test.step('nanjing_submitter', 'submit_activity', :'of_h3', 'highlights', '3 of 2, received, accepted 0');
SELECT test.step('su_reviewer', 'accept_activity', :'of_h1', 'highlights', '3 of 2, received, accepted 1');
SELECT test.step('su_reviewer', 'accept_activity', :'of_h2', 'highlights', '3 of 2, received, accepted 2, enough');
SELECT test.step('su_reviewer', 'nominate_activity', :'of_h2', 'highlights', '3 of 2, received, accepted 2, enough');
SELECT test.step('su_reviewer', 'retract_activity', :'of_h2', 'highlights', '3 of 2, received, accepted 2, enough');
SELECT test.step('su_reviewer', 'return_activity', :'of_h2', 'highlights', '3 of 2, received, accepted 1');
SELECT test.step('nanjing_submitter', 'submit_activity', :'of_h2', 'highlights', '3 of 2, received, accepted 1');
SELECT test.step('nanjing_submitter', 'withdraw_activity', :'of_h3', 'highlights', '2 of 2, received, accepted 1');
SELECT test.step('nanjing_submitter', 'withdraw_activity', :'of_h2', 'highlights', '2 of 2, received, accepted 1');
SELECT test.step('su_reviewer', 'return_activity', :'of_h1', 'highlights', '2 of 2, received, accepted 0');
SELECT test.step('su_reviewer', 'submit_on_behalf_activity', :'of_h1'::jsonb || '{"received_on": "2021-05-12"}', 'highlights', '2 of 2, received, accepted 0');
SELECT test.step('su_reviewer', 'accept_activity', :'of_h1', 'highlights', '2 of 2, received, accepted 1');

-- What a highlight owes
SELECT is(test.kept('summary_report', :'h3'), NULL, 'a highlight that was withdrawn owes no report');
SELECT is(test.kept('summary_report', :'h1'), 'accepted 0', 'one that stands does');
SELECT test.does('nanjing_submitter', 'create_summary_report', jsonb_build_object('activity_id', :'h2', 'body', '{"starts_on": "2021-05-28", "location": "广场", "outcomes": "好",
	"participants": [{"audience": "science_workers", "onsite": 280, "online": 1000}]}'::jsonb)) AS report \gset
SELECT jsonb_build_object('summary_report_id', :'report') AS of_report \gset
SELECT is(refusal(format($$SELECT test.does('nanjing_submitter', 'submit_summary_report', %L)$$, :'of_report')), 'P0001', 'a draft has no report to hand in');
SELECT test.does('nanjing_submitter', 'submit_activity', :'of_h2') \gset
SELECT test.step('nanjing_submitter', 'submit_summary_report', :'of_report', 'summary_report', 'received, accepted 0', :'h2');
SELECT test.step('nanjing_submitter', 'withdraw_summary_report', :'of_report', 'summary_report', 'accepted 0', :'h2');
SELECT test.step('nanjing_submitter', 'submit_summary_report', :'of_report', 'summary_report', 'received, accepted 0', :'h2');
SELECT test.step('su_reviewer', 'accept_summary_report', :'of_report', 'summary_report', 'received, accepted 1, enough', :'h2');
SELECT is(test.kept('summary_report', :'h1'), 'accepted 0', 'and it is no other''s');
SELECT test.step('su_reviewer', 'return_summary_report', :'of_report', 'summary_report', 'received, accepted 0', :'h2');
SELECT test.does('nanjing_submitter', 'submit_summary_report', :'of_report'), test.does('su_reviewer', 'accept_summary_report', :'of_report') \gset
-- Both of its submissions withdrawn by hand: what it owed goes, and comes again with its report in it.
SELECT test.does('nanjing_submitter', 'withdraw_activity', :'of_h2') \gset
SELECT test.withdrawal(:'h2', s.id) FROM submission s WHERE s.subject_id = :'h2' AND NOT EXISTS (SELECT FROM review r WHERE r.submission_id = s.id AND r.action = 'withdraw') \gset
SELECT is(test.kept('summary_report', :'h2'), NULL, 'withdrawn altogether, it owes none');
SELECT test.step('nanjing_submitter', 'submit_activity', :'of_h2', 'summary_report', 'received, accepted 1, enough', :'h2');

-- Extensions: the one given last, while it is not revoked; of one that is given before what it puts off exists, too
SELECT test.does('su_administrator', 'create_extension_batch', jsonb_build_object('kinds', '{plan,highlights,summary_report}', 'all_recipients', true, 'organization_ids', NULL, 'due_on', '2021-07-10')) AS batch \gset
SELECT is(test.kept('plan'), 'received, accepted 0, put off to 2021-07-10', 'put off, with all others');
SELECT is(test.kept('summary_report', :'h1'), 'accepted 0, put off to 2021-07-10', 'reports too');
SELECT is((SELECT count(*) FROM obligation o WHERE o.campaign_code = 'kept' AND o.effective_due_at > o.due_at), 6::bigint, 'of both recipients');
SELECT test.does('nanjing_submitter', 'submit_activity', :'of_h3') \gset
SELECT is(test.kept('summary_report', :'h3'), 'accepted 0, put off to 2021-07-10', 'and what is owed only now');
UPDATE extension SET given_at = given_at - interval '1 day' WHERE campaign_code = 'kept';
SELECT test.step('su_administrator', 'create_extension_batch', jsonb_build_object('kinds', '{plan}', 'organization_ids', ARRAY[organization('nanjing')]::text, 'due_on', '2021-07-05'), 'plan', 'received, accepted 0, put off to 2021-07-05');
SELECT test.step('su_administrator', 'revoke_extension', jsonb_build_object('extension_id', e.id), 'plan', 'received, accepted 0, put off to 2021-07-10')
  FROM extension e WHERE e.campaign_code = 'kept' AND e.batch_id <> :'batch';
SELECT test.step('su_administrator', 'revoke_extension_batch', jsonb_build_object('extension_batch_id', :'batch', 'version', 1), 'plan', 'received, accepted 0');
SELECT is((SELECT count(*) FROM obligation o WHERE o.campaign_code = 'kept' AND o.effective_due_at > o.due_at), 0::bigint, 'and with the batch it is as it was, for both');

-- A recipient that is taken off and added again has its extension still.
SELECT test.does('su_administrator', 'create_extension_batch', jsonb_build_object('kinds', '{plan}', 'organization_ids', ARRAY[organization('wuxi')]::text, 'due_on', '2021-07-05')) \gset
DELETE FROM recipient WHERE campaign_code = 'kept' AND organization_id = organization('wuxi');
INSERT INTO recipient (id, campaign_code, organization_id) VALUES (uuid_v7(), 'kept', organization('wuxi'));
SELECT is((SELECT string_agg(o.kind, ' ') FROM obligation o WHERE o.campaign_code = 'kept' AND o.effective_due_at > o.due_at), 'plan', 'an extension outlives the recipient''s removal');

-- What was brought in from elsewhere, in whatever state, and a branch that moves
INSERT INTO activity (id, campaign_code, organization_id, kind, title, status, submission_count) SELECT uuid_v7(), 'kept', organization('nanjing'), 'highlight', '移入', 'accepted', 1;
SELECT is(test.kept('highlights'), '3 of 2, received, accepted 2, enough', 'brought in without its history');
SELECT test.submission(a.id, 1, '2021-05-11') FROM activity a WHERE a.title = '移入' \gset
SELECT is(test.kept('highlights'), '4 of 2, received, accepted 2, enough', 'and with it');
UPDATE organization SET parent_id = organization('zhe') WHERE code = 'nanjing';
SELECT is(test.kept('highlights'), '4 of 2, received, accepted 2, enough', 'moved, it keeps all of it');
UPDATE obligation SET required = 5 WHERE campaign_code = 'kept' AND kind = 'highlights';
SELECT is(test.kept('highlights'), '4 of 5, accepted 2', 'more is required than has come');

-- Nothing of all that was a change of an obligation's but its receipt, a waiver, and what was written by hand.
SELECT is((SELECT string_agg(o.kind || ' ' || o.version, ', ' ORDER BY o.kind) FROM obligation o
            WHERE o.campaign_code = 'kept' AND o.organization_id = organization('nanjing') AND o.activity_id IS NULL), 'highlights 2, notice_receipt 2, plan 2', 'counting changes no version');
SELECT is((SELECT count(*) FROM audit_entry e JOIN obligation o ON o.id::text = e.resource_id
            WHERE e.resource = 'obligation' AND o.campaign_code = 'kept' AND o.organization_id = organization('nanjing') AND o.kind = 'plan' AND e.change = 'updated'), 1::bigint, 'and the trail tells only of the waiver');

-- What is miscounted is told, and mended.
UPDATE obligation SET accepted = 9, submitted = 0, received_at = NULL, effective_due_at = due_at + interval '1 day' WHERE campaign_code = 'kept' AND kind = 'highlights' AND organization_id = organization('nanjing');
SELECT is((SELECT string_agg(m.differences, '; ') FROM obligation_miscounted m WHERE m.campaign_code = 'kept'),
          format('submitted 0 → 4, accepted 9 → 2, effective_due_at %s → %s', o.effective_due_at, o.due_at), 'each figure that is wrong')
  FROM obligation o WHERE o.campaign_code = 'kept' AND o.kind = 'highlights' AND o.organization_id = organization('nanjing');
SELECT is(test.run('recount_obligations', jsonb_build_object('after_id', '00000000-0000-0000-0000-000000000000', 'repair', '')), o.id::text, 'the operator''s command mends it')
  FROM obligation o WHERE o.campaign_code = 'kept' AND o.kind = 'highlights' AND o.organization_id = organization('nanjing');
SELECT is(test.kept('highlights'), '4 of 5, accepted 2', 'and then it is right');
SELECT is((SELECT count(*) FROM obligation_miscounted), 0::bigint, 'as all else is');

-- So are sums: what is wrong, what is missing and what is there for nothing.
UPDATE obligation_tally SET number = number + 1 WHERE campaign_code = 'kept' AND kind = 'plan' AND organization_id = organization('nanjing');
DELETE FROM obligation_tally WHERE campaign_code = 'kept' AND kind = 'highlights' AND organization_id = organization('wuxi');
INSERT INTO obligation_tally
SELECT t.campaign_code, t.organization_id, t.kind, 'late', t.effective_due_at, t.organization_kind, t.counted_ancestors, t.ancestors, 1, 0, 1, 0, 0
  FROM obligation_tally t WHERE t.campaign_code = 'kept' AND t.kind = 'plan' AND t.organization_id = organization('wuxi');
SELECT is((SELECT string_agg(concat_ws(' ', o.code, m.kind, m.differences), '; ' ORDER BY o.code, m.kind)
             FROM obligation_mistallied m JOIN organization o ON o.id = m.organization_id),
          'nanjing plan waived 2/0/1/0/0 → 1/0/1/0/0; wuxi highlights pending - → 1/0/5/0/0; wuxi plan late 1/0/1/0/0 → -', 'each sum that is wrong');
SELECT test.run('recount_sums', jsonb_build_object('after_id', '00000000-0000-0000-0000-000000000000', 'repair', '')) \g /dev/null
SELECT is((SELECT count(*) FROM obligation_mistallied), 0::bigint, 'and then none is');

-- The service may neither count by itself nor write what was counted.
SELECT become('su_administrator') \gset
SELECT is(refusal('UPDATE obligation SET accepted = 1'), '42501', 'no one writes a count');
SELECT is(refusal($$SELECT recount_obligations('kept', '{}', '{}')$$), '42501', 'nor has it counted');
SELECT is(refusal('DELETE FROM obligation_tally'), '42501', 'nor a sum');
SELECT own() \gset

SELECT * FROM finish();
ROLLBACK;
