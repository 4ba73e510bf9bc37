\ir prologue.psql
-- Imports: all that is wrong at once, all or nothing, and what is there already stays what it is.
SELECT plan(22);

CREATE FUNCTION organizations(VARIADIC lines text[]) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_agg(jsonb_build_object('code', split_part(l, ' ', 1), 'kind', 'society', 'name', split_part(l, ' ', 2),
	                                    'parent_code', nullif(split_part(l, ' ', 3), ''))) FROM unnest(lines) l
$$;
CREATE FUNCTION people(VARIADIC lines text[]) RETURNS jsonb LANGUAGE sql AS $$
	SELECT jsonb_agg(jsonb_build_object('username', split_part(l, ' ', 1), 'name', split_part(l, ' ', 2), 'memberships',
		(SELECT coalesce(jsonb_agg(jsonb_build_object('role', split_part(m, '@', 1), 'organization_code', split_part(m, '@', 2))), '[]')
		   FROM unnest((string_to_array(l, ' '))[3:]) m))) FROM unnest(lines) l
$$;
CREATE FUNCTION did(summary json) RETURNS text LANGUAGE sql
RETURN concat_ws(' ', summary ->> 'created', summary ->> 'updated', summary ->> 'unchanged');
CREATE FUNCTION found(sql text) RETURNS text LANGUAGE sql AS $$
	SELECT coalesce(string_agg((e ->> 'pointer') || ' ' || (e ->> 'code'), ', '), refused)
	  FROM (SELECT refusal(sql) AS refused) r
	  LEFT JOIN LATERAL jsonb_array_elements(CASE WHEN refused ~ '^validation_failed' THEN substring(refused from '{.*')::jsonb -> 'errors' END) e ON true
	 GROUP BY refused
$$;

SELECT become('nanjing_administrator');
SELECT is(did(import_organizations(organizations('c 丙 b', 'b 乙 a', 'a 甲 nanjing'), 'create', false)), '3 0 0', 'parents may come after what is below them');
SELECT is((SELECT o.ancestors FROM organization o WHERE o.code = 'c'),
	ARRAY[organization('c'), organization('b'), organization('a'), organization('nanjing'), organization('su')], 'and are where they are said to be');
SELECT is(did(import_organizations(organizations('c 丙 b', 'b 乙 a', 'a 甲 nanjing'), 'upsert', false)), '0 0 3', 'the same again changes nothing');
SELECT is((SELECT max(o.version) FROM organization o WHERE o.code IN ('a', 'b', 'c')), 1, 'not even a version');
SELECT is(did(import_organizations(organizations('c 丁 a', 'b 乙 a'), 'upsert', false)), '0 1 1', 'what differs becomes as it is said');
SELECT is(found($$SELECT import_organizations(organizations('a 甲 nanjing'), 'create', false)$$), '/items/0/code taken', 'or is refused');
SELECT is(found($$SELECT import_organizations(organizations('x 甲 nowhere', 'y 乙 wuxi', 'z 丙', 'z 丙 nanjing', 'p 丁 q', 'q 戊 p', 'wuxi 己 su'), 'upsert', false)$$),
	'/items/0/parent_code unknown, /items/1/parent_code not_administered, /items/2/parent_code required, /items/3/code repeated, '
	'/items/4/parent_code cycle, /items/5/parent_code cycle, /items/6/code not_administered', 'all that is wrong is told at once');
SELECT is_empty($$SELECT FROM organization o WHERE o.code IN ('x', 'y', 'z', 'p', 'q')$$, 'and nothing is written');
SELECT is(found($$SELECT import_organizations(organizations('new 新 nanjing', 'a 甲 c'), 'upsert', false)$$), '/items/1/parent_code cycle',
	'what only writing finds is told by its item');
SELECT is_empty($$SELECT FROM organization o WHERE o.code = 'new'$$, 'and takes the others back');
SELECT ok(refusal($$SELECT import_organizations(organizations('new 新 nanjing'), 'create', true)$$) ~ '^dry_run .*"created": 1', 'a dry run says what would be');
SELECT is_empty($$SELECT FROM organization o WHERE o.code = 'new'$$, 'and writes nothing');
SELECT is(did(import_organizations('[{"code": "nanjing", "kind": "city_association", "name": "南京市科学技术协会", "parent_code": "su"}]', 'upsert', false)),
	'0 0 1', 'one''s own place below what one does not administer stays');
SELECT is((SELECT o.mailing_address FROM organization o WHERE o.code = 'nanjing'), '南京市科学技术协会收', 'with what the item does not name');

SELECT is(did(import_users(people('one 甲 submitter@xuanwu observer@nanjing', 'two 乙 submitter@a'), 'create', false)), '2 0 0', 'users with roles');
SELECT is(did(import_users(people('one 甲 submitter@xuanwu observer@nanjing', 'two 丙 submitter@a'), 'upsert', false)), '0 1 1', 'changed, or not');
SELECT is(found($$SELECT import_users(people('one 甲 submitter@xuanwu', 'three 乙', 'four 丙 submitter@wuxi submitter@nowhere', 'wuxi_observer 丁 submitter@a', 'two 乙 x@a', 'two 乙 x@a'), 'upsert', false)$$),
	'/items/1/memberships required, /items/2/memberships/0/organization_code not_administered, /items/2/memberships/1/organization_code unknown, '
	'/items/3/username taken, /items/5/username repeated', 'all that is wrong at once');
SELECT is(found($$SELECT import_users(people('five 甲 boss@a'), 'upsert', false)$$), '/items/0/role not_allowed_value', 'and what only writing finds');
SELECT own();
INSERT INTO membership (account_id, organization_id, role) VALUES (person('one'), organization('wuxi'), 'reviewer');
SELECT become('nanjing_administrator');
SELECT is(found($$SELECT import_users(people('one 改名 submitter@xuanwu observer@nanjing'), 'upsert', false)$$), '/items/0/username not_administered',
	'who has roles elsewhere too is not renamed');
SELECT is(did(import_users(people('one 甲 submitter@xuanwu'), 'upsert', false)), '0 1 0', 'but their roles here are given and taken');
SELECT own();
SELECT results_eq($$SELECT o.code || m.role FROM membership m JOIN organization o ON o.id = m.organization_id WHERE m.account_id = person('one') ORDER BY 1$$,
	ARRAY['wuxireviewer', 'xuanwusubmitter'], 'and those elsewhere stay');
SELECT become('nanjing_reviewer');
SELECT is(found($$SELECT import_organizations(organizations('new 新 nanjing'), 'create', false)$$), '/items/0/parent_code not_administered', 'no other role imports');

SELECT * FROM finish();
ROLLBACK;
