-- What came on paper 「代报」, of summary reports and with its scan, as of plans and highlights (0008).

ALTER TABLE summary_report
	ADD COLUMN entered_by uuid CONSTRAINT entered_by__unknown REFERENCES account ON DELETE RESTRICT,
	ADD CONSTRAINT on_behalf__only_highlights CHECK (kind = 'highlight' OR entered_by IS NULL);
GRANT INSERT (entered_by), UPDATE (entered_by) ON summary_report TO sciday_service;
CREATE TRIGGER entering_ended BEFORE UPDATE OF status ON summary_report
	FOR EACH ROW WHEN (NEW.entered_by IS NOT NULL AND NEW.status <> 'draft') EXECUTE FUNCTION entering_ended();
CREATE POLICY reviewer_reads_on_behalf ON summary_report FOR SELECT
	USING (entered_by IS NOT NULL AND ancestors[2:] && (SELECT caller_scope('reviewer')));
CREATE POLICY reviewer_creates_on_behalf ON summary_report FOR INSERT
	WITH CHECK (entered_by = caller_id() AND ancestors[2:] && (SELECT caller_scope('reviewer')));
CREATE POLICY reviewer_deletes_on_behalf ON summary_report FOR DELETE
	USING (entered_by IS NOT NULL AND status = 'draft' AND submission_count = 0 AND ancestors[2:] && (SELECT caller_scope('reviewer')));

INSERT INTO transition (resource, kind, action, from_status, to_status, role, campaign_statuses) VALUES
	('summary_report', 'highlight', 'submit_on_behalf', 'draft', 'submitted', 'reviewer', '{open}'),
	('summary_report', 'highlight', 'submit_on_behalf', 'returned', 'submitted', 'reviewer', '{open}');

-- Who may begin a report, by its author or for them, as may_create says of plans and activities.
CREATE FUNCTION may_report(activity_id uuid, on_behalf boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	of_activity activity;
BEGIN
	IF NOT coalesce(on_behalf, false) THEN
		RETURN may_report(activity_id);
	END IF;
	SELECT * INTO of_activity FROM activity a WHERE a.id = may_report.activity_id;
	IF NOT FOUND THEN
		PERFORM refuse('not_found');
	ELSIF EXISTS (SELECT FROM summary_report r WHERE r.activity_id = may_report.activity_id) THEN
		PERFORM refuse('already_exists');
	END IF;
	RETURN may_create(of_activity.campaign_code, of_activity.organization_id, of_activity.kind, true);
END
$$;

CREATE OR REPLACE VIEW summary_report_action WITH (security_invoker) AS
SELECT r.id AS summary_report_id, t.action, t.ordinal
  FROM summary_report r
  JOIN campaign c ON c.code = r.campaign_code
  JOIN transition t ON t.resource = 'summary_report' AND t.kind = r.kind AND t.from_status = r.status
 WHERE t.role = ANY (roles_at(r.ancestors)) AND c.status = ANY (t.campaign_statuses)
   AND (t.action <> 'submit_on_behalf' OR is_enterable(r.status, r.entered_by));

CREATE OR REPLACE VIEW summary_report_body WITH (security_invoker) AS
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
           'due_at', instant(d.due_at), 'due_on', due_date(d.due_at, c.time_zone), 'time_zone', c.time_zone,
           'correction_due_at', instant(r.correction_due_at),
           'correction', (
               SELECT n.correction FROM correction n
                WHERE n.summary_report_id = r.id AND r.status = 'returned' ORDER BY n.reviewed_at DESC LIMIT 1),
           'allowed_actions', ARRAY(SELECT n.action FROM summary_report_action n WHERE n.summary_report_id = r.id ORDER BY n.ordinal),
           'redacted', '[]'::json,
           'version', r.version, 'created_at', instant(r.created_at), 'updated_at', instant(r.updated_at)) AS body
  FROM summary_report r
  JOIN organization_reference o ON o.id = r.organization_id
  JOIN activity a ON a.id = r.activity_id
  JOIN campaign c ON c.code = r.campaign_code
 CROSS JOIN LATERAL (SELECT d.due_at FROM summary_report_due d WHERE d.id = r.id OFFSET 0) d;

-- The scan of what came on paper belongs to it: who enters it may attach as its author may.
CREATE OR REPLACE FUNCTION document_owner(d document) RETURNS TABLE (organization_id uuid, digest text, code text, params jsonb)
LANGUAGE plpgsql STABLE ROWS 1
AS $$
BEGIN
	IF d.campaign_code IS NOT NULL THEN
		RETURN QUERY
		SELECT c.issuer_id, NULL::text, campaign_refusal(c.status, c.ancestors), NULL::jsonb
		  FROM campaign c
		 WHERE c.code = d.campaign_code;
	ELSIF d.plan_id IS NOT NULL THEN
		RETURN QUERY
		SELECT p.organization_id, content_digest(plan_content(p)), r.code, refusal_params(r.code, p.status, c.status, NULL, NULL, NULL)
		  FROM plan p
		  JOIN campaign c ON c.code = p.campaign_code
		 CROSS JOIN LATERAL (
			SELECT NULLIF(attachment_refusal(p.status, c.status, 'plan', p.ancestors),
			              CASE WHEN may_enter(p.status, p.entered_by, p.ancestors) THEN 'role_not_held_here' END) AS code) r
		 WHERE p.id = d.plan_id;
	ELSE
		RETURN QUERY
		SELECT a.organization_id, content_digest(activity_content(a)), r.code, refusal_params(r.code, a.status, c.status, NULL, NULL, NULL)
		  FROM activity a
		  JOIN campaign c ON c.code = a.campaign_code
		 CROSS JOIN LATERAL (
			SELECT NULLIF(attachment_refusal(a.status, c.status, a.kind, a.ancestors),
			              CASE WHEN may_enter(a.status, a.entered_by, a.ancestors) THEN 'role_not_held_here' END) AS code) r
		 WHERE a.id = d.activity_id;
	END IF;
END
$$;
