-- The history of what was submitted, and what waits for a reviewer.

-- What the latest return asks for, as long as it is the author's turn.
CREATE VIEW correction WITH (security_invoker) AS
SELECT r.subject_id, r.reviewed_at,
       json_build_object('comment', r.comment, 'field_comments', r.field_comments, 'due_at', instant(r.correction_due_at),
                         'returned_at', instant(r.reviewed_at),
                         'returned_by', json_build_object('id', r.by_user, 'name', r.by_name)) AS correction
  FROM review r
 WHERE r.action = 'return';

CREATE VIEW review_body WITH (security_invoker) AS
SELECT json_build_object(
           'id', r.id, 'plan_id', CASE r.resource WHEN 'plan' THEN r.subject_id END,
           'activity_id', CASE r.resource WHEN 'activity' THEN r.subject_id END,
           'summary_report_id', CASE r.resource WHEN 'summary_report' THEN r.subject_id END,
           'submission_id', r.submission_id,
           'action', r.action, 'from_status', r.from_status, 'to_status', r.to_status,
           'comment', r.comment, 'field_comments', r.field_comments, 'correction_due_at', instant(r.correction_due_at),
           'rank', r.rank, 'reason', r.reason,
           'starts_on', r.starts_on, 'ends_on', r.ends_on,
           'on_behalf', (SELECT b.on_behalf FROM submission_on_behalf b WHERE b.id = r.submission_id AND r.action = 'submit_on_behalf'),
           'by', json_build_object('id', r.by_user, 'name', r.by_name), 'request_id', r.request_id,
           'reviewed_at', instant(r.reviewed_at))::text AS body,
       r.id, r.resource, r.subject_id, r.reviewed_at
  FROM review r;

---------------------------------------------------------------------------------------------
-- What waits for a reviewer 「待审」

CREATE VIEW review_waiting WITH (security_invoker) AS
SELECT json_build_object(
           'resource', r.resource, 'id', r.id, 'campaign_code', r.campaign_code, 'organization', o.reference,
           'title', coalesce(r.title, (SELECT a.title FROM activity a WHERE a.id = r.activity_id)), 'status', r.status,
           'submission_count', r.submission_count, 'submitted_at', instant(r.submitted_at),
           'days_waiting', (now() AT TIME ZONE c.time_zone)::date - (r.submitted_at AT TIME ZONE c.time_zone)::date,
           'href', subject_href(r.resource, r.id))::text AS summary,
       r.resource, r.id, r.campaign_code, r.organization_id, r.ancestors, r.submitted_at
  FROM subject_life r
  JOIN organization o ON o.id = r.organization_id
  JOIN campaign c ON c.code = r.campaign_code
 WHERE r.status IN ('submitted', 'under_review');
