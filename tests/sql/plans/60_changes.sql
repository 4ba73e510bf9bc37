-- What changes are about that nothing above is: a notice that is still a draft, with recipients, and one without; whoever is below
-- nothing; what is of the issuer; forms without gaps; what is nominated, forwarded, waived, cancelled; batches; and who signs in.
UPDATE campaign SET award_categories = ARRAY[('excellent', '优秀组织单位'), ('active', '积极组织单位')]::coded_name[] WHERE code = 'large';
INSERT INTO campaign (code, title, issuer_id, starts_on, ends_on, notice_receipt_due_on, plan_due_on, highlight_due_on, summary_due_on, ancestors)
SELECT v.code, '明年的活动', c.issuer_id, '2022-05-10', '2022-06-30', '2022-05-11', '2022-05-12', '2022-05-12', '2022-06-30', c.ancestors
  FROM campaign c CROSS JOIN (VALUES ('next'), ('empty')) v (code) WHERE c.code = 'large';
INSERT INTO phase (id, campaign_code, ordinal, name, starts_on, ends_on)
SELECT uuid_v7(), c.code, 1, '第一阶段', c.starts_on, c.starts_on FROM campaign c WHERE c.code IN ('next', 'empty');
INSERT INTO module (id, campaign_code, ordinal, code, name)
SELECT uuid_v7(), v.campaign_code, 9, v.code, '另一模块' FROM (VALUES ('next', 'unity'), ('empty', 'unity'), ('large', 'unused')) v (campaign_code, code);
INSERT INTO recipient (id, campaign_code, organization_id, ancestors)
SELECT uuid_v7(), 'next', o.id, o.ancestors FROM organization o WHERE o.kind = 'city_association';
INSERT INTO organization (id, code, kind, name, parent_id, ordinal, ancestors, path_ordinal)
SELECT numbered('4', 1), 'leaf', 'society', '新学会', c.id, 9, numbered('4', 1) || c.ancestors, c.path_ordinal || ' 000009.leaf' FROM organization c WHERE c.id = numbered('c', 7);

INSERT INTO activity (id, campaign_code, organization_id, ancestors, kind, status, title, host_name, modules, audiences, starts_on, ends_on, location,
                      expected_participants, contact, mailing_address, proposal, submission_count, nomination_rank, nomination_reason, execution, execution_reason, entered_by)
SELECT numbered('4', v.n), 'large', o.id, o.ancestors, v.kind, v.status, '第' || v.n || '场', o.name, '{unity}', '{science_workers}', '2021-05-11', '2021-05-11', '礼堂', 100,
       ('王芳', NULL, '13900000000', NULL, NULL)::activity_contact, '某路1号', ('宣讲', NULL, NULL, NULL, NULL, NULL)::proposal,
       (v.status NOT IN ('draft', 'published'))::integer, CASE v.status WHEN 'nominated' THEN v.n END, CASE v.status WHEN 'nominated' THEN '特色鲜明' END,
       v.execution, CASE v.execution WHEN 'cancelled' THEN '防汛' END, CASE v.n WHEN 6 THEN numbered('e', 0) END
  FROM (SELECT 1 AS n, 'a' AS letter, 0 AS place, 'programme' AS kind, 'draft' AS status, 'planned' AS execution
        UNION ALL VALUES (2, 'a', 0, 'programme', 'published', 'planned'), (3, 'd', 79, 'highlight', 'accepted', 'cancelled'), (4, 'd', 76, 'highlight', 'draft', 'planned'),
                         (5, 'd', 79, 'highlight', 'accepted', 'held'), (6, 'd', 76, 'highlight', 'draft', 'planned'), (7, 'd', 79, 'highlight', 'accepted', 'held')
        UNION ALL SELECT 100 + n, 'd', n, 'highlight', 'nominated', 'planned' FROM generate_series(0, 19) n) v
  JOIN organization o ON o.id = numbered(v.letter, v.place);
INSERT INTO activity_text (activity_id, campaign_code, search_text)
SELECT a.id, a.campaign_code, activity_search_text(a) FROM activity a WHERE a.id BETWEEN numbered('4', 0) AND numbered('4', 999);
INSERT INTO summary_report (id, activity_id, campaign_code, organization_id, ancestors, kind, starts_on, ends_on, location, participants, outcomes, entered_by)
SELECT a.id, a.id, a.campaign_code, a.organization_id, a.ancestors, a.kind, a.starts_on, a.ends_on, a.location, ARRAY[('science_workers', 9, 0)]::participant_count[], '反响热烈。',
       numbered('e', 0)
  FROM activity a WHERE a.id = numbered('4', 5);
INSERT INTO plan (id, campaign_code, organization_id, ancestors, title, text, entered_by)
SELECT numbered('4', 8), 'large', o.id, o.ancestors, '工作方案', '正文', numbered('e', 0) FROM organization o WHERE o.id = numbered('c', 8);
INSERT INTO subject (id, resource, campaign_code, organization_id)
SELECT l.id, l.resource, l.campaign_code, l.organization_id FROM subject_life l WHERE l.id BETWEEN numbered('4', 0) AND numbered('4', 999) AND l.id <> numbered('4', 5)
UNION ALL SELECT numbered('4', 5), 'activity', 'large', numbered('d', 79);
UPDATE summary_report SET id = numbered('3', 5) WHERE id = numbered('4', 5);
INSERT INTO subject (id, resource, campaign_code, organization_id) VALUES (numbered('3', 5), 'summary_report', 'large', numbered('d', 79));
INSERT INTO submission (campaign_code, organization_id, ancestors, subject_id, resource, number, submitted_by, submitted_by_name, content)
SELECT a.campaign_code, a.organization_id, a.ancestors, a.id, 'activity', 1, numbered('e', 0), '王0', '{}' FROM activity a WHERE a.id BETWEEN numbered('4', 100) AND numbered('4', 119);

INSERT INTO forwarding (id, campaign_code, organization_id, ancestors, document_number, forwarded_on, forwarded_by, forwarded_by_name)
SELECT numbered('6', 7), 'large', c.issuer_id, c.ancestors, '科协〔2021〕7号', '2021-07-01', numbered('e', 0), '王0' FROM campaign c WHERE c.code = 'large';
INSERT INTO forwarding_item (forwarding_id, campaign_code, organization_id, ancestors, organization_code, organization_name, activity_id, submission_id, rank, reason, content, digest)
SELECT numbered('6', 7), s.campaign_code, s.organization_id, s.ancestors, 'd', '学会', s.subject_id, s.id, 1, '特色鲜明', s.content, s.digest
  FROM submission s WHERE s.subject_id IN (SELECT numbered('9', 4 * n + 3) FROM generate_series(0, 19) n);

INSERT INTO obligation (id, campaign_code, organization_id, kind, required, due_at, effective_due_at, organization_kind, counted_ancestors, ancestors, waived_at, waived_reason,
                        waived_by, waived_by_name)
SELECT numbered('4', v.n), 'large', o.id, v.kind, 1, now(), now(), o.kind, o.ancestors, o.ancestors, v.waived_at, CASE WHEN v.waived_at IS NOT NULL THEN '机构调整' END,
       CASE WHEN v.waived_at IS NOT NULL THEN numbered('e', 0) END, CASE WHEN v.waived_at IS NOT NULL THEN '王0' END
  FROM (VALUES (1, 'notice_receipt', NULL), (2, 'plan', now())) v (n, kind, waived_at) JOIN organization o ON o.id = numbered('d', 307)
ON CONFLICT DO NOTHING;
-- What was submitted with the documents that were there, one of which is still to be scanned; their bytes.
INSERT INTO submission_document (submission_id, document_id)
SELECT i.submission_id, d.id FROM forwarding_item i JOIN document d ON d.subject_id = i.activity_id;
UPDATE document SET status = 'pending' WHERE subject_id = numbered('f', 78);
INSERT INTO document_piece (content_id, ordinal, bytes) SELECT c.id, 0, '\x00' FROM document_content c WHERE c.sha256 IS NOT NULL;
UPDATE award SET batch_id = numbered('3', 1), batch_ordinal = 1 WHERE id IN (SELECT numbered('7', 2 * n) FROM generate_series(1, 50) n);

INSERT INTO account_password (account_id, password_hash) VALUES (numbered('e', 0), ''), (numbered('e', 78), '');
INSERT INTO idempotency_key (caller, key, operation, request_digest, status, body, created_at) VALUES (numbered('e', 0), 'key', 'patch_plan', '', 200, '{}', now() - interval '2 days');
INSERT INTO session (id, account_id, expires_at) VALUES (numbered('3', 2), numbered('e', 78), now() + interval '30 days');
INSERT INTO refresh_token (digest, session_id) VALUES ('digest', numbered('3', 2));
INSERT INTO document_content (id, organization_id, uploaded_by, quota, announced) VALUES (numbered('3', 3), numbered('d', 76), numbered('e', 0), 1000000, 1000);
INSERT INTO document_piece (content_id, ordinal, bytes) VALUES (numbered('3', 3), 0, '\x00');
UPDATE campaign c SET recipient_count = (SELECT count(*) FROM recipient r WHERE r.campaign_code = c.code);
DELETE FROM obligation_tally WHERE organization_id = numbered('d', 307);
INSERT INTO obligation_tally SELECT * FROM obligation_tally_recounted WHERE organization_id = numbered('d', 307);
