-- A campaign that one does not see: nothing that hangs on it is seen, and nothing is hung on it. It has one of each thing
-- here, whatever a draft can have today: the wall does not rest on how its things come about.
\ir workflow_setup.psql
SELECT no_plan();

SELECT test.plan('submitted') AS plan, test.activity('highlight', 'nominated') AS highlight, test.activity('programme', 'published', 'su') AS programme,
       test.activity('programme', 'draft', 'su') AS unpublished \gset
SELECT test.submission(:'plan', 1, '2021-05-11T00:00:00Z') AS plan_submission, test.submission(:'highlight', 1, '2021-05-11T00:00:00Z') AS submission \gset
UPDATE activity SET nomination_reason = '主题突出' WHERE id = :'highlight';
INSERT INTO summary_report (id, activity_id, status, submission_count, starts_on, location, outcomes)
SELECT uuid_v7(), a, 'accepted', 1, '2021-05-28', '市民广场', '反响热烈' FROM unnest(ARRAY[:'highlight', :'programme']::uuid[]) a;
INSERT INTO review (subject_id, action, from_status, to_status, by_user) VALUES (:'programme', 'publish', 'draft', 'published', person('su_administrator'));
INSERT INTO extension (campaign_code, organization_id, kind, due_at, reason, given_by)
VALUES ('test', organization('nanjing'), 'plan', '2021-06-01T16:00:00Z', '防汛', person('su_administrator'));
INSERT INTO obligation (id, campaign_code, organization_id, kind, required, due_at)
VALUES (uuid_v7(), 'test', organization('nanjing'), 'notice_receipt', 1, '2021-05-11T16:00:00Z') RETURNING id AS receipt \gset
INSERT INTO notice_receipt (obligation_id, acknowledged_by) VALUES (:'receipt', person('nanjing_submitter'));
UPDATE campaign SET award_categories = ARRAY[('excellent', '优秀组织单位')::coded_name] WHERE code = 'test';
INSERT INTO award (id, campaign_code, organization_id, category, given_by) VALUES (uuid_v7(), 'test', organization('nanjing'), 'excellent', person('su_administrator'));
INSERT INTO forwarding (id, campaign_code, document_number, forwarded_on, forwarded_by)
VALUES (uuid_v7(), 'test', '苏科协函〔2021〕1号', '2021-06-20', person('su_reviewer'));
INSERT INTO document_content (id, sha256) VALUES (uuid_v7(), 'abc') RETURNING id AS content \gset
INSERT INTO document_piece (content_id, ordinal, bytes) VALUES (:'content', 0, 'x');
ALTER TABLE document DISABLE TRIGGER owner_held; -- the work is no longer editable
INSERT INTO document (id, campaign_code, subject_id, organization_id, kind, name, media_type, size, sha256, content_id, status, uploaded_by, uploaded_by_name)
SELECT uuid_v7(), d.campaign_code, d.subject_id::uuid, organization('su'), d.kind, d.kind, 'image/png', 1, 'abc', :'content', 'available',
       person('su_administrator'), '管理员'
  FROM (VALUES ('test', NULL, 'notice'), (NULL, :'plan', 'other'), (NULL, :'programme', 'photo')) d (campaign_code, subject_id, kind);
INSERT INTO submission_document (submission_id, document_id) SELECT :'plan_submission', d.id FROM document d WHERE d.resource = 'plan';

-- Every table under row security that is about a campaign, found by what there is: a new one is looked at too. It refers to
-- one, or is referred to by what does, or so on, but for whose it is.
CREATE TABLE test.shown AS
WITH RECURSIVE about (oid) AS (
	SELECT 'campaign'::regclass::oid
	UNION
	SELECT o.oid
	  FROM about a
	  JOIN pg_constraint f ON f.contype = 'f' AND a.oid IN (f.conrelid, f.confrelid)
	 CROSS JOIN LATERAL (VALUES (f.conrelid), (f.confrelid)) o (oid)
	 WHERE o.oid <> ALL ('{organization,account}'::regclass[]::oid[])
)
SELECT c.relname AS name
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relrowsecurity AND has_table_privilege('sciday_service', c.oid, 'SELECT')
   AND c.oid IN (SELECT a.oid FROM about a);
GRANT SELECT ON test.shown TO PUBLIC;

CREATE FUNCTION test.sees(person text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	seen text[] := '{}';
	each text;
	rows integer;
BEGIN
	PERFORM become(person);
	FOR each IN SELECT name FROM test.shown ORDER BY name LOOP
		EXECUTE format('SELECT count(*) FROM %I', each) INTO rows;
		IF rows > 0 THEN
			seen := seen || each;
		END IF;
	END LOOP;
	PERFORM own();
	RETURN array_to_string(seen, ' ');
END
$$;

SELECT is(test.sees('su_administrator'), (SELECT string_agg(name, ' ' ORDER BY name) FROM test.shown), 'every table has something here, and its administrator sees it');
SELECT ok(test.sees(p) LIKE '%activity award campaign document document_piece%module%phase%summary_report%', p || ' sees what is public, as long as it is issued')
  FROM unnest('{nobody,zhe_administrator,nanjing_submitter,nanjing_administrator,su_submitter}'::text[]) p;

UPDATE campaign SET status = 'draft', opened_at = NULL WHERE code = 'test';
SELECT is(test.sees('su_administrator'), (SELECT string_agg(name, ' ' ORDER BY name) FROM test.shown), 'as a draft, all of it is still its administrator''s');
SELECT is(test.sees(a.username), '', a.username || ' sees nothing of a draft')
  FROM account a WHERE a.username <> 'su_administrator' ORDER BY a.username;
SELECT is(test.sees('nobody'), '', 'the public sees nothing of a draft');

SELECT is(refusal(format($$SELECT become('zhe_administrator'); %s$$, s.sql)), '42501', 'another province''s administrator adds to it no ' || s.name)
  FROM (VALUES
	('phase', $$INSERT INTO phase (id, campaign_code, ordinal, name, starts_on, ends_on) VALUES (uuid_v7(), 'test', 4, '第四阶段', '2021-05-10', '2021-05-10')$$),
	('module', $$INSERT INTO module (id, campaign_code, ordinal, code, name) VALUES (uuid_v7(), 'test', 3, 'new', '新')$$),
	('recipient', $$INSERT INTO recipient (id, campaign_code, organization_id) VALUES (uuid_v7(), 'test', organization('society'))$$),
	('programme', $$INSERT INTO activity (id, campaign_code, organization_id, kind, title) VALUES (uuid_v7(), 'test', organization('zhe'), 'programme', '自办')$$)) s (name, sql);

-- Whoever was never identified is nobody, and no campaign is theirs to see.
SELECT set_config('sciday.hidden_campaigns', '', true), set_config('role', 'sciday_service', true) \gset
SELECT is((SELECT count(*)::integer FROM activity), 0, 'before anybody is identified nothing of any campaign is there');
SELECT own() \gset

SELECT is_empty($$SELECT a.attrelid::regclass FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
	WHERE a.attname = 'campaign_code' AND a.attnotnull AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT EXISTS (
		SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'hidden_with_its_campaign' AND NOT p.polpermissive AND p.polcmd = '*')$$,
	'every table whose rows are a campaign''s is hidden with it');

-- The trail of a draft is its administrators': what is told of it later is told to those it is about.
SELECT own() \gset
DELETE FROM audit_entry;
INSERT INTO campaign (code, title, issuer_id, starts_on, ends_on, plan_due_on, highlight_due_on, summary_due_on)
VALUES ('later', '未启动', organization('su'), '2022-05-10', '2022-06-30', '2022-05-12', '2022-05-12', '2022-06-30'),
       ('never', '不启动', organization('su'), '2022-05-10', '2022-06-30', '2022-05-12', '2022-05-12', '2022-06-30');
INSERT INTO recipient (id, campaign_code, organization_id) SELECT uuid_v7(), c, organization('nanjing') FROM unnest('{later,never}'::text[]) c;
INSERT INTO activity (id, campaign_code, organization_id, kind, title) VALUES (uuid_v7(), 'later', organization('su'), 'programme', '自办');
DELETE FROM campaign WHERE code = 'never';
SELECT become('nanjing_administrator') \gset
SELECT is_empty('SELECT e.resource, e.change FROM audit_entry e', 'a city''s administrator is not told that it will be a recipient, nor that it would have been');
SELECT become('su_administrator') \gset
SELECT set_eq('SELECT e.resource, e.change FROM audit_entry e',
	$$VALUES ('campaign', 'created'), ('campaign', 'deleted'), ('recipient', 'created'), ('recipient', 'deleted'), ('activity', 'created')$$, 'its own are');
SELECT own() \gset
INSERT INTO phase (id, campaign_code, ordinal, name, starts_on, ends_on) VALUES (uuid_v7(), 'later', 1, '第一阶段', '2022-05-10', '2022-05-25');
UPDATE campaign SET status = 'open', opened_at = now() WHERE code = 'later';
INSERT INTO recipient (id, campaign_code, organization_id) VALUES (uuid_v7(), 'later', organization('xuanwu'));
SELECT become('nanjing_administrator') \gset
SELECT set_eq('SELECT e.resource, e.place[1] = organization(''xuanwu'') FROM audit_entry e WHERE e.resource = ''recipient''', $$VALUES ('recipient', true)$$,
	'once it is issued, its administrators below are told what happens there');

SELECT * FROM finish();
ROLLBACK;
