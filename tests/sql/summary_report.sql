-- Summary reports: every cell of their states, who sees them, what is wrong with them, and the verdicts
-- that follow from them; and the execution of activities. Through the service's own statements.
\ir workflow_setup.psql
SELECT no_plan();

CREATE FUNCTION test.report(of_activity uuid, status text, submission_count integer DEFAULT NULL) RETURNS uuid
LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
	INSERT INTO public.summary_report (id, activity_id, status, submission_count, starts_on, location, participants, outcomes)
	VALUES (public.uuid_v7(), of_activity, report.status, coalesce(report.submission_count, CASE report.status WHEN 'draft' THEN 0 ELSE 1 END),
		'2021-05-28', '市民广场', ARRAY[('science_workers', 280, 1000)::public.participant_count], '反响热烈')
	RETURNING id;
END;

-- As domain.md has it, written out a second time on purpose.
CREATE TABLE test.allowed (kind text, from_status text, action text, to_status text, person text);
INSERT INTO test.allowed
SELECT 'highlight', a.from_status, a.action, a.to_status, p.person
  FROM (VALUES
	('draft', 'submit', 'submitted', 'submitter'), ('returned', 'submit', 'submitted', 'submitter'),
	('submitted', 'withdraw', 'draft', 'submitter'),
	('submitted', 'start_review', 'under_review', 'reviewer'),
	('submitted', 'return', 'returned', 'reviewer'), ('under_review', 'return', 'returned', 'reviewer'), ('accepted', 'return', 'returned', 'reviewer'),
	('submitted', 'accept', 'accepted', 'reviewer'), ('under_review', 'accept', 'accepted', 'reviewer')) a (from_status, action, to_status, role)
  JOIN (VALUES ('submitter', 'nanjing_submitter'), ('submitter', 'nanjing_submitter_zhe_reviewer'), ('reviewer', 'su_reviewer')) p (role, person) USING (role)
UNION ALL
SELECT k.kind, a.from_status, a.action, a.to_status, 'su_administrator'
  FROM (VALUES ('programme'), ('event')) k (kind)
 CROSS JOIN (VALUES ('draft', 'submit', 'accepted'), ('accepted', 'withdraw', 'draft')) a (from_status, action, to_status);

CREATE FUNCTION test.attempt(kind text, status text, action text, person text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	subject uuid;
	given jsonb;
	outcome text;
BEGIN
	BEGIN
		subject := test.report(test.activity(kind, CASE kind WHEN 'highlight' THEN 'submitted' ELSE 'published' END,
			CASE kind WHEN 'highlight' THEN 'nanjing' ELSE 'su' END), status);
		PERFORM become(person);
		given := jsonb_build_object('summary_report_id', subject, 'version', 1, 'action', action, 'comment', '意见', 'caller', person(attempt.person));
		outcome := CASE WHEN (test.run('get_summary_report', given)::json ->> 'allowed_actions')::jsonb ? action THEN ' (offered)' ELSE '' END;
		IF test.run(action || '_summary_report', given) = subject::text THEN
			outcome := format('done: %s%s', test.run('get_summary_report', given)::json ->> 'status', outcome);
			PERFORM own();
			outcome := outcome || format(', history %s', (SELECT count(*) FROM review r WHERE r.subject_id = subject AND r.action = attempt.action));
		ELSE
			outcome := coalesce(test.run('refuse_summary_report', given), 'not_found') || outcome;
		END IF;
		RAISE EXCEPTION USING ERRCODE = 'SD999';
	EXCEPTION
		WHEN SQLSTATE 'SD999' THEN
			PERFORM own();
	END;
	RETURN outcome;
END
$$;

-- Who sees it at all in this state: the accepted ones of published activities, everyone; of highlights that
-- are but submitted, those there alone.
CREATE FUNCTION test.sees(kind text, status text, person text) RETURNS boolean
LANGUAGE sql
RETURN CASE
	WHEN person = 'su_administrator' THEN true
	WHEN kind <> 'highlight' THEN status = 'accepted' OR person = 'su_submitter'
	WHEN person IN ('su_reviewer', 'su_observer') THEN status <> 'draft'
	ELSE person IN ('nanjing_submitter', 'nanjing_submitter_zhe_reviewer', 'nanjing_administrator') END;

SELECT is(test.attempt(r.kind, s.status, a.action, p.person),
          CASE WHEN l.action IS NOT NULL THEN format('done: %s (offered), history 1', l.to_status)
               WHEN NOT test.sees(r.kind, s.status, p.person) THEN 'not_found'
               WHEN EXISTS (SELECT FROM test.allowed o WHERE (o.kind, o.from_status, o.action) = (r.kind, s.status, a.action)) THEN 'role_not_held_here'
               ELSE 'transition_not_allowed' END,
          format('the %s report of a %s, %s by %s', s.status, r.kind, a.action, p.person))
  FROM (VALUES ('highlight', '{draft,submitted,under_review,returned,accepted}'::text[]), ('programme', '{draft,accepted}'), ('event', '{draft,accepted}')) r (kind, statuses)
 CROSS JOIN LATERAL unnest(r.statuses) s (status)
 CROSS JOIN unnest('{submit,withdraw,start_review,return,accept}'::text[]) a (action)
 CROSS JOIN unnest('{nanjing_submitter,nanjing_reviewer,nanjing_administrator,wuxi_submitter,su_submitter,su_reviewer,su_observer,su_administrator,
	zhe_reviewer,zhe_administrator,nanjing_submitter_zhe_reviewer,nobody}'::text[]) p (person)
  LEFT JOIN test.allowed l ON (l.kind, l.from_status, l.action, l.person) = (r.kind, s.status, a.action, p.person);

-- What is named must be there; what is missing is named, all of it at once.
SELECT test.activity('highlight', 'submitted') AS activity \gset
SELECT uuid_v7() AS report \gset
UPDATE activity SET targets = ARRAY[(NULL, '报告会', '场', 3, true), (NULL, '听众', '人', 300, false)]::target[] WHERE id = :'activity';
SELECT (targets[1]).id AS first, (targets[2]).id AS second FROM activity WHERE id = :'activity' \gset
CREATE FUNCTION test.errors(refusal text) RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(concat_ws(' ', e ->> 'pointer', e ->> 'code'), ', ')
          FROM jsonb_array_elements(substring(refusal from '\{.*')::jsonb -> 'errors') e);
CREATE FUNCTION test.found(report uuid) RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT string_agg(concat_ws(' ', CASE WHEN f.is_error THEN '' ELSE '(warning)' END || f.pointer, f.code, f.params ->> 'name'), ', ')
	  FROM public.summary_report r CROSS JOIN LATERAL summary_report_findings(r) f WHERE r.id = found.report;
END;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA test TO PUBLIC;
SELECT become('nanjing_submitter') \gset
SELECT is(test.errors(test.refusal('create_summary_report', jsonb_build_object('new_id', :'report', 'activity_id', :'activity', 'body', jsonb_build_object(
	'participants', '[{"audience": "nobody", "onsite": 1, "online": 0}, {"onsite": 1, "online": 0}, {"onsite": 2, "online": 0}]'::jsonb,
	'target_actuals', jsonb_build_array(jsonb_build_object('target_id', :'first'), jsonb_build_object('target_id', :'first'), jsonb_build_object('target_id', :'report')))))),
	'/participants/0/audience unknown_audience, /participants/2/audience duplicate_item, /target_actuals/2/target_id unknown, /target_actuals/1/target_id duplicate_item',
	'what is named must exist, and once');
SELECT is(test.run('create_summary_report', jsonb_build_object('new_id', :'report', 'activity_id', :'activity', 'body', '{}'::jsonb)), :'report', 'a draft may be empty');
SELECT is(test.refusal('create_summary_report', jsonb_build_object('new_id', uuid_v7(), 'activity_id', :'activity', 'body', '{}'::jsonb)), 'already_exists', 'one for each activity');

SELECT is(test.found(:'report'), '/starts_on required, /location location_or_online_required, /participants participants_required, '
          '/target_actuals target_actual_required 报告会, /target_actuals target_actual_required 听众, /outcomes required', 'all that is missing');
SELECT is(test.run('patch_summary_report', jsonb_build_object('summary_report_id', :'report', 'version', 1, 'patch', jsonb_build_object(
	'starts_on', '2021-07-01', 'ends_on', '2100-01-01', 'is_online', true, 'participants', '[{"audience": "science_workers", "onsite": 280, "online": 1000}, {"onsite": 20, "online": 0}]'::jsonb,
	'target_actuals', jsonb_build_array(jsonb_build_object('target_id', :'first', 'actual', 3), jsonb_build_object('target_id', :'second')),
	'media_coverage', '[{"title": "报道", "medium": "新华日报", "published_on": "2021-05-29"}]'::jsonb))), :'report', 'its author writes it');
SELECT is(test.found(:'report'), '/ends_on in_future, (warning)/starts_on outside_campaign, (warning)/ends_on outside_campaign, /online_url required, '
          '/target_actuals/1/actual required, /outcomes required', 'and all that is wrong');
SELECT is(test.run('refuse_summary_report', jsonb_build_object('summary_report_id', :'report', 'version', 2, 'action', 'submit')), 'form_incomplete', 'which stops a submission');
SELECT test.run('patch_summary_report', jsonb_build_object('summary_report_id', :'report', 'version', 2, 'patch', jsonb_build_object(
	'starts_on', '2021-05-28', 'ends_on', NULL, 'online_url', 'https://example.org/', 'outcomes', '反响热烈',
	'target_actuals', jsonb_build_array(jsonb_build_object('target_id', :'first', 'actual', 3), jsonb_build_object('target_id', :'second', 'actual', 310, 'note', '另有直播'))))) \gset
SELECT is(test.found(:'report'), NULL, 'until it is complete');
SELECT is(b.body -> 'participants_total' ->> 'onsite' || ' ' || (b.body -> 'participants_total' ->> 'online') || ' ' || (b.body -> 'participants_total' ->> 'total'), '300 1000 1300', 'totals')
  FROM summary_report_body b WHERE b.id = :'report';
SELECT is(concat_ws(' ', t ->> 'name', t ->> 'planned', t ->> 'actual', t ->> 'note'), '听众 300 310 另有直播', 'a target with its actual figure')
  FROM summary_report_body b CROSS JOIN LATERAL (SELECT b.body -> 'target_actuals' -> 1 AS t) t WHERE b.id = :'report';
SELECT own() \gset
SAVEPOINT complete;
UPDATE activity SET execution = 'cancelled', execution_reason = '防汛' WHERE id = :'activity';
SELECT is(test.found(:'report'), ' activity_cancelled', 'a cancelled activity has nothing to report');
ROLLBACK TO complete;
UPDATE activity SET status = 'returned' WHERE id = :'activity';
UPDATE activity SET targets = targets[1:1] WHERE id = :'activity';
SELECT is(test.found(:'report'), '/target_actuals/1/target_id unknown', 'a target that is gone since');
ROLLBACK TO complete;

-- Verdicts
CREATE FUNCTION test.verdict(activity uuid) RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT concat_ws(', originally ', o.verdict, nullif(o.original_verdict, o.verdict))
	  FROM obligation_judged o WHERE o.kind = 'summary_report' AND o.activity_id = verdict.activity;
END;
CREATE FUNCTION test.reported(report uuid, number integer, at timestamptz) RETURNS uuid
LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
	INSERT INTO public.submission (subject_id, number, submitted_at, submitted_by, content)
	VALUES (report, number, at, public.person('nanjing_submitter'), '{}') RETURNING id;
END;
SELECT is(test.verdict(:'activity'), NULL, 'nothing is owed for what history knows no submission of');
SELECT test.submission(:'activity', 1, '2021-05-11T00:00:00Z') AS handed_in \gset
SELECT is(test.verdict(:'activity'), 'overdue', 'submitted, it owes a report');
SAVEPOINT owed;
SELECT test.reported(:'report', 1, '2021-06-30T15:59:59Z') AS one \gset
SELECT is(test.verdict(:'activity'), 'on_time', 'received one second before it is due');
SELECT test.reported(:'report', 2, '2021-07-10T00:00:00Z') \gset
SELECT is(test.verdict(:'activity'), 'on_time', 'a correction changes no verdict');
INSERT INTO review (subject_id, submission_id, action, from_status, to_status, by_user)
VALUES (:'report', :'one', 'withdraw', 'submitted', 'draft', person('nanjing_submitter'));
SELECT is(test.verdict(:'activity'), 'late', 'the first that was not withdrawn counts');
SELECT is((SELECT string_agg(concat_ws(' ', s.summary::json ->> 'number', s.summary::json ->> 'is_late', s.summary::json ->> 'late_by_seconds'), ', ' ORDER BY s.number)
             FROM submission_summary s WHERE s.subject_id = :'report'), '1 false 0, 2 true 806400', 'each submission says so itself');
INSERT INTO extension (campaign_code, organization_id, kind, due_at, reason, given_by)
VALUES ('test', organization('nanjing'), 'summary_report', '2021-07-15T16:00:00Z', '防汛', person('su_administrator'));
SELECT is(test.verdict(:'activity'), 'extended_on_time, originally late', 'an extension of its kind works too');
ROLLBACK TO owed;
SELECT test.reported(:'report', 1, '2021-06-30T16:00:00Z') \gset
SELECT is(test.verdict(:'activity'), 'late', 'received when it was due');
ROLLBACK TO owed;
INSERT INTO review (subject_id, submission_id, action, from_status, to_status, by_user)
VALUES (:'activity', :'handed_in', 'withdraw', 'submitted', 'draft', person('nanjing_submitter'));
SELECT is(test.verdict(:'activity'), NULL, 'withdrawing the highlight takes it back');
ROLLBACK TO owed;

-- The whole way, by the people: submitted, returned, corrected, accepted, and then everyone's once the highlight is.
CREATE FUNCTION test.does(person text, action text, report uuid, version integer, given jsonb DEFAULT '{}') RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	done text;
BEGIN
	PERFORM become(person);
	done := test.run(action || '_summary_report', jsonb_build_object('summary_report_id', report, 'version', version, 'action', action, 'caller', person(does.person)) || given);
	PERFORM own();
	RETURN CASE WHEN done IS NOT NULL THEN (SELECT r.status FROM summary_report r WHERE r.id = report) END;
END
$$;
SELECT is(test.does('nanjing_submitter', 'submit', :'report', 3), 'submitted', 'submitted');
SELECT is(test.does('su_reviewer', 'return', :'report', 4, '{"comment": "请补充", "correction_due_at": "2100-01-01T00:00:00Z"}'), 'returned', 'returned');
SELECT is(test.does('nanjing_submitter', 'submit', :'report', 4), NULL, 'not by an old version');
SELECT is(test.does('nanjing_submitter', 'submit', :'report', 5), 'submitted', 'corrected');
SELECT is(test.does('su_reviewer', 'accept', :'report', 6, '{"comment": "同意"}'), 'accepted', 'accepted');
SELECT is((SELECT string_agg(r.action || ' ' || s.number, ', ' ORDER BY r.id) FROM review r JOIN submission s ON s.id = r.submission_id WHERE r.subject_id = :'report'),
          'submit 1, return 1, submit 2, accept 2', 'its history names the submissions');
SELECT is((SELECT s.digest = content_digest(summary_report_content(r)) FROM submission s JOIN summary_report r ON r.id = s.subject_id
            WHERE r.id = :'report' AND s.number = 2), true, 'what was submitted is frozen as it was');
SELECT become('nobody') \gset
SELECT is((SELECT count(*)::integer FROM summary_report), 0, 'not the public''s while the highlight is not');
SELECT own() \gset
UPDATE activity SET status = 'accepted' WHERE id = :'activity';
SELECT become('nobody') \gset
SELECT is((SELECT concat_ws(' ', b.body ->> 'outcomes', b.body -> 'allowed_actions', b.body ->> 'correction') FROM summary_report_body b WHERE b.id = :'report'), '反响热烈 []', 'and then it is');
SELECT is(test.refusal('list_summary_report_reviews', jsonb_build_object('summary_report_id', :'report', 'limit', 10)), 'role_not_held_here', 'but its history is not');
SELECT is(test.refusal('list_summary_report_submissions', jsonb_build_object('summary_report_id', :'report', 'limit', 10)), 'role_not_held_here', 'nor what was submitted');
SELECT own() \gset

-- History says only what the caller may do to what it is about.
SELECT become('su_administrator') \gset
SELECT is(refusal(format($$INSERT INTO review (subject_id, action, from_status, to_status, by_user) VALUES (%L, 'submit', 'draft', 'accepted', %L)$$, :'activity', person('su_administrator'))),
          '42501', 'a transition of reports is none of activities');
SELECT own() \gset

-- ---- Execution ------------------------------------------------------------------------------

CREATE FUNCTION test.executes(person text, action text, activity uuid, given jsonb DEFAULT '{}') RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	values jsonb;
	done text;
	offered boolean;
BEGIN
	values := jsonb_build_object('activity_id', activity, 'version', (SELECT a.version FROM activity a WHERE a.id = activity), 'action', action,
	                             'caller', person(executes.person), 'body', given) || given;
	PERFORM become(person);
	offered := ((SELECT b.body ->> 'execution_actions' FROM activity_body b WHERE b.id = activity))::jsonb ? action;
	done := test.run(action || '_execution', values);
	IF done IS NULL THEN
		done := coalesce(test.run('refuse_execution', values), 'not_found');
	ELSE
		done := (SELECT concat_ws(' ', b.body ->> 'execution', b.body ->> 'execution_reason', b.body -> 'postponed_to' ->> 'starts_on') FROM activity_body b WHERE b.id = activity);
	END IF;
	PERFORM own();
	RETURN done || CASE WHEN offered THEN ' (offered)' ELSE '' END;
END
$$;

SELECT test.activity('highlight', 'accepted') AS highlight, test.activity('highlight', 'draft') AS drafted, test.activity('event', 'published', 'su') AS event \gset
SELECT is(test.executes(v.person, v.action, CASE v.activity WHEN 'highlight' THEN :'highlight' WHEN 'drafted' THEN :'drafted' ELSE :'event' END::uuid, v.given), v.expected,
          format('%s: %s by %s', v.activity, v.action, v.person))
  FROM (VALUES
	(1, 'nanjing_submitter', 'postpone', 'highlight', '{"reason": "防汛", "starts_on": "2021-06-05"}'::jsonb, 'postponed 防汛 2021-06-05 (offered)'),
	(2, 'su_reviewer', 'postpone', 'highlight', '{"reason": "再延", "starts_on": "2021-06-10", "ends_on": "2021-06-11"}', 'postponed 再延 2021-06-10 (offered)'),
	(3, 'su_reviewer', 'postpone', 'highlight', '{"reason": "太晚", "starts_on": "2021-07-01"}', 'validation_failed (offered)'),
	(4, 'su_reviewer', 'postpone', 'highlight', '{"reason": "倒置", "starts_on": "2021-06-10", "ends_on": "2021-06-09"}', 'validation_failed (offered)'),
	(5, 'wuxi_submitter', 'hold', 'highlight', '{}', 'role_not_held_here'),
	(6, 'su_administrator', 'hold', 'highlight', '{}', 'role_not_held_here'),
	(7, 'nanjing_submitter', 'hold', 'highlight', '{}', 'held 2021-06-10 (offered)'),
	(8, 'nanjing_submitter', 'cancel', 'highlight', '{"reason": "疫情"}', 'transition_not_allowed'),
	(9, 'su_reviewer', 'resume', 'highlight', '{}', 'planned (offered)'),
	(10, 'nanjing_submitter', 'cancel', 'highlight', '{"reason": "疫情"}', 'cancelled 疫情 (offered)'),
	(11, 'nanjing_submitter', 'hold', 'highlight', '{}', 'transition_not_allowed'),
	(12, 'su_reviewer', 'hold', 'drafted', '{}', 'not_found'),
	(13, 'nanjing_submitter', 'postpone', 'drafted', '{"reason": "防汛", "starts_on": "2021-06-05"}', 'postponed 防汛 2021-06-05 (offered)'),
	(14, 'su_reviewer', 'cancel', 'event', '{"reason": "疫情"}', 'role_not_held_here'),
	(15, 'su_administrator', 'hold', 'event', '{}', 'held (offered)')) v (ordinal, person, action, activity, given, expected);
SELECT is((SELECT string_agg(concat_ws(' ', r.action, r.to_status, r.reason, r.starts_on), ', ' ORDER BY r.id) FROM review r WHERE r.subject_id = :'highlight'),
          'postpone postponed 防汛 2021-06-05, postpone postponed 再延 2021-06-10, hold held, resume planned, cancel cancelled 疫情', 'all of it is in the history');
SELECT is(refusal(format($$UPDATE activity SET execution = 'held', execution_reason = NULL WHERE id = %L$$, :'highlight')), 'no_transition', 'no way but a row''s');
UPDATE campaign SET status = 'closed', closed_at = now() WHERE code = 'test';
SELECT is(test.executes('nanjing_submitter', 'resume', :'highlight'), 'campaign_closed', 'a closed campaign takes nothing from an author');
SELECT is(test.executes('su_reviewer', 'resume', :'highlight'), 'planned (offered)', 'but from a reviewer');

-- ---- What is owed for an activity that is cancelled -------------------------------------------

UPDATE campaign SET status = 'open', closed_at = NULL WHERE code = 'test';
-- How it stands: the verdict, the waiver's reason and who signed it, its version.
CREATE FUNCTION test.waiver(of_activity uuid) RETURNS text LANGUAGE sql
RETURN (SELECT concat_ws(' ', o.verdict, o.waived_reason, b.waived_by_name, CASE WHEN b.is_waived_by_cancelling THEN 'by cancelling' END)
          FROM obligation_judged o JOIN obligation b USING (id) WHERE o.activity_id = of_activity);
SELECT test.activity('highlight', 'submitted') AS cancelled \gset
SELECT test.submission(:'cancelled', 1, '2021-05-11T00:00:00+08:00') AS submission \gset
SELECT id AS obligation, version AS version FROM obligation WHERE activity_id = :'cancelled' \gset
SELECT is(test.waiver(:'cancelled'), 'overdue', 'a report is owed');
SELECT is(test.executes('nanjing_submitter', 'cancel', :'cancelled', '{"reason": "防汛"}'), 'cancelled 防汛 (offered)', 'cancelled');
SELECT is(test.waiver(:'cancelled'), 'waived 防汛 nanjing_submitter by cancelling', 'it is waived for the same reason, by whoever cancelled');
SELECT is((SELECT version FROM obligation WHERE id = :'obligation'), :version + 1, 'in a version of its own');
SELECT is((SELECT concat_ws(' ', e.changed_by = person('nanjing_submitter'), e.change, e.after ->> 'waived_reason', e.after ->> 'is_waived_by_cancelling') FROM audit_entry e
            WHERE e.resource = 'obligation' AND e.resource_id = :'obligation' ORDER BY e.number DESC LIMIT 1), 't updated 防汛 true', 'of which the trail tells');
SELECT is(test.executes('su_reviewer', 'resume', :'cancelled'), 'planned (offered)', 'planned again');
SELECT is(test.waiver(:'cancelled'), 'overdue', 'it is owed again');

-- A waiver by hand is the hand's.
CREATE FUNCTION test.waives(action text, obligation_id uuid) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	done text;
BEGIN
	PERFORM become('su_administrator');
	done := test.run(action || '_obligation', jsonb_build_object('obligation_id', obligation_id, 'action', action, 'reason', '机构改革', 'caller', person('su_administrator'),
		'version', (SELECT o.version FROM obligation o WHERE o.id = obligation_id)));
	PERFORM own();
	RETURN CASE WHEN done IS NULL THEN 'refused' ELSE 'done' END;
END
$$;
SELECT is(test.waives('waive', :'obligation'), 'done', 'waived by hand');
SELECT is(test.executes('su_reviewer', 'cancel', :'cancelled', '{"reason": "疫情"}'), 'cancelled 疫情 (offered)', 'cancelled after that');
SELECT is(test.waiver(:'cancelled'), 'waived 机构改革 su_administrator', 'its waiver stays as it is');
SELECT is(test.executes('su_reviewer', 'resume', :'cancelled'), 'planned (offered)', 'planned again');
SELECT is(test.waiver(:'cancelled'), 'waived 机构改革 su_administrator', 'and stays');
SELECT is(test.waives('unwaive', :'obligation'), 'done', 'until the hand takes it back');
SELECT is(test.executes('su_reviewer', 'cancel', :'cancelled', '{"reason": "疫情"}'), 'cancelled 疫情 (offered)', 'cancelled');
SELECT is(test.waives('unwaive', :'obligation'), 'done', 'what cancelling waived may be owed nevertheless');
SELECT is(test.waiver(:'cancelled'), 'overdue', 'and is');
SELECT is(test.waives('waive', :'obligation'), 'done', 'and waived for another reason');
SELECT is(test.executes('su_reviewer', 'resume', :'cancelled'), 'planned (offered)', 'planned again');
SELECT is(test.waiver(:'cancelled'), 'waived 机构改革 su_administrator', 'that waiver, too, is the hand''s');
SELECT is(test.waives('unwaive', :'obligation'), 'done', 'taken back');

-- Withdrawn and submitted while it is cancelled.
SELECT is(test.executes('su_reviewer', 'cancel', :'cancelled', '{"reason": "停电"}'), 'cancelled 停电 (offered)', 'cancelled');
SELECT test.withdrawal(:'cancelled', :'submission') \g /dev/null
SELECT is(test.waiver(:'cancelled'), NULL, 'withdrawn, nothing is owed');
SELECT test.submission(:'cancelled', 2, '2021-05-12T00:00:00+08:00') \g /dev/null
SELECT is(test.waiver(:'cancelled'), 'waived 停电 su_reviewer by cancelling', 'submitted again, it is waived from the beginning');
SELECT is(test.executes('su_reviewer', 'resume', :'cancelled'), 'planned (offered)', 'planned again');
SELECT is(test.waiver(:'cancelled'), 'overdue', 'and owed from then on');
SELECT is(test.executes('nanjing_submitter', 'cancel', :'drafted', '{"reason": "停电"}'), 'cancelled 停电 (offered)', 'a draft may be cancelled');
SELECT test.submission(:'drafted', 1, '2021-05-12T00:00:00+08:00') \g /dev/null
SELECT is(test.waiver(:'drafted'), 'waived 停电 nanjing_submitter by cancelling', 'and owes nothing when it is submitted');
SELECT is(test.executes('nanjing_submitter', 'postpone', :'highlight', '{"reason": "防汛", "starts_on": "2021-06-05"}'), 'postponed 防汛 2021-06-05 (offered)', 'postponed');
SELECT is((SELECT count(*) FROM obligation WHERE waived_at IS NOT NULL AND activity_id <> :'drafted'), 0::bigint, 'what is only postponed is owed');

SELECT * FROM finish();
ROLLBACK;
