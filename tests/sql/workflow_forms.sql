-- Writing: creating, merging patches, what is wrong with a form, submitting it, and what is frozen then.
\ir workflow_setup.psql
SELECT no_plan();

-- "pointer code" of each finding in the form's order, the warnings in brackets. (Of the documents, document.sql.)
CREATE FUNCTION test.findings(of_activity uuid) RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT coalesce(string_agg(format(CASE WHEN f.is_error THEN '%s %s' ELSE '(%s %s)' END, f.pointer, f.code), ', ' ORDER BY f.ordinality), '')
	  FROM public.activity a CROSS JOIN LATERAL activity_findings(a) WITH ORDINALITY f
	 WHERE a.id = of_activity AND f.pointer <> '/documents';
END;

CREATE FUNCTION test.patch(of_activity uuid, patch jsonb) RETURNS text
LANGUAGE sql VOLATILE
RETURN test.refusal('patch_activity', jsonb_build_object('activity_id', of_activity, 'patch', patch,
	'version', (SELECT a.version FROM public.activity a WHERE a.id = of_activity)));

CREATE FUNCTION test.create_plan(person text, campaign text, organization text) RETURNS text
LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT become(person);
	SELECT test.refusal('create_plan', jsonb_build_object('new_id', public.uuid_v7(), 'campaign_code', campaign,
		'organization_id', organization(organization), 'title', '工作方案'));
END;

CREATE FUNCTION test.create_activity(person text, campaign text, organization text, kind text, body jsonb DEFAULT '{}') RETURNS text
LANGUAGE sql VOLATILE
BEGIN ATOMIC
	SELECT become(person);
	SELECT test.refusal('create_activity', jsonb_build_object('new_id', public.uuid_v7(), 'campaign_code', campaign,
		'body', jsonb_build_object('organization_id', organization(organization), 'kind', kind, 'title', '科普报告会') || body));
END;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA test TO PUBLIC;

-------------------------------------------------------------------------------------------
-- Who may begin one

INSERT INTO campaign (code, title, issuer_id, starts_on, ends_on, plan_due_on, highlight_due_on, summary_due_on)
VALUES ('test-draft', '未启动', organization('su'), '2021-05-10', '2021-06-30', '2021-05-12', '2021-05-12', '2021-06-30');
INSERT INTO campaign (code, title, issuer_id, starts_on, ends_on, plan_due_on, highlight_due_on, summary_due_on, status, opened_at, closed_at)
VALUES ('test-closed', '已结束', organization('su'), '2021-05-10', '2021-06-30', '2021-05-12', '2021-05-12', '2021-06-30', 'closed', now(), now());

SELECT is(test.create_plan('nanjing_submitter', 'test', 'nanjing'), NULL, 'a recipient begins its plan');
SELECT is(test.create_plan('nanjing_submitter', 'test', 'nanjing'), 'plan__organization_id__taken', 'and has only one');
SELECT is(test.create_plan('nanjing_submitter', 'test', 'wuxi'), 'role_not_held_here', 'not a neighbour''s');
SELECT is(test.create_plan('su_administrator', 'test', 'wuxi'), 'role_not_held_here', 'nor does an administrator for it');
SELECT is(test.create_plan('su_reviewer', 'test', 'wuxi'), 'role_not_held_here', 'nor a reviewer');
SELECT is(test.create_plan('hangzhou_submitter', 'test', 'hangzhou'), 'not_a_recipient', 'nor one to whom the notice does not go');
SELECT is(test.create_plan('nanjing_submitter', 'test-closed', 'nanjing'), 'campaign_closed', 'nor in a closed campaign');
SELECT is(test.create_plan('nanjing_submitter', 'test-draft', 'nanjing'), 'not_found', 'a campaign that is not issued is not there yet');
SELECT is(test.create_plan('su_administrator', 'test-draft', 'nanjing'), 'campaign_not_open {"current_status": "draft"}', 'or, for those who see it, not open');
SELECT is(test.create_activity('nanjing_submitter', 'test', 'nanjing', 'highlight'), NULL, 'a recipient begins a highlight');
SELECT is(test.create_activity('nanjing_submitter', 'test', 'nanjing', 'programme'), 'role_not_held_here', 'but no programme');
SELECT is(test.create_activity('su_administrator', 'test', 'su', 'programme'), NULL, 'which is the issuer''s administrator''s');
SELECT is(test.create_activity('su_administrator', 'test-draft', 'su', 'event'), NULL, 'while the notice is still being written, too');
SELECT is(test.create_activity('su_administrator', 'test-closed', 'su', 'event'), 'campaign_closed', 'but not after the end');
SELECT is(test.create_activity('su_administrator', 'test', 'nanjing', 'event'),
          'validation_failed {"errors": [{"code": "not_the_issuer", "pointer": "/organization_id"}]}', 'nor for another organization');
SELECT is(test.create_activity('nanjing_submitter', 'test', 'nanjing', 'highlight', '{"modules": ["unity", "nonsense"], "audiences": ["martians"]}'),
          'validation_failed {"errors": [{"code": "unknown_module", "params": {"value": "nonsense"}, "pointer": "/modules/1"},'
          ' {"code": "unknown_audience", "params": {"value": "martians"}, "pointer": "/audiences/0"}]}', 'codes that the campaign does not have are all named');
SELECT is(test.create_activity('nanjing_submitter', 'test', 'nanjing', 'highlight', '{"starts_on": "2021-05-30", "ends_on": "2021-05-28"}'), 'ends_on__before_start',
          'the end is not before the start');
SELECT become('nanjing_submitter') \gset
SELECT is(test.refusal('create_activity', jsonb_build_object('new_id', uuid_v7(), 'campaign_code', 'test', 'body',
              jsonb_build_object('organization_id', organization('nanjing'), 'kind', 'highlight', 'title', '报告会',
                                 'partner_ids', jsonb_build_array('0196b1d4-7c00-7000-8000-00000000dead')))),
          'validation_failed {"errors": [{"code": "unknown", "params": {"value": "0196b1d4-7c00-7000-8000-00000000dead"}, "pointer": "/partner_ids/0"}]}',
          'nor may it name an organization that is not there');

-------------------------------------------------------------------------------------------
-- Merging

SELECT own() \gset
SELECT test.activity('highlight', 'draft') AS a \gset
SELECT become('nanjing_submitter') \gset
SELECT is(test.patch(:'a', '{"contact": {"mobile": "13800000000"}, "proposal": {"theme": "众心向党"}, "title": "新标题"}'), NULL, 'a nested patch');
SELECT is((SELECT contact::text || proposal::text || title FROM activity WHERE id = :'a'),
          '(张三,025-00000000,13800000000,,)(弘扬科学家精神,,,众心向党,,)新标题', 'keeps what it does not name');
SELECT is(test.patch(:'a', '{"contact": {"office_phone": null}, "proposal": null, "modules": null, "host_name": null}'), NULL, 'null takes away');
SELECT is((SELECT contact::text || coalesce(proposal::text, '-') || modules::text || host_name FROM activity WHERE id = :'a'),
          '(张三,,13800000000,,)-{}南京市科学技术协会', 'and the host is the organization again');
SELECT is(test.patch(:'a', '{"targets": [{"name": "报告会", "unit": "场", "planned": 3}, {"name": "听众", "unit": "人", "planned": 300.5, "at_least": true}]}'), NULL, 'targets');
SELECT (targets[1]).id AS target FROM activity WHERE id = :'a' \gset
SELECT is(test.patch(:'a', jsonb_build_object('targets', jsonb_build_array(jsonb_build_object('id', :'target', 'name', '报告会', 'unit', '场', 'planned', 4)))), NULL,
          'are replaced as a whole');
SELECT is((SELECT targets::text FROM activity WHERE id = :'a'), format('{"(%s,报告会,场,4,f)"}', :'target'), 'and keep their ids');
SELECT is((SELECT version FROM activity WHERE id = :'a'), 5, 'each change is a version');
SELECT is(test.run('patch_activity', jsonb_build_object('activity_id', :'a', 'version', 4, 'patch', '{"title": "旧"}')), NULL, 'an old version changes nothing');
SELECT is(test.run('refuse_activity', jsonb_build_object('activity_id', :'a', 'version', 4, 'action', 'patch')), 'version_mismatch', 'and is told so');
SELECT is(test.patch(:'a', '{"modules": ["other"]}'),
          'validation_failed {"errors": [{"code": "unknown_module", "params": {"value": "other"}, "pointer": "/modules/0"}]}', 'an unknown module is refused here too');
SELECT throws_ok(format('UPDATE activity SET organization_id = %L WHERE id = %L', organization('wuxi'), :'a'), '42501', NULL, 'whose it is never changes');
SELECT throws_ok(format('UPDATE activity SET status = ''accepted'' WHERE id = %L', :'a'), '23514', NULL, 'no status moves past the table of states');

-------------------------------------------------------------------------------------------
-- Findings, one by one

SELECT own() \gset
SELECT test.activity('highlight', 'draft') AS f \gset
SELECT test.activity('highlight', 'submitted', 'nanjing', '2021-05-12'), test.activity('highlight', 'accepted', 'nanjing', '2021-06-06') \g /dev/null
SELECT is(test.findings(:'f'), '', 'a complete form, the third of its organization, one in each phase');
CREATE FUNCTION test.finding(change text, of_activity uuid) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	found text;
BEGIN
	EXECUTE 'UPDATE activity SET ' || change || ' WHERE id = $1' USING of_activity;
	found := test.findings(of_activity);
	RAISE EXCEPTION USING ERRCODE = 'SD999';
EXCEPTION
	WHEN SQLSTATE 'SD999' THEN
		RETURN found;
END
$$;
SELECT is(test.finding(v.change, :'f'), v.expected, v.change)
  FROM (VALUES
	('modules = ''{}''', '/modules module_required'),
	('modules = ''{}'', module_other = ''科学教育''', ''),
	('starts_on = NULL', '/starts_on required, ( phases_not_covered)'),
	('starts_on = ''2021-05-09''', '/starts_on outside_campaign, ( phases_not_covered)'),
	('starts_on = ''2021-05-10''', '( phases_not_covered)'),
	('starts_on = ''2021-06-30''', '( phases_not_covered)'),
	('ends_on = ''2021-06-30''', ''),
	('ends_on = ''2021-07-01''', '/ends_on outside_campaign'),
	('location = NULL', '/location location_or_online_required'),
	('location = NULL, is_online = true', '/online_url required'),
	('location = NULL, is_online = true, online_url = ''https://example.org/live''', ''),
	('audiences = ''{}''', '/audiences audience_required'),
	('audiences = ''{}'', audience_other = ''中小学生''', ''),
	('expected_participants = NULL', '/expected_participants required'),
	('expected_participants = 0', ''),
	('contact = NULL', '/contact/name required, /contact/mobile phone_required'),
	('contact.name = NULL', '/contact/name required'),
	('contact.office_phone = NULL', '/contact/mobile phone_required'),
	('contact.office_phone = NULL, contact.mobile = ''13800000000''', ''),
	('mailing_address = NULL', '/mailing_address required'),
	('proposal = NULL', '/proposal required'),
	('proposal.approach = repeat(''字'', 500)', ''),
	('proposal.approach = repeat(''字'', 501)', '(/proposal too_long_for_form)'),
	('proposal.approach = repeat(''字'', 499), proposal.outcomes = ''，。''', '(/proposal too_long_for_form)'),
	-- A letter with its mark apart is one 字; an emoji beyond the basic plane is one too.
	('proposal.approach = repeat(U&''e\0301'', 500)', ''),
	('proposal.approach = repeat(''😀'', 500)', ''),
	('modules = ''{}'', starts_on = NULL, location = NULL, audiences = ''{}'', expected_participants = NULL, contact = NULL, mailing_address = NULL, proposal = NULL',
	 '/modules module_required, /starts_on required, /location location_or_online_required, /audiences audience_required,'
	 ' /expected_participants required, /contact/name required, /contact/mobile phone_required, /mailing_address required, /proposal required, ( phases_not_covered)')
	) v (change, expected);

SAVEPOINT settings;
UPDATE campaign SET highlight_text_limit_strict = true, modules_open = false WHERE code = 'test';
SELECT is(test.finding('proposal.approach = repeat(''字'', 501)', :'f'), '/proposal too_long_for_form', 'a strict limit is an error');
SELECT is(test.finding('module_other = ''科学教育''', :'f'), '/module_other modules_closed', 'closed modules take no words');
ROLLBACK TO settings;
SELECT test.activity('highlight', 'draft', 'wuxi') AS alone \gset
SELECT is((SELECT jsonb_agg(f.params) FROM activity a CROSS JOIN LATERAL activity_findings(a) f WHERE a.id = :'alone' AND f.pointer <> '/documents'),
          '[{"phases": [1, 3], "missing": ["第一阶段", "第三阶段"]}, {"required": 3, "submitted": 1}]', 'alone, it covers one phase of three and is one of three');
SELECT is(test.finding('modules = ''{}'', starts_on = NULL, location = NULL, audiences = ''{}'', contact = NULL, mailing_address = NULL, proposal = NULL',
                       test.activity('programme', 'draft', 'su')), '/modules module_required', 'a programme activity needs its module');
SELECT is(test.finding('modules = ''{}'', starts_on = NULL', test.activity('event', 'draft', 'su')), '', 'an event not even that');
SELECT is(test.finding('starts_on = ''2020-05-30''', test.activity('event', 'draft', 'su')), '/starts_on outside_campaign', 'but its date is the campaign''s');

-------------------------------------------------------------------------------------------
-- Submitting, and what is frozen

SELECT own() \gset
SELECT test.activity('highlight', 'draft', 'wuxi') AS s \gset
UPDATE activity SET contact = NULL, proposal = NULL WHERE id = :'s';
SELECT become('wuxi_submitter') \gset
SELECT jsonb_build_object('activity_id', :'s', 'version', 2, 'action', 'submit', 'caller', person('wuxi_submitter')) AS given \gset
SELECT is(test.run('submit_activity', :'given'), NULL, 'an incomplete form is not submitted');
SELECT is(test.run('refuse_activity', :'given'), 'form_incomplete', 'and says that it is incomplete');
SELECT test.text('refuse_activity', :'given') AS refusal \gset
SELECT is((SELECT jsonb_path_query_array(r.params, '$.errors[*].pointer')::text FROM (:refusal) r),
          '["/contact/name", "/contact/mobile", "/proposal"]', 'naming all that is missing, and no warning');
SELECT is(test.patch(:'s', '{"contact": {"name": "李四", "mobile": "13900000000"}, "proposal": {"approach": "思路"}}'), NULL, 'completed');
SELECT :'given'::jsonb || '{"version": 3}' AS given \gset
SELECT is(test.run('submit_activity', :'given'), :'s', 'it is submitted, warnings or not');
SELECT is((SELECT concat_ws(' ', a.status, a.version, a.submission_count, a.submitted_at = now()) FROM activity a WHERE a.id = :'s'), 'submitted 4 1 t', 'the row says so');
SELECT is(test.run('submit_activity', :'given'), NULL, 'a second time, by another, changes nothing');
SELECT is(test.run('refuse_activity', :'given'), 'version_mismatch', 'for it changed in the meantime');
SELECT is(test.run('refuse_activity', :'given'::jsonb || '{"version": 4}'), 'transition_not_allowed', 'and is submitted already');
SELECT is(test.run('refuse_activity', :'given'::jsonb || '{"version": 4, "action": "patch"}'), 'not_editable', 'what is submitted is read-only');
SELECT is(test.run('refuse_activity', :'given'::jsonb || '{"version": 4, "action": "delete"}'), 'not_editable', 'and is not deleted');
SELECT is(test.patch(:'s', '{"title": "改"}'), NULL, 'a patch of it is no error of the database''s');
SELECT is((SELECT a.title FROM activity a WHERE a.id = :'s'), '科普报告会', 'but changes nothing');
SELECT is((SELECT concat_ws(' ', b.number, b.content ->> 'title', b.content -> 'contact' ->> 'name', b.content -> 'modules', b.submitted_by_name) FROM submission b WHERE b.subject_id = :'s'),
          '1 科普报告会 李四 ["unity"] wuxi_submitter', 'its content is frozen');
SELECT is((SELECT b.digest FROM submission b WHERE b.subject_id = :'s'),
          (SELECT encode(sha256(convert_to(b.content::text, 'UTF8')), 'hex') FROM submission b WHERE b.subject_id = :'s'), 'with its SHA-256');
SELECT is((SELECT concat_ws(' ', r.action, r.from_status, r.to_status, r.by_name, r.request_id, r.submission_id = b.id)
             FROM review r JOIN submission b USING (subject_id) WHERE r.subject_id = :'s'), 'submit draft submitted wuxi_submitter test t', 'and its history begun');
SELECT throws_ok(v.change, '42501', NULL, v.change)
  FROM (VALUES ('UPDATE submission SET content = ''{}'''), ('DELETE FROM submission'), ('UPDATE review SET comment = ''改'''), ('DELETE FROM review'),
               ('INSERT INTO obligation (campaign_code) VALUES (''test'')'), ('UPDATE transition SET role = ''submitter''')) v (change);
SELECT throws_ok(format('INSERT INTO review (subject_id, action, from_status, to_status, by_user) VALUES (%L, ''accept'', ''submitted'', ''accepted'', %L)', :'s', person('wuxi_submitter')),
                 '42501', NULL, 'an author writes no review of a reviewer''s');
SELECT throws_ok(format('INSERT INTO submission (subject_id, number, submitted_by, content) VALUES (%L, 2, %L, ''{}'')', :'s', person('su_reviewer')),
                 '42501', NULL, 'nor submits in another''s name');

SELECT become('su_reviewer') \gset
SELECT is(test.run('return_activity', jsonb_build_object('activity_id', :'s', 'version', 4, 'caller', person('su_reviewer'), 'comment', '请补充第三阶段的安排。',
              'field_comments', '[{"pointer": "/proposal", "comment": "太短"}]', 'correction_due_at', '2099-05-14T10:00:00+08:00')), :'s', 'returned');
SELECT is((SELECT b.body -> 'correction' ->> 'comment' || (b.body -> 'correction' -> 'field_comments' -> 0 ->> 'comment') || (b.body ->> 'correction_due_at')
             FROM activity_body b WHERE b.id = :'s'), '请补充第三阶段的安排。太短2099-05-14T02:00:00Z', 'with what is to be corrected');
SELECT is((SELECT r.submission_id FROM review r WHERE r.subject_id = :'s' AND r.action = 'return'), (SELECT b.id FROM submission b WHERE b.subject_id = :'s'),
          'a review is of the latest submission');
SELECT become('wuxi_submitter') \gset
SELECT is(test.patch(:'s', '{"proposal": {"approach": "新思路"}}'), NULL, 'it is the author''s again');
SELECT is(test.run('submit_activity', :'given'::jsonb || '{"version": 6}'), :'s', 'and submitted again');
SELECT is((SELECT string_agg(b.number || (b.content -> 'proposal' ->> 'approach'), ' ' ORDER BY b.number) FROM submission b WHERE b.subject_id = :'s'), '1思路 2新思路',
          'the first submission is as it was');
SELECT is((SELECT count(DISTINCT b.digest)::integer FROM submission b WHERE b.subject_id = :'s'), 2, 'another content has another digest');
SELECT is((SELECT b.correction_due_at FROM submission b WHERE b.subject_id = :'s' AND b.number = 2), timestamptz '2099-05-14T02:00:00Z', 'the correction remembers by when it was wanted');
SELECT is((SELECT b.body ->> 'correction' FROM activity_body b WHERE b.id = :'s'), NULL, 'nothing is to be corrected any more');

SELECT become('su_reviewer') \gset
SELECT is(test.run('accept_activity', jsonb_build_object('activity_id', :'s', 'version', 7, 'caller', person('su_reviewer'), 'comment', '同意')), :'s', 'accepted');
SELECT is(test.run('nominate_activity', jsonb_build_object('activity_id', :'s', 'version', 8, 'caller', person('su_reviewer'), 'rank', 1, 'reason', '主题突出')), :'s', 'nominated');
SELECT is((SELECT b.body -> 'nomination' ->> 'reason' FROM activity_body b WHERE b.id = :'s'), '主题突出', 'with its reason');
SELECT is((SELECT string_agg(r.action, ' ' ORDER BY r.reviewed_at, r.id) FROM review r WHERE r.subject_id = :'s'), 'submit return submit accept nominate', 'the whole history');

-- Deleting
SELECT own() \gset
SELECT test.activity('highlight', 'draft', 'wuxi') AS d \gset
UPDATE activity SET submission_count = 1 WHERE id = :'d';
SELECT become('wuxi_submitter') \gset
SELECT is(test.run('delete_activity', jsonb_build_object('activity_id', :'d', 'version', 2)), NULL, 'a draft that was once submitted is not deleted');
SELECT is(test.run('refuse_activity', jsonb_build_object('activity_id', :'d', 'version', 2, 'action', 'delete')), 'in_use', 'for its submissions refer to it');
SELECT own() \gset
UPDATE activity SET submission_count = 0 WHERE id = :'d';
SELECT become('nanjing_submitter') \gset
SELECT is(test.run('delete_activity', jsonb_build_object('activity_id', :'d', 'version', 3)), NULL, 'nobody deletes a neighbour''s');
SELECT become('wuxi_submitter') \gset
SELECT is(test.run('delete_activity', jsonb_build_object('activity_id', :'d', 'version', 3)), :'d', 'a fresh draft goes');

-------------------------------------------------------------------------------------------
-- Deadlines that refuse, and the end of a campaign

SELECT own() \gset
DELETE FROM plan WHERE campaign_code = 'test';
SELECT test.plan('draft') AS p \gset
UPDATE campaign SET late_submissions = 'refused' WHERE code = 'test';
SELECT jsonb_build_object('plan_id', :'p', 'version', 1, 'action', 'submit', 'caller', person('nanjing_submitter')) AS given \gset
SELECT become('nanjing_submitter') \gset
SELECT is(test.run('submit_plan', :'given'), NULL, 'where late submissions are refused, one is');
SELECT is(test.run('refuse_plan', :'given'), 'deadline_passed', 'by its code');
SELECT own() \gset
CREATE FUNCTION test.submits_when_due(after interval) RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
	is_submitted boolean;
BEGIN
	INSERT INTO extension (campaign_code, organization_id, kind, due_at, reason, given_by)
	VALUES ('test', organization('nanjing'), 'plan', now() + after, '延期', person('su_administrator'));
	PERFORM become('nanjing_submitter');
	is_submitted := test.run('submit_plan', jsonb_build_object('plan_id', (SELECT p.id FROM plan p WHERE p.campaign_code = 'test'), 'version', 1, 'caller', person('nanjing_submitter'))) IS NOT NULL;
	RAISE EXCEPTION USING ERRCODE = 'SD999';
EXCEPTION
	WHEN SQLSTATE 'SD999' THEN
		PERFORM own();
		RETURN is_submitted;
END
$$;
SELECT is(test.submits_when_due('1 second'), true, 'one second before an extension ends it is taken');
SELECT is(test.submits_when_due('0'), false, 'when it ends it is not');
SELECT is(test.submits_when_due('-1 second'), false, 'nor one second after');
SELECT is((SELECT due_date(timestamptz '2021-05-12T16:00:00Z', 'Asia/Shanghai')), date '2021-05-12', 'the date of a due instant is the day that it ends');

UPDATE campaign SET late_submissions = 'accepted' WHERE code = 'test';
SAVEPOINT recipient;
UPDATE activity SET submission_count = 0 WHERE campaign_code = 'test';
DELETE FROM recipient WHERE organization_id = organization('nanjing') AND campaign_code = 'test';
SELECT become('nanjing_submitter') \gset
SELECT is(test.run('submit_plan', :'given'), NULL, 'who is no recipient any more submits nothing');
SELECT is(test.run('refuse_plan', :'given'), 'not_a_recipient', 'and is told so');
ROLLBACK TO recipient;
UPDATE campaign SET status = 'closed', closed_at = now() WHERE code = 'test';
SELECT become('nanjing_submitter') \gset
SELECT is(test.run('submit_plan', :'given'), NULL, 'a closed campaign takes nothing');
SELECT is(test.run('refuse_plan', :'given'), 'campaign_closed', 'and says why');
SELECT is(test.run('patch_plan', :'given'::jsonb || '{"patch": {"title": "改"}}'), NULL, 'nor an edit');
SELECT is(test.run('refuse_plan', :'given'::jsonb || '{"action": "patch"}'), 'campaign_closed', 'for the same reason');
SELECT is((SELECT (b.body -> 'allowed_actions')::text FROM plan_body b WHERE b.id = :'p'), '[]', 'and offers nothing');
SELECT own() \gset
SELECT test.activity('highlight', 'submitted') AS h \gset
SELECT become('su_reviewer') \gset
SELECT is(test.run('accept_activity', jsonb_build_object('activity_id', :'h', 'version', 1, 'caller', person('su_reviewer'))), :'h', 'while review goes on');
SELECT is(test.run('nominate_activity', jsonb_build_object('activity_id', :'h', 'version', 2, 'caller', person('su_reviewer'), 'rank', 2, 'reason', '好')), :'h', 'and nomination');

SELECT * FROM finish();