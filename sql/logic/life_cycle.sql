-- The life cycle of what is submitted: who may begin it and when, by when it is due, what is wrong with it, whose its history is.

-- Who may begin a plan or an activity, and when: its author, or a reviewer for them. Raises what stands against it, in the
-- contract's order of refusal.
CREATE FUNCTION check_creation(campaign_code text, organization_id uuid, kind text, on_behalf boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	is_entered CONSTANT boolean := coalesce(on_behalf, false);
	role CONSTANT text := CASE WHEN is_entered THEN 'reviewer' ELSE author_role(kind) END;
	of_campaign campaign;
	of_organization organization;
BEGIN
	SELECT * INTO of_campaign FROM campaign c WHERE c.code = check_creation.campaign_code;
	IF NOT FOUND THEN
		PERFORM refuse('not_found');
	ELSIF of_campaign.status = 'closed' THEN
		PERFORM refuse('campaign_closed');
	ELSIF of_campaign.status <> 'open' AND role <> 'administrator' THEN
		PERFORM refuse('campaign_not_open', jsonb_build_object('current_status', of_campaign.status));
	END IF;

	SELECT * INTO of_organization FROM organization o WHERE o.id = check_creation.organization_id;
	IF NOT FOUND THEN
		PERFORM refuse_field('/organization_id', 'unknown');
	ELSIF NOT role = ANY (roles_at(of_organization.ancestors)) THEN
		PERFORM refuse('role_not_held_here');
	ELSIF is_entered AND author_role(kind) <> 'submitter' THEN
		PERFORM refuse_field('/on_behalf', 'only_highlights');
	ELSIF role = 'administrator' AND of_organization.id <> of_campaign.issuer_id THEN
		PERFORM refuse_field('/organization_id', 'not_the_issuer');
	ELSIF role <> 'administrator' AND NOT is_recipient(campaign_code, organization_id) THEN
		PERFORM refuse('not_a_recipient');
	END IF;
	RETURN true;
END
$$;

-- Whether a submission due then is refused now. Most campaigns take it, and mark it late.
CREATE FUNCTION is_refused_as_late(c campaign, due_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE
RETURN c.late_submissions = 'refused' AND coalesce(now() >= due_at, false);

-- When paper of that day counts as handed in. It comes neither on a day to come nor before its campaign and its notice
-- were there, nor, where the campaign takes nothing late, late.
CREATE FUNCTION handed_in_at(c campaign, due_at timestamptz, received_on date) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	at timestamptz := least(now(), due_instant(received_on, c.time_zone) - interval '1 second');
	earliest date := least(c.issued_on, c.starts_on, (c.opened_at AT TIME ZONE c.time_zone)::date);
BEGIN
	IF received_on > (now() AT TIME ZONE c.time_zone)::date THEN
		PERFORM refuse_field('/received_on', 'in_future');
	ELSIF received_on < earliest THEN
		PERFORM refuse_field('/received_on', 'before_notice', jsonb_build_object('earliest', earliest));
	ELSIF c.late_submissions = 'refused' AND at >= due_at THEN
		PERFORM refuse('deadline_passed', jsonb_build_object('due_on', due_date(due_at, c.time_zone)));
	END IF;
	RETURN at;
END
$$;

CREATE FUNCTION is_correction_overdue(status text, correction_due_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN status = 'returned' AND coalesce(now() >= correction_due_at, false);

-- By when a subject is first due, and by when its next submission is: a correction by the date that came with the return, if any.
CREATE VIEW subject_due WITH (security_invoker) AS
SELECT l.resource, l.id, d.first_due_at,
       CASE WHEN EXISTS (SELECT FROM standing_submission s WHERE s.subject_id = l.id) THEN l.correction_due_at ELSE d.first_due_at END AS due_at
  FROM subject_life l
 CROSS JOIN LATERAL (
	SELECT CASE
		WHEN l.activity_id IS NOT NULL THEN (
			SELECT o.effective_due_at FROM obligation o WHERE o.kind = 'summary_report' AND o.activity_id = l.activity_id)
		WHEN l.is_owed THEN (
			SELECT o.effective_due_at FROM obligation o
			 WHERE (o.organization_id, o.campaign_code, o.kind) = (l.organization_id, l.campaign_code, obligation_kind(l.resource)))
		END AS first_due_at) d;

-- The same of one subject, asked for only where somebody must know.
CREATE FUNCTION subject_due_at(resource text, subject_id uuid) RETURNS timestamptz
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT d.due_at FROM subject_due d WHERE d.resource = subject_due_at.resource AND d.id = subject_due_at.subject_id);
END
$$;

---------------------------------------------------------------------------------------------
-- What hangs on a row that the caller reads. Whoever reads the row has been let through by its policies, and the roles that
-- they have there say what they see of the rest: so that is read as its owner, by the values of the row, and row security is
-- not asked again for each. For the bodies in this folder alone, never for a statement of its own. (A campaign that is
-- hidden after a unit has begun is hidden from the next one.)

CREATE VIEW of_campaign AS SELECT c.code, c.status, c.ancestors, c.time_zone, c.highlight_text_limit FROM campaign c;
CREATE VIEW of_phase AS SELECT p.campaign_code, p.ordinal, p.starts_on, p.ends_on FROM phase p;
CREATE VIEW of_obligation AS SELECT o.organization_id, o.campaign_code, o.kind, o.activity_id, o.effective_due_at FROM obligation o;
CREATE VIEW of_summary_report AS SELECT r.id, r.activity_id, r.status, r.submission_count, r.entered_by FROM summary_report r;
CREATE VIEW of_document AS SELECT d.subject_id FROM document d;
CREATE VIEW of_activity AS SELECT a.id, a.title FROM activity a;
CREATE VIEW of_notice_receipt AS SELECT n.obligation_id, n.acknowledged_by, n.acknowledged_by_name FROM notice_receipt n;
CREATE VIEW of_extension AS
SELECT e.id, e.organization_id, e.campaign_code, e.kind, e.due_at, e.reason, e.given_at FROM extension e WHERE e.revoked_at IS NULL;

-- Whether something that was submitted stands, and was not withdrawn.
CREATE FUNCTION is_standing(of_subject uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM standing_submission s WHERE s.subject_id = of_subject);
END
$$;

-- What the latest return asks for.
CREATE FUNCTION correction_of(of_subject uuid) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
	RETURN (SELECT c.correction FROM correction c WHERE c.subject_id = of_subject ORDER BY c.reviewed_at DESC LIMIT 1);
END
$$;

-- Its documents; without a role there, its photos.
CREATE FUNCTION documents_of(of_subject uuid, digest text, has_role boolean) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
	RETURN (
		SELECT coalesce(json_agg(document_reference(d, is_outdated(d, digest)) ORDER BY d.uploaded_at, d.id), '[]')
		  FROM document d
		 WHERE d.subject_id = of_subject AND (has_role OR d.status = 'available' AND d.kind = 'photo'));
END
$$;

CREATE FUNCTION is_forwarded(of_activity uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
	RETURN EXISTS (SELECT FROM current_forwarding_item i WHERE i.activity_id = of_activity);
END
$$;

---------------------------------------------------------------------------------------------
-- What a subject says, and what is wrong with it

-- The digest of what it says now, as its caller reads it. (In plpgsql, which plans it once.)
CREATE FUNCTION subject_digest(resource text, subject_id uuid) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (SELECT content_digest(l.content) FROM subject_life l WHERE l.resource = subject_digest.resource AND l.id = subject_digest.subject_id);
END
$$;

-- What is wrong with a subject, by what its resource asks for: a row for each thing. Errors stop a submission, warnings do not.
CREATE FUNCTION subject_findings(resource text, subject_id uuid) RETURNS TABLE (pointer text, code text, params jsonb, is_error boolean)
LANGUAGE sql STABLE
AS $$
	SELECT f.* FROM plan p CROSS JOIN LATERAL plan_findings(p) f WHERE resource = 'plan' AND p.id = subject_id
	UNION ALL
	SELECT f.* FROM activity a CROSS JOIN LATERAL activity_findings(a) f WHERE resource = 'activity' AND a.id = subject_id
	UNION ALL
	SELECT f.* FROM summary_report r CROSS JOIN LATERAL summary_report_findings(r) f WHERE resource = 'summary_report' AND r.id = subject_id
$$;

-- What is published may be everyone's to read; what was submitted of it and how it was reviewed is not. An
-- empty list would say that there is nothing.
CREATE FUNCTION check_history(resource text, subject_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF EXISTS (
		SELECT FROM subject_life l
		 WHERE l.resource = check_history.resource AND l.id = check_history.subject_id AND cardinality(roles_at(l.ancestors)) = 0
	) THEN
		PERFORM refuse('role_not_held_here');
	END IF;
	RETURN true;
END
$$;

CREATE FUNCTION subject_href(resource text, subject_id uuid) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '/v1/' || CASE resource WHEN 'activity' THEN 'activities' ELSE resource || 's' END || '/' || subject_id;
