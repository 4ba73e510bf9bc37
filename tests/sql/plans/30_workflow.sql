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
INSERT INTO summary_report (id, activity_id, campaign_code, organization_id, ancestors, kind, status, submission_count, submitted_at, created_at)
SELECT numbered('8', n), numbered('9', n), 'large', o.id, o.ancestors, 'highlight', (ARRAY['draft', 'submitted', 'under_review', 'accepted'])[n % 4 + 1],
       least(n % 4, 1), now() - n % 1000 * interval '1 minute', now() - n * interval '1 second'
  FROM generate_series(0, 99999) n JOIN organization o ON o.id = numbered('d', n);
INSERT INTO submission (campaign_code, organization_id, ancestors, plan_id, activity_id, number, submitted_at, submitted_by, submitted_by_name, content)
SELECT s.campaign_code, s.organization_id, s.ancestors, s.plan_id, s.activity_id, 1, s.submitted_at, numbered('e', 0), '王0', '{}'
  FROM (SELECT campaign_code, organization_id, ancestors, id AS plan_id, NULL::uuid AS activity_id, submitted_at FROM plan WHERE submission_count > 0 AND campaign_code = 'large'
        UNION ALL
        SELECT campaign_code, organization_id, ancestors, NULL, id, submitted_at FROM activity WHERE submission_count > 0 AND campaign_code = 'large') s;
INSERT INTO review (campaign_code, organization_id, ancestors, plan_id, activity_id, submission_id, action, from_status, to_status, by_user, by_name, reviewed_at)
SELECT s.campaign_code, s.organization_id, s.ancestors, s.plan_id, s.activity_id, s.id, 'submit', 'draft', 'submitted', s.submitted_by, s.submitted_by_name,
       s.submitted_at
  FROM submission s
 WHERE s.campaign_code = 'large';
