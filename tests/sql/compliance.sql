-- Compliance: what was counted stays where it was counted, who may see what, and that the owner's functions tell no more
-- than numbers. Every figure itself is computed again in tests/reports.
\ir workflow_setup.psql
SELECT no_plan();

-- Of the plans owed within an organization, as somebody: expected, received, late, overdue.
CREATE FUNCTION test.plans(person text, within text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	found text;
BEGIN
	PERFORM become(person);
	SELECT concat_ws(' ', e -> 'expected' ->> 'count', e -> 'received' ->> 'count', e -> 'verdicts' -> 'late' ->> 'count', e -> 'verdicts' -> 'overdue' ->> 'count')
	  INTO found
	  FROM json_array_elements(compliance_report('test', organization(within), '{plan}', NULL) -> 'total' -> 'obligations') e;
	PERFORM own();
	RETURN found;
END
$$;
CREATE FUNCTION test.buckets(person text, within text, organization text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	found text;
BEGIN
	PERFORM become(person);
	SELECT array_to_string(o.buckets, ' ') INTO found
	  FROM compliance_organizations('test', organization(within), NULL, NULL) o
	 WHERE o.organization_id = organization(buckets.organization);
	PERFORM own();
	RETURN found;
END
$$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA test TO PUBLIC;

SELECT is(test.plans('su_reviewer', 'su'), '2 0 0 2', 'two plans are owed, and overdue');
SELECT is(test.plans('su_administrator', 'su'), '2 0 0 2', 'its administrator sees the same');
SELECT is(test.plans('zhe_reviewer', 'su'), '0 0 0 0', 'another province''s reviewer counts nothing of it');
SELECT is(test.plans('nanjing_reviewer', 'nanjing'), '0 0 0 0', 'a reviewer is none of their own organization');

SELECT test.submission(test.plan('submitted'), 1, '2021-05-20T00:00:00Z');
SELECT is(test.plans('su_reviewer', 'su'), '2 1 1 1', 'one came late');
SELECT is(test.buckets('su_reviewer', 'su', 'nanjing'), 'incomplete late overdue phases_short documents_incomplete', 'what it is counted under');
SELECT is(test.buckets('su_reviewer', 'su', 'wuxi'), 'incomplete nothing_received overdue phases_short', 'and what one without a thing is');

-- Moved below 浙江, 南京 is still counted where it was.
UPDATE organization SET parent_id = organization('zhe') WHERE id = organization('nanjing');
SELECT is(test.plans('zhe_reviewer', 'zhe'), '0 0 0 0', 'moved, its past is not counted where it is now');
SELECT is(test.plans('su_reviewer', 'su'), '1 0 0 1', 'who no longer reads it no longer counts it');
SELECT is(test.plans('zhe_reviewer', 'su'), '1 1 1 0', 'and who does reads it where it was counted');
UPDATE organization SET parent_id = organization('su') WHERE id = organization('nanjing');
UPDATE organization SET kind = 'society' WHERE id = organization('nanjing');
SELECT become('su_reviewer');
SELECT is((SELECT string_agg(DISTINCT t.organization_kind, ' ') FROM compliance_tally('test', organization('su'), NULL, NULL, ARRAY[organization('nanjing')]) t),
          'city_association', 'and as what it was');
SELECT own();

UPDATE organization SET kind = 'city_association' WHERE id = organization('nanjing');

-- Exclusive ones exclude each other, and there is one for each.
SELECT is(compliance_buckets(2, 2, 2, 0, 0, 0, true, 3, 3, true, 0, 0), '{complete,all_accepted}', 'all is well');
SELECT is(compliance_buckets(0, 0, 0, 0, 0, 0, false, NULL, 3, NULL, NULL, NULL), '{all_waived}', 'nothing is expected');
SELECT is(compliance_buckets(2, 0, 0, 0, 0, 0, true, 0, 3, NULL, 0, 0), '{incomplete,nothing_received,phases_short}', 'nothing is there');
SELECT is(compliance_buckets(2, 2, 1, 1, 1, 1, true, 2, 3, false, 1, 1),
          '{complete,late,overdue,surplus,phases_short,documents_incomplete,returned_open,correction_overdue}', 'all at once');
SELECT is((SELECT array_agg(l.code ORDER BY l.ordinal) FROM label l WHERE l.vocabulary = 'compliance_bucket'),
          (SELECT array_remove(array_agg(f.key ORDER BY f.ordinality), 'all')
             FROM json_each(compliance_bucket_figures('/', '{}')) WITH ORDINALITY f (key, value, ordinality)),
          'every bucket has words and a figure');

-- The public has numbers, and of an issued notice alone.
SELECT become();
SELECT is((SELECT to_json(n)::text FROM headline_numbers('test') n),
          '{"recipients":2,"plans_received":1,"organizations_taking_part":1,"cities_taking_part":1}', 'in numbers');
SELECT is_empty($$SELECT FROM obligation$$, 'and nothing of what they are about');
SELECT own();
INSERT INTO campaign (code, title, issuer_id, starts_on, ends_on, plan_due_on, highlight_due_on, summary_due_on, audiences)
VALUES ('drafted', '起草中', organization('su'), '2021-05-10', '2021-06-30', '2021-05-12', '2021-05-12', '2021-06-30', '{}');
SELECT become();
SELECT is_empty($$SELECT headline_report(c) FROM campaign c WHERE c.code = 'drafted'$$, 'a draft has no headline');
SELECT own();

SELECT * FROM finish();
ROLLBACK;
