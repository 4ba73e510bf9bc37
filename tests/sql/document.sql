-- Documents: who sees and who attaches them, what is kept of their bytes, and that nobody reaches bytes past them.
\ir workflow_setup.psql
SELECT no_plan();

-- One of each owner, with a document of each kind that it takes, all of the same bytes.
INSERT INTO document_content (id, sha256) VALUES ('00000000-0000-7000-8000-000000000001', repeat('a', 64));
INSERT INTO document_piece (content_id, ordinal, bytes) VALUES ('00000000-0000-7000-8000-000000000001', 0, 'one'), ('00000000-0000-7000-8000-000000000001', 1, 'two');
CREATE FUNCTION test.document(owner jsonb, organization text, kind text, status text DEFAULT 'available') RETURNS uuid
LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
	INSERT INTO public.document (id, campaign_code, subject_id, organization_id, kind, name, media_type, size, sha256, content_id,
		status, uploaded_by, owner_digest)
	SELECT public.uuid_v7(), owner ->> 'campaign_code', coalesce(owner ->> 'plan_id', owner ->> 'activity_id', owner ->> 'summary_report_id')::uuid, organization(organization), document.kind, document.kind,
	       CASE document.kind WHEN 'photo' THEN 'image/png' WHEN 'word_copy' THEN 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
	            ELSE 'application/pdf' END,
	       6, repeat('a', 64), '00000000-0000-7000-8000-000000000001', document.status, public.person('nanjing_submitter'),
	       CASE document.kind WHEN 'stamped_pdf' THEN 'of something else' END
	RETURNING id;
END;
-- As if it had been attached while that could be done.
ALTER TABLE document DISABLE TRIGGER owner_held;
INSERT INTO campaign (code, title, issuer_id, starts_on, ends_on, plan_due_on, highlight_due_on, summary_due_on)
VALUES ('later', '未启动', organization('su'), '2021-05-10', '2021-06-30', '2021-05-12', '2021-05-12', '2021-06-30');
SELECT test.plan('submitted') AS plan, test.activity('highlight', 'draft') AS draft, test.activity('highlight', 'accepted') AS accepted,
       test.activity('programme', 'published', 'su') AS published \gset
CREATE TABLE test.thing (name text, id uuid);
INSERT INTO test.thing
SELECT v.name || ' ' || v.kind, test.document(v.owner, v.organization, v.kind, v.status)
  FROM (VALUES
	('test', '{"campaign_code": "test"}'::jsonb, 'su', 'notice', 'available'),
	('test', '{"campaign_code": "test"}', 'su', 'attachment', 'available'),
	('test', '{"campaign_code": "test"}', 'su', 'other', 'available'),
	('pending', '{"campaign_code": "test"}', 'su', 'notice', 'pending'),
	('later', '{"campaign_code": "later"}', 'su', 'notice', 'available'),
	('plan', jsonb_build_object('plan_id', :'plan'), 'nanjing', 'stamped_pdf', 'available'),
	('draft', jsonb_build_object('activity_id', :'draft'), 'nanjing', 'photo', 'available'),
	('accepted', jsonb_build_object('activity_id', :'accepted'), 'nanjing', 'photo', 'available'),
	('accepted', jsonb_build_object('activity_id', :'accepted'), 'nanjing', 'stamped_pdf', 'available'),
	('infected', jsonb_build_object('activity_id', :'accepted'), 'nanjing', 'photo', 'quarantined'),
	('published', jsonb_build_object('activity_id', :'published'), 'su', 'photo', 'available')) v (name, owner, organization, kind, status);
GRANT SELECT ON test.thing TO PUBLIC;

CREATE FUNCTION test.visible(person text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	found text;
BEGIN
	PERFORM become(person);
	SELECT string_agg(t.name, ', ' ORDER BY t.name COLLATE "C") INTO found FROM test.thing t JOIN document d USING (id);
	PERFORM own();
	RETURN found;
END
$$;
SELECT is(test.visible(v.person), v.expected, v.person || ' sees')
  FROM (VALUES
	('nobody', 'accepted photo, published photo, test attachment, test notice'),
	('zhe_reviewer', 'accepted photo, published photo, test attachment, test notice, test other'),
	('wuxi_submitter', 'accepted photo, published photo, test attachment, test notice, test other'),
	('nanjing_reviewer', 'accepted photo, published photo, test attachment, test notice, test other'),
	('nanjing_submitter', 'accepted photo, accepted stamped_pdf, draft photo, infected photo, plan stamped_pdf, published photo, test attachment, test notice, test other'),
	('su_reviewer', 'accepted photo, accepted stamped_pdf, infected photo, plan stamped_pdf, published photo, test attachment, test notice, test other'),
	('su_administrator', 'accepted photo, accepted stamped_pdf, draft photo, infected photo, later notice, pending notice, plan stamped_pdf, published photo, test attachment, test notice, test other')
	) v (person, expected);

-- Bytes are read by a document that is there for the caller, and is available.
CREATE FUNCTION test.bytes(person text, of_thing text) RETURNS text
LANGUAGE plpgsql
AS $$
DECLARE
	found text;
BEGIN
	PERFORM become(person);
	found := convert_from(test.run('document_piece', jsonb_build_object('ordinal', 1, 'document_id', (SELECT t.id FROM test.thing t WHERE t.name = of_thing)))::bytea, 'UTF8');
	PERFORM own();
	RETURN found;
END
$$;
SELECT is(test.bytes('nobody', 'accepted photo'), 'two', 'the public reads a photo');
SELECT is(test.bytes('nobody', 'accepted stamped_pdf'), NULL, 'but not, by another document of the same bytes, a stamped form');
SELECT is(test.bytes('nanjing_submitter', 'accepted stamped_pdf'), 'two', 'which is its author''s');
SELECT is(test.bytes('nanjing_submitter', 'infected photo'), NULL, 'what is quarantined is handed out to nobody');
SELECT is(test.bytes('su_administrator', 'pending notice'), NULL, 'nor what is not scanned yet');
SELECT become('nanjing_submitter') \gset
SELECT is(refusal('SELECT FROM document_content'), '42501', 'what is kept is no one''s to list');
SELECT is(refusal('INSERT INTO document_piece VALUES (uuid_v7(), 0, ''x'')'), '42501', 'and written only by an upload');
SELECT is(refusal($$UPDATE document SET name = 'x'$$), '42501', 'a document is never changed');
SELECT own() \gset
ALTER TABLE document ENABLE TRIGGER owner_held;

---------------------------------------------------------------------------------------------
-- Uploading

ALTER TABLE plan DISABLE TRIGGER status_moved;
UPDATE plan SET status = 'draft', submission_count = 0;
ALTER TABLE plan ENABLE TRIGGER status_moved;
CREATE FUNCTION test.begin(person text, upload uuid, owner jsonb, quota bigint DEFAULT 1000, announced bigint DEFAULT NULL) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM become(person);
	RETURN test.refusal('begin_upload', jsonb_build_object('upload_id', upload, 'owner', owner, 'quota', quota, 'announced', announced));
END
$$;
CREATE FUNCTION test.keep(person text, upload uuid, ordinal integer, bytes text) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM become(person);
	RETURN test.refusal('keep_piece', jsonb_build_object('upload_id', upload, 'ordinal', ordinal, 'bytes', bytes));
END
$$;
-- Its document, of so many bytes.
CREATE FUNCTION test.attach(person text, upload uuid, owner jsonb, size integer, kind text DEFAULT 'other', digest text DEFAULT repeat('b', 64)) RETURNS text
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM become(person);
	RETURN test.refusal('create_plan_document', jsonb_build_object('new_id', uuid_v7(), 'owner', owner, 'upload_id', upload,
		'document_kind', kind, 'document_name', 'a.pdf', 'media_type', 'application/pdf', 'size', size, 'sha256', digest,
		'document_status', 'available', 'caller', person(person)));
END
$$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA test TO PUBLIC;
SELECT jsonb_build_object('plan_id', :'plan') AS owner, '00000000-0000-7000-8000-00000000000a' AS a, '00000000-0000-7000-8000-00000000000b' AS b,
       '00000000-0000-7000-8000-00000000000c' AS c \gset

SELECT is(test.begin('wuxi_submitter', :'a', :'owner'), 'not_found', 'what one does not see takes nothing');
SELECT is(test.begin('su_administrator', :'a', :'owner'), 'role_not_held_here', 'nor what is not one''s own');
SELECT is(test.begin('su_reviewer', :'a', '{"campaign_code": "test"}'), 'role_not_held_here', 'a notice is its administrators''');
SELECT is(test.begin('nanjing_submitter', :'a', jsonb_build_object('activity_id', :'accepted')),
          'not_editable {"current_status": "accepted"}', 'what is accepted stays as it is');
SELECT is(test.begin('nanjing_submitter', :'a', :'owner', 6 * 5), 'document_quota_exceeded {"used": 30, "quota": 30}', 'a full organization is told at once');
SELECT is(test.begin('nanjing_submitter', :'a', :'owner'), NULL, 'the author may');
SELECT is(test.keep('nanjing_submitter', :'a', 0, 'ab'), NULL, 'a piece is kept');
SELECT is(test.keep('su_administrator', :'a', 1, 'cd'), 'concurrent_change', 'of one''s own upload');
SELECT become('su_administrator') \gset
SELECT is(test.run('upload_piece', jsonb_build_object('upload_id', :'a', 'ordinal', 0)), NULL, 'which nobody else reads');
SELECT test.run('discard_upload', jsonb_build_object('upload_id', :'a')) \g /dev/null
SELECT become('nanjing_submitter') \gset
SELECT is(test.run('upload_piece', jsonb_build_object('upload_id', :'a', 'ordinal', 0)), '\x6162', 'nor discards');
SELECT is(test.attach('wuxi_submitter', :'a', :'owner', 2), 'not_found', 'and no one else makes a document of it');
SELECT is(test.attach('nanjing_submitter', :'a', :'owner', 2, 'notice'), 'kind__not_taken_here', 'a plan has no notice');
SELECT is(test.attach('nanjing_submitter', :'a', :'owner', 2, 'word_copy'), 'file__wrong_type_for_kind', 'a PDF is no Word copy');
SELECT is(test.keep('nanjing_submitter', :'a', 1, repeat('c', 969)), 'document_quota_exceeded {"used": 32, "quota": 1000}',
          'nor is a piece kept for which there is no room');
SELECT is(test.begin('nanjing_submitter', :'b', :'owner'), NULL, 'what comes in at the same time');
SELECT is(test.keep('nanjing_submitter', :'b', 0, repeat('c', 500)), NULL, 'has the room that is left');
SELECT is(test.keep('nanjing_submitter', :'a', 1, repeat('c', 469)), 'document_quota_exceeded {"used": 532, "quota": 1000}', 'and all of it together no more');
SELECT is(test.begin('nanjing_submitter', :'c', :'owner', 532), 'document_quota_exceeded {"used": 532, "quota": 532}', 'what is not yet a document is told of as well');
SELECT test.run('discard_upload', jsonb_build_object('upload_id', :'b')) \g /dev/null
SELECT is(test.begin('nanjing_submitter', :'b', :'owner', 1000, 969), 'document_quota_exceeded {"used": 32, "quota": 1000}', 'what is announced is refused at once');
SELECT is(test.begin('nanjing_submitter', :'b', :'owner', 1000, 900), NULL, 'or has its room from its beginning on');
SELECT is(test.keep('nanjing_submitter', :'a', 1, repeat('c', 69)), 'document_quota_exceeded {"used": 932, "quota": 1000}', 'which others do not take');
SELECT is(test.keep('nanjing_submitter', :'b', 0, repeat('c', 900)), NULL, 'and it comes in');
SELECT is(test.keep('nanjing_submitter', :'b', 1, repeat('c', 69)), 'document_quota_exceeded {"used": 932, "quota": 1000}', 'more than it said counts as it comes');
SELECT test.run('discard_upload', jsonb_build_object('upload_id', :'b')) \g /dev/null
SELECT is(test.keep('nanjing_submitter', :'a', 1, repeat('c', 968)), NULL, 'what ends early gives its room back');
SELECT is(test.attach('nanjing_submitter', :'a', :'owner', 970), NULL, 'a document is made');
SELECT own() \gset
SELECT is((SELECT count(*) FROM document_content WHERE sha256 = repeat('b', 64) AND id = :'a'), 1::bigint, 'with the bytes that came');
SELECT is((SELECT uploaded_by_name FROM document WHERE content_id = :'a'), 'nanjing_submitter', 'signed with the name of that time');
SELECT is(test.keep('nanjing_submitter', :'a', 1, 'xx'), 'concurrent_change', 'to which nothing is added afterwards');
SELECT own() \gset
SELECT is(test.begin('su_administrator', :'b', '{"campaign_code": "test"}'), NULL, 'another organization''s upload');
SELECT is(test.attach('su_administrator', :'b', '{"campaign_code": "test"}', 964), NULL, 'of the same bytes');
SELECT own() \gset
SELECT is((SELECT array_agg(DISTINCT content_id) FROM document WHERE sha256 = repeat('b', 64)), ARRAY[:'a'::uuid], 'is kept once');
SELECT is((SELECT count(*) FROM document_content WHERE id = :'b'), 0::bigint, 'and what came is let go');
SELECT is((SELECT array_agg(document_usage(organization(o)) ORDER BY o) FROM unnest(ARRAY['nanjing', 'su']) o), ARRAY[1000, 1000]::bigint[],
          'but counts whole for each: that there was one does not show');
UPDATE document_content SET created_at = now() - interval '2 hours' WHERE id = :'a';
INSERT INTO document_content (id, organization_id, uploaded_by, created_at)
VALUES (:'c', organization('nanjing'), person('nanjing_submitter'), now() - interval '61 minutes');
INSERT INTO document_piece (content_id, ordinal, bytes) VALUES (:'c', 0, repeat('d', 100)::bytea);
SELECT is(document_usage(organization('nanjing')), 1000::bigint, 'what a process left that was killed an hour ago takes no room');
SELECT is(test.keep('nanjing_submitter', :'c', 1, 'dd'), 'concurrent_change', 'and does not go on');
SELECT own() \gset
SELECT test.begin('su_administrator', :'b', '{"campaign_code": "test"}', 100000) \g /dev/null
SELECT own() \gset
SELECT is((SELECT array_agg(id ORDER BY id) FROM document_content WHERE id IN (:'a', :'b', :'c')), ARRAY[:'a', :'b']::uuid[], 'what a killed process left goes with a later upload');

-- The last of its kind takes the bytes along.
DELETE FROM document WHERE subject_id = :'plan';
SELECT is((SELECT count(*) FROM document_piece WHERE content_id = :'a'), 2::bigint, 'bytes that another document needs stay');
DELETE FROM document WHERE sha256 = repeat('b', 64);
SELECT is((SELECT count(*) FROM document_piece WHERE content_id = :'a'), 0::bigint, 'and go with the last one');

---------------------------------------------------------------------------------------------
-- Scanning

SELECT test.document(:'owner', 'nanjing', 'other', 'pending') AS waiting \gset
UPDATE document SET uploaded_at = uploaded_at - interval '1 day' WHERE id = :'waiting';
SELECT version AS version FROM document WHERE id = :'waiting' \gset
SELECT become() \gset
SELECT is((SELECT c.document_id FROM claim_scan() c), :'waiting'::uuid, 'the oldest is scanned first');
SELECT isnt((SELECT c.document_id FROM claim_scan() c), :'waiting'::uuid, 'and once at a time');
SELECT is(scan_piece(:'waiting', 1), 'two', 'by its bytes');
SELECT finish_scan(:'waiting', NULL) \g /dev/null
SELECT is((SELECT c.document_id FROM claim_scan() c), :'waiting'::uuid, 'again when the scanner was away');
SELECT finish_scan(:'waiting', 'available') \g /dev/null
SELECT is(scan_piece(:'waiting', 1), NULL, 'what is scanned is not read again past its policies');
SELECT finish_scan(:'waiting', 'quarantined') \g /dev/null
SELECT own() \gset
SELECT is((SELECT status || ' ' || version FROM document WHERE id = :'waiting'), 'available ' || :'version', 'nor judged again; and its version is what it was');

---------------------------------------------------------------------------------------------
-- Submitting

DELETE FROM document WHERE subject_id = :'plan';
SELECT test.document(:'owner', 'nanjing', 'stamped_pdf') AS stamped, test.document(:'owner', 'nanjing', 'other', 'quarantined') AS infected \gset
SELECT is((SELECT string_agg(f.code || ' ' || (f.params ->> 'kind') || ' ' || f.is_error, ', ') FROM plan p CROSS JOIN LATERAL plan_findings(p) f WHERE p.id = :'plan'),
          'outdated_document stamped_pdf false', 'a stamped copy of something else is warned of');
UPDATE campaign SET required_documents = '{word_copy,stamped_pdf}' WHERE code = 'test';
SELECT is((SELECT string_agg(f.code || ' ' || (f.params ->> 'kind') || ' ' || f.is_error, ', ') FROM plan p CROSS JOIN LATERAL plan_findings(p) f WHERE p.id = :'plan'),
          'missing_document word_copy true, outdated_document stamped_pdf true', 'and refused where it is required');
UPDATE campaign SET required_documents = '{}' WHERE code = 'test';
SELECT become('nanjing_submitter') \gset
SELECT is(test.refusal('submit_plan', jsonb_build_object('plan_id', :'plan', 'caller', person('nanjing_submitter'),
          'version', (SELECT version FROM plan WHERE id = :'plan'))), NULL, 'submitted');
SELECT own() \gset
SELECT is((SELECT array_agg(n.document_id) FROM submission_document n JOIN submission s ON s.id = n.submission_id WHERE s.subject_id = :'plan'),
          ARRAY[:'stamped'::uuid], 'with its documents, but not the infected one');
SELECT is(refusal(format('DELETE FROM document WHERE id = %L', :'stamped')), 'not_editable {"current_status": "submitted"}', 'nothing is taken away from what is submitted');
SELECT test.withdrawal(:'plan', (SELECT id FROM submission WHERE subject_id = :'plan')) \g /dev/null
UPDATE plan SET status = 'draft' WHERE id = :'plan';
SELECT is(refusal(format('DELETE FROM document WHERE id = %L', :'stamped')), 'document_id__unknown', 'nor from what was');
SELECT is(refusal(format('DELETE FROM document WHERE id = %L', :'infected')), 'nothing', 'the other one may go');

---------------------------------------------------------------------------------------------
-- Of summary reports

CREATE FUNCTION test.report(of_activity uuid, status text) RETURNS uuid
LANGUAGE sql SECURITY DEFINER
BEGIN ATOMIC
	INSERT INTO public.summary_report (id, activity_id, status, submission_count, starts_on, location, participants, outcomes)
	VALUES (public.uuid_v7(), of_activity, report.status, CASE report.status WHEN 'draft' THEN 0 ELSE 1 END,
		'2021-05-28', '市民广场', ARRAY[('science_workers', 280, 1000)::public.participant_count], '反响热烈')
	RETURNING id;
END;
SELECT test.report(:'accepted', 'accepted') AS report, test.report(test.activity('highlight', 'submitted'), 'draft') AS unwritten,
       test.report(:'published', 'draft') AS event_report, document_usage(organization('nanjing')) AS used \gset
ALTER TABLE document DISABLE TRIGGER owner_held;
DELETE FROM test.thing;
INSERT INTO test.thing
SELECT v.name || ' ' || v.kind, test.document(jsonb_build_object('summary_report_id', v.report), 'nanjing', v.kind, v.status)
  FROM (VALUES
	('report', :'report'::uuid, 'photo', 'available'),
	('report', :'report', 'stamped_pdf', 'available'),
	('infected', :'report', 'photo', 'quarantined'),
	('unwritten', :'unwritten', 'photo', 'available')) v (name, report, kind, status);
ALTER TABLE document ENABLE TRIGGER owner_held;
SELECT is(test.visible(v.person), v.expected, v.person || ' sees of reports')
  FROM (VALUES
	('nobody', 'report photo'),
	('zhe_reviewer', 'report photo'),
	('wuxi_submitter', 'report photo'),
	('nanjing_reviewer', 'report photo'),
	('nanjing_submitter', 'infected photo, report photo, report stamped_pdf, unwritten photo'),
	('su_reviewer', 'infected photo, report photo, report stamped_pdf'),
	('su_observer', 'infected photo, report photo, report stamped_pdf'),
	('su_administrator', 'infected photo, report photo, report stamped_pdf, unwritten photo')) v (person, expected);
SELECT is(test.bytes('nobody', 'report photo'), 'two', 'the public reads a photo of a report');
SELECT is(test.bytes('nobody', 'report stamped_pdf'), NULL, 'but not what was stamped');
SELECT is(document_usage(organization('nanjing')) - :used, 4 * 6::bigint, 'they count against the quota');
SELECT is(refusal(format('UPDATE document SET subject_id = %L WHERE campaign_code = ''test''', :'accepted')), 'one_owner', 'a document has one owner');

SELECT jsonb_build_object('summary_report_id', :'unwritten') AS owner, '00000000-0000-7000-8000-00000000000d' AS d \gset
SELECT is(test.begin('wuxi_submitter', :'d', :'owner'), 'not_found', 'what one does not see takes nothing');
SELECT is(test.begin('su_administrator', :'d', :'owner'), 'role_not_held_here', 'nor what is not one''s own');
SELECT is(test.begin('nanjing_submitter', :'d', jsonb_build_object('summary_report_id', :'report')), 'not_editable {"current_status": "accepted"}', 'nor what is accepted');
SELECT is(test.begin('nanjing_submitter', :'d', :'owner'), NULL, 'a draft takes it');
SELECT is(test.attach('nanjing_submitter', :'d', :'owner', 6, 'notice', repeat('d', 64)), 'kind__not_taken_here', 'but no notice');
SELECT is(test.attach('nanjing_submitter', :'d', :'owner', 6, 'stamped_pdf', repeat('d', 64)), NULL, 'and a stamped copy');
SELECT own() \gset
SELECT id AS stamped FROM document WHERE sha256 = repeat('d', 64) \gset
CREATE FUNCTION test.outdated(of_document uuid) RETURNS text LANGUAGE sql
RETURN (SELECT b.body ->> 'is_outdated' FROM document_body b WHERE b.id = of_document);
CREATE FUNCTION test.missed(of_report uuid) RETURNS text LANGUAGE sql
RETURN (SELECT string_agg(f.code || ' ' || (f.params ->> 'kind') || ' ' || f.is_error, ', ') FROM summary_report r CROSS JOIN LATERAL summary_report_findings(r) f
         WHERE r.id = of_report AND f.pointer = '/documents');
SELECT is(test.outdated(:'stamped'), 'false', 'that is of what stands there');
SELECT is(test.missed(:'unwritten'), NULL, 'and nothing is missed');
UPDATE summary_report SET outcomes = '反响十分热烈' WHERE id = :'unwritten';
SELECT is(test.outdated(:'stamped'), 'true', 'until it is changed');
SELECT is(test.missed(:'unwritten'), 'outdated_document stamped_pdf false', 'of which one is warned');
UPDATE campaign SET required_documents = '{word_copy,stamped_pdf}' WHERE code = 'test';
SELECT is(test.missed(:'unwritten'), 'missing_document word_copy true, outdated_document stamped_pdf true', 'and refused where it is required');
SELECT is(test.missed(:'event_report'), NULL, 'of highlights'' reports');
UPDATE campaign SET required_documents = '{word_copy}' WHERE code = 'test';
SELECT is(test.missed(test.report(test.activity('highlight', 'submitted'), 'draft')), 'missing_document word_copy true', 'which are asked for no stamp that is not required');
UPDATE campaign SET required_documents = '{}' WHERE code = 'test';

SELECT become('nanjing_submitter') \gset
SELECT is((SELECT string_agg(d ->> 'kind', ', ') FROM summary_report_body b CROSS JOIN LATERAL json_array_elements(b.body -> 'documents') d WHERE b.id = :'unwritten'),
          'photo, stamped_pdf', 'the report shows them');
SELECT is(test.refusal('submit_summary_report', jsonb_build_object('summary_report_id', :'unwritten', 'caller', person('nanjing_submitter'),
          'version', (SELECT version FROM summary_report WHERE id = :'unwritten'))), NULL, 'submitted');
SELECT own() \gset
SELECT is((SELECT count(*) FROM submission_document n JOIN submission s ON s.id = n.submission_id WHERE s.subject_id = :'unwritten'), 2::bigint, 'with its documents');
SELECT is(refusal(format('DELETE FROM document WHERE id = %L', :'stamped')), 'not_editable {"current_status": "submitted"}', 'of which none is taken away');
SELECT is((SELECT count(*) FROM audit_entry e WHERE e.resource = 'document' AND e.resource_id = :'stamped' AND e.after ->> 'summary_report_id' = :'unwritten'), 1::bigint,
          'and the trail tells where it was attached');

-- A draft that is deleted takes its own along.
SELECT test.document(jsonb_build_object('summary_report_id', :'event_report'), 'su', 'photo') AS lost \gset
DELETE FROM summary_report WHERE id = :'event_report';
SELECT is((SELECT count(*) FROM document WHERE id = :'lost'), 0::bigint, 'a draft goes with its documents');
SELECT is_empty($$SELECT FROM subject s FULL JOIN subject_life l USING (id, resource, campaign_code, organization_id) WHERE s.id IS NULL OR l.id IS NULL$$,
                'and every key is of something that is there, where that is');

SELECT * FROM finish();
ROLLBACK;
