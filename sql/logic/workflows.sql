-- What plans, activities and summary reports share of their life.

CREATE VIEW workflows_body WITH (security_invoker) AS
SELECT json_build_object('workflows', json_agg(json_build_object(
           'resource', w.resource, 'kind', w.kind, 'initial_status', CASE w.resource WHEN 'execution' THEN 'planned' ELSE 'draft' END,
           'transitions', w.transitions) ORDER BY w.first)) AS body
  FROM (
	SELECT t.resource, t.kind, min(t.ordinal) AS first,
	       json_agg(json_build_object('action', t.action, 'from_status', t.from_status, 'to_status', t.to_status, 'role', t.role,
	                                  'campaign_statuses', t.campaign_statuses) ORDER BY t.ordinal) AS transitions
	  FROM transition t
	 GROUP BY t.resource, t.kind) w;

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
	ELSIF role <> 'administrator' AND NOT EXISTS (
		SELECT FROM recipient r
		 WHERE r.campaign_code = check_creation.campaign_code AND r.organization_id = check_creation.organization_id
	) THEN
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
