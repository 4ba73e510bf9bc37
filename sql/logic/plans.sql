-- Plans: what is wrong with one, and how it looks.

-- A row for each thing, in the form's order. Errors stop a submission, warnings do not.
CREATE FUNCTION plan_findings(p plan) RETURNS TABLE (pointer text, code text, params jsonb, is_error boolean)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN QUERY
	SELECT '/text', 'required', NULL::jsonb, true
	 WHERE p.text IS NULL
	UNION ALL
	SELECT f.pointer, f.code, f.params, f.is_error
	  FROM document_findings(p.campaign_code, 'plan', p.id) f;
END
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
           'due_at', instant(v.due_at), 'due_on', due_date(v.due_at, c.time_zone), 'time_zone', c.time_zone,
           'correction_due_at', instant(p.correction_due_at),
           'correction', CASE WHEN p.status = 'returned' AND v.has_role THEN correction_of(p.id) END,
           'documents', CASE WHEN EXISTS (SELECT FROM of_document f WHERE f.subject_id = p.id)
               THEN documents_of(p.id, content_digest(plan_content(p)), v.has_role) ELSE '[]' END,
           'allowed_actions', coalesce(array_remove((
               SELECT s.actions FROM state_action s
                WHERE (s.resource, s.kind, s.status, s.campaign_status, s.roles) = ('plan', '', p.status, c.status, v.roles)),
               CASE WHEN NOT is_enterable(p.status, p.entered_by) THEN 'submit_on_behalf' END), '{}'),
           'redacted', '[]'::json,
           'version', p.version, 'created_at', instant(p.created_at), 'updated_at', instant(p.updated_at)) AS body
  FROM plan p
  JOIN organization o ON o.id = p.organization_id
  JOIN of_campaign c ON c.code = p.campaign_code
 CROSS JOIN LATERAL (
	SELECT h.roles, h.roles <> '{}' AS has_role,
	       CASE WHEN h.roles = '{}' THEN NULL
	            WHEN p.submission_count > 0 AND (p.status <> 'draft' OR is_standing(p.id)) THEN p.correction_due_at
	            ELSE (
	                SELECT n.effective_due_at FROM of_obligation n
	                 WHERE (n.organization_id, n.campaign_code, n.kind) = (p.organization_id, p.campaign_code, 'plan'))
	       END AS due_at
	  FROM (SELECT roles_at(p.ancestors) AS roles OFFSET 0) h
	OFFSET 0) v;
