-- After acceptance: what is forwarded stays as it was, for everyone and for ever; awards and who sees what of them.
\ir workflow_setup.psql
SELECT no_plan();

UPDATE campaign SET award_categories = ARRAY[('excellent', '优秀组织单位'), ('active', '积极贡献单位')]::coded_name[] WHERE code = 'test';
UPDATE organization SET mailing_address = code || '路1号' WHERE code IN ('nanjing', 'wuxi', 'su');

-- A nominated highlight with its submission; and what a call answers or is refused with.
CREATE FUNCTION test.nominated(organization text, rank integer) RETURNS uuid
LANGUAGE plpgsql
AS $$
DECLARE
	made uuid := test.activity('highlight', 'nominated', organization);
BEGIN
	UPDATE activity SET nomination_rank = rank, nomination_reason = '主题突出' WHERE id = made;
	INSERT INTO submission (subject_id, number, submitted_at, submitted_by, content)
	SELECT made, 1, '2021-05-11T00:00:00Z', person('nanjing_submitter'), activity_content(a) || jsonb_build_object('title', '活动' || rank)
	  FROM activity a WHERE a.id = made;
	RETURN made;
END
$$;
CREATE FUNCTION test.by(person text, name text, given jsonb) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	answer text;
BEGIN
	PERFORM become(person);
	answer := test.refusal(name, given || jsonb_build_object('caller', person(by.person), 'campaign_code', coalesce(given ->> 'campaign_code', 'test'),
		'new_id', coalesce(given ->> 'new_id', uuid_v7()::text)));
	PERFORM own();
	RETURN coalesce(answer, 'done');
END
$$;
CREATE FUNCTION test.items(person text, forwarding uuid) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	found text;
BEGIN
	PERFORM become(person);
	SELECT string_agg(concat_ws(' ', i.rank, i.organization_name, i.content ->> 'title', i.reason), '; ' ORDER BY i.rank) INTO found
	  FROM forwarding_item i WHERE i.forwarding_id = forwarding;
	PERFORM own();
	RETURN coalesce(found, 'nothing');
END
$$;
SELECT uuid_v7() AS first, uuid_v7() AS second, uuid_v7() AS third, uuid_v7() AS nobody \gset

-- Who forwards
SELECT is(test.by('su_reviewer', 'create_forwarding', '{"document_number": "1号", "forwarded_on": "2021-05-17"}'), 'nothing_to_forward', 'nothing is nominated');
SELECT test.nominated('nanjing', 1) AS h1, test.nominated('nanjing', 2) AS h2, test.nominated('wuxi', 3) AS h3 \gset
SELECT is(test.by(v.person, 'create_forwarding', '{"document_number": "1号", "forwarded_on": "2021-05-17"}'), v.expected, v.person || ' forwards')
  FROM (VALUES ('nanjing_submitter', 'role_not_held_here'), ('nanjing_reviewer', 'role_not_held_here'), ('nanjing_administrator', 'role_not_held_here'),
	('su_submitter', 'role_not_held_here'), ('su_observer', 'role_not_held_here'), ('zhe_reviewer', 'role_not_held_here'), ('nobody', 'role_not_held_here')) v (person, expected);
SELECT is(test.by('su_reviewer', 'create_forwarding', '{"campaign_code": "none", "document_number": "1号", "forwarded_on": "2021-05-17"}'), 'not_found', 'of no campaign');
SELECT is(test.by('su_reviewer', 'create_forwarding', jsonb_build_object('new_id', :'first', 'document_number', '1号', 'forwarded_on', '2021-05-17')), 'done', 'the issuer''s reviewer forwards');
SELECT is(test.items('su_reviewer', :'first'), '1 南京市科学技术协会 活动1 主题突出; 2 南京市科学技术协会 活动2 主题突出; 3 无锡市科学技术协会 活动3 主题突出', 'what is nominated then, by rank');
SELECT is(test.items('nanjing_submitter', :'first'), '1 南京市科学技术协会 活动1 主题突出; 2 南京市科学技术协会 活动2 主题突出', 'an organization sees its own in it');
SELECT is(test.items(v.person, :'first'), v.expected, v.person || ' sees of it')
  FROM (VALUES ('zhe_administrator', 'nothing'), ('nobody', 'nothing'), ('nanjing_reviewer', 'nothing')) v (person, expected);
SELECT become('nanjing_submitter') \gset
SELECT isnt(test.run('get_forwarding', jsonb_build_object('forwarding_id', :'first')), NULL, 'and of the batch itself number and date');
SELECT become('zhe_observer') \gset
SELECT is(test.run('get_forwarding', jsonb_build_object('forwarding_id', :'first')), NULL, 'another province does not');
SELECT own() \gset
SELECT is((SELECT bool_and(i.digest = s.digest AND i.content = s.content) FROM forwarding_item i JOIN submission s ON s.id = i.submission_id), true,
          'an item has its submission''s content and digest');

-- Frozen by privilege, not by promise
SELECT become('su_administrator') \gset
SELECT is(refusal(v.sql), '42501', v.sql)
  FROM (VALUES ('UPDATE forwarding SET document_number = ''2号'''), ('DELETE FROM forwarding'), ('UPDATE forwarding_item SET rank = 9'),
	('DELETE FROM forwarding_item'), ('INSERT INTO forwarding_item (id) VALUES (uuid_v7())')) v (sql);
SELECT own() \gset
UPDATE organization SET name = '改名后的南京市科协' WHERE code = 'nanjing';
UPDATE activity SET title = '改了' WHERE id = :'h1';
SELECT is(split_part(test.items('su_reviewer', :'first'), ';', 1), '1 南京市科学技术协会 活动1 主题突出', 'nothing that happens later changes it');

-- Retracting
SELECT is(test.by('su_reviewer', 'retract_activity', jsonb_build_object('activity_id', :'h3', 'version', (SELECT version FROM activity WHERE id = :'h3'))),
          'transition_not_allowed {"errors": [{"code": "forwarded", "params": {"forwarded_on": "2021-05-17", "document_number": "1号"}, "pointer": ""}], "current_status": "nominated", "allowed_actions": []}',
          'forwarded, a nomination stands');
SELECT become('su_reviewer') \gset
SELECT is((SELECT (body ->> 'allowed_actions') FROM activity_body WHERE id = :'h3'), '[]', 'and retracting is not offered');
SELECT own() \gset

-- A second batch, and a correction
SELECT is(test.by('su_reviewer', 'create_forwarding', '{"document_number": "2号", "forwarded_on": "2021-05-18"}'), 'nothing_to_forward', 'all are out already');
SELECT test.nominated('wuxi', 4) AS h4 \gset
SELECT is(test.by('su_administrator', 'create_forwarding', jsonb_build_object('new_id', :'second', 'document_number', '2号', 'forwarded_on', '2021-05-18')), 'done', 'an administrator forwards too');
SELECT is(test.items('su_reviewer', :'second'), '4 无锡市科学技术协会 活动4 主题突出', 'the second batch has what was nominated since');
SELECT is(test.by('su_reviewer', 'create_forwarding', jsonb_build_object('document_number', '3号', 'forwarded_on', '2021-05-19', 'replaces_id', :'nobody')), 'replaces_id__unknown', 'replacing nothing');
SELECT is(test.by('su_reviewer', 'create_forwarding', jsonb_build_object('document_number', '3号', 'forwarded_on', '2021-05-19', 'replaces_id', :'first', 'without_ids', '{' || :'nobody' || '}')),
          'validation_failed {"errors": [{"code": "unknown", "pointer": "/without_ids/0"}]}', 'leaving out what is not nominated');
SELECT is(test.by('su_reviewer', 'create_forwarding', jsonb_build_object('new_id', :'third', 'document_number', '3号', 'forwarded_on', '2021-05-19', 'replaces_id', :'first', 'without_ids', '{' || :'h3' || '}')), 'done', 'a correction');
SELECT is(test.items('su_reviewer', :'third'), '1 改名后的南京市科协 活动1 主题突出; 2 改名后的南京市科协 活动2 主题突出', 'has what the first one had, without one');
SELECT is(split_part(test.items('su_reviewer', :'first'), ';', 3), ' 3 无锡市科学技术协会 活动3 主题突出', 'and the first one is still there to read');
SELECT become('su_observer') \gset
SELECT is((SELECT format('%s %s', body -> 'replaced_by' ->> 'document_number', is_current) FROM forwarding_body WHERE id = :'first'), '3号 f', 'which says what replaced it');
SELECT is((SELECT body -> 'replaces' ->> 'document_number' FROM forwarding_body WHERE id = :'third'), '1号', 'as the correction says what it replaces');
SELECT own() \gset
SELECT is(test.by('su_reviewer', 'create_forwarding', jsonb_build_object('document_number', '4号', 'forwarded_on', '2021-05-19', 'replaces_id', :'first')), 'forwarding__replaces_id__taken', 'it is replaced once');
SELECT is(test.by('su_reviewer', 'retract_activity', jsonb_build_object('activity_id', :'h3', 'version', (SELECT version FROM activity WHERE id = :'h3'))), 'done', 'what no current batch has can be retracted');
SELECT is((SELECT status FROM activity WHERE id = :'h3'), 'accepted', 'and is accepted again');
UPDATE campaign SET status = 'closed', closed_at = now() WHERE code = 'test';
SELECT test.nominated('wuxi', 5) AS h5 \gset
SELECT is(test.by('su_reviewer', 'create_forwarding', '{"document_number": "5号", "forwarded_on": "2021-07-01"}'), 'done', 'forwarding goes on when the campaign is closed');

-- Awards: one, and the snapshot of where the plaque goes
SELECT is(test.by(v.person, 'create_award', jsonb_build_object('body', jsonb_build_object('organization_id', organization('nanjing'), 'category', 'excellent'))),
          'role_not_held_here', v.person || ' gives an award')
  FROM (VALUES ('nanjing_administrator'), ('su_reviewer'), ('su_submitter'), ('zhe_administrator')) v (person);
SELECT uuid_v7() AS award \gset
SELECT is(test.by('su_administrator', 'create_award', jsonb_build_object('new_id', :'award', 'body', jsonb_build_object('organization_id', organization('nanjing'), 'category', 'excellent'))), 'done', 'an award');
SELECT is((SELECT format('%s %s', (contact).name, mailing_address) FROM award WHERE id = :'award'), '张三 某路1号', 'with the contact and the address of the form handed in last');
SELECT is(test.by('su_administrator', 'create_award', jsonb_build_object('body', jsonb_build_object('organization_id', organization('su'), 'category', 'active'))), 'done', 'the issuer itself may be awarded');
SELECT is((SELECT format('%s %s', (contact).name, mailing_address) FROM award WHERE organization_id = organization('su')), ' su路1号', 'without a form the address is the organization''s');
SELECT is(test.by('su_administrator', 'create_award', jsonb_build_object('body', jsonb_build_object('organization_id', organization('wuxi'), 'category', 'active',
          'contact', '{"name": "李四"}'::jsonb, 'mailing_address', '另一地址'))), 'done', 'both may be given');
SELECT is((SELECT format('%s %s %s', (contact).name, (contact).mobile, mailing_address) FROM award WHERE organization_id = organization('wuxi')), '李四  另一地址', 'and are then what was given');
SELECT is(test.by('su_administrator', 'create_award', jsonb_build_object('body', jsonb_build_object('organization_id', organization('nanjing'), 'category', 'excellent'))),
          'already_exists {"errors": [{"code": "taken", "pointer": "/organization_id"}]}', 'a category is given to an organization once');
SELECT is(test.by('su_administrator', 'create_award', jsonb_build_object('body', jsonb_build_object('organization_id', organization('hangzhou'), 'category', 'best'))),
          'validation_failed {"errors": [{"code": "unknown_category", "params": {"value": "best"}, "pointer": "/category"}, {"code": "not_below_issuer", "pointer": "/organization_id"}]}', 'all that is wrong at once');

-- A batch, all or none
SELECT is(test.by('su_administrator', 'create_award_batch', jsonb_build_object('items', jsonb_build_array(
            jsonb_build_object('organization_id', organization('society'), 'category', 'active'),
            jsonb_build_object('organization_id', organization('nanjing'), 'category', 'excellent'),
            jsonb_build_object('organization_id', :'nobody', 'category', 'active'),
            jsonb_build_object('organization_id', organization('society'), 'category', 'active')))),
          'validation_failed {"errors": [{"code": "taken", "pointer": "/items/1/organization_id"}, {"code": "unknown", "pointer": "/items/2/organization_id"}, {"code": "duplicate_item", "pointer": "/items/3/organization_id"}]}',
          'a batch is refused with each item''s place');
SELECT is((SELECT count(*)::integer FROM award WHERE organization_id = organization('society')), 0, 'and nothing of it is there');
SELECT is(test.by('su_administrator', 'create_award_batch', jsonb_build_object('new_id', :'second', 'items', jsonb_build_array(
            jsonb_build_object('organization_id', organization('society'), 'category', 'active'),
            jsonb_build_object('organization_id', organization('xuanwu'), 'category', 'active')))), 'done', 'a batch');
SELECT become('su_administrator') \gset
SELECT is((SELECT string_agg(r -> 'award' -> 'organization' ->> 'code', ' ' ORDER BY r ->> 'index') FROM json_array_elements(test.run('get_award_batch', jsonb_build_object('award_batch_id', :'second'))::json -> 'results') r),
          'society xuanwu', 'has a result for each');

-- The plaque
SELECT is(test.run('patch_award', jsonb_build_object('award_id', :'award', 'version', 1, 'patch', '{"plaque": {"carrier": "中国邮政", "number": "EA1", "sent_on": "2021-07-05"}}')), :'award', 'it is sent');
SELECT is(test.run('patch_award', jsonb_build_object('award_id', :'award', 'version', 2, 'patch', '{"plaque": {"arrived_on": "2021-07-08"}, "contact": {"mobile": "13900000000"}}')), :'award', 'and arrives');
SELECT is((SELECT format('%s %s %s %s', plaque, plaque_status, (contact).name, (contact).mobile) FROM award WHERE id = :'award'), '(中国邮政,EA1,2021-07-05,2021-07-08) arrived 张三 13900000000', 'a patch keeps the rest');
SELECT is(test.refusal('patch_award', jsonb_build_object('award_id', :'award', 'version', 3, 'patch', '{"plaque": {"sent_on": "2021-07-09"}}')), 'validation_failed {"errors": [{"code": "before_sent", "pointer": "/plaque/arrived_on"}]}', 'not before it was sent');
SELECT is(test.refusal('patch_award', jsonb_build_object('award_id', :'award', 'version', 3, 'patch', '{"plaque": {"sent_on": null}}')), 'validation_failed {"errors": [{"code": "required", "pointer": "/plaque/sent_on"}]}', 'nor without having been sent');

-- Who sees what
SELECT own() \gset
CREATE FUNCTION test.award(person text, id uuid) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	found text;
BEGIN
	PERFORM become(person);
	SELECT concat_ws(' ', b.body ->> 'category_name', b.body -> 'organization' ->> 'code', b.body -> 'contact' ->> 'name', b.body ->> 'mailing_address',
	                 b.body -> 'plaque' ->> 'number', b.body ->> 'status', b.body ->> 'allowed_actions') INTO found
	  FROM award_body b WHERE b.id = award.id;
	PERFORM own();
	RETURN found;
END
$$;
SELECT is(test.award(v.person, :'award'), v.expected, v.person || ' sees of an award')
  FROM (VALUES ('nobody', '优秀组织单位 nanjing given []'), ('wuxi_submitter', '优秀组织单位 nanjing given []'), ('nanjing_reviewer', '优秀组织单位 nanjing given []'),
	('nanjing_submitter', '优秀组织单位 nanjing 张三 某路1号 EA1 given []'), ('su_reviewer', '优秀组织单位 nanjing 张三 某路1号 EA1 given []'),
	('su_administrator', '优秀组织单位 nanjing 张三 某路1号 EA1 given ["revoke"]'), ('nanjing_administrator', '优秀组织单位 nanjing 张三 某路1号 EA1 given []')) v (person, expected);
SELECT is(test.by('nanjing_administrator', 'refuse_award', jsonb_build_object('award_id', :'award', 'version', 3, 'action', 'patch')), 'done', 'a city''s administrator is told so');
SELECT become('nanjing_administrator') \gset
SELECT is(test.run('refuse_award', jsonb_build_object('award_id', :'award', 'version', 3, 'action', 'revoke')), 'role_not_held_here', 'with the role that is lacking');
SELECT is(test.run('revoke_award', jsonb_build_object('award_id', :'award', 'version', 3, 'reason', '无权', 'caller', person('nanjing_administrator'))), NULL, 'and revokes nothing');

-- Revoked, not deleted
SELECT become('su_administrator') \gset
SELECT is(test.run('revoke_award', jsonb_build_object('award_id', :'award', 'version', 3, 'reason', '登记有误', 'caller', person('su_administrator'))), :'award', 'revoked');
SELECT is(test.run('refuse_award', jsonb_build_object('award_id', :'award', 'version', 4, 'action', 'revoke')), 'transition_not_allowed', 'once');
SELECT is(test.run('refuse_award', jsonb_build_object('award_id', :'award', 'version', 4, 'action', 'patch')), 'not_editable', 'and read-only from then on');
SELECT is(refusal('DELETE FROM award'), '42501', 'no award is ever deleted');
SELECT own() \gset
SELECT is(test.award(v.person, :'award'), v.expected, v.person || ' sees of a revoked award')
  FROM (VALUES ('nobody', NULL), ('wuxi_submitter', NULL), ('nanjing_submitter', '优秀组织单位 nanjing 张三 某路1号 EA1 revoked []'),
	('su_administrator', '优秀组织单位 nanjing 张三 某路1号 EA1 revoked []')) v (person, expected);
SELECT is(test.by('su_administrator', 'create_award', jsonb_build_object('body', jsonb_build_object('organization_id', organization('nanjing'), 'category', 'excellent'))), 'done', 'the organization may be awarded anew');
SELECT is(refusal($$UPDATE campaign SET award_categories = '{}' WHERE code = 'test'$$), 'validation_failed {"errors": [{"code": "in_use", "pointer": "/award_categories"}]}', 'a category that was given stays');

SELECT * FROM finish();
