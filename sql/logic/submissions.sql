-- How submissions look, and whether they were late.

-- Against what a submission is late: a correction against the return's date, the first one
-- against the obligation.
CREATE VIEW submission_judged WITH (security_invoker) AS
SELECT s.id, s.campaign_code, s.organization_id, s.ancestors, s.resource, s.subject_id,
       CASE s.resource WHEN 'plan' THEN s.subject_id END AS plan_id, CASE s.resource WHEN 'activity' THEN s.subject_id END AS activity_id,
       CASE s.resource WHEN 'summary_report' THEN s.subject_id END AS summary_report_id,
       s.number, s.submitted_at, s.submitted_by, s.submitted_by_name, s.correction_due_at, s.content, s.digest,
       o.due_at, o.due_at IS NOT NULL AND s.submitted_at >= o.due_at AS is_late, w.withdrawn_at
  FROM submission s
 CROSS JOIN LATERAL (
	SELECT CASE
		WHEN EXISTS (
			SELECT FROM standing_submission e WHERE e.subject_id = s.subject_id AND e.number < s.number) THEN s.correction_due_at
		ELSE (SELECT d.first_due_at FROM subject_due d WHERE d.resource = s.resource AND d.id = s.subject_id) END AS due_at) o
 CROSS JOIN LATERAL (
	SELECT min(r.reviewed_at) AS withdrawn_at FROM review r WHERE r.submission_id = s.id AND r.action = 'withdraw') w;

-- For whom a submission was entered, and when its paper came.
CREATE VIEW submission_on_behalf WITH (security_invoker) AS
SELECT s.id, json_build_object('organization', o.reference, 'received_on', s.received_on, 'entered_at', instant(s.entered_at)) AS on_behalf
  FROM submission s
  JOIN organization_reference o ON o.id = s.organization_id
 WHERE s.received_on IS NOT NULL;

CREATE VIEW submission_summary WITH (security_invoker) AS
SELECT json_build_object(
           'id', s.id, 'plan_id', s.plan_id, 'activity_id', s.activity_id, 'summary_report_id', s.summary_report_id,
           'number', s.number,
           'submitted_at', instant(s.submitted_at), 'submitted_by', json_build_object('id', s.submitted_by, 'name', s.submitted_by_name),
           'on_behalf', b.on_behalf, 'withdrawn_at', instant(s.withdrawn_at), 'due_at', instant(s.due_at), 'is_late', s.is_late,
           'late_by_seconds', CASE WHEN s.is_late THEN ceil(extract(epoch FROM s.submitted_at - s.due_at))::bigint ELSE 0 END,
           'digest', s.digest)::text AS summary,
       s.id, s.resource, s.subject_id, s.number
  FROM submission_judged s
  LEFT JOIN submission_on_behalf b ON b.id = s.id;

CREATE VIEW submission_body WITH (security_invoker) AS
SELECT s.id,
       json_build_object(
           'id', s.id, 'campaign_code', s.campaign_code, 'organization', o.reference,
           'plan_id', s.plan_id, 'activity_id', s.activity_id, 'summary_report_id', s.summary_report_id, 'number', s.number,
           'submitted_at', instant(s.submitted_at), 'submitted_by', json_build_object('id', s.submitted_by, 'name', s.submitted_by_name),
           'on_behalf', b.on_behalf, 'withdrawn_at', instant(s.withdrawn_at), 'due_at', instant(s.due_at), 'is_late', s.is_late,
           'late_by_seconds', CASE WHEN s.is_late THEN ceil(extract(epoch FROM s.submitted_at - s.due_at))::bigint ELSE 0 END,
           'digest', s.digest, 'content', s.content,
           'documents', (
               SELECT coalesce(json_agg(json_build_object('id', d.id, 'kind', d.kind, 'name', d.name, 'media_type', d.media_type,
                                                          'size', d.size, 'sha256', d.sha256) ORDER BY d.uploaded_at, d.id), '[]')
                 FROM submission_document n JOIN document d ON d.id = n.document_id
                WHERE n.submission_id = s.id)) AS body
  FROM submission_judged s
  JOIN organization_reference o ON o.id = s.organization_id
  LEFT JOIN submission_on_behalf b ON b.id = s.id;
