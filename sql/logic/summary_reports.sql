-- Summary reports: who may begin one, what is wrong with it, and how it looks.

-- Who may begin one, and when: its author, or a reviewer for them. Raises what stands against it, in the contract's order of refusal.
CREATE FUNCTION check_reporting(activity_id uuid, on_behalf boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	is_there CONSTANT boolean := EXISTS (SELECT FROM summary_report r WHERE r.activity_id = check_reporting.activity_id);
	of_activity activity;
	campaign_status text;
BEGIN
	SELECT * INTO of_activity FROM activity a WHERE a.id = check_reporting.activity_id;
	IF NOT FOUND THEN
		PERFORM refuse('not_found');
	ELSIF on_behalf AND is_there THEN
		PERFORM refuse('already_exists');
	ELSIF on_behalf THEN
		RETURN check_creation(of_activity.campaign_code, of_activity.organization_id, of_activity.kind, true);
	END IF;

	campaign_status := (SELECT c.status FROM campaign c WHERE c.code = of_activity.campaign_code);
	IF campaign_status = 'closed' THEN
		PERFORM refuse('campaign_closed');
	ELSIF campaign_status <> 'open' THEN
		PERFORM refuse('campaign_not_open', jsonb_build_object('current_status', campaign_status));
	ELSIF is_there THEN
		PERFORM refuse('already_exists');
	ELSIF NOT author_role(of_activity.kind) = ANY (roles_at(of_activity.ancestors)) THEN
		PERFORM refuse('role_not_held_here');
	END IF;
	RETURN true;
END
$$;

---------------------------------------------------------------------------------------------
-- What is wrong with a report: a row for each thing, in the form's order. Errors stop a submission,
-- warnings do not. A highlight's report needs what the campaign requires of the highlight itself, but is asked for no stamp
-- where it requires none; photos are welcome and never missed.

CREATE FUNCTION summary_report_findings(r summary_report) RETURNS TABLE (pointer text, code text, params jsonb, is_error boolean)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN QUERY
	SELECT f.pointer, f.code, f.params, f.is_error
	  FROM activity a
	  JOIN campaign c ON c.code = a.campaign_code
	 CROSS JOIN LATERAL (
		SELECT jsonb_build_object('starts_on', c.starts_on, 'ends_on', c.ends_on) AS dates,
		       (now() AT TIME ZONE c.time_zone)::date AS today) v
	 CROSS JOIN LATERAL (
		SELECT fixed.ordinal, 0, fixed.is_found, fixed.pointer, fixed.code, fixed.params, fixed.is_error FROM (VALUES
			(1, a.status = 'draft', '', 'activity_not_submitted', NULL::jsonb, true),
			(2, a.execution = 'cancelled', '', 'activity_cancelled', NULL, true),
			(3, r.starts_on IS NULL, '/starts_on', 'required', NULL, true),
			(4, r.starts_on > v.today, '/starts_on', 'in_future', NULL, true),
			(5, r.ends_on > v.today, '/ends_on', 'in_future', NULL, true),
			(6, r.starts_on NOT BETWEEN c.starts_on AND c.ends_on, '/starts_on', 'outside_campaign', v.dates, false),
			(7, r.ends_on NOT BETWEEN c.starts_on AND c.ends_on, '/ends_on', 'outside_campaign', v.dates, false),
			(8, r.location IS NULL AND NOT r.is_online, '/location', 'location_or_online_required', NULL, true),
			(9, r.location IS NULL AND r.is_online AND r.online_url IS NULL, '/online_url', 'required', NULL, true),
			(10, r.participants = '{}', '/participants', 'participants_required', NULL, true),
			(14, r.outcomes IS NULL, '/outcomes', 'required', NULL, true)
		) fixed (ordinal, is_found, pointer, code, params, is_error)
		UNION ALL
		SELECT 11, 0, true, u.pointer, u.code, u.params, true FROM summary_report_unknown_names(r) u
		UNION ALL
		SELECT 12, t.ordinality, true, '/target_actuals', 'target_actual_required', jsonb_build_object('target_id', t.id, 'name', t.name), true
		  FROM unnest(a.targets) WITH ORDINALITY t
		 WHERE NOT EXISTS (SELECT FROM unnest(r.target_actuals) n WHERE n.target_id = t.id)
		UNION ALL
		SELECT 13, n.ordinality, true, '/target_actuals/' || (n.ordinality - 1) || '/actual', 'required', NULL, true
		  FROM unnest(r.target_actuals) WITH ORDINALITY n
		 WHERE n.actual IS NULL
		UNION ALL
		SELECT 15, d.ordinality, true, d.pointer, d.code, d.params, d.is_error
		  FROM document_findings(r.campaign_code, 'summary_report', r.id) WITH ORDINALITY d
		 WHERE r.kind = 'highlight' AND (d.is_error OR d.code = 'outdated_document')) f (ordinal, item, is_found, pointer, code, params, is_error)
	 WHERE a.id = r.activity_id AND f.is_found
	 ORDER BY f.ordinal, f.item, f.pointer;
END
$$;

---------------------------------------------------------------------------------------------
-- How they look

CREATE FUNCTION participants_total(participants participant_count[]) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT json_build_object('onsite', s.onsite, 'online', s.online, 'total', s.onsite + s.online)
	  FROM (SELECT coalesce(sum(p.onsite), 0) AS onsite, coalesce(sum(p.online), 0) AS online FROM unnest(participants) p) s;
END;

CREATE VIEW summary_report_summary WITH (security_invoker) AS
SELECT json_build_object(
           'id', r.id, 'campaign_code', r.campaign_code,
           'organization', json_build_object('id', o.id, 'code', o.code, 'name', o.name),
           'activity', json_build_object('id', a.id, 'title', a.title), 'kind', r.kind, 'status', r.status,
           'starts_on', r.starts_on, 'ends_on', r.ends_on, 'location', r.location, 'is_online', r.is_online,
           'participants_total', participants_total(r.participants),
           'submission_count', r.submission_count, 'submitted_at', instant(r.submitted_at),
           'created_at', instant(r.created_at), 'updated_at', instant(r.updated_at))::text AS summary,
       r.id, r.campaign_code, r.organization_id, r.kind, r.status, a.modules, a.starts_on_or_last AS planned_on, r.created_at,
       o.kind AS organization_kind, is_correction_overdue(r.status, r.correction_due_at) AS is_correction_overdue
  FROM summary_report r
  JOIN organization o ON o.id = r.organization_id
  JOIN activity a ON a.id = r.activity_id AND a.campaign_code = r.campaign_code;

CREATE VIEW summary_report_body WITH (security_invoker) AS
SELECT r.id, r.version,
       json_build_object(
           'id', r.id, 'campaign_code', r.campaign_code, 'organization', o.reference,
           'activity', json_build_object('id', a.id, 'title', a.title), 'kind', r.kind, 'status', r.status, 'on_behalf', r.entered_by IS NOT NULL,
           'starts_on', r.starts_on, 'ends_on', r.ends_on, 'time_note', r.time_note,
           'location', r.location, 'is_online', r.is_online, 'online_url', r.online_url,
           'participants', to_json(r.participants), 'participants_total', participants_total(r.participants),
           'target_actuals', (
               SELECT coalesce(json_agg(json_build_object(
                          'target_id', n.target_id, 'name', t.name, 'unit', t.unit, 'planned', t.planned, 'at_least', t.at_least,
                          'actual', n.actual, 'note', n.note) ORDER BY n.ordinality), '[]')
                 FROM unnest(r.target_actuals) WITH ORDINALITY n
                 LEFT JOIN unnest(a.targets) t ON t.id = n.target_id),
           'outcomes', r.outcomes, 'media_coverage', to_json(r.media_coverage),
           'submission_count', r.submission_count, 'submitted_at', instant(r.submitted_at),
           'due_at', instant(v.due_at), 'due_on', due_date(v.due_at, c.time_zone), 'time_zone', c.time_zone,
           'correction_due_at', instant(r.correction_due_at),
           'correction', CASE WHEN r.status = 'returned' AND v.has_role THEN correction_of(r.id) END,
           'documents', CASE WHEN EXISTS (SELECT FROM of_document f WHERE f.subject_id = r.id)
               THEN documents_of(r.id, content_digest(summary_report_content(r)), v.has_role) ELSE '[]' END,
           'allowed_actions', coalesce(array_remove((
               SELECT s.actions FROM state_action s
                WHERE (s.resource, s.kind, s.status, s.campaign_status, s.roles) = ('summary_report', r.kind, r.status, c.status, v.roles)),
               CASE WHEN NOT is_enterable(r.status, r.entered_by) THEN 'submit_on_behalf' END), '{}'),
           'redacted', '[]'::json,
           'version', r.version, 'created_at', instant(r.created_at), 'updated_at', instant(r.updated_at)) AS body
  FROM summary_report r
  JOIN organization o ON o.id = r.organization_id
  JOIN activity a ON a.id = r.activity_id
  JOIN of_campaign c ON c.code = r.campaign_code
 CROSS JOIN LATERAL (
	SELECT h.roles, h.roles <> '{}' AS has_role,
	       CASE WHEN h.roles = '{}' THEN NULL
	            WHEN r.submission_count > 0 AND (r.status <> 'draft' OR is_standing(r.id)) THEN r.correction_due_at
	            WHEN r.kind = 'highlight' THEN (
	                SELECT n.effective_due_at FROM of_obligation n WHERE n.activity_id = r.activity_id AND n.kind = 'summary_report')
	       END AS due_at
	  FROM (SELECT roles_at(r.ancestors) AS roles OFFSET 0) h
	OFFSET 0) v;
