-- Who sees what: a draft is its author's and its administrators', what was submitted its
-- reviewers' too, and the public sees what is accepted or published, without how to reach anyone.
\ir workflow_setup.psql
SELECT no_plan();

-- One of each: a draft and one that was submitted once, of plans and of highlights; and the issuer's own.
SELECT test.plan('draft') AS plan_draft, test.activity('highlight', 'draft') AS draft, test.activity('highlight', 'submitted') AS submitted,
       test.activity('highlight', 'returned') AS returned, test.activity('highlight', 'accepted') AS accepted,
       test.activity('highlight', 'nominated') AS nominated, test.activity('programme', 'draft', 'su') AS programme_draft,
       test.activity('event', 'published', 'su') AS published, test.activity('highlight', 'draft') AS withdrawn \gset
UPDATE activity SET submission_count = 1 WHERE id = :'withdrawn';
SELECT test.submission(:'submitted', 1, '2021-05-11T00:00:00Z'), test.submission(:'accepted', 1, '2021-05-11T00:00:00Z') \g /dev/null
CREATE TABLE test.thing (name text, id uuid);
INSERT INTO test.thing VALUES ('draft', :'draft'), ('withdrawn', :'withdrawn'), ('submitted', :'submitted'), ('returned', :'returned'),
	('accepted', :'accepted'), ('nominated', :'nominated'), ('programme_draft', :'programme_draft'), ('published', :'published');
GRANT SELECT ON test.thing TO PUBLIC;

CREATE FUNCTION test.visible(person text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	found text;
BEGIN
	PERFORM become(person);
	SELECT concat_ws(' ', CASE WHEN EXISTS (SELECT FROM plan) THEN 'plan' END, string_agg(t.name, ' ' ORDER BY t.name))
	  INTO found
	  FROM test.thing t JOIN activity a USING (id);
	PERFORM own();
	RETURN found;
END
$$;
SELECT is(test.visible(v.person), v.expected, v.person || ' sees')
  FROM (VALUES
	('nanjing_submitter', 'plan accepted draft nominated published returned submitted withdrawn'),
	('nanjing_administrator', 'plan accepted draft nominated published returned submitted withdrawn'),
	('su_administrator', 'plan accepted draft nominated programme_draft published returned submitted withdrawn'),
	('su_reviewer', 'accepted nominated published returned submitted withdrawn'),
	('su_observer', 'accepted nominated published returned submitted withdrawn'),
	('nanjing_reviewer', 'accepted nominated published'),
	('nanjing_observer', 'accepted nominated published'),
	('su_submitter', 'accepted nominated programme_draft published'),
	('wuxi_submitter', 'accepted nominated published'),
	('xuanwu_administrator', 'accepted nominated published'),
	('zhe_administrator', 'accepted nominated published'),
	('zhe_reviewer', 'accepted nominated published'),
	('nobody', 'accepted nominated published')) v (person, expected);

-- A draft of a campaign whose notice is not issued is nobody's but its administrators'.
INSERT INTO campaign (code, title, issuer_id, starts_on, ends_on, plan_due_on, highlight_due_on, summary_due_on)
VALUES ('later', '未启动', organization('su'), '2021-05-10', '2021-06-30', '2021-05-12', '2021-05-12', '2021-06-30');
INSERT INTO activity (id, campaign_code, organization_id, kind, title, status)
VALUES (uuid_v7(), 'later', organization('su'), 'event', '启动仪式', 'published') RETURNING id AS later \gset
SELECT become('nobody') \gset
SELECT is(test.run('get_activity', jsonb_build_object('activity_id', :'later')), NULL, 'the programme of a notice that is not issued is not public');
SELECT become('su_administrator') \gset
SELECT isnt(test.run('get_activity', jsonb_build_object('activity_id', :'later')), NULL, 'but its administrators'' to read');

-- What is inside
SELECT own() \gset
CREATE FUNCTION test.inside(person text, id uuid) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	found text;
BEGIN
	PERFORM become(person);
	SELECT concat_ws(' ', b.body -> 'contact' ->> 'name', b.body ->> 'mailing_address', b.body -> 'nomination' ->> 'rank', b.body -> 'redacted')
	  INTO found
	  FROM activity_body b WHERE b.id = inside.id;
	PERFORM own();
	RETURN found;
END
$$;
SELECT is(test.inside(v.person, :'nominated'), v.expected, v.person || ' sees of a nominated highlight')
  FROM (VALUES
	('nanjing_submitter', '张三 某路1号 1 []'), ('su_reviewer', '张三 某路1号 1 []'), ('su_observer', '张三 某路1号 1 []'), ('su_administrator', '张三 某路1号 1 []'),
	('nobody', '["contact","mailing_address","nomination"]'), ('wuxi_submitter', '["contact","mailing_address","nomination"]'),
	('nanjing_reviewer', '["contact","mailing_address","nomination"]')) v (person, expected);
SELECT is(test.inside('nobody', :'accepted'), '["contact","mailing_address"]', 'the public sees of an accepted one');
SELECT become('nobody') \gset
SELECT is((SELECT concat_ws(' ', b.body ->> 'title', b.body -> 'organization' ->> 'code', b.body ->> 'phase', b.body ->> 'proposal_length', b.body ->> 'proposal_limit', b.body -> 'allowed_actions')
             FROM activity_body b WHERE b.id = :'accepted'), '科普报告会 nanjing 2 7 500 []', 'the rest is public, and nothing is the public''s to do');

-- History and submissions
SELECT own() \gset
CREATE FUNCTION test.history(person text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	found text;
BEGIN
	PERFORM become(person);
	found := format('%s submissions, %s obligations', (SELECT count(*) FROM submission),
	                (SELECT count(*) FROM obligation o WHERE o.organization_id = organization('nanjing')));
	PERFORM own();
	RETURN found;
END
$$;
SELECT is(test.history(v.person), v.expected, v.person || ' reads of the history of 南京')
  FROM (VALUES
	('nanjing_submitter', '2 submissions, 4 obligations'), ('nanjing_administrator', '2 submissions, 4 obligations'),
	('su_reviewer', '2 submissions, 4 obligations'), ('su_observer', '2 submissions, 4 obligations'), ('su_administrator', '2 submissions, 4 obligations'),
	('nanjing_reviewer', '0 submissions, 0 obligations'), ('wuxi_submitter', '0 submissions, 0 obligations'),
	('zhe_administrator', '0 submissions, 0 obligations'), ('nobody', '0 submissions, 0 obligations')) v (person, expected);

-- Who may ask what submitting would find
CREATE FUNCTION test.validates(person text, id uuid) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	found text;
BEGIN
	PERFORM become(person);
	found := coalesce(test.run('findings_of_activity', jsonb_build_object('activity_id', validates.id)), 'not_found');
	PERFORM own();
	RETURN found;
END
$$;
SELECT is(test.validates(v.person, v.id::uuid), v.expected, v.description)
  FROM (VALUES
	('nanjing_submitter', :'draft', 'true', 'the author may'), ('su_reviewer', :'accepted', 'true', 'a reviewer of what was submitted may'),
	('wuxi_submitter', :'accepted', 'false', 'who only sees what is public may not'),
	('wuxi_submitter', :'draft', 'not_found', 'to others a draft is not there')) v (person, id, expected, description);

-- The second wall: what a statement forgot, row security forbids.
SELECT become('wuxi_submitter') \gset
WITH changed AS (UPDATE activity SET title = '改' RETURNING id) SELECT is(count(*)::integer, 0, 'a neighbour changes nothing, whatever they see') FROM changed;
SELECT throws_ok(format('INSERT INTO plan (id, campaign_code, organization_id, title) VALUES (uuid_v7(), ''test'', %L, ''方案'')', organization('xuanwu')), '42501', NULL,
                 'nor begins a plan for another');
SELECT become('su_observer') \gset
WITH changed AS (UPDATE activity SET title = '改' RETURNING id) SELECT is(count(*)::integer, 0, 'an observer changes nothing') FROM changed;
SELECT become('su_administrator') \gset
WITH changed AS (UPDATE activity SET title = '改' WHERE kind = 'highlight' RETURNING id) SELECT is(count(*)::integer, 0, 'an administrator changes no highlight') FROM changed;
WITH changed AS (DELETE FROM plan RETURNING id) SELECT is(count(*)::integer, 0, 'nor deletes a plan') FROM changed;

-- A reviewer moves work through its states, and writes in it only what they enter for its author.
SELECT own() \gset
CREATE FUNCTION test.writes(person text, sql text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	refused text;
BEGIN
	PERFORM become(person);
	refused := refusal(sql);
	RAISE EXCEPTION USING ERRCODE = 'SD999', MESSAGE = refused; -- nothing of it stays
EXCEPTION WHEN SQLSTATE 'SD999' THEN
	PERFORM own();
	RETURN refused;
END
$$;
SELECT test.plan('submitted', 'wuxi') AS plan_submitted \gset
SELECT is(test.writes(v.person, v.sql), v.expected, v.description)
  FROM (VALUES
	('su_reviewer', format('UPDATE plan SET text = ''改'' WHERE id = %L', :'plan_submitted'), '42501', 'a reviewer writes nothing in a plan that was submitted'),
	('su_reviewer', format('UPDATE plan SET status = ''accepted'' WHERE id = %L', :'plan_submitted'), 'nothing', 'but accepts it'),
	('su_reviewer', format('UPDATE activity SET title = ''改'' WHERE id = %L', :'submitted'), '42501', 'nor in a highlight'),
	('su_reviewer', format('UPDATE activity SET contact = NULL WHERE id = %L', :'accepted'), '42501', 'whatever its field'),
	('su_reviewer', format('UPDATE activity SET title = ''改'' WHERE id = %L', :'withdrawn'), '42501', 'nor in a draft that its author took back'),
	('su_reviewer', format('UPDATE activity SET title = ''改'' WHERE id = %L', :'returned'), 'nothing', 'what was returned may have come on paper'),
	('nanjing_submitter', format('UPDATE activity SET title = ''改'' WHERE id = %L', :'draft'), 'nothing', 'an author writes in a draft'),
	('nanjing_submitter', format('UPDATE activity SET title = ''改'' WHERE id = %L', :'submitted'), '42501', 'and not in what is submitted'),
	('su_reviewer', format('INSERT INTO activity (id, campaign_code, organization_id, kind, title, entered_by) VALUES (uuid_v7(), ''test'', %L, ''event'', ''代报'', %L)',
	                       organization('nanjing'), person('su_reviewer')), '42501', 'nothing but a highlight is entered for another'),
	('su_reviewer', format('INSERT INTO summary_report (id, activity_id, entered_by) VALUES (uuid_v7(), %L, %L)', :'published', person('su_reviewer')),
	 '42501', 'and no report but a highlight''s'),
	('su_administrator', format('INSERT INTO review (subject_id, action, from_status, to_status, by_user) VALUES (%L, ''publish'', ''draft'', ''published'', %L)',
	                            :'draft', person('su_administrator')), '42501', 'history says of a highlight nothing that only a programme does'),
	('su_administrator', format('INSERT INTO review (subject_id, action, from_status, to_status, by_user) VALUES (%L, ''publish'', ''draft'', ''published'', %L)',
	                            :'programme_draft', person('su_administrator')), 'nothing', 'and says it of a programme')) v (person, sql, expected, description);
DELETE FROM plan WHERE id = :'plan_submitted';
INSERT INTO activity (id, campaign_code, organization_id, kind, title, submission_count)
VALUES (uuid_v7(), 'test', organization('su'), 'programme', '自办', 1) RETURNING id AS once_submitted \gset
SELECT become('su_administrator') \gset
WITH deleted AS (DELETE FROM activity WHERE id = :'once_submitted' RETURNING id) SELECT is(count(*)::integer, 0, 'what was ever submitted stays, whosever it is') FROM deleted;

-- A branch that moves takes its things along.
SELECT own() \gset
UPDATE organization SET parent_id = organization('zhe') WHERE code = 'nanjing';
SELECT is(test.visible('zhe_reviewer'), 'accepted nominated published returned submitted withdrawn', 'after a move the new province''s reviewer sees what the old one saw');
SELECT is(test.visible('su_reviewer'), 'accepted nominated published', 'and the old one does not any more');
SELECT is(test.history('zhe_reviewer'), '2 submissions, 4 obligations', 'history and obligations have moved along');
SELECT is((SELECT count(*)::integer FROM activity WHERE campaign_code = 'test' AND version <> 1 AND id <> :'withdrawn'), 0, 'without a new version of anything');

SELECT * FROM finish();
