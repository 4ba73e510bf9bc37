\ir prologue.psql
SELECT plan(95);

CREATE FUNCTION a_campaign(changes jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER
RETURN jsonb_build_object('body', '{"code": "t-2021", "title": "江苏省2021年“全国科技工作者日”活动", "starts_on": "2021-05-10",
	"ends_on": "2021-06-30", "plan_due_on": "2021-05-12", "highlight_due_on": "2021-05-12", "summary_due_on": "2021-06-30",
	"audiences": [{"code": "science_workers", "name": "科技工作者"}]}'
	|| jsonb_build_object('issuer_id', organization('su')) || changes);
CREATE FUNCTION changed(patch jsonb) RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER
RETURN jsonb_build_object('campaign_code', 't-2021', 'patch', patch, 'version', (SELECT version FROM campaign WHERE code = 't-2021'));
CREATE FUNCTION acted(action text) RETURNS jsonb LANGUAGE sql STABLE RETURN changed('{}') || jsonb_build_object('action', action);
CREATE FUNCTION a_phase(ordinal integer, starts_on date, ends_on date) RETURNS jsonb LANGUAGE sql STABLE
RETURN jsonb_build_object('new_id', uuid_v7(), 'campaign_code', 't-2021', 'ordinal', ordinal, 'name', '第' || ordinal || '阶段',
	'starts_on', starts_on, 'ends_on', ends_on);
CREATE FUNCTION a_module(ordinal integer, code text) RETURNS jsonb LANGUAGE sql STABLE
RETURN jsonb_build_object('new_id', uuid_v7(), 'campaign_code', 't-2021', 'ordinal', ordinal, 'code', code, 'name', code);
CREATE FUNCTION a_recipient(code text) RETURNS jsonb LANGUAGE sql STABLE
RETURN jsonb_build_object('new_id', uuid_v7(), 'campaign_code', 't-2021', 'organization_id', organization(code));
CREATE FUNCTION recipients() RETURNS text[] LANGUAGE sql STABLE
RETURN ARRAY(SELECT o.code FROM recipient r JOIN organization o ON o.id = r.organization_id WHERE r.campaign_code = 't-2021' ORDER BY 1);
CREATE FUNCTION findings(said text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN split_part(said, ' ', 1) || ' ' || (
	SELECT string_agg((e ->> 'pointer') || ' ' || (e ->> 'code'), ', ' ORDER BY e ->> 'pointer')
	  FROM jsonb_array_elements((substring(said FROM '\{.*'))::jsonb -> 'errors') e);

-- How many rows of the campaign each of these people sees: anyone; a submitter, reviewer, observer and administrator of
-- a city below the issuer; an administrator of the issuer, and one of another province.
CREATE FUNCTION seen(relation text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	counted integer;
	counts integer[] := '{}';
	someone text;
BEGIN
	FOREACH someone IN ARRAY ARRAY['', 'nanjing_submitter', 'nanjing_reviewer', 'nanjing_observer', 'nanjing_administrator',
	                               'su_administrator', 'zhe_administrator'] LOOP
		PERFORM become(someone);
		EXECUTE format('SELECT count(*) FROM %I WHERE %I = %L', relation, CASE relation WHEN 'campaign' THEN 'code' ELSE 'campaign_code' END, 't-2021')
		   INTO counted;
		counts := counts || counted;
	END LOOP;
	PERFORM own();
	RETURN array_to_string(counts, ' ');
END $$;

-- The instant that a day ends at
SELECT is(due_instant('2021-05-12', 'Asia/Shanghai'), '2021-05-13T00:00:00+08:00', 'a day ends at 24:00 of its zone');
SELECT ok('2021-05-12T23:59:59+08:00'::timestamptz < due_instant('2021-05-12', 'Asia/Shanghai'), 'a second before is in time');
SELECT ok(NOT '2021-05-13T00:00:00+08:00'::timestamptz < due_instant('2021-05-12', 'Asia/Shanghai'), 'the instant itself is not');
SELECT ok(NOT '2021-05-13T00:00:01+08:00'::timestamptz < due_instant('2021-05-12', 'Asia/Shanghai'), 'a second after is not');
SELECT is(due_instant('2021-11-07', 'America/New_York') - due_instant('2021-11-06', 'America/New_York'), interval '25:00',
	'a day of 25 hours lasts as long');
SELECT is(due_instant('2024-02-28', 'Asia/Urumqi'), '2024-02-28T18:00:00Z', 'a zone is its own');
SELECT is(instant('2021-05-13T00:00:00+08:00'), '2021-05-12T16:00:00Z', 'answers carry UTC');
SELECT is(instant('2021-05-13T00:00:00.25+08:00'), '2021-05-12T16:00:00.250Z', 'with milliseconds where there are any');
SELECT is(instant(NULL), NULL, 'and null for none');

-- A draft
SELECT become('nanjing_administrator');
SELECT is(test.refusal('create_campaign', a_campaign()), 'insufficient_privilege', 'only its issuer''s administrators draft one');
SELECT become('su_reviewer');
SELECT is(test.refusal('create_campaign', a_campaign()), 'insufficient_privilege', 'not its reviewers');
SELECT become('su_administrator');
SELECT is(findings(test.refusal('create_campaign', a_campaign('{"time_zone": "Asia/Nanjing", "ends_on": "2021-05-11", "summary_due_on": "2021-05-01",
	"audiences": [{"code": "a", "name": "甲"}, {"code": "b", "name": "乙"}, {"code": "a", "name": "丙"}]}'))),
	'validation_failed /audiences/2/code duplicate_item, /highlight_due_on after_end, /plan_due_on after_end, '
	|| '/summary_due_on before_highlights, /time_zone invalid_time_zone', 'all that is wrong is said at once');
SELECT is(findings(test.refusal('create_campaign', a_campaign('{"ends_on": "2021-05-01", "plan_due_on": "2021-05-01", "highlight_due_on": "2021-05-01"}'))),
	'validation_failed /ends_on before_start', 'the end is not before the start');
SELECT is(findings(test.refusal('create_campaign', a_campaign('{"time_zone": "EST5EDT4,M3.2.0,M11.1.0"}'))),
	'validation_failed /time_zone invalid_time_zone', 'a zone is one that has a name');
SELECT is(test.refusal('create_campaign', a_campaign('{"title": ""}')), 'title__length', 'the title is not empty');
SELECT is(test.refusal('create_campaign', a_campaign('{"minimum_highlights": -1}')), 'minimum_highlights__range', 'the minimum is not negative');
SELECT is(test.refusal('create_campaign', a_campaign('{"issuer_id": "00000000-0000-7000-8000-000000000000"}')), 'issuer_id__unknown',
	'the issuer exists');
SELECT is(test.run('create_campaign', a_campaign()), 't-2021', 'a campaign is drafted');
SELECT is(test.refusal('create_campaign', a_campaign()), 'campaign__code__taken', 'once');
SELECT is((SELECT body ->> 'plan_due_at' FROM campaign_body WHERE code = 't-2021'), '2021-05-12T16:00:00Z', 'its deadlines are instants too');
SELECT is((SELECT body ->> 'allowed_actions' FROM campaign_body WHERE code = 't-2021'), '["open"]', 'it can be opened');

-- Phases
SELECT isnt(test.run('create_phase', a_phase(1, '2021-05-10', '2021-05-25')), NULL, 'a phase is added');
SELECT is(test.refusal('create_phase', a_phase(2, '2021-05-25', '2021-06-05')), 'phases_overlap', 'the last day is the phase''s own');
SELECT is(test.refusal('create_phase', a_phase(2, '2021-05-01', '2021-07-05')), 'validation_failed {"errors": '
	|| '[{"code": "outside_campaign", "params": {"ends_on": "2021-06-30", "starts_on": "2021-05-10"}, "pointer": "/starts_on"}, '
	|| '{"code": "outside_campaign", "params": {"ends_on": "2021-06-30", "starts_on": "2021-05-10"}, "pointer": "/ends_on"}]}',
	'a phase is within its campaign');
SELECT is(test.refusal('create_phase', a_phase(1, '2021-05-26', '2021-06-05')), 'phase__ordinal__taken', 'its place is its own');
SELECT is(test.refusal('create_phase', a_phase(2, '2021-06-05', '2021-05-26')), 'ends_on__before_start', 'its end is not before its start');
SELECT isnt(test.run('create_phase', a_phase(2, '2021-05-26', '2021-06-05')), NULL, 'the next day is free');
SELECT is(test.refusal('patch_phase', (SELECT jsonb_build_object('phase_id', id, 'version', version, 'patch', '{"starts_on": "2021-05-20"}'::jsonb)
	FROM phase WHERE campaign_code = 't-2021' AND ordinal = 2)), 'phases_overlap', 'nor do phases overlap by a change');
SELECT is(findings(test.refusal('patch_campaign', changed('{"starts_on": "2021-05-11"}'))), 'validation_failed /starts_on phases_outside',
	'nor does the campaign shrink below its phases');
SELECT is(test.run('patch_phase', (SELECT jsonb_build_object('phase_id', id, 'version', 7, 'patch', '{"name": "x"}'::jsonb)
	FROM phase WHERE campaign_code = 't-2021' AND ordinal = 2)), NULL, 'another version is not overwritten');

-- Opening asks for what a notice says
SELECT is(test.run('open_campaign', acted('open')), NULL, 'without modules and recipients it does not open');
SELECT is(test.run('refuse_campaign', acted('open')), 'form_incomplete', 'and says so');
SELECT isnt(test.run('create_module', a_module(1, 'unity')), NULL, 'a module is added');
SELECT is(test.refusal('create_module', a_module(2, 'unity')), 'module__code__taken', 'once');
SELECT is(test.refusal('create_module', a_module(2, 'Unity')), 'code__pattern_mismatch', 'with a code');

-- Recipients
SELECT isnt(test.run('create_recipient', a_recipient('nanjing')), NULL, 'a recipient is added');
SELECT is(test.refusal('create_recipient', a_recipient('nanjing')), 'recipient__organization_id__taken', 'once');
SELECT is(findings(test.refusal('create_recipient', a_recipient('partner'))), 'validation_failed /organization_id partner_owes_nothing',
	'a partner owes nothing');
SELECT is(findings(test.refusal('create_recipient', a_recipient('hangzhou'))), 'validation_failed /organization_id not_below_issuer',
	'nor does who is not below the issuer');
SELECT is(findings(test.refusal('create_recipient', a_recipient('su'))), 'validation_failed /organization_id not_below_issuer',
	'nor the issuer');
SELECT is(test.refusal('create_recipient', a_recipient('nowhere')), 'organization_id__unknown', 'nor who is not there');
SELECT is(test.run('select_recipients', '{"campaign_code": "t-2021", "kinds": "{city_association,district_association}"}'), 't-2021',
	'they are chosen by kind');
SELECT is(recipients(), ARRAY['nanjing', 'wuxi', 'xuanwu'], 'below the issuer alone, and once each');
SELECT is(test.run('select_recipients', jsonb_build_object('campaign_code', 't-2021', 'kinds', '{society,district_association}',
	'within', organization('nanjing'))), 't-2021', 'and within one branch');
SELECT is(recipients(), ARRAY['nanjing', 'wuxi', 'xuanwu'], 'where there is no society');
SELECT is_empty($$SELECT FROM obligation WHERE campaign_code = 't-2021'$$, 'a draft obliges nobody');
SELECT isnt(test.run('delete_recipient', (SELECT jsonb_build_object('recipient_id', r.id, 'version', 1) FROM recipient r
	WHERE r.organization_id = organization('xuanwu') AND r.campaign_code = 't-2021')), NULL, 'one is taken off');

SELECT own();
SELECT is(seen('campaign'), '0 0 0 0 0 1 0', 'a draft is its administrators'' alone');
SELECT is(seen('phase'), '0 0 0 0 0 2 0', 'and so are its phases');
SELECT is(seen('module'), '0 0 0 0 0 1 0', 'its modules');
SELECT is(seen('recipient'), '0 0 0 0 0 2 0', 'and its recipients');

-- Opening
SELECT become('nanjing_administrator');
SELECT is(test.run('open_campaign', acted('open')), NULL, 'another''s draft is not opened');
SELECT is(test.run('refuse_campaign', acted('open')), NULL, 'nor seen');
SELECT become('su_administrator');
SELECT is(test.run('open_campaign', acted('open') || '{"version": 7}'), NULL, 'nor is another version');
SELECT is(test.run('refuse_campaign', acted('open') || '{"version": 7}'), 'version_mismatch', 'which is said');
SELECT is(test.run('open_campaign', acted('open')), 't-2021', 'the notice is issued');
SELECT results_eq($$SELECT o.code, b.kind, b.required, b.due_at, b.organization_kind, b.counted_ancestors
	FROM obligation b JOIN organization o ON o.id = b.organization_id WHERE b.campaign_code = 't-2021' ORDER BY o.code, b.kind$$,
	$$SELECT c, k, r, '2021-05-12T16:00:00Z'::timestamptz, 'city_association', ARRAY[organization(c), organization('su')]
	    FROM (VALUES ('nanjing'), ('wuxi')) o (c), (VALUES ('highlights', 3), ('plan', 1)) v (k, r)$$,
	'and each recipient owes a plan and the highlights');
SELECT is(test.run('open_campaign', acted('open')), NULL, 'once');
SELECT is(test.run('refuse_campaign', acted('open')), 'transition_not_allowed', 'which is said');
SELECT is((SELECT body ->> 'allowed_actions' FROM campaign_body WHERE code = 't-2021'), '["close"]', 'it can be closed');

SELECT own();
SELECT is(seen('campaign'), '1 1 1 1 1 1 1', 'what is issued is public');
SELECT is(seen('phase'), '2 2 2 2 2 2 2', 'with its phases');
SELECT is(seen('module'), '1 1 1 1 1 1 1', 'and its modules');
SELECT is(seen('recipient'), '0 1 0 0 1 2 0', 'a recipient is seen by those who have a role there');
SELECT is(seen('obligation'), '0 2 0 0 2 4 0', 'and so is what it owes');
SELECT become();
SELECT is((SELECT body ->> 'redacted' FROM campaign_body WHERE code = 't-2021'), '["contact"]', 'whom to ask is not public');

-- Issued, it stays as issued
SELECT become('su_administrator');
SELECT is(findings(test.refusal('patch_campaign', changed('{"plan_due_on": "2021-05-13", "highlight_due_on": "2021-05-13", "summary_due_on": "2021-06-29",
	"notice_receipt_due_on": "2021-05-10", "minimum_highlights": 2, "time_zone": "Asia/Urumqi"}'))),
	'not_editable /highlight_due_on fixed_since_opening, /minimum_highlights fixed_since_opening, /notice_receipt_due_on fixed_since_opening, '
	|| '/plan_due_on fixed_since_opening, /summary_due_on fixed_since_opening, /time_zone fixed_since_opening', 'no deadline moves');
SELECT is(test.run('patch_campaign', changed('{"theme": "众心向党，自立自强", "plan_due_on": "2021-05-12", "contact": {"name": "李明", "mobile": "13800000000"}}')),
	't-2021', 'the rest may change, and a deadline may be repeated');
SELECT is(test.run('patch_campaign', changed('{"contact": {"mobile": null, "fax": "025-1"}}')), 't-2021', 'a patch goes into its parts');
SELECT is((SELECT body -> 'contact' ->> 'name' || coalesce(body -> 'contact' ->> 'mobile', '') || (body -> 'contact' ->> 'fax')
	FROM campaign_body WHERE code = 't-2021'), '李明025-1', 'keeping what it does not name');
SELECT is(test.run('delete_campaign', acted('delete')), NULL, 'it is not deleted');
SELECT is(test.run('refuse_campaign', acted('delete')), 'not_editable', 'which is said');
SELECT become('nanjing_administrator');
SELECT is(test.run('patch_campaign', changed('{"theme": "x"}')), NULL, 'an administrator below changes nothing');
SELECT is(test.run('refuse_campaign', changed('{}') || '{"action": "patch"}'), 'role_not_held_here', 'which is said');
SELECT is(test.refusal('create_phase', a_phase(3, '2021-06-06', '2021-06-30')), 'role_not_held_here', 'nor adds a phase');
SELECT is(test.refusal('create_recipient', a_recipient('xuanwu')), 'role_not_held_here', 'nor a recipient');

-- A late recipient, a moved one, and one taken off again
SELECT become('su_administrator');
SELECT isnt(test.run('create_recipient', a_recipient('xuanwu')), NULL, 'a recipient is added late');
SELECT is((SELECT array_agg(kind || required ORDER BY kind) FROM obligation WHERE organization_id = organization('xuanwu')),
	ARRAY['highlights3', 'plan1'], 'and owes at once');
SELECT own();
UPDATE organization SET parent_id = organization('wuxi') WHERE code = 'xuanwu';
SELECT results_eq($$SELECT counted_ancestors, ancestors FROM obligation WHERE organization_id = organization('xuanwu') AND kind = 'plan'$$,
	$$VALUES (ARRAY[organization('xuanwu'), organization('nanjing'), organization('su')], ARRAY[organization('xuanwu'), organization('wuxi'), organization('su')])$$,
	'moved, it is seen where it is now, and counted where it was');
SELECT become('wuxi_reviewer');
SELECT is((SELECT count(*) FROM obligation WHERE campaign_code = 't-2021'), 2::bigint, 'its new reviewer sees it');
SELECT is_empty($$SELECT FROM obligation WHERE campaign_code = 't-2021' AND organization('wuxi') = ANY (counted_ancestors)$$, 'but past figures do not move');
SELECT become('su_administrator');
SELECT isnt(test.run('delete_recipient', (SELECT jsonb_build_object('recipient_id', r.id, 'version', 1) FROM recipient r
	WHERE r.organization_id = organization('xuanwu') AND r.campaign_code = 't-2021')), NULL, 'with nothing submitted it can be taken off');
SELECT is_empty($$SELECT FROM obligation WHERE organization_id = organization('xuanwu')$$, 'and owes nothing any more');
SELECT own();
INSERT INTO plan (id, campaign_code, organization_id, title, submission_count) VALUES (uuid_v7(), 't-2021', organization('nanjing'), '方案', 1);
SELECT become('su_administrator');
SELECT is(test.refusal('delete_recipient', (SELECT jsonb_build_object('recipient_id', r.id, 'version', 1) FROM recipient r
	WHERE r.organization_id = organization('nanjing') AND r.campaign_code = 't-2021')), 'recipient_has_submitted', 'who has submitted stays');

-- Closed
SELECT is(test.run('close_campaign', acted('close')), 't-2021', 'it is closed');
SELECT is(test.run('patch_campaign', changed('{"theme": "x"}')), NULL, 'and takes no edits');
SELECT is(test.run('refuse_campaign', changed('{}') || '{"action": "patch"}'), 'campaign_closed', 'which is said');
SELECT is(test.refusal('create_phase', a_phase(3, '2021-06-06', '2021-06-30')), 'campaign_closed', 'no phase');
SELECT is(test.refusal('create_module', a_module(3, 'new')), 'campaign_closed', 'no module');
SELECT is(test.refusal('create_recipient', a_recipient('xuanwu')), 'campaign_closed', 'no recipient');
SELECT is(test.run('delete_module', (SELECT jsonb_build_object('module_id', id, 'version', version) FROM module WHERE campaign_code = 't-2021')), NULL,
	'nothing goes');
SELECT is((SELECT body ->> 'allowed_actions' FROM campaign_body WHERE code = 't-2021'), '[]', 'nothing more can be done to it');

-- A receipt is owed where the campaign says by when
SELECT is(test.run('create_campaign', a_campaign('{"code": "t-2022", "notice_receipt_due_on": "2021-05-10"}')), 't-2022', 'another campaign');
SELECT own();
INSERT INTO phase (id, campaign_code, ordinal, name, starts_on, ends_on) VALUES (uuid_v7(), 't-2022', 1, '一', '2021-05-10', '2021-05-25');
INSERT INTO module (id, campaign_code, ordinal, code, name) VALUES (uuid_v7(), 't-2022', 1, 'unity', '团结引领');
INSERT INTO recipient (id, campaign_code, organization_id) VALUES (uuid_v7(), 't-2022', organization('wuxi'));
UPDATE campaign SET status = 'open', opened_at = now() WHERE code = 't-2022';
SELECT results_eq($$SELECT kind, due_at FROM obligation WHERE campaign_code = 't-2022' ORDER BY kind$$,
	$$VALUES ('highlights', '2021-05-12T16:00:00Z'::timestamptz), ('notice_receipt', '2021-05-10T16:00:00Z'), ('plan', '2021-05-12T16:00:00Z')$$,
	'it owes the receipt too');
SELECT is((SELECT c.version FROM campaign c WHERE c.code = 't-2022'), 2, 'opening is one version');

SELECT * FROM finish();
ROLLBACK;
