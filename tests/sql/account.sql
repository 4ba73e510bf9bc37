\ir prologue.psql
SELECT plan(73);

-- A user, with roles, as the service makes one.
CREATE FUNCTION asked(VARIADIC roles text[]) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT jsonb_agg(jsonb_build_object('organization_id', organization(split_part(r, '_', 1)), 'role', split_part(r, '_', 2)))
	  FROM unnest(roles) r
$$;
CREATE FUNCTION given_user(username text, VARIADIC roles text[]) RETURNS jsonb LANGUAGE sql STABLE
RETURN jsonb_build_object('new_id', uuid_v7(), 'username', username, 'name', '王晓红', 'password_hash', '$argon2id$1', 'memberships', asked(VARIADIC roles));
CREATE FUNCTION given_patch(username text, patch jsonb) RETURNS jsonb LANGUAGE sql STABLE
RETURN jsonb_build_object('user_id', person(username), 'version', (SELECT a.version FROM account a WHERE a.id = person(given_patch.username)),
	'patch', patch, 'caller', caller_id()) || patch;
CREATE FUNCTION roles_of(username text) RETURNS text[] LANGUAGE sql STABLE SECURITY DEFINER
RETURN ARRAY(SELECT o.code || '_' || m.role FROM membership m JOIN organization o ON o.id = m.organization_id
              WHERE m.account_id = person(username) ORDER BY 1);

CREATE FUNCTION leaves(username text, patch jsonb) RETURNS text LANGUAGE sql
RETURN test.refusal('patch_user', given_patch(username, patch));

CREATE FUNCTION seen() RETURNS text[] LANGUAGE sql STABLE
RETURN ARRAY(SELECT DISTINCT split_part(a.username, '_', 1) FROM account a WHERE a.username ~ '_' ORDER BY 1);

SELECT become('su_administrator');
SELECT isnt(test.run('create_user', given_user('both', 'nanjing_submitter', 'wuxi_reviewer')), NULL, 'an administrator makes an account');
SELECT is(roles_of('both'), ARRAY['nanjing_submitter', 'wuxi_reviewer'], 'with its roles');
SELECT is((SELECT a.version FROM account a WHERE a.username = 'both'), 1, 'in its first version');
SELECT is(test.refusal('create_user', given_user('both', 'nanjing_submitter')), 'account__username__taken', 'a name is given once');
SELECT is(test.refusal('create_user', given_user('Other', 'nanjing_submitter')), 'username__pattern_mismatch', 'and has a form');
SELECT is(test.refusal('create_user', given_user('other', 'nanjing_submitter', 'nowhere_submitter')),
	'validation_failed {"errors": [{"code": "unknown", "pointer": "/memberships/1/organization_id"}]}', 'an unknown organization is named');
SELECT is(test.refusal('create_user', given_user('other', 'zhe_submitter')), 'insufficient_privilege', 'no role is given elsewhere');
SELECT become('nanjing_administrator');
SELECT is(test.refusal('create_user', given_user('other', 'nanjing_reviewer', 'wuxi_reviewer')), 'insufficient_privilege',
	'nor in part elsewhere');
SELECT isnt(test.run('create_user', given_user('district', 'xuanwu_administrator')), NULL, 'but below');
SELECT become('nanjing_reviewer');
SELECT is(test.refusal('create_user', given_user('other', 'xuanwu_submitter')), 'insufficient_privilege', 'no other role makes accounts');

-- Who is seen by whom
SELECT become();
SELECT is_empty('SELECT FROM account', 'the public sees nobody');
SELECT become('nanjing_submitter');
SELECT results_eq('SELECT username FROM account', ARRAY['nanjing_submitter'], 'a submitter sees themself');
SELECT become('su_reviewer');
SELECT results_eq('SELECT username FROM account', ARRAY['su_reviewer'], 'and so does a reviewer');
SELECT become('su_observer');
SELECT results_eq('SELECT username FROM account', ARRAY['su_observer'], 'and an observer');
SELECT become('su_administrator');
SELECT is(seen(), ARRAY['nanjing', 'su', 'wuxi', 'xuanwu'], 'an administrator sees the people of their branch');
SELECT become('zhe_administrator');
SELECT is(seen(), ARRAY['zhe'], 'and no others');
SELECT become('nanjing_administrator');
SELECT results_eq($$SELECT m.role FROM membership m JOIN account a ON a.id = m.account_id WHERE a.username = 'both'$$, ARRAY['submitter'],
	'of someone with roles elsewhere, those here');

-- As if made by an earlier transaction, which alone may set a first password.
SELECT own();
UPDATE account SET created_at = now() - interval '1 day';
SELECT become('nanjing_administrator');

-- What one may do to someone who has roles elsewhere too
SELECT is(test.run('patch_user', given_patch('both', '{"name": "李"}')), NULL, 'they are not renamed');
SELECT is(test.run('refuse_user', given_patch('both', '{}') || '{"action": "patch"}'), 'role_not_held_here', 'for they are not theirs alone');
SELECT isnt(test.run('patch_user', given_patch('both', jsonb_build_object('memberships', asked('nanjing_observer')))), NULL,
	'but their roles here are');
SELECT is(roles_of('both'), ARRAY['nanjing_observer', 'wuxi_reviewer'], 'and those elsewhere stay');
SELECT throws_ok($$SELECT set_password(person('both'), 'x')$$, 'SD000', 'role_not_held_here', 'their password is not theirs to set');
SELECT is(test.run('delete_user', given_patch('both', '{}')), NULL, 'nor are they deleted');
SELECT become('su_administrator');
SELECT isnt(test.run('patch_user', given_patch('both', '{"name": "李", "password_hash": "$argon2id$2"}')), NULL, 'whoever administers all may');
SELECT is((SELECT name || version FROM account WHERE username = 'both'), '李4', 'and each change is a version');
SELECT is(test.run('delete_user', given_patch('su_administrator', '{}')), NULL, 'nobody deletes themself');
SELECT is(test.run('refuse_user', given_patch('su_administrator', '{}') || '{"action": "delete"}'), 'own_account', 'and is told so');
SELECT isnt(test.run('delete_user', given_patch('both', '{}')), NULL, 'others can be');

-- Without a role: whoever saw them last sees them still, and may give them one
SELECT isnt(test.run('create_user', given_user('former', 'nanjing_submitter')), NULL, 'somebody');
SELECT become('nanjing_administrator');
SELECT isnt(test.run('patch_user', given_patch('former', '{"memberships": []}')), NULL, 'has no role any more');
SELECT is(roles_of('former'), ARRAY[]::text[], 'none at all');
SELECT results_eq($$SELECT a.username FROM account_summary a WHERE organization('nanjing') = ANY (a.belongs_to) AND a.username = 'former'$$,
	ARRAY['former'], 'and is found where they were');
SELECT become('wuxi_administrator');
SELECT is_empty($$SELECT FROM account WHERE username = 'former'$$, 'not elsewhere');
SELECT become('su_administrator');
SELECT isnt(test.run('patch_user', given_patch('former', '{"name": "李", "is_active": false}')), NULL, 'whoever administers that place may change them');
SELECT isnt(test.run('patch_user', given_patch('former', jsonb_build_object('is_active', true, 'memberships', asked('wuxi_reviewer')))), NULL,
	'and give them a role again');
SELECT become('nanjing_administrator');
SELECT is_empty($$SELECT FROM account WHERE username = 'former'$$, 'whose place is theirs then');
SELECT become('su_administrator');
SELECT isnt(test.run('patch_user', given_patch('former', '{"memberships": []}')), NULL, 'that ends, too');
SELECT isnt(test.run('delete_user', given_patch('former', '{}')), NULL, 'and they can be deleted');

-- The last administrator stays
SELECT is(leaves('su_administrator', '{"is_active": false}'), 'last_administrator', 'nobody is left without an administrator: not by locking oneself');
SELECT is(leaves('su_administrator', '{"memberships": []}'), 'last_administrator', 'nor by leaving');
SELECT is(leaves('su_administrator', jsonb_build_object('memberships', asked('su_observer', 'nanjing_administrator'))), 'last_administrator',
	'nor for another role');
SELECT isnt(test.run('patch_user', given_patch('nanjing_administrator', '{"is_active": false}')), NULL, 'one below may go: there is one above');
SELECT isnt(test.run('create_user', given_user('second', 'su_administrator')), NULL, 'with a second one');
SELECT isnt(test.run('patch_user', given_patch('second', '{"is_active": false}')), NULL, 'who is locked');
SELECT is(leaves('su_administrator', '{"is_active": false}'), 'last_administrator', 'the first one stays');
SELECT isnt(test.run('patch_user', given_patch('second', '{"is_active": true}')), NULL, 'and unlocked');
SELECT isnt(test.run('patch_user', given_patch('su_administrator', jsonb_build_object('memberships', asked('su_observer')))), NULL, 'they may go');
SELECT own();
SELECT is(refusal($$DELETE FROM account WHERE username = 'second'$$), 'last_administrator', 'nor by deleting, nor by the operator');
SELECT is(refusal($$DELETE FROM membership WHERE account_id = person('second')$$), 'last_administrator', 'in any way');
SELECT is(refusal($$DELETE FROM organization WHERE code = 'su'$$), 'parent_id__unknown', 'their organization is not deleted under them');
SELECT is(refusal($$DELETE FROM organization WHERE code = 'wuxi'$$), 'organization_id__unknown', 'nor any that somebody has a role at');
SELECT become('second');
UPDATE organization SET is_active = false WHERE code = 'su';
SELECT is((SELECT a.name FROM account a WHERE a.username = 'second'), '王晓红', 'one that is closed is administered still');
SELECT is(refusal($$UPDATE organization SET parent_id = NULL WHERE code = 'wuxi'$$), '42501', 'no branch moves to where its mover administers nothing');
SELECT is(refusal($$UPDATE organization SET parent_id = organization('zhe') WHERE code = 'wuxi'$$), '42501', 'nor below somebody else');
SELECT own();
INSERT INTO account (id, kind, username, name) VALUES (uuid_v7(), 'client', 'program', 'program');
INSERT INTO membership (account_id, organization_id, role) VALUES (person('program'), organization('su'), 'administrator');
SELECT is(refusal($$DELETE FROM account WHERE username = 'second'$$), 'last_administrator', 'a program is no person');
INSERT INTO membership (account_id, organization_id, role) VALUES (person('su_administrator'), organization('su'), 'administrator');
SELECT is(refusal($$DELETE FROM account WHERE username IN ('second', 'program')$$), 'nothing', 'with another they may');
UPDATE account SET is_active = true WHERE username = 'nanjing_administrator';
SELECT become('su_administrator');

-- What nobody reads
SELECT throws_ok('SELECT password_hash FROM account_password', '42501', NULL, 'no statement reads a hash');
SELECT throws_ok('SELECT FROM session', '42501', NULL, 'nor a session');
SELECT throws_ok('SELECT FROM refresh_token', '42501', NULL, 'nor a refresh token');
SELECT throws_ok('SELECT FROM sign_in_failure', '42501', NULL, 'nor who failed to sign in');

-- Identity, afresh
SELECT own();
INSERT INTO session (id, account_id, expires_at) VALUES
	('00000000-0000-7000-8000-0000000000a1', person('nanjing_submitter'), now() + interval '1 hour'),
	('00000000-0000-7000-8000-0000000000a2', person('nanjing_submitter'), now());
CREATE FUNCTION afresh(session text, username text) RETURNS text LANGUAGE sql
RETURN format('SELECT identify_afresh(%L, %L, %L)', session, person(username), 'test');
SELECT is(refusal(afresh('00000000-0000-7000-8000-0000000000a1', 'nanjing_submitter')), 'nothing', 'a session speaks for its account');
SELECT is(current_setting('sciday.submitter'), '{' || organization('nanjing') || '}', 'with its roles as they are now');
SELECT is(current_setting('sciday.reviewer'), '', 'and no others');
SELECT is(refusal(afresh('00000000-0000-7000-8000-0000000000a1', 'wuxi_submitter')), 'unauthenticated', 'not for another account');
SELECT is(refusal(afresh('00000000-0000-7000-8000-0000000000a2', 'nanjing_submitter')), 'unauthenticated', 'nor when it is over');
UPDATE account SET is_active = false WHERE username = 'nanjing_submitter';
SELECT is(refusal(afresh('00000000-0000-7000-8000-0000000000a1', 'nanjing_submitter')), 'unauthenticated', 'nor for one that is locked');
UPDATE account SET is_active = true WHERE username = 'nanjing_submitter';
SELECT is(refusal(afresh('00000000-0000-7000-8000-0000000000a1', 'nanjing_submitter')), 'unauthenticated', 'which ends its sessions for good');

-- Idempotency keys
CREATE FUNCTION claimed(digest text) RETURNS text LANGUAGE sql
RETURN format('SELECT claim_idempotency_key(%L, %L, %L, %L)', person('wuxi_submitter'), 'key', 'create_plan', digest);
SELECT become('wuxi_submitter');
SELECT is(refusal(claimed('a')), 'nothing', 'a key is claimed');
SELECT is(refusal('SELECT check_changed()'), 'unchanged', 'and not kept when nothing was changed');
SELECT is(refusal(claimed('a')), 'idempotency_replay', 'the same request again replays');
SELECT is(refusal(claimed('b')), 'idempotency_key_reused', 'another is refused');
SELECT become('nanjing_submitter');
SELECT is_empty('SELECT FROM idempotency_key', 'nobody sees another''s');
SELECT own();
UPDATE idempotency_key SET created_at = now() - interval '24 hours';
SELECT is(refusal(claimed('b')), 'nothing', 'a day later it is free');

SELECT * FROM finish();
ROLLBACK;
