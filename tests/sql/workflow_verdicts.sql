-- Verdicts on both sides of every due instant: the 12th of May in Shanghai ends at 2021-05-12T16:00:00Z.
\ir workflow_setup.psql
SELECT plan(54);

-- The instants themselves, one second before, at, and one second after.
SELECT is(verdict(v.waived, due.at + v.received, due.at, due.at + v.extended, due.at + v.now), v.expected, v.description)
  FROM (SELECT timestamptz '2021-05-12T16:00:00Z' AS at) due
 CROSS JOIN (VALUES
	(false, NULL::interval, interval '0', interval '-1 second', 'pending', 'nothing yet, one second before it is due'),
	(false, NULL, '0', '0', 'overdue', 'nothing yet, when it is due'),
	(false, NULL, '0', '1 second', 'overdue', 'nothing yet, one second after'),
	(false, NULL, '1 day', '1 day -1 second', 'pending', 'nothing yet, one second before the extension ends'),
	(false, NULL, '1 day', '1 day', 'overdue', 'nothing yet, when the extension ends'),
	(true, NULL, '0', '0', 'waived', 'waived, though nothing came'),
	(true, '0', '0', '0', 'waived', 'waived, though it came late'),
	(false, '-1 second', '0', '0', 'on_time', 'received one second before'),
	(false, '0', '0', '0', 'late', 'received when it was due'),
	(false, '1 second', '0', '0', 'late', 'received one second after'),
	(false, '-1 second', '1 day', '0', 'on_time', 'in time needs no extension'),
	(false, '0', '1 day', '0', 'extended_on_time', 'after it, within the extension'),
	(false, '1 day -1 second', '1 day', '0', 'extended_on_time', 'one second before the extension ends'),
	(false, '1 day', '1 day', '0', 'late', 'when the extension ends')
	) v (waived, received, extended, now, expected, description);

CREATE FUNCTION test.verdict(kind text, organization text DEFAULT 'nanjing') RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT o.verdict || CASE WHEN o.original_verdict <> o.verdict THEN ', originally ' || o.original_verdict ELSE '' END
	       || CASE WHEN o.kind = 'highlights' THEN format(', %s of %s', o.submitted, o.required) ELSE '' END
	  FROM obligation_judged o
	 WHERE o.campaign_code = 'test' AND o.organization_id = organization(organization) AND o.kind = verdict.kind;
END;
GRANT EXECUTE ON FUNCTION test.verdict TO PUBLIC;

CREATE FUNCTION test.extend(kind text, due_at timestamptz, given_at timestamptz) RETURNS uuid
LANGUAGE sql
BEGIN ATOMIC
	INSERT INTO public.extension (campaign_code, organization_id, kind, due_at, reason, given_by, given_at)
	VALUES ('test', organization('nanjing'), extend.kind, extend.due_at, '防汛', public.person('su_administrator'), extend.given_at)
	RETURNING id;
END;

-- A plan through the view
SAVEPOINT plan;
SELECT is(test.verdict('plan'), 'overdue', 'a plan that never came');
SELECT test.plan('submitted') AS plan \gset
SELECT is(test.verdict('plan'), 'overdue', 'a draft alone is nothing');
SAVEPOINT submitted;
SELECT test.submission(:'plan', 1, '2021-05-12T15:59:59Z') \gset
SELECT is(test.verdict('plan'), 'on_time', 'submitted one second before');
SELECT test.submission(:'plan', 2, '2021-05-20T00:00:00Z') \gset
SELECT is(test.verdict('plan'), 'on_time', 'a later correction changes no verdict');
ROLLBACK TO submitted;
SELECT test.submission(:'plan', 1, '2021-05-12T16:00:00Z') \gset
SELECT is(test.verdict('plan'), 'late', 'submitted when it was due');
ROLLBACK TO submitted;
SELECT test.submission(:'plan', 1, '2021-05-12T16:00:01Z') \gset
SELECT is(test.verdict('plan'), 'late', 'submitted one second after');
SELECT is((SELECT format('%s by %s s', s.summary::json ->> 'is_late', s.summary::json ->> 'late_by_seconds') FROM submission_summary s WHERE s.subject_id = :'plan'),
          'true by 1 s', 'the submission says so');
SELECT test.extend('plan', '2021-05-13T16:00:00Z', '2021-05-13T00:00:00Z') AS extension \gset
SELECT is(test.verdict('plan'), 'extended_on_time, originally late', 'an extension given afterwards works too');
SELECT is((SELECT s.summary::json ->> 'is_late' FROM submission_summary s WHERE s.subject_id = :'plan'), 'false', 'and the submission is not late any more');
SELECT is(test.verdict('highlights'), 'overdue, 0 of 3', 'but only for obligations of its kind');
SELECT test.extend('plan', '2021-05-12T16:00:01Z', '2021-05-14T00:00:00Z') \gset
SELECT is(test.verdict('plan'), 'late', 'the extension given last rules');
UPDATE extension SET revoked_at = now(), revoked_by = given_by WHERE given_at = '2021-05-14T00:00:00Z';
SELECT is(test.verdict('plan'), 'extended_on_time, originally late', 'unless it was revoked');
UPDATE extension SET revoked_at = now(), revoked_by = given_by WHERE id = :'extension';
SELECT is(test.verdict('plan'), 'late', 'with none left the first instant counts');
UPDATE obligation SET waived_at = now(), waived_reason = '机构调整' WHERE organization_id = organization('nanjing') AND kind = 'plan';
SELECT is(test.verdict('plan'), 'waived, originally late', 'waived, and still shown how it was');
ROLLBACK TO submitted;

-- Withdrawn, and submitted again
SELECT test.submission(:'plan', 1, '2021-05-12T15:00:00Z') AS first \gset
SELECT test.withdrawal(:'plan', :'first') \gset
SELECT is(test.verdict('plan'), 'overdue', 'what was withdrawn does not count');
SAVEPOINT withdrawn;
SELECT test.submission(:'plan', 2, '2021-05-12T15:59:59Z') \gset
SELECT is(test.verdict('plan'), 'on_time', 'the next one does: before');
ROLLBACK TO withdrawn;
SELECT test.submission(:'plan', 2, '2021-05-12T16:00:00Z') \gset
SELECT is(test.verdict('plan'), 'late', 'the next one does: after');
SELECT is((SELECT string_agg(format('%s %s %s', s.number, s.summary::json ->> 'is_late', (s.summary::json ->> 'withdrawn_at') IS NOT NULL), '; ' ORDER BY s.number)
             FROM submission_summary s WHERE s.subject_id = :'plan'), '1 false t; 2 true f', 'and the list of submissions tells both');
ROLLBACK TO plan;

-- A correction is late against the date that came with the return, not against the obligation
SELECT test.plan('submitted') AS plan \gset
SELECT test.submission(:'plan', 1, '2021-05-12T15:00:00Z') \gset
INSERT INTO submission (subject_id, number, submitted_at, submitted_by, correction_due_at, content)
SELECT :'plan', v.number, v.at, person('nanjing_submitter'), v.due, '{}'
  FROM (VALUES (2, timestamptz '2021-05-20T00:00:00Z', NULL::timestamptz),
               (3, '2021-05-20T00:00:00Z', '2021-05-20T00:00:01Z'),
               (4, '2021-05-20T00:00:00Z', '2021-05-20T00:00:00Z')) v (number, at, due);
SELECT is((SELECT string_agg(s.summary::json ->> 'is_late', ' ' ORDER BY s.number) FROM submission_summary s WHERE s.subject_id = :'plan'),
          'false false false true', 'a correction without a date is never late; with one, from that instant on');

-- Highlights: the time of the required-th
SELECT test.activity('highlight', 'submitted') AS h1, test.activity('highlight', 'submitted') AS h2,
       test.activity('highlight', 'submitted') AS h3, test.activity('highlight', 'submitted') AS h4 \gset
SELECT test.submission(:'h1', 1, '2021-05-11T00:00:00Z'), test.submission(:'h2', 1, '2021-05-12T15:59:58Z') \gset
SELECT is(test.verdict('highlights'), 'overdue, 2 of 3', 'two of three');
SAVEPOINT third;
SELECT test.submission(:'h3', 1, '2021-05-12T15:59:59Z') AS s3 \gset
SELECT is(test.verdict('highlights'), 'on_time, 3 of 3', 'the third one second before');
SELECT test.submission(:'h1', 2, '2021-05-20T00:00:00Z') \gset
SELECT is(test.verdict('highlights'), 'on_time, 3 of 3', 'a resubmission counts once');
SELECT test.submission(:'h4', 1, '2021-05-21T00:00:00Z') \gset
SELECT is(test.verdict('highlights'), 'on_time, 4 of 3', 'a fourth is surplus');
SELECT is((SELECT o.body ->> 'surplus' FROM obligation_body o WHERE o.organization_id = organization('nanjing') AND o.kind = 'highlights'), '1', 'and is said');
SELECT test.withdrawal(:'h3', :'s3') \gset
SELECT is(test.verdict('highlights'), 'late, 3 of 3', 'withdrawing the third, the fourth takes its place');
ROLLBACK TO third;
SELECT test.submission(:'h3', 1, '2021-05-12T16:00:00Z') \gset
SELECT is(test.verdict('highlights'), 'late, 3 of 3', 'the third when it was due');
ROLLBACK TO third;
SELECT test.submission(:'h3', 1, '2021-05-12T16:00:01Z') \gset
SELECT is(test.verdict('highlights'), 'late, 3 of 3', 'the third one second after');
SELECT is(test.verdict('highlights', 'wuxi'), 'overdue, 0 of 3', 'another organization''s are its own');
SELECT become('su_reviewer') \gset
SELECT is(test.verdict('highlights'), 'late, 3 of 3', 'the reviewer sees the same');
SELECT become('nanjing_submitter') \gset
SELECT is(test.verdict('highlights'), 'late, 3 of 3', 'so does the author');
SELECT become('wuxi_submitter') \gset
SELECT is(test.verdict('highlights'), NULL, 'a neighbour sees none of it');
SELECT own() \gset

-- Each submitted highlight owes a summary report
SELECT is((SELECT count(*)::integer FROM obligation o WHERE o.kind = 'summary_report' AND o.activity_id IN (:'h1', :'h2', :'h3', :'h4')), 3, 'three were submitted');
SELECT is((SELECT o.due_at FROM obligation o WHERE o.activity_id = :'h1'), timestamptz '2021-06-30T16:00:00Z', 'due by the campaign''s summary date');
SELECT test.submission(:'h4', 1, '2021-05-21T00:00:00Z') AS s4 \gset
SELECT test.submission(:'h4', 2, '2021-05-22T00:00:00Z') AS s4_again \gset
SELECT is((SELECT count(*)::integer FROM obligation o WHERE o.activity_id = :'h4'), 1, 'a resubmission owes no second one');
SELECT test.withdrawal(:'h4', :'s4_again') \gset
SELECT is((SELECT count(*)::integer FROM obligation o WHERE o.activity_id = :'h4'), 1, 'a withdrawal leaves it while another submission stands');
SELECT test.withdrawal(:'h4', :'s4') \gset
SELECT is((SELECT count(*)::integer FROM obligation o WHERE o.activity_id = :'h4'), 0, 'and with the last one it is taken back');
SELECT is((SELECT o.verdict FROM obligation_judged o WHERE o.activity_id = :'h1'), 'overdue', 'the report itself is still to come');

-- A campaign that wants no highlights has received them all
UPDATE obligation SET required = 0, created_at = '2021-05-08' WHERE kind = 'highlights' AND organization_id = organization('wuxi');
SELECT is(test.verdict('highlights', 'wuxi'), 'on_time, 0 of 0', 'nothing required is nothing owed');

SELECT is(refusal(format('DELETE FROM activity WHERE id = %L', :'h4')), 'subject_id__unknown', 'what was ever submitted is not deleted, not even by the owner');
SELECT is(refusal(format('INSERT INTO submission (subject_id, number, submitted_by, content) VALUES (%L, 1, %L, ''{}'')', uuid_v7(), person('nanjing_submitter'))), 'organization_id__unknown',
          'and nothing is submitted of what is not there');

SELECT * FROM finish();