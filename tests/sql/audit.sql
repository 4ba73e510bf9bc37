\ir prologue.psql
-- The audit trail: what is written, what never is, who reads it, and that it stays.
SELECT plan(30);

-- What `become` did in one step, as one line each.
CREATE FUNCTION trail(of_resource text) RETURNS SETOF text LANGUAGE sql STABLE AS $$
	SELECT concat_ws(' ', e.change, e.before - 'id', '→', e.after - 'id', e.redacted) FROM audit_entry e
	 WHERE e.resource = of_resource ORDER BY e.number
$$;
CREATE FUNCTION forget() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	PERFORM own();
	SET CONSTRAINTS ALL IMMEDIATE;
	SET CONSTRAINTS ALL DEFERRED;
	DELETE FROM audit_entry;
END $$;

SELECT is((SELECT count(*) FROM audit_entry e WHERE e.resource = 'organization' AND e.changed_by IS NULL), 8::bigint,
	'the operator''s doings are told too, by nobody');
SELECT is_empty($$SELECT t.tgrelid::regclass FROM pg_trigger t WHERE t.tgname = 'change_marked' AND NOT EXISTS (
	SELECT FROM pg_trigger a WHERE a.tgrelid = t.tgrelid AND a.tgname = 'change_audited')$$, 'every table that is tracked is audited');

-- An update has what changed, and no more
SELECT forget();
SELECT become('su_administrator');
SELECT set_config('sciday.operation', 'patch_organization', true), set_config('sciday.address_class', 'private', true);
UPDATE organization SET short_name = '南京市科协', is_active = is_active WHERE code = 'nanjing';
SELECT results_eq($$SELECT * FROM trail('organization')$$, ARRAY['updated {"short_name": null} → {"short_name": "南京市科协"} {}'], 'the fields before and after');
SELECT results_eq('SELECT e.operation || e.address_class || e.request_id FROM audit_entry e', ARRAY['patch_organizationprivatetest'], 'by which operation, from where');
SELECT results_eq('SELECT e.changed_by = caller_id() AND e.resource_id = organization(''nanjing'')::text FROM audit_entry e', ARRAY[true], 'by whom, of what');
UPDATE organization SET short_name = '南京市科协' WHERE code = 'nanjing';
SELECT is((SELECT count(*) FROM audit_entry), 1::bigint, 'what changes nothing is no change');

-- A branch that moves is one change: what is below did not change
SELECT forget();
SELECT become('su_administrator');
UPDATE organization SET parent_id = organization('wuxi') WHERE code = 'nanjing';
SELECT is((SELECT count(*) FROM audit_entry), 1::bigint, 'a move is one entry, whatever is below');
UPDATE organization SET parent_id = organization('su') WHERE code = 'nanjing';

-- Accounts: a place once they have one, and never a hash
SELECT forget();
SELECT become('su_administrator');
SELECT test.run('create_user', jsonb_build_object('new_id', uuid_v7(), 'username', 'new', 'name', '王晓红', 'password_hash', '$argon2id$1',
	'memberships', jsonb_build_array(jsonb_build_object('organization_id', organization('xuanwu'), 'role', 'submitter')))) IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT set_eq($$SELECT * FROM trail('account')$$, ARRAY[
	'created → {"kind": "user", "name": "王晓红", "username": "new", "is_active": true} {}', 'updated → {} {password_hash}'], 'an account is made, with a password');
SELECT is((SELECT count(*) FROM trail('membership')), 1::bigint, 'and a role');
SET CONSTRAINTS ALL DEFERRED;
SELECT set_password(person('new'), '$argon2id$2');
SET CONSTRAINTS ALL IMMEDIATE;
SELECT is((SELECT count(*) FROM audit_entry e WHERE e.redacted = '{password_hash}'), 2::bigint, 'that it changes is told');
SELECT is_empty($$SELECT FROM audit_entry e WHERE to_jsonb(e)::text ~ 'argon2id'$$, 'what it is is not');
SELECT become('xuanwu_administrator');
SELECT is((SELECT count(*) FROM audit_entry e WHERE e.resource = 'account'), 3::bigint, 'the district''s administrator reads of it');
SELECT become('su_administrator');
SELECT isnt(test.run('delete_user', jsonb_build_object('user_id', person('new'), 'version', 1, 'caller', caller_id())), NULL, 'it is deleted');
SELECT is((SELECT e.before ->> 'username' FROM audit_entry e WHERE e.change = 'deleted' AND e.resource = 'account'), 'new', 'and what it was stays');
SELECT is((SELECT count(*) FROM audit_entry e WHERE e.change = 'deleted' AND e.resource = 'membership'), 1::bigint, 'as does its role');

-- Who reads it
SELECT become('nanjing_administrator');
SELECT is((SELECT count(*) FROM audit_entry e WHERE e.change = 'deleted'), 2::bigint, 'an administrator above reads it too');
SELECT become('wuxi_administrator');
SELECT is_empty('SELECT FROM audit_entry', 'one beside does not');
SELECT become('su_reviewer');
SELECT is_empty('SELECT FROM audit_entry', 'nor does another role');
SELECT become();
SELECT is_empty('SELECT FROM audit_entry', 'nor the public');

-- That it stays
SELECT become('su_administrator');
SELECT throws_ok('UPDATE audit_entry SET after = NULL', '42501', NULL, 'the service changes none');
SELECT throws_ok('DELETE FROM audit_entry', '42501', NULL, 'deletes none');
SELECT throws_ok('TRUNCATE audit_entry', '42501', NULL, 'empties nothing');
SELECT throws_ok($$INSERT INTO audit_entry (resource, resource_id, change, place) VALUES ('plan', 'x', 'created', '{}')$$, '42501', NULL, 'and writes none of its own');
SELECT throws_ok('ALTER TABLE organization DISABLE TRIGGER change_audited', '42501', NULL, 'nor does it turn it off');
SELECT throws_ok($$SELECT audit_changes('organization')$$, '42501', NULL, 'nor on');

-- The version that runs until this one replaces it
SELECT own();
INSERT INTO session (id, account_id, expires_at) VALUES ('00000000-0000-7000-8000-0000000000a1', person('su_administrator'), now() + interval '1 hour');
SELECT set_config('sciday.operation', '', true), set_config('sciday.address_class', '', true);
SELECT is(refusal(format('SELECT identify_afresh(%L, %L, %L)', '00000000-0000-7000-8000-0000000000a1', person('su_administrator'), 'old')), 'nothing', 'says who as it did');
SELECT forget();
SELECT become('su_administrator');
UPDATE organization SET name = '无锡市科协' WHERE code = 'wuxi';
SELECT results_eq('SELECT e.operation FROM audit_entry e', ARRAY[NULL::text], 'and leaves the operation open');
SELECT own();
SELECT is(refusal(format('SELECT identify_afresh(%L, %L, %L, %L, %L)', '00000000-0000-7000-8000-0000000000a1', person('su_administrator'), 'new',
	'patch_organization', '203.0.113.0/24')), 'nothing', 'the new one says more');
SELECT is(current_setting('sciday.operation') || current_setting('sciday.address_class'), 'patch_organization203.0.113.0/24', 'which entries then have');

-- The words for what it tells of
SELECT own();
SELECT is_empty($$
	SELECT n.resource
	  FROM pg_trigger t
	 CROSS JOIN LATERAL (SELECT split_part(encode(t.tgargs, 'escape'), '\000', 1) AS resource) n
	 WHERE t.tgname LIKE 'change_audited%' AND NOT EXISTS (SELECT FROM label l WHERE (l.vocabulary, l.code) = ('resource', n.resource))
$$, 'each of its resources has a label');

SELECT * FROM finish();
ROLLBACK;
