\ir prologue.psql
SELECT plan(100);

-- A client of the same name as a user's, and passwords that are their own hashes here.
INSERT INTO account (id, kind, username, name) VALUES (uuid_v7(), 'client', 'statistics', '统计程序');
INSERT INTO membership (account_id, organization_id, role) VALUES (person('statistics'), organization('su'), 'observer');
INSERT INTO account_password (account_id, password_hash)
SELECT id, username || ' hash' FROM account WHERE username IN ('nanjing_submitter', 'wuxi_submitter', 'statistics');

CREATE FUNCTION session(number integer) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid;

CREATE FUNCTION hash_for(kind text, username text, address text DEFAULT '192.0.2.1', device text DEFAULT NULL) RETURNS text LANGUAGE sql
AS $$ SELECT b.password_hash FROM begin_sign_in(kind, username, address, device) b $$;

CREATE FUNCTION signs_in(username text, hash text, session uuid, refresh_token text, address text DEFAULT '192.0.2.1', device text DEFAULT NULL)
RETURNS boolean LANGUAGE sql
AS $$ SELECT finish_sign_in(person(username), hash, address, device, session, refresh_token) $$;

CREATE FUNCTION fails(username text, times integer, address text DEFAULT '192.0.2.1', device text DEFAULT NULL) RETURNS void LANGUAGE sql
AS $$ SELECT fail_sign_in('user', username, address, device) FROM generate_series(1, times) $$;

CREATE FUNCTION knows(username text, device text) RETURNS boolean LANGUAGE sql
AS $$ SELECT b.is_device_known FROM begin_sign_in('user', username, '192.0.2.8', device) b $$;

-- How many seconds whoever comes now is made to wait.
CREATE FUNCTION wait(username text, address text DEFAULT '192.0.2.1', device text DEFAULT NULL) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
	details text;
BEGIN
	PERFORM begin_sign_in('user', username, address, device);
	RETURN 0;
EXCEPTION WHEN SQLSTATE 'SD000' THEN
	GET STACKED DIAGNOSTICS details = PG_EXCEPTION_DETAIL;
	RETURN details::jsonb -> 'retry_after';
END $$;

CREATE FUNCTION trades(old text, new text, salt text DEFAULT 'salt') RETURNS text LANGUAGE sql
AS $$ SELECT concat_ws(' ', u.session_id = session(4), u.account_id = person('nanjing_submitter'), u.salt) FROM use_refresh_token(old, new, salt) u $$;

-- Everything but the calls themselves is looked at as the owner, and time is made to pass by moving what is kept back.
CREATE FUNCTION later(passed interval) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
	UPDATE sign_in_failure SET failed_at = failed_at - passed;
	UPDATE sign_in_place SET signed_in_at = signed_in_at - passed;
	UPDATE refresh_token SET issued_at = issued_at - passed, used_at = used_at - passed;
	UPDATE session SET created_at = created_at - passed, expires_at = expires_at - passed;
$$;
CREATE FUNCTION is_alive(number integer) RETURNS boolean LANGUAGE sql SECURITY DEFINER
RETURN EXISTS (SELECT FROM session s WHERE s.id = session(number) AND s.ended_at IS NULL AND s.expires_at > now());

-- How long one waits after each of so many more.
CREATE FUNCTION waits(times integer) RETURNS integer[] LANGUAGE plpgsql AS $$
DECLARE
	found integer[];
BEGIN
	FOR each IN 1 .. times LOOP
		PERFORM fails('nanjing_submitter', 1);
		found := found || wait('nanjing_submitter');
		PERFORM later(make_interval(secs => found[each]));
	END LOOP;
	RETURN found;
END $$;

-- What the service cannot do by a stray statement
SELECT become();
SELECT is(refusal('SELECT password_hash FROM account_password'), '42501', 'the service reads no hash');
SELECT is(refusal('UPDATE account_password SET password_hash = ''x'''), '42501', 'nor changes one');
SELECT is(refusal('SELECT * FROM session'), '42501', 'nor reads a session');
SELECT is(refusal('SELECT * FROM refresh_token'), '42501', 'nor a refresh token');
SELECT is(refusal('SELECT * FROM sign_in_failure'), '42501', 'nor who tried to sign in');
SELECT is(refusal('SELECT * FROM sign_in_place'), '42501', 'nor where from');
SELECT is(refusal('SELECT open_session(session(1), person(''nanjing_submitter''), NULL)'), '42501', 'nor opens a session without a hash');
SELECT is(refusal($$SELECT count_failed_sign_in('{}')$$), '42501', 'nor counts a failure');
SELECT is(refusal($$SELECT limit_sign_ins('{}')$$), '42501', 'nor asks for another''s');
SELECT is(refusal($$SELECT keep_sign_in_places(person('nanjing_submitter'), '{}')$$), '42501', 'nor makes a place known');
SELECT is(refusal($$SELECT sign_in_account('user', 'nanjing_submitter')$$), '42501', 'nor looks for an account');

-- Beginning
SELECT is(hash_for('user', 'nanjing_submitter'), 'nanjing_submitter hash', 'a name gives its hash');
SELECT is(hash_for('user', 'Nanjing_Submitter'), 'nanjing_submitter hash', 'in any case');
SELECT is(hash_for('client', 'statistics'), 'statistics hash', 'so does a client''s');
SELECT is(hash_for('user', 'nobody'), NULL, 'an unknown one gives none');
SELECT is(hash_for('user', 'statistics'), NULL, 'nor does a client as a user');
SELECT is(hash_for('client', 'nanjing_submitter'), NULL, 'nor a user as a client');
SELECT is(hash_for('user', 'su_submitter'), NULL, 'nor one without a password');

-- Finishing
SELECT ok(signs_in('nanjing_submitter', 'nanjing_submitter hash', session(1), 'r1'), 'the right hash opens a session');
SELECT ok(is_alive(1), 'and it is there');
SELECT ok(NOT signs_in('nanjing_submitter', 'old hash', session(2), 'r2'), 'a hash that has changed since does not');
SELECT ok(NOT is_alive(2), 'and it is not');
SELECT isnt_empty($$SELECT * FROM caller_scopes(session(1), person('nanjing_submitter'))$$, 'the session speaks for its account');
SELECT is_empty($$SELECT * FROM caller_scopes(session(1), person('wuxi_submitter'))$$, 'and for no other');
SELECT own();
UPDATE account SET is_active = false WHERE username = 'wuxi_submitter';
SELECT become();
SELECT is(hash_for('user', 'wuxi_submitter'), NULL, 'whoever is locked is as unknown');
SELECT ok(NOT signs_in('wuxi_submitter', 'wuxi_submitter hash', session(3), 'r3'), 'also if locked in the meantime');

-- At a place that is known
SELECT fails('nanjing_submitter', 4);
SELECT is(hash_for('user', 'nanjing_submitter'), 'nanjing_submitter hash', 'four failures are allowed');
SELECT ok(signs_in('nanjing_submitter', 'nanjing_submitter hash', session(4), 'r4'), 'and then the right password');
SELECT fails('nanjing_submitter', 4);
SELECT is(hash_for('user', 'nanjing_submitter'), 'nanjing_submitter hash', 'success has cleared the count');
SELECT fails('NANJING_submitter', 1);
SELECT is(refusal($$SELECT hash_for('user', 'nanjing_submitter')$$), 'too_many_sign_ins {"retry_after": 30}', 'the fifth failure makes one wait');
SELECT is(refusal($$SELECT signs_in('nanjing_submitter', 'nanjing_submitter hash', session(5), 'r5')$$),
	'too_many_sign_ins {"retry_after": 30}', 'also one that had begun before');
SELECT is(refusal($$SELECT fails('nanjing_submitter', 1)$$), 'too_many_sign_ins {"retry_after": 30}', 'and it does not learn that it was wrong');
SELECT ok(NOT is_alive(5), 'nothing was opened');
SELECT is(hash_for('client', 'statistics'), 'statistics hash', 'another name at the address is let in');
SELECT is(hash_for('client', 'nanjing_submitter'), NULL, 'and so is a client of the same name');
SELECT later('30 seconds');
SELECT is(wait('nanjing_submitter'), 0, 'then it is over');
SELECT is(waits(7), ARRAY[60, 120, 240, 480, 900, 900, 900], 'each one more doubles the wait, to a quarter of an hour');
SELECT fails('nanjing_submitter', 1);
SELECT later('75 minutes');
SELECT fails('nanjing_submitter', 1);
SELECT is(wait('nanjing_submitter'), 60, 'and a failure is forgotten with each quarter');
SELECT later('1 day');

-- Strangers: a place that the account has not signed in from
SELECT fails('nanjing_submitter', 5, '198.51.100.1');
SELECT is(wait('nanjing_submitter', '198.51.100.1'), 30, 'a stranger waits for his own failures');
SELECT is(wait('nanjing_submitter', '198.51.100.2'), 0, 'and another does not');
SELECT is(wait('nanjing_submitter'), 0, 'nor does the person');
SELECT fails('nanjing_submitter', 1, '198.51.101.' || number) FROM generate_series(1, 15) number;
SELECT is(wait('nanjing_submitter', '198.51.102.1'), 30, 'after twenty failures of many strangers, all of them wait');
SELECT is(wait('nanjing_submitter', '198.51.102.1', 'a device'), 30, 'also with a device of their own making');
SELECT is(wait('nanjing_submitter'), 0, 'but not the person where they have signed in before');
SELECT is(wait('wuxi_submitter', '198.51.102.1'), 0, 'nor anybody else');
SELECT later('30 seconds');
SELECT fails('nanjing_submitter', 1, '198.51.102.2');
SELECT is(wait('nanjing_submitter', '198.51.102.3'), 60, 'each one more doubles that, too');
SELECT is(wait('nanjing_submitter'), 0, 'and it is not the person''s');
SELECT later('1 day');

-- A device that an earlier sign-in was made with, at an address that has changed, or beside a hostile colleague
SELECT ok(NOT knows('nanjing_submitter', 'phone'), 'a device is not known before');
SELECT ok(signs_in('nanjing_submitter', 'nanjing_submitter hash', session(11), 'r11', '192.0.2.9', 'phone'), 'somebody signs in with a device');
SELECT ok(knows('nanjing_submitter', 'phone'), 'and it is known');
SELECT ok(NOT knows('statistics', 'phone'), 'to this account alone');
SELECT ok(NOT knows('nanjing_submitter', NULL), 'and no device is none');
SELECT fails('nanjing_submitter', 5, '192.0.2.9');
SELECT is(wait('nanjing_submitter', '192.0.2.9'), 30, 'a colleague delays whoever comes from the same address');
SELECT is(wait('nanjing_submitter', '192.0.2.9', 'phone'), 0, 'but not the device');
SELECT is(wait('nanjing_submitter', '203.0.113.1', 'phone'), 0, 'wherever it is');
SELECT fails('nanjing_submitter', 5, '203.0.113.1', 'phone');
SELECT is(wait('nanjing_submitter', '203.0.113.2', 'phone'), 30, 'it is judged by its own failures');
SELECT is(wait('nanjing_submitter'), 0, 'which are nobody else''s');
SELECT later('30 seconds');
SELECT ok(bool_and(signs_in('nanjing_submitter', 'nanjing_submitter hash', session(100 + n), 'r' || 100 + n, '198.51.103.' || n, 'phone')),
	'somebody who travels') FROM generate_series(1, 25) n;
SELECT own();
SELECT is((SELECT count(*) FROM sign_in_place WHERE account_id = person('nanjing_submitter')), 20::bigint, 'twenty places are remembered');
SELECT later('1 minute');
SELECT become();

-- One address and many accounts; an unknown name is counted alike
SELECT is(hash_for('user', 'nobody'), NULL, 'nobody has this name');
SELECT fails('nobody', 5, '198.51.100.5');
SELECT is(refusal($$SELECT hash_for('user', 'nobody', '198.51.100.5')$$), 'too_many_sign_ins {"retry_after": 30}', 'an unknown name is limited alike');
SELECT fails('nobody_' || number, 1, '198.51.100.7') FROM generate_series(1, 49) number;
SELECT is(wait('wuxi_submitter', '198.51.100.7'), 0, 'forty-nine failures at one address are allowed');
SELECT ok(signs_in('nanjing_submitter', 'nanjing_submitter hash', session(13), 'r13', '198.51.100.7'), 'somebody signs in there');
SELECT fails('nobody_50', 1, '198.51.100.7');
SELECT is(wait('wuxi_submitter', '198.51.100.7'), 30, 'after the fiftieth, strangers wait there');
SELECT is(wait('nanjing_submitter', '198.51.100.7'), 0, 'but not who has signed in there before');
SELECT is(wait('wuxi_submitter', '198.51.100.8'), 0, 'nor anybody at another address');
SELECT later('30 seconds');
SELECT fails('nobody_51', 1, '198.51.100.7');
SELECT is(wait('wuxi_submitter', '198.51.100.7'), 60, 'they wait for a minute');
SELECT later('60 seconds');
SELECT fails('nobody_52', 1, '198.51.100.7');
SELECT is(wait('wuxi_submitter', '198.51.100.7'), 60, 'and not for longer');
SELECT own();
SELECT is((SELECT count(*) FROM sign_in_failure WHERE subject ~ '[^0-9a-f]'), 0::bigint, 'no name is kept as it was typed');
SELECT become();

-- Refresh tokens: the old one, the new one
SELECT is(trades('r4', 'r4b', 'first'), 't t first', 'a refresh token is traded for a new one');
SELECT later('29 seconds');
SELECT is(trades('r4', 'r4c', 'second'), 't t first', 'once more within 30 s for the same');
SELECT is(trades('r4c', 'x'), NULL, 'and for no other');
SELECT later('2 seconds');
SELECT is(trades('r4b', 'r4d', 'third'), 't t third', 'the new one is traded in its turn');
SELECT is(trades('unknown', 'x'), NULL, 'an unknown one gives no row');
SELECT own();
SELECT results_eq($$SELECT digest, salt FROM refresh_token WHERE session_id = session(4) ORDER BY digest$$,
	$$VALUES ('r4', NULL), ('r4b', 'third'), ('r4d', NULL)$$, 'only the last one used can be answered again');
SELECT become();
SAVEPOINT before_theft;
SELECT is(trades('r4', 'x'), 't', 'an older one gives none, and says whose it was');
SELECT ok(NOT is_alive(4), 'and the family has ended');
SELECT is(trades('r4d', 'x'), NULL, 'its newest token too');
ROLLBACK TO before_theft;
SELECT later('31 seconds');
SELECT is(trades('r4b', 'x'), 't', 'nor does the last one used when 30 s have passed');
SELECT ok(NOT is_alive(4), 'which ends the family');
SELECT ok(is_alive(1), 'other sessions of the account go on');
SELECT ok(signs_in('nanjing_submitter', 'nanjing_submitter hash', session(16), 'r16'), 'another session');
SELECT later('29 days 23 hours');
SELECT is((SELECT session_id FROM use_refresh_token('r16', 'r16b', 's')), session(16), 'a session lasts thirty days');
SELECT later('29 days 23 hours');
SELECT is((SELECT session_id FROM use_refresh_token('r16b', 'r16c', 's')), session(16), 'from its last use');
SELECT later('30 days');
SELECT is_empty($$SELECT * FROM use_refresh_token('r16c', 'r16d', 's')$$, 'and then it is over');
SELECT ok(signs_in('nanjing_submitter', 'nanjing_submitter hash', session(6), 'r6-0'), 'a session that is used every day');
SELECT later('1 day') FROM (SELECT use_refresh_token('r6-' || day, 'r6-' || day + 1, 's') FROM generate_series(0, 178) day) used;
SELECT ok(is_alive(6), 'lasts half a year');
SELECT FROM use_refresh_token('r6-179', 'r6-180', 's');
SELECT later('1 day');
SELECT is_empty($$SELECT * FROM use_refresh_token('r6-180', 'r6-181', 's')$$, 'and no longer');

-- Ending
SELECT FROM generate_series(7, 10) number WHERE NOT signs_in('nanjing_submitter', 'nanjing_submitter hash', session(number), 'r' || number);
SELECT is(end_session(session(7), NULL), person('nanjing_submitter'), 'a session is ended by its id');
SELECT is(end_session(NULL, 'r8'), person('nanjing_submitter'), 'or by its refresh token');
SELECT is(end_session(NULL, 'r8'), NULL, 'once');
SELECT is(ARRAY[is_alive(7), is_alive(8), is_alive(9)], ARRAY[false, false, true], 'and only that one');

-- A new password
SELECT become('nanjing_submitter');
SELECT FROM set_config('sciday.session', session(10)::text, true);
SELECT is((SELECT kind || ' ' || password_hash FROM own_password()), 'user nanjing_submitter hash', 'the caller''s own hash');
SELECT fail_own_password() FROM generate_series(1, 5);
SELECT is(refusal('SELECT own_password()'), 'too_many_sign_ins {"retry_after": 30}', 'guessing it makes one wait');
SELECT is(wait('nanjing_submitter'), 0, 'and not whoever signs in');
SELECT set_password(person('nanjing_submitter'), 'new hash');
SELECT is(ARRAY[is_alive(9), is_alive(10)], ARRAY[false, true], 'a new password ends every session but the one that set it');

-- Without a role
SELECT own();
DELETE FROM membership WHERE account_id = person('nanjing_submitter');
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
SELECT is((SELECT array_agg(s.id) FROM session s WHERE s.account_id = person('nanjing_submitter') AND s.ended_at IS NULL), NULL,
	'whoever has no role any more is signed out');
SELECT become();
SELECT is(hash_for('user', 'nanjing_submitter'), NULL, 'and does not sign in');
SELECT ok(NOT signs_in('nanjing_submitter', 'new hash', session(14), 'r14'), 'also if it was taken in the meantime');
SELECT own();
INSERT INTO session (id, account_id, expires_at) VALUES (session(15), person('nanjing_submitter'), now() + interval '1 day');
SELECT become();
SELECT is_empty($$SELECT * FROM caller_scopes(session(15), person('nanjing_submitter'))$$, 'no session speaks for them');

SELECT * FROM finish();
ROLLBACK;
