-- A busy year of one province beside the 2021 seed: 300 societies and their highlights, as many as :activities, on full forms, most of
-- them submitted and reviewed. As the owner, with every trigger and constraint at work.

INSERT INTO organization (id, code, kind, name, parent_id, ordinal)
SELECT uuid_v7(), 'society-' || n, 'society', '江苏省第' || n || '学会', p.id, 100 + n
  FROM generate_series(1, 300) n
  JOIN organization p ON p.code = 'jiangsu';

INSERT INTO recipient (id, campaign_code, organization_id)
SELECT uuid_v7(), '2021', o.id FROM organization o WHERE o.code LIKE 'society-%';

INSERT INTO activity (id, campaign_code, organization_id, kind, status, submission_count, submitted_at, host_name, title, modules,
                      organizer_name, starts_on, ends_on, time_note, location, audiences, expected_participants, contact,
                      mailing_address, proposal)
SELECT uuid_v7(), '2021', o.id, 'highlight', s.status, s.submissions, CASE s.submissions WHEN 1 THEN now() END, o.name,
       '第' || n || '场“弘扬科学家精神”主题宣讲', ARRAY[(ARRAY['unity', 'home', 'service', 'openness', 'recognition'])[n % 5 + 1]],
       '学会秘书处', date '2021-05-10' + n % 50, date '2021-05-11' + n % 50, '上午9时', '南京市第' || n % 97 || '中学礼堂',
       '{science_workers}', 50 + n % 900, ('王芳', '025-83000000', '13900000000', NULL, 'office@example.org')::activity_contact, '南京市梦都大街50号',
       (repeat('以宣讲凝聚科技工作者，', 8), repeat('邀请院士走进校园；', 10), repeat('秘书处负责统筹，', 6), '众心向党，自立自强',
        repeat('宣讲之后座谈。', 12), repeat('参加者各有所得。', 8))::proposal
  FROM generate_series(1, :activities) n
  JOIN organization o ON o.code = 'society-' || n % 300 + 1
 CROSS JOIN LATERAL (
	SELECT (ARRAY['draft', 'submitted', 'under_review', 'accepted'])[n % 4 + 1] AS status, least(n % 4, 1) AS submissions) s;

INSERT INTO submission (subject_id, number, submitted_by, content)
SELECT a.id, 1, (SELECT u.id FROM account u WHERE u.username = 'reviewer'), activity_content(a)
  FROM activity a
 WHERE a.submission_count = 1;

INSERT INTO review (subject_id, action, from_status, to_status, by_user)
SELECT a.id, r.action, r.from_status, r.to_status, (SELECT u.id FROM account u WHERE u.username = 'reviewer')
  FROM activity a
 CROSS JOIN (VALUES (1, 'submit', 'draft', 'submitted'), (2, 'accept', 'submitted', 'accepted')) r (step, action, from_status, to_status)
 WHERE a.submission_count = 1 AND (r.step = 1 OR a.status = 'accepted');

SET client_min_messages = error; -- not everything is the owner's
VACUUM ANALYZE;
