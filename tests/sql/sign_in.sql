\ir prologue.psql
SELECT plan(62);

-- A client of the same name as a user's, and passwords that are their own hashes here.
INSERT INTO account (id, kind, username, name) VALUES (uuid_v7(), 'client', 'statistics', '统计程序');
INSERT INTO account_password (account_id, password_hash)
SELECT id, username || ' hash' FROM account WHERE username IN ('nanjing_submitter', 'wuxi_submitter', 'statistics');

CREATE FUNCTION hash_for(kind text, username text, address text DEFAULT '192.0.2.1') RETURNS text LANGUAGE sql
AS $$ SELECT b.password_hash FROM begin_sign_in(kind, username, address) b $$;

CREATE FUNCTION signs_in(username text, hash text, session uuid, refresh_token text) RETURNS boolean LANGUAGE sql
AS $$ SELECT finish_sign_in(person(username), hash, '192.0.2.1', session, refresh_token) $$;

CREATE FUNCTION fails(username text, times integer, address text DEFAULT '192.0.2.1') RETURNS void LANGUAGE sql
AS $$ SELECT fail_sign_in('user', username, address) FROM generate_series(1, times) $$;

CREATE FUNCTION session(number integer) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid;

CREATE FUNCTION trades(old text, new text, salt text DEFAULT 'salt') RETURNS text LANGUAGE sql
AS $$ SELECT concat_ws(' ', u.session_id = session(4), u.account_id = person('nanjing_submitter'), u.salt) FROM use_refresh_token(old, new, salt) u $$;

-- Everything but the calls themselves is looked at as the owner, and time is made to pass by moving what is kept back.
CREATE FUNCTION later(passed interval) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
	UPDATE sign_in_attempt SET attempted_at = attempted_at - passed;
	UPDATE refresh_token SET issued_at = issued_at - passed, used_at = used_at - passed;
	UPDATE session SET created_at = created_at - passed, expires_at = expires_at - passed;
$$;
CREATE FUNCTION is_alive(number integer) RETURNS boolean LANGUAGE sql SECURITY DEFINER
RETURN EXISTS (SELECT FROM session s WHERE s.id = session(number) AND s.ended_at IS NULL AND s.expires_at > now());

-- What the service cannot do by a stray statement
SELECT become();
SELECT is(refusal('SELECT password_hash FROM account_password'), '42501', 'the service reads no hash');
SELECT is(refusal('UPDATE account_password SET password_hash = ''x'''), '42501', 'nor changes one');
SELECT is(refusal('SELECT * FROM session'), '42501', 'nor reads a session');
SELECT is(refusal('SELECT * FROM refresh_token'), '42501', 'nor a refresh token');
SELECT is(refusal('SELECT * FROM sign_in_attempt'), '42501', 'nor who tried to sign in');
SELECT is(refusal('SELECT open_session(session(1), person(''nanjing_submitter''), NULL)'), '42501', 'nor opens a session without a hash');
SELECT is(refusal('SELECT record_sign_in(''x'', ''x'', true)'), '42501', 'nor clears a count');
SELECT is(refusal('SELECT limit_sign_ins(''x'', ''x'')'), '42501', 'nor asks for another''s');

-- Beginning
SELECT is(hash_for('user', 'nanjing_submitter'), 'nanjing_submitter hash', 'a name gives its hash');
SELECT is(hash_for('user', 'Nanjing_Submitter'), 'nanjing_submitter hash', 'in any case');
SELECT is(hash_for('client', 'statistics'), 'statistics hash', 'so does a client''s');
SELECT is_empty($$SELECT * FROM begin_sign_in('user', 'nobody', '192.0.2.1')$$, 'an unknown one gives no row');
SELECT is_empty($$SELECT * FROM begin_sign_in('user', 'statistics', '192.0.2.1')$$, 'nor does a client as a user');
SELECT is_empty($$SELECT * FROM begin_sign_in('client', 'nanjing_submitter', '192.0.2.1')$$, 'nor a user as a client');
SELECT is_empty($$SELECT * FROM begin_sign_in('user', 'su_submitter', '192.0.2.1')$$, 'nor one without a password');

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
SELECT is_empty($$SELECT * FROM begin_sign_in('user', 'wuxi_submitter', '192.0.2.1')$$, 'whoever is locked is as unknown');
SELECT ok(NOT signs_in('wuxi_submitter', 'wuxi_submitter hash', session(3), 'r3'), 'also if locked in the meantime');

-- The limit of a name
SELECT fails('nanjing_submitter', 4);
SELECT is(hash_for('user', 'nanjing_submitter'), 'nanjing_submitter hash', 'four failures are allowed');
SELECT ok(signs_in('nanjing_submitter', 'nanjing_submitter hash', session(4), 'r4'), 'and then the right password');
SELECT fails('nanjing_submitter', 4);
SELECT is(hash_for('user', 'nanjing_submitter'), 'nanjing_submitter hash', 'success has cleared the count');
SELECT fails('NANJING_submitter', 1);
SELECT is(refusal($$SELECT hash_for('user', 'nanjing_submitter')$$), 'too_many_sign_ins {"retry_after": 900}', 'the fifth failure is the last');
SELECT is(refusal($$SELECT signs_in('nanjing_submitter', 'nanjing_submitter hash', session(5), 'r5')$$),
	'too_many_sign_ins {"retry_after": 900}', 'also for one that had begun before');
SELECT is(refusal($$SELECT fails('nanjing_submitter', 1)$$), 'too_many_sign_ins {"retry_after": 900}', 'and it does not learn that it was wrong');
SELECT ok(NOT is_alive(5), 'nothing was opened');
SELECT is(hash_for('client', 'statistics'), 'statistics hash', 'another name at the address is let in');
SELECT later('14 minutes 50 seconds');
SELECT is(refusal($$SELECT hash_for('user', 'nanjing_submitter')$$), 'too_many_sign_ins {"retry_after": 10}', 'it lasts a quarter of an hour');
SELECT later('10 seconds');
SELECT is(hash_for('user', 'nanjing_submitter'), 'nanjing_submitter hash', 'and no longer');
SELECT fails('nobody', 5);
SELECT is(refusal($$SELECT hash_for('user', 'nobody')$$), 'too_many_sign_ins {"retry_after": 900}', 'an unknown name is limited alike');

-- The limit of an address
SELECT fails('nobody_' || number, 1, '198.51.100.7') FROM generate_series(1, 49) number;
SELECT is(hash_for('user', 'nanjing_submitter', '198.51.100.7'), 'nanjing_submitter hash', 'forty-nine failures at one address are allowed');
SELECT fails('nobody_50', 1, '198.51.100.7');
SELECT is(refusal($$SELECT hash_for('user', 'nanjing_submitter', '198.51.100.7')$$), 'too_many_sign_ins {"retry_after": 900}',
	'the fiftieth is the last');
SELECT is(hash_for('user', 'nanjing_submitter', '198.51.100.8'), 'nanjing_submitter hash', 'at another address it is let in');
SELECT own();
SELECT is((SELECT count(*) FROM sign_in_attempt WHERE name_digest LIKE '%nobody%'), 0::bigint, 'no name is kept as it was typed');
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
SELECT later('29 days 23 hours');
SELECT is((SELECT session_id FROM use_refresh_token('r1', 'r1b', 's')), session(1), 'a session lasts thirty days');
SELECT later('29 days 23 hours');
SELECT is((SELECT session_id FROM use_refresh_token('r1b', 'r1c', 's')), session(1), 'from its last use');
SELECT later('30 days');
SELECT is_empty($$SELECT * FROM use_refresh_token('r1c', 'r1d', 's')$$, 'and then it is over');
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
SELECT results_eq($$SELECT username, password_hash FROM own_password('192.0.2.1')$$,
	$$VALUES ('nanjing_submitter', 'nanjing_submitter hash')$$, 'the caller''s own hash');
SELECT set_password(person('nanjing_submitter'), 'new hash');
SELECT is(ARRAY[is_alive(9), is_alive(10)], ARRAY[false, true], 'a new password ends every session but the one that set it');

SELECT * FROM finish();
ROLLBACK;
