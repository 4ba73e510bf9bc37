\ir prologue.psql
SELECT plan(46);

-- Where it is
SELECT results_eq(
	$$SELECT code FROM organization WHERE path_ordinal >= (SELECT path_ordinal FROM organization WHERE code = 'su')
	      AND path_ordinal < (SELECT path_ordinal || '!' FROM organization WHERE code = 'su') ORDER BY path_ordinal$$,
	ARRAY['su', 'nanjing', 'xuanwu', 'wuxi', 'society'], 'a branch is listed together, in the official order');
SELECT is((SELECT ancestors FROM organization WHERE code = 'xuanwu'),
	ARRAY[organization('xuanwu'), organization('nanjing'), organization('su')], 'ancestors: itself first, its root last');
SELECT is((SELECT ordinal FROM organization WHERE code = 'wuxi'), 2, 'without an ordinal it is the last of its siblings');
UPDATE organization SET ordinal = 0 WHERE code = 'wuxi';
SELECT results_eq($$SELECT code FROM organization WHERE ancestors @> ARRAY[organization('su')] ORDER BY path_ordinal$$,
	ARRAY['su', 'wuxi', 'nanjing', 'xuanwu', 'society'], 'a new ordinal reorders whole branches');
SELECT is((SELECT version FROM organization WHERE code = 'xuanwu'), 1, 'reordering does not change what is below');
SELECT add_organization('nanjing-east', 'district_association', '东区', 'su');
UPDATE organization SET ordinal = (SELECT ordinal FROM organization WHERE code = 'nanjing') WHERE code = 'nanjing-east';
SELECT results_eq($$SELECT code FROM organization WHERE path_ordinal >= (SELECT path_ordinal FROM organization WHERE code = 'nanjing')
	      AND path_ordinal < (SELECT path_ordinal || '!' FROM organization WHERE code = 'nanjing') ORDER BY path_ordinal$$,
	ARRAY['nanjing', 'xuanwu'], 'a sibling of the same ordinal whose code begins alike is not inside the branch');

-- Moving
UPDATE organization SET parent_id = organization('wuxi') WHERE code = 'nanjing';
SELECT is((SELECT ancestors FROM organization WHERE code = 'xuanwu'),
	ARRAY[organization('xuanwu'), organization('nanjing'), organization('wuxi'), organization('su')],
	'what is below moves along');
SELECT ok((SELECT x.path_ordinal LIKE n.path_ordinal || ' %' AND n.path_ordinal LIKE w.path_ordinal || ' %'
             FROM organization x, organization n, organization w
            WHERE (x.code, n.code, w.code) = ('xuanwu', 'nanjing', 'wuxi')), 'and so does its place in the order');
SELECT is((SELECT ancestors FROM membership WHERE account_id = person('xuanwu_submitter')),
	(SELECT ancestors FROM organization WHERE code = 'xuanwu'), 'and every row under it');
SELECT ok((SELECT belongs_to @> ARRAY[organization('wuxi')] FROM account WHERE username = 'xuanwu_submitter'),
	'and what its people belong to');
SELECT is((SELECT version FROM organization WHERE code = 'nanjing'), 2, 'the moved one has a new version');
SELECT is((SELECT version FROM organization WHERE code = 'xuanwu'), 1, 'what moved along has not');
UPDATE organization SET parent_id = NULL WHERE code = 'nanjing';
SELECT is((SELECT ancestors FROM organization WHERE code = 'xuanwu'), ARRAY[organization('xuanwu'), organization('nanjing')],
	'a branch can become a tree');
UPDATE organization SET parent_id = organization('su') WHERE code = 'nanjing';
-- Two moves in one statement, of which the first goes below the second.
UPDATE organization SET parent_id = CASE code WHEN 'society' THEN organization('zhe') ELSE organization('society') END
 WHERE code IN ('society', 'wuxi');
SELECT is((SELECT ancestors FROM organization WHERE code = 'wuxi'),
	ARRAY[organization('wuxi'), organization('society'), organization('zhe')], 'two at once, one below the other');
UPDATE organization SET parent_id = organization('su') WHERE code IN ('society', 'wuxi');
SELECT is_empty($$
	SELECT t.tgrelid::regclass FROM pg_trigger t WHERE t.tgname = 'tracks_ancestors' AND NOT EXISTS (
		SELECT FROM pg_attribute a WHERE a.attrelid = t.tgrelid AND a.attname = 'ancestors' AND a.attnotnull)
	UNION ALL
	SELECT a.attrelid::regclass FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
	 WHERE a.attname = 'ancestors' AND a.attrelid NOT IN ('organization'::regclass, 'obligation_tally'::regclass) AND NOT EXISTS (
		SELECT FROM pg_trigger t WHERE t.tgrelid = a.attrelid AND t.tgname = 'tracks_ancestors')$$,
	'every table with ancestors is rewritten when a branch moves; sums follow what they are sums of');

-- Cycles
SELECT is(refusal($$UPDATE organization SET parent_id = id WHERE code = 'nanjing'$$), 'organization_cycle', 'not below itself');
SELECT is(refusal($$UPDATE organization SET parent_id = organization('xuanwu') WHERE code = 'su'$$), 'organization_cycle',
	'nor below what is below it');
SELECT is(refusal($$UPDATE organization SET parent_id = CASE code WHEN 'nanjing' THEN organization('hangzhou') ELSE organization('xuanwu') END
	WHERE code IN ('nanjing', 'zhe')$$), 'organization_cycle', 'nor by two moves in one statement');
SELECT is(refusal($$DO 'DECLARE parent uuid := organization(''xuanwu''); child uuid;
	BEGIN FOR i IN 1 .. 30 LOOP child := uuid_v7();
	INSERT INTO organization (id, code, kind, name, parent_id) VALUES (child, ''d'' || i, ''society'', ''d'', parent); parent := child;
	END LOOP; END'$$), 'parent_id__too_deep', '32 levels are the most');

-- What a row may hold
SELECT is(refusal($$INSERT INTO organization (id, code, kind, name, parent_id) VALUES (uuid_v7(), 'a', 'society', 'a', uuid_v7())$$),
	'parent_id__unknown', 'an unknown parent');
SELECT is(refusal($$SELECT add_organization('nanjing', 'society', '南京')$$), 'organization__code__taken', 'a code that is taken');
SELECT is(refusal($$SELECT add_organization('Nanjing', 'society', '南京')$$), 'code__pattern_mismatch', 'a code of another form');
SELECT is(refusal($$SELECT add_organization('a', 'club', '南京')$$), 'kind__not_allowed_value', 'an unknown kind');
SELECT is(refusal($$SELECT add_organization('a', 'society', '')$$), 'name__length', 'an empty name');
SELECT is(refusal($$UPDATE organization SET ordinal = -1 WHERE code = 'wuxi'$$), 'ordinal__range', 'an ordinal below zero');
SELECT is(refusal($$DELETE FROM organization WHERE code = 'nanjing'$$), 'parent_id__unknown', 'none is deleted that others are below');
SELECT is(refusal($$DELETE FROM organization WHERE code = 'xuanwu'$$), 'organization_id__unknown', 'nor one at which someone has a role');

-- Search
SELECT results_eq($$SELECT o.code FROM organization o WHERE o.id = ANY (organizations_matching('力学'))$$, ARRAY['society'],
	'two Chinese characters are enough');
SELECT is_empty($$SELECT unnest(organizations_matching('学力'))$$, 'in their order');
SELECT is_empty($$SELECT unnest(organizations_matching('南会'))$$, 'and next to each other');
SELECT results_eq($$SELECT o.code FROM organization o WHERE o.id = ANY (organizations_matching('ＮＡＮＪＩＮＧ-E'))$$,
	ARRAY['nanjing-east'], 'neither case nor width matters');
SELECT is_empty($$SELECT unnest(organizations_matching('%%'))$$, 'a wildcard is a character');

-- Who may
SELECT become('nanjing_administrator');
SELECT lives_ok($$INSERT INTO organization (id, code, kind, name, parent_id)
	VALUES (uuid_v7(), 'qinhuai', 'district_association', '秦淮区科协', organization('nanjing'))$$, 'an administrator creates below');
SELECT throws_ok($$INSERT INTO organization (id, code, kind, name, parent_id)
	VALUES (uuid_v7(), 'x', 'district_association', 'x', organization('wuxi'))$$, '42501', NULL, 'not elsewhere');
SELECT throws_ok($$INSERT INTO organization (id, code, kind, name) VALUES (uuid_v7(), 'x', 'district_association', 'x')$$, '42501', NULL,
	'and no tree of their own');
SELECT lives_ok($$UPDATE organization SET short_name = '南京市科协' WHERE code = 'nanjing'$$, 'and changes their own');
UPDATE organization SET name = '无' WHERE code = 'wuxi';
SELECT is((SELECT name FROM organization WHERE code = 'wuxi'), '无锡市科学技术协会', 'not another');
SELECT throws_ok($$UPDATE organization SET parent_id = organization('wuxi') WHERE code = 'nanjing'$$, '42501', NULL,
	'a branch goes only where its mover is administrator');
SELECT throws_ok($$UPDATE organization SET parent_id = NULL WHERE code = 'nanjing'$$, '42501', NULL, 'and is not torn out');
SELECT become('su_administrator');
SELECT lives_ok($$UPDATE organization SET parent_id = organization('wuxi') WHERE code = 'nanjing'$$, 'who administers both may move it');
SELECT become('nanjing_reviewer');
UPDATE organization SET name = '玄武' WHERE code = 'xuanwu';
SELECT is((SELECT name FROM organization WHERE code = 'xuanwu'), '玄武区科学技术协会', 'a reviewer changes no organization');

-- Contact details
SELECT become();
SELECT results_eq($$SELECT body ->> 'mailing_address', body ->> 'redacted' FROM organization_body WHERE id = organization('nanjing')$$,
	$$VALUES (NULL::text, '["mailing_address"]')$$, 'the public sees no address, and is told so');
SELECT become('wuxi_submitter');
SELECT is((SELECT body ->> 'redacted' FROM organization_body WHERE id = organization('xuanwu')), '["mailing_address"]',
	'a role elsewhere counts for nothing');
SELECT become('xuanwu_submitter');
SELECT is((SELECT body ->> 'mailing_address' FROM organization_body WHERE id = organization('xuanwu')), '玄武区科学技术协会收',
	'a submitter sees their own organization''s');
SELECT become('su_observer');
SELECT is((SELECT body ->> 'mailing_address' FROM organization_body WHERE id = organization('xuanwu')), '玄武区科学技术协会收',
	'an observer those below');
SELECT is((SELECT body ->> 'mailing_address' FROM organization_body WHERE id = organization('su')), NULL, 'but not their own');

SELECT * FROM finish();
ROLLBACK;
