-- Documents of summary reports: photos, and the report as it was stamped. What is owed for an activity that is cancelled
-- is waived. And the words that were still missing.

ALTER TABLE document
	ADD COLUMN summary_report_id uuid CONSTRAINT summary_report_id__unknown REFERENCES summary_report ON DELETE CASCADE,
	DROP CONSTRAINT owner__one,
	ADD CONSTRAINT owner__one CHECK (num_nonnulls(campaign_code, plan_id, activity_id, summary_report_id) = 1);
CREATE INDEX document_by_summary_report ON document (summary_report_id, uploaded_at, id);
GRANT INSERT (summary_report_id) ON document TO sciday_service;

-- As an activity's: whoever may read the report reads its photos; of the rest nobody knows whose phone numbers are on it.
CREATE POLICY as_its_summary_report ON document FOR SELECT USING (
	summary_report_id IS NOT NULL AND EXISTS (
		SELECT FROM summary_report r
		 WHERE r.id = document.summary_report_id
		   AND (document.status = 'available' AND document.kind = 'photo' OR cardinality(roles_at(r.ancestors)) > 0)));

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
	ELSIF d.activity_id IS NOT NULL THEN
		RETURN QUERY
		SELECT a.organization_id, content_digest(activity_content(a)), r.code, refusal_params(r.code, a.status, c.status, NULL, NULL, NULL)
		  FROM activity a
		  JOIN campaign c ON c.code = a.campaign_code
		 CROSS JOIN LATERAL (
			SELECT NULLIF(attachment_refusal(a.status, c.status, a.kind, a.ancestors),
			              CASE WHEN may_enter(a.status, a.entered_by, a.ancestors) THEN 'role_not_held_here' END) AS code) r
		 WHERE a.id = d.activity_id;
	ELSE
		RETURN QUERY
		SELECT s.organization_id, content_digest(summary_report_content(s)), r.code, refusal_params(r.code, s.status, c.status, NULL, NULL, NULL)
		  FROM summary_report s
		  JOIN campaign c ON c.code = s.campaign_code
		 CROSS JOIN LATERAL (
			SELECT NULLIF(attachment_refusal(s.status, c.status, s.kind, s.ancestors),
			              CASE WHEN may_enter(s.status, s.entered_by, s.ancestors) THEN 'role_not_held_here' END) AS code) r
		 WHERE s.id = d.summary_report_id;
	END IF;
END
$$;

CREATE OR REPLACE FUNCTION document_owner_held() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	d document := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
	owner_status text;
BEGIN
	IF d.plan_id IS NOT NULL THEN
		SELECT p.status INTO owner_status FROM plan p WHERE p.id = d.plan_id FOR SHARE;
	ELSIF d.activity_id IS NOT NULL THEN
		SELECT a.status INTO owner_status FROM activity a WHERE a.id = d.activity_id FOR SHARE;
	ELSIF d.summary_report_id IS NOT NULL THEN
		SELECT r.status INTO owner_status FROM summary_report r WHERE r.id = d.summary_report_id FOR SHARE;
	END IF;
	IF NOT is_editable(owner_status) THEN
		PERFORM refuse('not_editable', jsonb_build_object('current_status', owner_status));
	END IF;
	IF TG_OP = 'INSERT' THEN
		NEW.uploaded_by_name := (SELECT u.name FROM account u WHERE u.id = NEW.uploaded_by);
		RETURN NEW;
	END IF;
	RETURN OLD;
END
$$;

CREATE OR REPLACE FUNCTION submission_documented() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	INSERT INTO submission_document (submission_id, document_id)
	SELECT NEW.id, d.id
	  FROM document d
	 WHERE (d.plan_id = NEW.plan_id OR d.activity_id = NEW.activity_id OR d.summary_report_id = NEW.summary_report_id) AND d.status <> 'quarantined';
	RETURN NULL;
END
$$;

---------------------------------------------------------------------------------------------
-- What is missing among these documents, as of plans and activities (0005). A highlight's report needs what the campaign
-- requires of the highlight itself, but is asked for no stamp where it requires none; photos are welcome and never missed.

CREATE FUNCTION document_findings(of_campaign text, of_plan uuid, of_activity uuid, of_summary_report uuid, digest text)
RETURNS TABLE (pointer text, code text, params jsonb, is_error boolean)
LANGUAGE sql STABLE
AS $$
	SELECT '/documents', f.code, jsonb_build_object('kind', k.kind), k.is_required
	  FROM campaign c
	 CROSS JOIN LATERAL (
		SELECT n.kind, n.ordinal, n.kind = ANY (c.required_documents) AS is_required
		  FROM unnest(ARRAY['word_copy', 'stamped_pdf']) WITH ORDINALITY n (kind, ordinal)) k
	 CROSS JOIN LATERAL (
		SELECT count(*) AS present, bool_or(d.owner_digest = digest) AS is_current
		  FROM document d
		 WHERE (d.plan_id = of_plan OR d.activity_id = of_activity OR d.summary_report_id = of_summary_report)
		   AND d.kind = k.kind AND d.status <> 'quarantined') d
	 CROSS JOIN LATERAL (
		SELECT CASE
			WHEN d.present = 0 THEN 'missing_document'
			WHEN k.kind = 'stamped_pdf' AND NOT d.is_current THEN 'outdated_document' END AS code) f
	 WHERE c.code = of_campaign AND f.code IS NOT NULL AND (k.is_required OR k.kind = 'stamped_pdf')
	 ORDER BY k.ordinal
$$;

CREATE OR REPLACE FUNCTION document_findings(of_campaign text, of_plan uuid, of_activity uuid, digest text)
RETURNS TABLE (pointer text, code text, params jsonb, is_error boolean)
LANGUAGE sql STABLE
AS $$
	SELECT f.pointer, f.code, f.params, f.is_error
	  FROM document_findings(of_campaign, of_plan, of_activity, NULL, digest) f
$$;

CREATE OR REPLACE FUNCTION summary_report_findings(r summary_report) RETURNS TABLE (pointer text, code text, params jsonb, is_error boolean)
LANGUAGE sql STABLE
AS $$
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
		  FROM document_findings(r.campaign_code, NULL, NULL, r.id, content_digest(summary_report_content(r))) WITH ORDINALITY d
		 WHERE r.kind = 'highlight' AND (d.is_error OR d.code = 'outdated_document')) f (ordinal, item, is_found, pointer, code, params, is_error)
	 WHERE a.id = r.activity_id AND f.is_found
	 ORDER BY f.ordinal, f.item, f.pointer
$$;

---------------------------------------------------------------------------------------------
-- How they look

CREATE OR REPLACE VIEW document_judged WITH (security_invoker) AS
SELECT d.id, d.campaign_code, d.plan_id, d.activity_id, d.organization_id, d.kind, d.name, d.media_type, d.size, d.sha256, d.content_id,
       d.status, d.scan_started_at, d.owner_digest, d.uploaded_by, d.uploaded_by_name, d.uploaded_at, d.version, d.updated_at,
       d.kind = 'stamped_pdf' AND d.owner_digest IS DISTINCT FROM (SELECT o.digest FROM document_owner(d) o) AS is_outdated,
       d.summary_report_id
  FROM document d;

CREATE OR REPLACE VIEW document_summary WITH (security_invoker) AS
SELECT json_build_object(
           'id', d.id, 'kind', d.kind, 'name', d.name, 'media_type', d.media_type, 'size', d.size, 'sha256', d.sha256,
           'status', d.status, 'is_outdated', d.is_outdated, 'uploaded_at', instant(d.uploaded_at))::text AS summary,
       d.id, d.campaign_code, d.plan_id, d.activity_id, d.kind, d.uploaded_at, d.summary_report_id
  FROM document_judged d;

CREATE OR REPLACE VIEW document_body WITH (security_invoker) AS
SELECT d.id, d.version,
       json_build_object(
           'id', d.id, 'campaign_code', d.campaign_code, 'plan_id', d.plan_id, 'activity_id', d.activity_id,
           'summary_report_id', d.summary_report_id,
           'kind', d.kind, 'name', d.name, 'media_type', d.media_type, 'size', d.size, 'sha256', d.sha256,
           'status', d.status, 'is_outdated', d.is_outdated,
           'uploaded_by', CASE WHEN v.has_role THEN json_build_object('id', d.uploaded_by, 'name', d.uploaded_by_name) END,
           'redacted', CASE WHEN v.has_role THEN '[]'::json ELSE '["uploaded_by"]' END,
           'version', d.version, 'uploaded_at', instant(d.uploaded_at)) AS body
  FROM document_judged d
 CROSS JOIN LATERAL (
	SELECT coalesce((SELECT cardinality(roles_at(o.ancestors)) > 0 FROM organization o WHERE o.id = d.organization_id), false) AS has_role
	OFFSET 0) v;

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
           'documents', (
               SELECT coalesce(json_agg(f.summary::json ORDER BY f.uploaded_at, f.id), '[]') FROM document_summary f WHERE f.summary_report_id = r.id),
           'allowed_actions', ARRAY(SELECT n.action FROM summary_report_action n WHERE n.summary_report_id = r.id ORDER BY n.ordinal),
           'redacted', '[]'::json,
           'version', r.version, 'created_at', instant(r.created_at), 'updated_at', instant(r.updated_at)) AS body
  FROM summary_report r
  JOIN organization_reference o ON o.id = r.organization_id
  JOIN activity a ON a.id = r.activity_id
  JOIN campaign c ON c.code = r.campaign_code
 CROSS JOIN LATERAL (SELECT d.due_at FROM summary_report_due d WHERE d.id = r.id OFFSET 0) d;

---------------------------------------------------------------------------------------------
-- Cancelled: what will not take place owes no report. The waiver has the cancellation's reason and is signed by whoever
-- cancelled, who need not be one to waive anything else; going back on the one takes back the other, but no waiver that
-- was given by hand.

ALTER TABLE obligation
	ADD COLUMN is_waived_by_cancelling boolean NOT NULL DEFAULT false,
	ADD CONSTRAINT is_waived_by_cancelling__of_waived CHECK (waived_at IS NOT NULL OR NOT is_waived_by_cancelling);

CREATE FUNCTION waive_cancelled(of_activity uuid, by_account uuid) RETURNS void
LANGUAGE sql VOLATILE
AS $$
	UPDATE obligation o
	   SET waived_at = now(), waived_reason = a.execution_reason, waived_by = by_account, is_waived_by_cancelling = true
	  FROM activity a
	 WHERE a.id = of_activity AND a.execution = 'cancelled' AND o.activity_id = a.id AND o.waived_at IS NULL
$$;
REVOKE EXECUTE ON FUNCTION waive_cancelled FROM sciday_service;

CREATE FUNCTION cancelling_waived() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	IF NEW.execution = 'cancelled' THEN
		PERFORM waive_cancelled(NEW.id, caller_id());
	ELSE
		UPDATE obligation SET waived_at = NULL, waived_reason = NULL, waived_by = NULL
		 WHERE activity_id = NEW.id AND is_waived_by_cancelling;
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER cancelling_waived AFTER UPDATE OF execution ON activity
	FOR EACH ROW WHEN ((OLD.execution = 'cancelled') <> (NEW.execution = 'cancelled')) EXECUTE FUNCTION cancelling_waived();

-- Submitted, or submitted again, when it is cancelled already.
CREATE FUNCTION cancelled_obliged() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM waive_cancelled(NEW.activity_id, (
		SELECT r.by_user FROM review r
		 WHERE r.activity_id = NEW.activity_id AND r.action = 'cancel'
		 ORDER BY r.reviewed_at DESC, r.id DESC
		 LIMIT 1));
	RETURN NULL;
END
$$;
CREATE TRIGGER cancelled_obliged AFTER INSERT ON obligation
	FOR EACH ROW WHEN (NEW.activity_id IS NOT NULL) EXECUTE FUNCTION cancelled_obliged();

-- Taken back, by whatever way, it is nobody's; given again by hand, it is the hand's.
CREATE FUNCTION waiver_ended() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	NEW.is_waived_by_cancelling := false;
	RETURN NEW;
END
$$;
CREATE TRIGGER waiver_ended BEFORE UPDATE OF waived_at ON obligation
	FOR EACH ROW WHEN (NEW.waived_at IS NULL) EXECUTE FUNCTION waiver_ended();

-- What was cancelled before.
SELECT waive_cancelled(a.id, (SELECT r.by_user FROM review r
                               WHERE r.activity_id = a.id AND r.action = 'cancel' ORDER BY r.reviewed_at DESC, r.id DESC LIMIT 1))
  FROM activity a
 WHERE a.execution = 'cancelled';

---------------------------------------------------------------------------------------------
-- A subtree that is chosen from must be there.

CREATE FUNCTION known_within(within uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	IF within IS NOT NULL AND NOT EXISTS (SELECT FROM organization o WHERE o.id = within) THEN
		PERFORM refuse_field('/within', 'unknown');
	END IF;
	RETURN true;
END
$$;

---------------------------------------------------------------------------------------------
-- Words

INSERT INTO label (vocabulary, code, ordinal, zh, en) VALUES
	('resource', 'organization', 1, '单位', 'Organization'),
	('resource', 'account', 2, '账号', 'Account'),
	('resource', 'membership', 3, '角色', 'Membership'),
	('resource', 'campaign', 4, '活动届次', 'Campaign'),
	('resource', 'phase', 5, '阶段', 'Phase'),
	('resource', 'module', 6, '模块', 'Module'),
	('resource', 'recipient', 7, '主送单位', 'Recipient'),
	('resource', 'obligation', 8, '应报事项', 'Obligation'),
	('resource', 'notice_receipt', 9, '签收', 'Notice receipt'),
	('resource', 'extension', 10, '延期', 'Extension'),
	('resource', 'plan', 11, '工作方案', 'Work plan'),
	('resource', 'activity', 12, '活动', 'Activity'),
	('resource', 'execution', 13, '举办情况', 'Execution'),
	('resource', 'summary_report', 14, '总结报告', 'Summary report'),
	('resource', 'document', 15, '附件', 'Document'),
	('resource', 'submission', 16, '报送', 'Submission'),
	('resource', 'review', 17, '流程记录', 'Review'),
	('resource', 'forwarding', 18, '报送中国科协', 'Forwarding'),
	('resource', 'forwarding_item', 19, '报送中国科协的活动', 'Forwarded highlight'),
	('resource', 'award', 20, '奖项', 'Award'),
	('account_kind', 'user', 1, '用户', 'User'),
	('account_kind', 'client', 2, 'API 客户端', 'API client'),
	('address_class', 'loopback', 1, '本机', 'This machine'),
	('address_class', 'private', 2, '内部网络', 'A private network'),
	('action', 'open', 30, '印发通知', 'Issue the notice'),
	('action', 'close', 31, '结束', 'Close'),
	('action', 'acknowledge', 32, '签收', 'Acknowledge'),
	('action', 'waive', 33, '免报', 'Waive'),
	('action', 'unwaive', 34, '取消免报', 'Take the waiver back'),
	('action', 'revoke', 35, '撤销', 'Revoke');

-- Any state that the table of states knows: of a plan, an activity, a report, or of whether an activity takes place.
INSERT INTO label (vocabulary, code, ordinal, zh, en)
SELECT 'workflow_status', l.code, row_number() OVER (ORDER BY l.vocabulary, l.ordinal), l.zh, l.en
  FROM label l
 WHERE l.vocabulary IN ('activity_status', 'execution');
