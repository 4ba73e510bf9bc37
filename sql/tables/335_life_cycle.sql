-- All that is submitted in one: what the life of a plan, an activity and a summary report rests on, under the row security of
-- each. No branch has a join or a condition, so that the planner looks through the view, and with the resource it has one
-- table before it. (A summary report has its activity's title.)

CREATE VIEW subject_life WITH (security_invoker) AS
SELECT 'plan' AS resource, p.id, p.campaign_code, p.organization_id, p.ancestors, NULL AS kind, true AS is_owed, NULL::uuid AS activity_id,
       p.title, NULL::date AS starts_on, p.status, p.correction_due_at, p.submission_count, p.submitted_at, p.entered_by, plan_content(p) AS content
  FROM plan p
UNION ALL
SELECT 'activity', a.id, a.campaign_code, a.organization_id, a.ancestors, a.kind, a.kind = 'highlight', NULL,
       a.title, a.starts_on, a.status, a.correction_due_at, a.submission_count, a.submitted_at, a.entered_by, activity_content(a)
  FROM activity a
UNION ALL
SELECT 'summary_report', r.id, r.campaign_code, r.organization_id, r.ancestors, r.kind, r.kind = 'highlight', r.activity_id,
       NULL, NULL, r.status, r.correction_due_at, r.submission_count, r.submitted_at, r.entered_by, summary_report_content(r)
  FROM summary_report r;
GRANT SELECT ON subject_life TO sciday_service;
