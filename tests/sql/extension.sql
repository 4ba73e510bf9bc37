-- How deadlines move and who has acknowledged: receipts, extensions, waivers, and what came on paper. The 12th of
-- May in Shanghai ends at 2021-05-12T16:00:00Z.
\ir workflow_setup.psql
SELECT no_plan();

-- Two campaigns: `test` of 2021, and `now`, of which everything is due tomorrow and the receipt is owed.
SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date AS today \gset
INSERT INTO campaign (code, title, issuer_id, issued_on, starts_on, ends_on, notice_receipt_due_on, plan_due_on, highlight_due_on, summary_due_on, audiences, late_submissions)
VALUES ('now', '进行中', organization('su'), :'today'::date - 7, :'today', :'today'::date + 30, :'today'::date + 1, :'today'::date - 1, :'today'::date - 1, :'today'::date + 30,
        ARRAY[('science_workers', '科技工作者')::coded_name], 'refused');
INSERT INTO phase (id, campaign_code, ordinal, name, starts_on, ends_on) VALUES (uuid_v7(), 'now', 1, '第一阶段', :'today', :'today'::date + 30);
INSERT INTO module (id, campaign_code, ordinal, code, name) VALUES (uuid_v7(), 'now', 1, 'unity', '团结引领');
INSERT INTO recipient (id, campaign_code, organization_id) VALUES (uuid_v7(), 'now', organization('nanjing')), (uuid_v7(), 'now', organization('wuxi'));
UPDATE campaign SET status = 'open', opened_at = now() WHERE code = 'now';

CREATE FUNCTION test.by(person text, name text, given jsonb) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	answer text;
BEGIN
	PERFORM become(person);
	given := given || jsonb_build_object('caller', person(by.person), 'campaign_code', coalesce(given ->> 'campaign_code', 'test'),
	                                     'new_id', coalesce(given ->> 'new_id', uuid_v7()::text),
	                                     'action', substring(name from '^(.*?)_(?:obligation|extension_batch|extension|plan|activity)$'));
	BEGIN
		answer := CASE WHEN test.run(name, given) IS NULL THEN coalesce(
			test.run('refuse_' || substring(name from '_(obligation|extension_batch|extension|plan|activity)$'), given), 'not_found') END;
	EXCEPTION
		WHEN OTHERS THEN
			answer := test.refusal(name, given);
	END;
	PERFORM own();
	RETURN coalesce(answer, 'done');
END
$$;
CREATE FUNCTION test.obligation(organization text, kind text, campaign text DEFAULT 'test') RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER
BEGIN ATOMIC
	SELECT o.id FROM public.obligation o WHERE (o.campaign_code, o.organization_id, o.kind) = (campaign, organization(organization), obligation.kind);
END;
CREATE FUNCTION test.verdict(organization text, kind text, campaign text DEFAULT 'test') RETURNS text LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT o.verdict || CASE WHEN o.original_verdict <> o.verdict THEN ', originally ' || o.original_verdict ELSE '' END
	  FROM obligation_judged o WHERE o.id = test.obligation(verdict.organization, verdict.kind, verdict.campaign);
END;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA test TO PUBLIC;

-- Receipts
SELECT is(test.verdict('nanjing', 'notice_receipt', 'now'), 'pending', 'the notice is sent');
SELECT is(test.obligation('nanjing', 'notice_receipt'), NULL, 'a campaign that does not say when asks for no receipt');
SELECT is(test.by(v.person, 'acknowledge_obligation', jsonb_build_object('obligation_id', test.obligation('nanjing', 'notice_receipt', 'now'), 'version', v.version)), v.expected, v.person || ' acknowledges')
  FROM (VALUES ('wuxi_submitter', 1, 'not_found'), ('su_reviewer', 1, 'role_not_held_here'), ('su_administrator', 1, 'role_not_held_here'),
	('nanjing_administrator', 1, 'role_not_held_here'), ('nanjing_submitter', 2, 'version_mismatch'), ('nanjing_submitter', 1, 'done'),
	('nanjing_submitter', 1, 'version_mismatch'), ('nanjing_submitter', 2, 'transition_not_allowed')) v (person, version, expected);
SELECT is(test.verdict('nanjing', 'notice_receipt', 'now'), 'on_time', 'acknowledged');
SELECT is(test.by('nanjing_submitter', 'acknowledge_obligation', jsonb_build_object('obligation_id', test.obligation('nanjing', 'plan', 'now'), 'version', 1)), 'transition_not_allowed', 'only the notice is acknowledged');
SELECT become('su_reviewer') \gset
SELECT is((SELECT string_agg(o.summary::json -> 'organization' ->> 'code', ' ') FROM obligation_summary o WHERE o.campaign_code = 'now' AND o.kind = 'notice_receipt' AND o.verdict IN ('pending', 'overdue')),
          'wuxi', 'who has not is a list');
SELECT is((test.run('get_obligation', jsonb_build_object('obligation_id', test.obligation('nanjing', 'notice_receipt', 'now')))::json -> 'acknowledged_by' ->> 'name'), 'nanjing_submitter', 'and who has, by name');
SELECT is(refusal('DELETE FROM notice_receipt'), '42501', 'a receipt is never taken back');
SELECT own() \gset
SAVEPOINT receipt;
CREATE TRIGGER recounted AFTER UPDATE ON notice_receipt FOR EACH ROW EXECUTE FUNCTION notice_receipt_made(); -- by hand, a receipt may change
UPDATE notice_receipt SET acknowledged_at = due_instant(:'today'::date + 1, 'Asia/Shanghai') - interval '1 second';
SELECT is(test.verdict('nanjing', 'notice_receipt', 'now'), 'on_time', 'one second before it is due');
UPDATE notice_receipt SET acknowledged_at = due_instant(:'today'::date + 1, 'Asia/Shanghai');
SELECT is(test.verdict('nanjing', 'notice_receipt', 'now'), 'late', 'when it is due');
UPDATE notice_receipt SET acknowledged_at = due_instant(:'today'::date + 1, 'Asia/Shanghai') + interval '1 second';
SELECT is(test.verdict('nanjing', 'notice_receipt', 'now'), 'late', 'one second after');
ROLLBACK TO receipt;
DELETE FROM recipient WHERE campaign_code = 'now' AND organization_id = organization('nanjing');
SELECT is((SELECT count(*)::integer FROM notice_receipt), 0, 'taken off the list, its receipt goes with what it owed');
ROLLBACK TO receipt;

-- Extensions: who, and what is wrong with one
SELECT is(test.by(v.person, 'create_extension_batch', '{"kinds": "{plan}", "all_recipients": true, "due_on": "2021-05-14", "reason": "防汛"}'), 'role_not_held_here', v.person || ' extends')
  FROM (VALUES ('nanjing_submitter'), ('nanjing_administrator'), ('su_reviewer'), ('zhe_administrator')) v (person);
SELECT is(test.by('su_administrator', 'create_extension_batch', '{"campaign_code": "none", "kinds": "{plan}", "all_recipients": true, "due_on": "2021-05-14", "reason": "防汛"}'), 'not_found', 'of no campaign');
SELECT is(test.by('su_administrator', 'create_extension_batch', v.given || '{"reason": "防汛"}'), 'validation_failed ' || v.expected, v.given::text)
  FROM (VALUES
	('{"kinds": "{plan}", "due_on": "2021-05-14"}'::jsonb, '{"errors": [{"code": "choose_one", "params": {"fields": ["organization_ids", "all_recipients"]}, "pointer": "/organization_ids"}]}'),
	('{"kinds": "{plan}", "all_recipients": true}', '{"errors": [{"code": "choose_one", "params": {"fields": ["due_at", "due_on"]}, "pointer": "/due_at"}]}'),
	('{"kinds": "{plan}", "all_recipients": true, "due_on": "2021-05-14", "due_at": "2021-05-14T00:00:00Z"}', '{"errors": [{"code": "choose_one", "params": {"fields": ["due_at", "due_on"]}, "pointer": "/due_at"}]}'),
	('{"kinds": "{plan}", "all_recipients": true, "due_on": "2021-05-12"}', '{"errors": [{"code": "not_later", "params": {"due_on": "2021-05-12"}, "pointer": "/kinds/0"}]}'),
	('{"kinds": "{plan,notice_receipt}", "all_recipients": true, "due_on": "2021-05-13"}', '{"errors": [{"code": "nothing_owed", "pointer": "/kinds/1"}]}')) v (given, expected);
SELECT is(test.by('su_administrator', 'create_extension_batch', jsonb_build_object('kinds', '{plan}', 'due_on', '2021-05-14', 'reason', '防汛',
          'organization_ids', format('{%s,%s}', organization('nanjing'), organization('society')))), 'validation_failed {"errors": [{"code": "not_a_recipient", "pointer": "/organization_ids/1"}]}', 'only recipients');
SELECT is((SELECT count(*)::integer FROM extension), 0, 'nothing was given');

-- In force at once, and afterwards too; one second before, at, and one second after
SELECT test.plan('submitted') AS plan \gset
SELECT uuid_v7() AS one, uuid_v7() AS all \gset
CREATE FUNCTION test.received(at timestamptz) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM submission;
	PERFORM test.submission((SELECT id FROM plan), 1, at);
	RETURN test.verdict('nanjing', 'plan');
END $$;
SELECT is(test.received(v.at), v.expected, v.at || ' before the extension') FROM (VALUES (timestamptz '2021-05-12T15:59:59Z', 'on_time'), ('2021-05-12T16:00:00Z', 'late'), ('2021-05-14T15:59:59Z', 'late')) v (at, expected);
SELECT is(test.by('su_administrator', 'create_extension_batch', jsonb_build_object('new_id', :'one', 'kinds', '{plan}', 'due_on', '2021-05-14', 'reason', '防汛', 'organization_ids', '{' || organization('nanjing') || '}')), 'done', 'for one, until the end of a day');
SELECT is(test.received(v.at), v.expected, v.at || ' after it') FROM (VALUES (timestamptz '2021-05-12T15:59:59Z', 'on_time'), ('2021-05-12T16:00:00Z', 'extended_on_time, originally late'),
	('2021-05-14T15:59:59Z', 'extended_on_time, originally late'), ('2021-05-14T16:00:00Z', 'late'), ('2021-05-14T16:00:01Z', 'late')) v (at, expected);
SELECT is(test.verdict('wuxi', 'plan'), 'overdue', 'nobody else''s');
SELECT is(test.verdict('nanjing', 'highlights'), 'overdue', 'and nothing else');
SELECT become('nanjing_submitter') \gset
SELECT is((SELECT format('%s %s %s %s', b ->> 'due_on', b ->> 'effective_due_on', b -> 'extension' ->> 'reason', b ->> 'allowed_actions') FROM (SELECT test.run('get_obligation', jsonb_build_object('obligation_id', test.obligation('nanjing', 'plan')))::json AS b) o),
          '2021-05-12 2021-05-14 防汛 []', 'the obligation says so to whom it concerns');
SELECT own() \gset
UPDATE extension SET given_at = now() - interval '1 hour';
SELECT is(test.by('su_administrator', 'create_extension_batch', jsonb_build_object('new_id', :'all', 'kinds', '{plan,highlights,summary_report}', 'due_at', '2021-07-01T10:00:00+08:00', 'reason', '系统维护', 'all_recipients', true)), 'done', 'for all, until an instant');
SELECT is((SELECT count(*)::integer FROM extension WHERE batch_id = :'all'), 6, 'is one for each recipient and kind');
SELECT is(test.received('2021-07-01T01:59:59Z') || ' / ' || test.received('2021-07-01T02:00:00Z'), 'extended_on_time, originally late / late', 'the one given last rules');
SELECT test.received('2021-05-14T15:59:59Z') \gset

-- Revoking
SELECT is(test.by('nanjing_administrator', 'revoke_extension_batch', jsonb_build_object('extension_batch_id', :'all', 'version', 1, 'reason', '误')), 'role_not_held_here', 'not by a recipient''s administrator');
SELECT is(test.by('su_administrator', 'revoke_extension_batch', jsonb_build_object('extension_batch_id', :'all', 'version', 7, 'reason', '误')), 'version_mismatch', 'not on another version');
SELECT is(test.by('su_administrator', 'revoke_extension_batch', jsonb_build_object('extension_batch_id', :'all', 'version', 1, 'reason', '误')), 'done', 'a whole batch');
SELECT is(test.by('su_administrator', 'revoke_extension_batch', jsonb_build_object('extension_batch_id', :'all', 'version', 7, 'reason', '误')), 'transition_not_allowed', 'once');
SELECT become('su_administrator') \gset
SELECT is((SELECT format('%s of %s for %s %s', b ->> 'revoked_count', b ->> 'extension_count', b ->> 'organization_count', b ->> 'allowed_actions') FROM (SELECT test.run('get_extension_batch', jsonb_build_object('extension_batch_id', :'all'))::json AS b) o),
          '6 of 6 for 2 []', 'all of it is revoked, and still there');
SELECT own() \gset
SELECT is(test.verdict('nanjing', 'plan'), 'extended_on_time, originally late', 'the one before rules again');
SELECT id AS extension FROM extension WHERE batch_id = :'one' \gset
SELECT is(test.by('su_administrator', 'revoke_extension', jsonb_build_object('extension_id', :'extension', 'version', (SELECT version FROM extension WHERE id = :'extension'), 'reason', '误')), 'done', 'one alone');
SELECT is(test.verdict('nanjing', 'plan'), 'late', 'and the notice''s own deadline counts');
SELECT is(test.by('su_administrator', 'revoke_extension', jsonb_build_object('extension_id', :'extension', 'version', (SELECT version FROM extension WHERE id = :'extension'), 'reason', '误')), 'transition_not_allowed', 'once');
SELECT become('su_administrator') \gset
SELECT is(refusal('DELETE FROM extension'), '42501', 'never deleted');
SELECT is(refusal('UPDATE extension SET due_at = now()'), '42501', 'nor changed');
SELECT own() \gset
SELECT is((SELECT format('%s %s %s', given_by_name, revoked_by_name, revoked_reason) FROM extension WHERE id = :'extension'), 'su_administrator su_administrator 误', 'signed by whom it was given and revoked');
UPDATE campaign SET status = 'closed', closed_at = now() WHERE code = 'test';
SELECT is(test.by('su_administrator', 'create_extension_batch', '{"kinds": "{plan}", "all_recipients": true, "due_on": "2021-05-20", "reason": "补办"}'), 'done', 'an extension may come when the campaign is closed');
SELECT is(test.verdict('nanjing', 'plan'), 'extended_on_time, originally late', 'and still works');

-- Waivers
SELECT is(test.by(v.person, 'waive_obligation', jsonb_build_object('obligation_id', test.obligation('wuxi', 'plan'), 'version', 1, 'reason', '机构改革')), v.expected, v.person || ' waives')
  FROM (VALUES ('wuxi_submitter', 'role_not_held_here'), ('wuxi_administrator', 'role_not_held_here'), ('su_reviewer', 'role_not_held_here'), ('nanjing_administrator', 'not_found'),
	('su_administrator', 'done'), ('su_administrator', 'version_mismatch')) v (person, expected);
SELECT is(test.verdict('wuxi', 'plan'), 'waived, originally overdue', 'waived');
SELECT is(test.by('su_administrator', 'waive_obligation', jsonb_build_object('obligation_id', test.obligation('wuxi', 'plan'), 'version', 2, 'reason', '机构改革')), 'transition_not_allowed', 'once');
SELECT become('wuxi_submitter') \gset
SELECT is((SELECT format('%s %s', b ->> 'waived_reason', b -> 'waived_by' ->> 'name') FROM (SELECT test.run('get_obligation', jsonb_build_object('obligation_id', test.obligation('wuxi', 'plan')))::json AS b) o), '机构改革 su_administrator', 'with the reason and by whom');
SELECT own() \gset
SELECT is(test.by('su_administrator', 'unwaive_obligation', jsonb_build_object('obligation_id', test.obligation('wuxi', 'plan'), 'version', 2)), 'done', 'and taken back');
SELECT is(test.verdict('wuxi', 'plan'), 'overdue', 'it is owed again');
SELECT is(test.by('su_administrator', 'unwaive_obligation', jsonb_build_object('obligation_id', test.obligation('wuxi', 'plan'), 'version', 3)), 'transition_not_allowed', 'once');

-- On behalf: begun by the reviewer, seen by the author, judged by the day the paper came (`now` was due yesterday, and takes nothing late)
SELECT uuid_v7() AS paper, uuid_v7() AS theirs \gset
SELECT is(test.by(v.person, 'create_plan', jsonb_build_object('campaign_code', 'now', 'organization_id', organization(v.organization), 'title', '方案', 'on_behalf', v.on_behalf)), v.expected,
          format('%s begins a plan of %s, on behalf: %s', v.person, v.organization, v.on_behalf))
  FROM (VALUES ('su_reviewer', 'nanjing', NULL::boolean, 'role_not_held_here'), ('su_reviewer', 'nanjing', false, 'role_not_held_here'), ('nanjing_reviewer', 'nanjing', true, 'role_not_held_here'),
	('su_administrator', 'nanjing', true, 'role_not_held_here'), ('zhe_reviewer', 'nanjing', true, 'role_not_held_here'), ('su_reviewer', 'xuanwu', true, 'not_a_recipient')) v (person, organization, on_behalf, expected);
SELECT is(test.by('su_reviewer', 'create_activity', jsonb_build_object('campaign_code', 'now', 'on_behalf', true, 'body', jsonb_build_object('organization_id', organization('nanjing'), 'kind', 'programme', 'title', '活动'))),
          'validation_failed {"errors": [{"code": "only_highlights", "pointer": "/on_behalf"}]}', 'the programme is the issuer''s own');
SELECT is(test.by('su_reviewer', 'create_plan', jsonb_build_object('new_id', :'paper', 'campaign_code', 'now', 'organization_id', organization('nanjing'), 'title', '纸质方案', 'on_behalf', true)), 'done', 'the reviewer begins one');
SELECT is(test.by('su_reviewer', 'submit_on_behalf_plan', jsonb_build_object('plan_id', :'paper', 'version', 1, 'received_on', :'today'::date - 1)), 'form_incomplete', 'which must be complete as any other');
SELECT is(test.by('su_reviewer', 'patch_plan', jsonb_build_object('plan_id', :'paper', 'version', 1, 'patch', '{"text": "正文"}')), 'done', 'and is the reviewer''s to fill in');
SELECT is(test.by('su_observer', 'patch_plan', jsonb_build_object('plan_id', :'paper', 'version', 2, 'patch', '{"text": "正文"}')), 'not_found', 'an observer does not even see it');
SELECT is(test.by('wuxi_submitter', 'create_plan', jsonb_build_object('new_id', :'theirs', 'campaign_code', 'now', 'organization_id', organization('wuxi'), 'title', '自己的')), 'done', 'a draft that its author began');
SELECT is(test.by('su_reviewer', 'patch_plan', jsonb_build_object('plan_id', :'theirs', 'version', 1, 'patch', '{"text": "正文"}')), 'not_found', 'is its author''s alone');
SELECT is(test.by('su_reviewer', 'create_plan', jsonb_build_object('campaign_code', 'now', 'organization_id', organization('wuxi'), 'title', '纸质方案', 'on_behalf', true)), 'plan__organization_id__taken', 'and no second one is begun beside it');
SAVEPOINT paper;
SELECT is(test.by('su_reviewer', 'submit_on_behalf_plan', jsonb_build_object('plan_id', :'paper', 'version', 2, 'received_on', :'today'::date + 1)), 'validation_failed {"errors": [{"code": "in_future", "pointer": "/received_on"}]}', 'paper that is still to come');
SELECT is(test.by('su_reviewer', 'submit_on_behalf_plan', jsonb_build_object('plan_id', :'paper', 'version', 2, 'received_on', :'today')), format('deadline_passed {"due_on": "%s"}', :'today'::date - 1), 'paper that came after the deadline, where nothing late is taken');
SELECT is(test.by('nanjing_submitter', 'submit_on_behalf_plan', jsonb_build_object('plan_id', :'paper', 'version', 2, 'received_on', :'today'::date - 1)), 'role_not_held_here', 'the author does not submit on behalf');
SELECT is(test.by('nanjing_submitter', 'submit_plan', jsonb_build_object('plan_id', :'paper', 'version', 2)), 'deadline_passed', 'and is late themselves');
SELECT is(test.by('su_reviewer', 'submit_on_behalf_plan', jsonb_build_object('plan_id', :'paper', 'version', 2, 'received_on', :'today'::date - 1)), 'done', 'the paper of yesterday is taken today');
SELECT is(test.verdict('nanjing', 'plan', 'now'), 'on_time', 'and was in time');
SELECT become('nanjing_submitter') \gset
SELECT is((SELECT format('%s %s %s %s', s -> 'submitted_by' ->> 'name', s -> 'on_behalf' -> 'organization' ->> 'code', (s -> 'on_behalf' ->> 'received_on')::date - :'today'::date, s ->> 'is_late')
             FROM (SELECT summary::json AS s FROM submission_summary WHERE subject_id = :'paper') x), 'su_reviewer nanjing -1 false', 'the submission says who entered it, for whom, and when the paper came');
SELECT is((SELECT format('%s %s', r ->> 'action', r -> 'by' ->> 'name') FROM (SELECT body::json AS r FROM review_body WHERE subject_id = :'paper') x), 'submit_on_behalf su_reviewer', 'and so does the history');
SELECT is((SELECT b.body ->> 'on_behalf' FROM plan_body b WHERE b.id = :'paper'), 'false', 'now it is its author''s');
SELECT own() \gset
SELECT is((SELECT submitted_at FROM submission WHERE subject_id = :'paper'), due_instant(:'today'::date - 1, 'Asia/Shanghai') - interval '1 second', 'handed in in the last second of that day');
SELECT is(test.by('nanjing_submitter', 'withdraw_plan', jsonb_build_object('plan_id', :'paper', 'version', 3)), 'done', 'withdrawn by the author');
SELECT is(test.by('su_reviewer', 'submit_on_behalf_plan', jsonb_build_object('plan_id', :'paper', 'version', 4, 'received_on', :'today'::date - 1)), 'transition_not_allowed', 'it is a draft of the author''s alone');
ROLLBACK TO paper;

-- Taken over by the author; and a correction on paper of what was returned
SELECT is(test.by('nanjing_submitter', 'patch_plan', jsonb_build_object('plan_id', :'paper', 'version', 2, 'patch', '{"text": "我们自己来"}')), 'done', 'the author takes it over');
SELECT is(test.by('su_reviewer', 'patch_plan', jsonb_build_object('plan_id', :'paper', 'version', 3, 'patch', '{"text": "正文"}')), 'not_found', 'and the reviewer sees it no more');
ROLLBACK TO paper;
SELECT is(test.by('su_reviewer', 'delete_plan', jsonb_build_object('plan_id', :'paper', 'version', 2)), 'done', 'or the reviewer deletes it');
ROLLBACK TO paper;
UPDATE plan SET status = 'submitted', submission_count = 1, entered_by = NULL WHERE id = :'paper';
UPDATE plan SET status = 'returned' WHERE id = :'paper';
SELECT become('su_reviewer') \gset
SELECT is((SELECT body ->> 'allowed_actions' FROM plan_body WHERE id = :'paper'), '["submit_on_behalf"]', 'what was returned may come back on paper');
SELECT own() \gset
SELECT is(test.by('su_reviewer', 'patch_plan', jsonb_build_object('plan_id', :'paper', 'version', 4, 'patch', '{"text": "更正"}')), 'done', 'its correction is entered');

-- A highlight on paper owes its summary report too
SELECT uuid_v7() AS highlight \gset
SELECT is(test.by('su_reviewer', 'create_activity', jsonb_build_object('new_id', :'highlight', 'campaign_code', 'now', 'on_behalf', true, 'body', jsonb_build_object(
          'organization_id', organization('wuxi'), 'kind', 'highlight', 'title', '纸质活动', 'modules', '["unity"]'::jsonb, 'starts_on', :'today', 'location', '太湖', 'audiences', '["science_workers"]'::jsonb,
          'expected_participants', 100, 'contact', '{"name": "王五", "mobile": "13800000000"}'::jsonb, 'mailing_address', '某路', 'proposal', '{"theme": "科技"}'::jsonb))), 'done', 'a highlight on paper');
SELECT is(test.by('su_reviewer', 'submit_on_behalf_activity', jsonb_build_object('activity_id', :'highlight', 'version', 1, 'received_on', :'today'::date - 3)), 'done', 'is submitted');
SELECT is((SELECT count(*)::integer FROM obligation WHERE activity_id = :'highlight'), 1, 'and owes its summary report');

-- The service itself may not date a submission back
SELECT become('nanjing_submitter') \gset
SELECT is(refusal(format('INSERT INTO submission (subject_id, number, submitted_by, submitted_at, content) VALUES (%L, 9, %L, now() - interval ''1 day'', ''{}'')', :'paper', person('nanjing_submitter'))), '42501', 'no author dates back');
SELECT own() \gset

-- Copying
SELECT is(test.by('nanjing_administrator', 'copy_campaign', '{"code": "2022", "shift_days": 364}'), 'role_not_held_here', 'a city''s administrator copies');
SELECT is(test.by('su_administrator', 'copy_campaign', '{"campaign_code": "none", "code": "2022", "shift_days": 364}'), 'not_found', 'copying nothing');
SELECT is(test.by('su_administrator', 'copy_campaign', v.given || '{"code": "2022"}'), 'validation_failed ' || v.expected, 'copied by ' || v.given::text)
  FROM (VALUES ('{}'::jsonb, '{"errors": [{"code": "choose_one", "params": {"fields": ["shift_days", "starts_on"]}, "pointer": "/shift_days"}]}'),
	('{"shift_days": 1, "starts_on": "2022-05-09"}', '{"errors": [{"code": "choose_one", "params": {"fields": ["shift_days", "starts_on"]}, "pointer": "/shift_days"}]}'),
	('{"starts_on": "2021-05-10"}', '{"errors": [{"code": "range", "pointer": "/starts_on"}]}')) v (given, expected);
UPDATE campaign SET status = 'open', closed_at = NULL, opened_at = now(), theme = '主题', document_number = '1号', edition = 5, festival_date = '2021-05-30' WHERE code = 'test';
UPDATE organization SET is_active = false WHERE code = 'wuxi';
SELECT is(test.by('su_administrator', 'copy_campaign', '{"code": "test", "shift_days": 364}'), 'campaign__code__taken', 'a code that is taken');
SELECT is(test.by('su_administrator', 'copy_campaign', '{"code": "2022", "starts_on": "2022-05-09", "title": "2022年活动"}'), 'done', 'the next year''s');
SELECT is((SELECT concat_ws(' ', status, title, theme, document_number, edition, festival_date, starts_on, ends_on, plan_due_on, highlight_due_on, summary_due_on, audiences) FROM campaign WHERE code = '2022'),
          'draft 2022年活动 6 2022-05-30 2022-05-09 2022-06-29 2022-05-11 2022-05-11 2022-06-29 {"(science_workers,科技工作者)"}', 'is a draft with every date 364 days later');
SELECT is((SELECT string_agg(concat_ws(' ', name, starts_on, ends_on), '; ' ORDER BY ordinal) FROM phase WHERE campaign_code = '2022'),
          '第一阶段 2022-05-09 2022-05-24; 第二阶段 2022-05-25 2022-06-04; 第三阶段 2022-06-05 2022-06-29', 'with its phases');
SELECT is((SELECT string_agg(code, ' ' ORDER BY ordinal) FROM module WHERE campaign_code = '2022'), 'unity service', 'and modules');
SELECT is((SELECT string_agg(o.code, ' ') FROM recipient r JOIN organization o ON o.id = r.organization_id WHERE r.campaign_code = '2022'), 'nanjing', 'and recipients, as far as they are active now');
SELECT is((SELECT count(*)::integer FROM obligation WHERE campaign_code = '2022'), 0, 'which owe nothing yet');

SELECT * FROM finish();
