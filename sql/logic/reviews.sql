-- The history of what was submitted, and what waits for a reviewer.

-- An activity may be everyone's to read; what was submitted of it and how it was reviewed is not. An
-- empty list would say that there is nothing.
CREATE FUNCTION check_history(activity_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF EXISTS (SELECT FROM activity a WHERE a.id = check_history.activity_id AND cardinality(roles_at(a.ancestors)) = 0) THEN
		PERFORM refuse('role_not_held_here');
	END IF;
	RETURN true;
END
$$;

-- What the latest return asks for, as long as it is the author's turn.
CREATE VIEW correction WITH (security_invoker) AS
SELECT r.plan_id, r.activity_id, r.reviewed_at,
       json_build_object('comment', r.comment, 'field_comments', r.field_comments, 'due_at', instant(r.correction_due_at),
                         'returned_at', instant(r.reviewed_at),
                         'returned_by', json_build_object('id', r.by_user, 'name', r.by_name)) AS correction,
       r.summary_report_id
  FROM review r
 WHERE r.action = 'return';

CREATE VIEW review_body WITH (security_invoker) AS
SELECT json_build_object(
           'id', r.id, 'plan_id', r.plan_id, 'activity_id', r.activity_id, 'summary_report_id', r.summary_report_id,
           'submission_id', r.submission_id,
           'action', r.action, 'from_status', r.from_status, 'to_status', r.to_status,
           'comment', r.comment, 'field_comments', r.field_comments, 'correction_due_at', instant(r.correction_due_at),
           'rank', r.rank, 'reason', r.reason,
           'starts_on', r.starts_on, 'ends_on', r.ends_on,
           'on_behalf', (SELECT b.on_behalf FROM submission_on_behalf b WHERE b.id = r.submission_id AND r.action = 'submit_on_behalf'),
           'by', json_build_object('id', r.by_user, 'name', r.by_name), 'request_id', r.request_id,
           'reviewed_at', instant(r.reviewed_at))::text AS body,
       r.id, r.plan_id, r.activity_id, r.reviewed_at, r.summary_report_id
  FROM review r;

---------------------------------------------------------------------------------------------
-- What waits for a reviewer 「待审」

CREATE VIEW reviewable WITH (security_invoker) AS
SELECT 'plan' AS resource, p.id, p.campaign_code, p.organization_id, p.ancestors, p.title, p.status, p.submission_count, p.submitted_at,
       NULL::uuid AS activity_id, '/v1/plans/' || p.id AS href
  FROM plan p
UNION ALL
SELECT 'activity', a.id, a.campaign_code, a.organization_id, a.ancestors, a.title, a.status, a.submission_count, a.submitted_at,
       NULL, '/v1/activities/' || a.id
  FROM activity a
UNION ALL
SELECT 'summary_report', r.id, r.campaign_code, r.organization_id, r.ancestors, NULL, r.status, r.submission_count, r.submitted_at,
       r.activity_id, '/v1/summary_reports/' || r.id
  FROM summary_report r;

CREATE VIEW review_waiting WITH (security_invoker) AS
SELECT json_build_object(
           'resource', r.resource, 'id', r.id, 'campaign_code', r.campaign_code, 'organization', o.reference,
           'title', coalesce(r.title, (SELECT a.title FROM activity a WHERE a.id = r.activity_id)), 'status', r.status,
           'submission_count', r.submission_count, 'submitted_at', instant(r.submitted_at),
           'days_waiting', (now() AT TIME ZONE c.time_zone)::date - (r.submitted_at AT TIME ZONE c.time_zone)::date,
           'href', r.href)::text AS summary,
       r.resource, r.id, r.campaign_code, r.organization_id, r.ancestors, r.submitted_at
  FROM reviewable r
  JOIN organization o ON o.id = r.organization_id
  JOIN campaign c ON c.code = r.campaign_code
 WHERE r.status IN ('submitted', 'under_review');
