-- Plans: what is wrong with one, and how it looks.

-- A row for each thing, in the form's order. Errors stop a submission, warnings do not.
CREATE FUNCTION plan_findings(p plan) RETURNS TABLE (pointer text, code text, params jsonb, is_error boolean)
LANGUAGE sql STABLE
AS $$
	SELECT '/text', 'required', NULL::jsonb, true
	 WHERE p.text IS NULL
	UNION ALL
	SELECT f.pointer, f.code, f.params, f.is_error
	  FROM document_findings(p.campaign_code, p.id, content_digest(plan_content(p))) f
$$;

CREATE VIEW plan_summary WITH (security_invoker) AS
SELECT json_build_object(
           'id', p.id, 'campaign_code', p.campaign_code,
           'organization', json_build_object('id', o.id, 'code', o.code, 'name', o.name), 'title', p.title, 'status', p.status,
           'submission_count', p.submission_count, 'submitted_at', instant(p.submitted_at),
           'created_at', instant(p.created_at), 'updated_at', instant(p.updated_at))::text AS summary,
       p.id, p.campaign_code, p.organization_id, o.kind AS organization_kind, p.status, p.created_at,
       is_correction_overdue(p.status, p.correction_due_at) AS is_correction_overdue
  FROM plan p
  JOIN organization o ON o.id = p.organization_id;

CREATE VIEW plan_body WITH (security_invoker) AS
SELECT p.id, p.version,
       json_build_object(
           'id', p.id, 'campaign_code', p.campaign_code, 'organization', o.reference, 'title', p.title, 'text', p.text,
           'status', p.status, 'on_behalf', p.entered_by IS NOT NULL, 'submission_count', p.submission_count, 'submitted_at', instant(p.submitted_at),
           'due_at', instant(d.due_at), 'due_on', due_date(d.due_at, c.time_zone), 'time_zone', c.time_zone,
           'correction_due_at', instant(p.correction_due_at),
           'correction', (
               SELECT r.correction FROM correction r WHERE r.subject_id = p.id AND p.status = 'returned' ORDER BY r.reviewed_at DESC LIMIT 1),
           'documents', (
               SELECT coalesce(json_agg(f.summary::json ORDER BY f.uploaded_at, f.id), '[]') FROM document_summary f WHERE f.subject_id = p.id),
           'allowed_actions', ARRAY(SELECT n.action FROM subject_action n WHERE n.resource = 'plan' AND n.subject_id = p.id ORDER BY n.ordinal),
           'redacted', '[]'::json,
           'version', p.version, 'created_at', instant(p.created_at), 'updated_at', instant(p.updated_at)) AS body
  FROM plan p
  JOIN organization_reference o ON o.id = p.organization_id
  JOIN campaign c ON c.code = p.campaign_code
 CROSS JOIN LATERAL (SELECT d.due_at FROM subject_due d WHERE d.resource = 'plan' AND d.id = p.id OFFSET 0) d;
