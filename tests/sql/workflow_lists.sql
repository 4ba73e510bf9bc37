-- Lists: filters, orders, pages, and the search for two characters.
\ir workflow_setup.psql
SELECT no_plan();

INSERT INTO recipient (id, campaign_code, organization_id) VALUES (uuid_v7(), 'test', organization('xuanwu')), (uuid_v7(), 'test', organization('society'));
INSERT INTO activity (id, campaign_code, organization_id, kind, title, status, submission_count, modules, audiences, starts_on, location, proposal, created_at)
SELECT uuid_v7(), 'test', organization(v.organization), 'highlight', v.title, v.status, 1, v.modules, v.audiences, v.starts_on, v.location,
       ('讲好科学家故事', NULL, NULL, NULL, NULL, NULL)::proposal, timestamptz '2021-05-08' + v.age * interval '1 minute'
  FROM (VALUES
	('nanjing', '报告会', 'accepted', '{unity}'::text[], '{science_workers}'::text[], date '2021-05-10', '紫金山', 1),
	('nanjing', '义诊', 'submitted', '{service}', '{}', '2021-05-26', '新街口', 2),
	('xuanwu', 'ＡＩ科普展', 'submitted', '{unity,service}', '{science_workers}', '2021-06-30', '玄武湖', 3),
	('wuxi', '慰问科技工作者', 'draft', '{}', '{}', NULL, '太湖', 4),
	('wuxi', '座谈会', 'returned', '{unity}', '{}', '2021-05-25', NULL, 5)) v (organization, title, status, modules, audiences, starts_on, location, age);

UPDATE activity SET correction_due_at = now() WHERE status = 'returned';

-- The titles of a list, page by page: every page continues where the one before ended.
CREATE FUNCTION test.titles(name text, given jsonb) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	asked jsonb := jsonb_build_object('campaign_code', 'test', 'sort', CASE name WHEN 'list_plans' THEN 'created_at' ELSE 'starts_on' END, 'limit', 2) || given;
	page jsonb;
	found text[] := '{}';
BEGIN
	LOOP
		EXECUTE 'SELECT jsonb_agg(to_jsonb(q)) FROM (' || test.text(name, asked) || ') q' INTO page;
		EXIT WHEN page IS NULL;
		found := found || ARRAY(SELECT (item ->> 'summary')::json ->> 'title' FROM jsonb_array_elements(page) item);
		asked := asked || jsonb_build_object('after', '') || (SELECT jsonb_object_agg('after_' || key, value) FROM jsonb_each(page -> -1));
	END LOOP;
	RETURN array_to_string(found, ' ');
END
$$;
GRANT EXECUTE ON FUNCTION test.titles TO PUBLIC;

SELECT become('su_administrator') \gset
SELECT is(test.titles('list_activities', v.given), v.expected, v.given::text)
  FROM (VALUES
	('{}'::jsonb, '报告会 座谈会 义诊 ＡＩ科普展 慰问科技工作者'),
	('{"sort": "-starts_on"}', 'ＡＩ科普展 义诊 座谈会 报告会 慰问科技工作者'),
	('{"sort": "created_at"}', '报告会 义诊 ＡＩ科普展 慰问科技工作者 座谈会'),
	('{"sort": "-created_at"}', '座谈会 慰问科技工作者 ＡＩ科普展 义诊 报告会'),
	('{"status": "{submitted,returned}"}', '座谈会 义诊 ＡＩ科普展'),
	('{"kind": "{programme}"}', ''),
	('{"module": "service"}', '义诊 ＡＩ科普展'),
	('{"audience": "science_workers"}', '报告会 ＡＩ科普展'),
	('{"phase": 1}', '报告会 座谈会'),
	('{"phase": 2}', '义诊'),
	('{"phase": 3}', 'ＡＩ科普展'),
	('{"phase": 4}', ''),
	('{"phase": "none"}', '慰问科技工作者'),
	('{"phase": "none", "sort": "-created_at"}', '慰问科技工作者'),
	('{"module": "none"}', '慰问科技工作者'),
	('{"audience": "none"}', '座谈会 义诊 慰问科技工作者'),
	('{"organization_kind": "{district_association,society}"}', 'ＡＩ科普展'),
	('{"correction_overdue": "true"}', '座谈会'),
	('{"correction_overdue": "true", "phase": "none"}', ''),
	('{"correction_overdue": "false"}', '报告会 义诊 ＡＩ科普展 慰问科技工作者'),
	('{"city": "none"}', ''),
	('{"starts_on_gte": "2021-05-26"}', '义诊 ＡＩ科普展'),
	('{"starts_on_gte": "2021-05-26", "sort": "-starts_on"}', 'ＡＩ科普展 义诊'),
	('{"starts_on_lte": "2021-05-26"}', '报告会 座谈会 义诊'),
	('{"starts_on_lte": "2021-05-25", "sort": "-starts_on"}', '座谈会 报告会'),
	('{"q": "科技"}', '慰问科技工作者'),
	('{"q": "科学"}', '报告会 座谈会 义诊 ＡＩ科普展 慰问科技工作者'),
	('{"q": "太湖"}', '慰问科技工作者'),
	('{"q": "ai"}', 'ＡＩ科普展'),
	('{"q": "家科"}', ''),
	('{"q": "南京市科"}', '报告会 义诊'),
	('{"q": "科普", "module": "service"}', 'ＡＩ科普展')) v (given, expected);
SELECT is(test.titles('list_activities', jsonb_build_object('organization_id', organization('nanjing'))), '报告会 义诊', 'of one organization');
SELECT is(test.titles('list_activities', jsonb_build_object('within', organization('nanjing'))), '报告会 义诊 ＡＩ科普展', 'of one organization and below');
SELECT is(test.titles('list_activities', jsonb_build_object('city', organization('nanjing'))), '报告会 义诊 ＡＩ科普展', 'of one city and its districts');
SELECT is(test.titles('list_activities', jsonb_build_object('city', organization('xuanwu'))), '', 'a district is no city');
SELECT own() \gset
UPDATE activity SET organization_id = organization('society') WHERE title = '报告会';
UPDATE activity SET correction_due_at = now() + interval '1 second' WHERE title = '座谈会';
SELECT become('su_administrator') \gset
SELECT is(test.titles('list_activities', '{"city": "none"}'), '报告会', 'of one without a city');
SELECT is(test.titles('list_activities', '{"correction_overdue": "true"}'), '', 'a correction that is not due yet');
SELECT own() \gset
UPDATE activity SET organization_id = organization('nanjing') WHERE title = '报告会';
SELECT become('su_reviewer') \gset
SELECT is(test.titles('list_activities', '{}'), '报告会 座谈会 义诊 ＡＩ科普展 慰问科技工作者', 'the reviewer sees what was submitted once');
SELECT become('nanjing_reviewer') \gset
SELECT is(test.titles('list_activities', '{}'), '报告会 ＡＩ科普展', 'a city''s reviewer that of its districts, and what is public');
SELECT become('nobody') \gset
SELECT is(test.titles('list_activities', '{}'), '报告会', 'the public what is accepted');
SELECT is(test.titles('list_activities', '{"q": "科学"}'), '报告会', 'and no more by searching');

-- What is searched is what is written now
SELECT own() \gset
UPDATE activity SET title = '星空讲座', location = '天文台', proposal.theme = '仰望宇宙' WHERE title = '座谈会';
UPDATE activity SET submission_count = 2 WHERE title = '星空讲座';
SELECT become('su_administrator') \gset
SELECT is(test.titles('list_activities', jsonb_build_object('q', q)), expected, 'searched for ' || q)
  FROM (VALUES ('星空', '星空讲座'), ('天文台', '星空讲座'), ('宇宙', '星空讲座'), ('座谈', '')) v (q, expected);
SELECT own() \gset
DELETE FROM activity WHERE title = '星空讲座' RETURNING id AS gone \gset
SELECT is_empty(format('SELECT FROM activity_text WHERE activity_id = %L', :'gone'), 'and goes with it');
SELECT is_empty($$SELECT a.id FROM activity a FULL JOIN activity_text t ON t.activity_id = a.id
	WHERE (t.campaign_code, t.search_text) IS DISTINCT FROM (a.campaign_code, activity_search_text(a))$$, 'each has its words');

SELECT own() \gset
INSERT INTO plan (id, campaign_code, organization_id, title, status, submission_count, created_at)
SELECT uuid_v7(), 'test', organization(v.organization), v.organization, v.status, v.count, timestamptz '2021-05-08' + v.age * interval '1 minute'
  FROM (VALUES ('nanjing', 'submitted', 1, 1), ('xuanwu', 'submitted', 1, 2), ('wuxi', 'draft', 0, 3), ('society', 'accepted', 1, 4)) v (organization, status, count, age);
SELECT become('su_administrator') \gset
SELECT is(test.titles('list_plans', v.given), v.expected, 'plans ' || v.given::text)
  FROM (VALUES
	('{}'::jsonb, 'nanjing xuanwu wuxi society'),
	('{"sort": "-created_at"}', 'society wuxi xuanwu nanjing'),
	('{"status": "{submitted}"}', 'nanjing xuanwu'),
	('{"organization_kind": "{society,district_association}"}', 'xuanwu society'),
	(jsonb_build_object('within', organization('nanjing')), 'nanjing xuanwu'),
	(jsonb_build_object('organization_id', organization('wuxi')), 'wuxi'),
	('{"correction_overdue": "true"}', ''),
	('{"correction_overdue": "false"}', 'nanjing xuanwu wuxi society')) v (given, expected);
SELECT own() \gset
UPDATE plan SET status = 'returned', correction_due_at = now() WHERE title = 'nanjing';
SELECT become('su_administrator') \gset
SELECT is(test.titles('list_plans', '{"correction_overdue": "true"}'), 'nanjing', 'plans whose correction is overdue');
SELECT own() \gset
UPDATE plan SET status = 'submitted' WHERE title = 'nanjing';
SELECT become('su_reviewer') \gset
SELECT is(test.titles('list_plans', '{}'), 'nanjing xuanwu society', 'the reviewer sees no plan that was never submitted');
SELECT become('wuxi_submitter') \gset
SELECT is(test.titles('list_plans', '{}'), 'wuxi', 'a city its own');

-- Submissions and reviews, the earliest first
SELECT own() \gset
DELETE FROM plan WHERE campaign_code = 'test';
SELECT test.plan('submitted') AS plan \gset
SELECT test.submission(:'plan', n, timestamptz '2021-05-11' + n * interval '1 hour') FROM generate_series(1, 3) n \g /dev/null
SELECT become('nanjing_submitter') \gset
SELECT is((SELECT string_agg(s.number::text, ' ') FROM (SELECT s.number FROM submission_summary s WHERE s.subject_id = :'plan' ORDER BY s.number) s), '1 2 3', 'submissions in order');
SELECT is((test.run('list_plan_submissions', jsonb_build_object('plan_id', :'plan', 'limit', 1, 'after', '', 'after_number', 2, 'after_id', uuid_v7()))::json ->> 'number')::integer, 3, 'and a page of them');
SELECT is((test.run('get_submission', jsonb_build_object('submission_id', (SELECT id FROM submission WHERE number = 2)))::json ->> 'number')::integer, 2, 'and each alone');
SELECT is((test.run('get_workflows', '{}')::json #>> '{workflows,0,transitions,0,action}'), 'submit', 'the table of states is there to read');
SELECT is(json_array_length(test.run('get_workflows', '{}')::json -> 'workflows'), 10, 'for plans, three kinds of activities, their reports and their execution');

SELECT * FROM finish();
