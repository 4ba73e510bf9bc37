-- A plan of each district, a highlight of each, and what was submitted and reviewed.
INSERT INTO plan (id, campaign_code, organization_id, ancestors, title, text, status, submission_count, submitted_at, created_at)
SELECT numbered('f', n), 'large', o.id, o.ancestors, '工作方案', '正文', (ARRAY['draft', 'submitted', 'under_review', 'accepted'])[n % 4 + 1],
       least(n % 4, 1), now() - n % 1000 * interval '1 minute', now() - n * interval '1 second'
  FROM generate_series(0, 99999) n JOIN organization o ON o.id = numbered('d', n);
INSERT INTO activity (id, campaign_code, organization_id, ancestors, kind, status, title, host_name, modules, audiences, starts_on, ends_on, location,
                      submission_count, submitted_at, created_at)
SELECT numbered('9', n), 'large', o.id, o.ancestors, 'highlight', (ARRAY['draft', 'submitted', 'under_review', 'accepted'])[n % 4 + 1],
       '第' || n || '场科普' || CASE n % 500 WHEN 0 THEN '学会' ELSE '活动' END, o.name, '{unity}', '{science_workers}',
       date '2021-05-10' + n % 50, date '2021-05-10' + n % 50, '礼堂', least(n % 4, 1), now() - n % 1000 * interval '1 minute',
       now() - n * interval '1 second'
  FROM generate_series(0, 99999) n JOIN organization o ON o.id = numbered('d', n);
INSERT INTO activity_text (activity_id, campaign_code, search_text) SELECT a.id, a.campaign_code, activity_search_text(a) FROM activity a WHERE a.campaign_code = 'large';
INSERT INTO activity_listed SELECT * FROM activity_listing;
INSERT INTO summary_report (id, activity_id, campaign_code, organization_id, ancestors, kind, status, submission_count, submitted_at, created_at)
SELECT numbered('8', n), numbered('9', n), 'large', o.id, o.ancestors, 'highlight', (ARRAY['draft', 'submitted', 'under_review', 'accepted'])[n % 4 + 1],
       least(n % 4, 1), now() - n % 1000 * interval '1 minute', now() - n * interval '1 second'
  FROM generate_series(0, 99999) n JOIN organization o ON o.id = numbered('d', n);
INSERT INTO subject (id, resource, campaign_code, organization_id) SELECT l.id, l.resource, l.campaign_code, l.organization_id FROM subject_life l WHERE l.campaign_code = 'large';
INSERT INTO submission (campaign_code, organization_id, ancestors, subject_id, resource, number, submitted_at, submitted_by, submitted_by_name, content)
SELECT s.campaign_code, s.organization_id, s.ancestors, s.id, s.resource, 1, s.submitted_at, numbered('e', right(s.id::text, 3)::integer), '王0', '{}'
  FROM subject_life s
 WHERE s.submission_count > 0 AND s.campaign_code = 'large' AND s.resource IN ('plan', 'activity');
INSERT INTO review (campaign_code, organization_id, ancestors, subject_id, resource, submission_id, action, from_status, to_status, by_user, by_name, reviewed_at)
SELECT s.campaign_code, s.organization_id, s.ancestors, s.subject_id, s.resource, s.id, 'submit', 'draft', 'submitted', s.submitted_by, s.submitted_by_name,
       s.submitted_at
  FROM submission s
 WHERE s.campaign_code = 'large';
