-- Summary reports: what became of each activity. And whether an activity takes place at all, which is
-- another matter than its review.

---------------------------------------------------------------------------------------------
-- Their states. A report goes the way of its activity: a highlight's is reviewed; nobody is above
-- the issuer to review its programme and its events, so that theirs is accepted when it is submitted.
-- Execution may be changed by more than one role.

ALTER TABLE transition
	DROP CONSTRAINT resource__not_allowed_value,
	DROP CONSTRAINT kind__of_activities,
	DROP CONSTRAINT transition__action__taken,
	ADD CONSTRAINT resource__not_allowed_value CHECK (resource IN ('plan', 'activity', 'summary_report', 'execution')),
	ADD CONSTRAINT transition__action__taken UNIQUE NULLS NOT DISTINCT (resource, kind, action, from_status, role);

UPDATE transition SET kind = 'highlight' WHERE resource = 'summary_report';
ALTER TABLE transition ADD CONSTRAINT kind__of_activities CHECK ((resource = 'plan') = (kind IS NULL));

INSERT INTO transition (resource, kind, action, from_status, to_status, role, campaign_statuses)
SELECT 'summary_report', k.kind, t.action, t.from_status, t.to_status, 'administrator', '{open}'
  FROM (VALUES (1, 'programme'), (2, 'event')) k (ordinal, kind)
 CROSS JOIN (VALUES
	(1, 'submit', 'draft', 'accepted'),
	(2, 'withdraw', 'accepted', 'draft')) t (ordinal, action, from_status, to_status)
 ORDER BY k.ordinal, t.ordinal;

INSERT INTO transition (resource, kind, action, from_status, to_status, role, campaign_statuses)
SELECT 'execution', r.kind, t.action, t.from_status, t.to_status, r.role, r.campaign_statuses
  FROM (VALUES
	(1, 'highlight', 'submitter', '{open}'::text[]),
	(2, 'highlight', 'reviewer', '{open,closed}'),
	(3, 'programme', 'administrator', '{open}'),
	(4, 'event', 'administrator', '{open}')) r (ordinal, kind, role, campaign_statuses)
 CROSS JOIN (VALUES
	(1, 'postpone', 'planned', 'postponed'),
	(2, 'postpone', 'postponed', 'postponed'),
	(3, 'cancel', 'planned', 'cancelled'),
	(4, 'cancel', 'postponed', 'cancelled'),
	(5, 'hold', 'planned', 'held'),
	(6, 'hold', 'postponed', 'held'),
	(7, 'resume', 'postponed', 'planned'),
	(8, 'resume', 'cancelled', 'planned'),
	(9, 'resume', 'held', 'planned')) t (ordinal, action, from_status, to_status)
 ORDER BY r.ordinal, t.ordinal;

CREATE OR REPLACE VIEW workflows_body WITH (security_invoker) AS
SELECT json_build_object('workflows', json_agg(json_build_object(
           'resource', w.resource, 'kind', w.kind, 'initial_status', CASE w.resource WHEN 'execution' THEN 'planned' ELSE 'draft' END,
           'transitions', w.transitions) ORDER BY w.first)) AS body
  FROM (
	SELECT t.resource, t.kind, min(t.ordinal) AS first,
	       json_agg(json_build_object('action', t.action, 'from_status', t.from_status, 'to_status', t.to_status, 'role', t.role,
	                                  'campaign_statuses', t.campaign_statuses) ORDER BY t.ordinal) AS transitions
	  FROM transition t
	 GROUP BY t.resource, t.kind) w;

---------------------------------------------------------------------------------------------
-- Execution: of an activity in any state. The form keeps its dates, which are what was submitted; the
-- new ones stand beside them.

ALTER TABLE activity
	ADD COLUMN execution_reason text,
	ADD COLUMN postponed_starts_on date,
	ADD COLUMN postponed_ends_on date,
	ADD CONSTRAINT reason__length CHECK (length(execution_reason) BETWEEN 1 AND 500),
	ADD CONSTRAINT reason__required CHECK ((execution IN ('postponed', 'cancelled')) = (execution_reason IS NOT NULL)),
	ADD CONSTRAINT starts_on__of_postponed CHECK (CASE execution
		WHEN 'postponed' THEN postponed_starts_on IS NOT NULL
		WHEN 'held' THEN true
		ELSE postponed_starts_on IS NULL END),
	ADD CONSTRAINT postponed_ends_on__before_start CHECK (postponed_ends_on >= postponed_starts_on),
	ADD CONSTRAINT postponed_ends_on__of_postponed CHECK (postponed_starts_on IS NOT NULL OR postponed_ends_on IS NULL);
CREATE INDEX activity_by_execution ON activity (campaign_code, execution);
GRANT UPDATE (execution, execution_reason, postponed_starts_on, postponed_ends_on) ON activity TO sciday_service;

CREATE FUNCTION execution_moved() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF NOT EXISTS (
		SELECT FROM transition t
		 WHERE (t.resource, t.kind, t.from_status, t.to_status) = ('execution', NEW.kind, OLD.execution, NEW.execution)
	) THEN
		RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'execution__no_transition',
			MESSAGE = format('no transition of execution from %s to %s', OLD.execution, NEW.execution);
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER execution_moved BEFORE UPDATE OF execution ON activity
	FOR EACH ROW WHEN (OLD.execution <> NEW.execution) EXECUTE FUNCTION execution_moved();

-- What is wrong with new dates.
CREATE FUNCTION postponement_findings(c campaign, starts_on date, ends_on date) RETURNS TABLE (pointer text, code text, params jsonb)
LANGUAGE sql STABLE
AS $$
	SELECT f.pointer, f.code, f.params
	  FROM (SELECT jsonb_build_object('starts_on', c.starts_on, 'ends_on', c.ends_on) AS dates) v
	 CROSS JOIN LATERAL (VALUES
		(starts_on NOT BETWEEN c.starts_on AND c.ends_on, '/starts_on', 'outside_campaign', v.dates),
		(ends_on NOT BETWEEN c.starts_on AND c.ends_on, '/ends_on', 'outside_campaign', v.dates),
		(ends_on < starts_on, '/ends_on', 'before_start', NULL)
	) f (is_found, pointer, code, params)
	 WHERE f.is_found
$$;

-- What the caller may say of it now; once for each action, whatever roles they have there.
CREATE VIEW execution_action WITH (security_invoker) AS
SELECT a.id AS activity_id, t.action, min(t.ordinal) AS ordinal
  FROM activity a
  JOIN campaign c ON c.code = a.campaign_code
  JOIN transition t ON t.resource = 'execution' AND t.kind = a.kind AND t.from_status = a.execution
 WHERE t.role = ANY (roles_at(a.ancestors)) AND c.status = ANY (t.campaign_statuses)
 GROUP BY a.id, t.action;
GRANT SELECT ON execution_action TO sciday_service;

---------------------------------------------------------------------------------------------
-- The reports

CREATE TYPE participant_count AS (audience text, onsite integer, online integer); -- without an audience: all others
CREATE TYPE target_actual AS (target_id uuid, actual numeric, note text);
CREATE TYPE media_item AS (title text, medium text, url text, published_on date);

CREATE TABLE summary_report (
	id uuid CONSTRAINT summary_report__id__taken PRIMARY KEY,
	activity_id uuid NOT NULL CONSTRAINT activity_id__unknown REFERENCES activity ON DELETE RESTRICT,
	-- As its activity's; kind is the activity's too.
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign (code) ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ancestors uuid[] NOT NULL,
	kind text NOT NULL,
	status text NOT NULL DEFAULT 'draft',
	starts_on date,
	ends_on date,
	time_note text,
	location text,
	is_online boolean NOT NULL DEFAULT false,
	online_url text,
	participants participant_count[] NOT NULL DEFAULT '{}',
	target_actuals target_actual[] NOT NULL DEFAULT '{}',
	outcomes text,
	media_coverage media_item[] NOT NULL DEFAULT '{}',
	correction_due_at timestamptz,
	submission_count integer NOT NULL DEFAULT 0,
	submitted_at timestamptz,
	version integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT summary_report__activity_id__taken UNIQUE (activity_id),
	CONSTRAINT kind__not_allowed_value CHECK (kind IN ('highlight', 'programme', 'event')),
	CONSTRAINT status__not_allowed_value CHECK (CASE kind
		WHEN 'highlight' THEN status IN ('draft', 'submitted', 'under_review', 'returned', 'accepted')
		ELSE status IN ('draft', 'accepted') END),
	CONSTRAINT time_note__length CHECK (length(time_note) BETWEEN 1 AND 100),
	CONSTRAINT location__length CHECK (length(location) BETWEEN 1 AND 200),
	CONSTRAINT online_url__length CHECK (length(online_url) BETWEEN 1 AND 500),
	CONSTRAINT outcomes__length CHECK (length(outcomes) BETWEEN 1 AND 10000),
	CONSTRAINT ends_on__before_start CHECK (ends_on >= starts_on),
	CONSTRAINT participants__too_many_items CHECK (cardinality(participants) <= 51),
	CONSTRAINT target_actuals__too_many_items CHECK (cardinality(target_actuals) <= 50),
	CONSTRAINT media_coverage__too_many_items CHECK (cardinality(media_coverage) <= 100)
);
CREATE INDEX summary_report_by_creation ON summary_report (campaign_code, created_at, id);
CREATE INDEX summary_report_by_status ON summary_report (campaign_code, status);
CREATE INDEX summary_report_by_organization ON summary_report (organization_id, campaign_code);

-- A report belongs where its activity does. Before tracks_ancestors, by the order of their names.
CREATE FUNCTION summary_report_placed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	SELECT a.campaign_code, a.organization_id, a.kind INTO NEW.campaign_code, NEW.organization_id, NEW.kind
	  FROM activity a WHERE a.id = NEW.activity_id;
	RETURN NEW;
END
$$;
CREATE TRIGGER placed BEFORE INSERT ON summary_report FOR EACH ROW EXECUTE FUNCTION summary_report_placed();
SELECT track_ancestors('summary_report');
SELECT track_changes('summary_report');
CREATE TRIGGER status_moved BEFORE UPDATE OF status ON summary_report
	FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION status_moved('summary_report');

-- A draft may be incomplete, but what it names must exist, and once.
CREATE FUNCTION summary_report_unknown_names(r summary_report) RETURNS TABLE (pointer text, code text, params jsonb)
LANGUAGE sql STABLE
AS $$
	SELECT '/participants/' || (n.ordinality - 1) || '/audience', 'unknown_audience', jsonb_build_object('value', n.audience)
	  FROM unnest(r.participants) WITH ORDINALITY n
	 WHERE n.audience IS NOT NULL AND NOT EXISTS (
		SELECT FROM campaign c CROSS JOIN LATERAL unnest(c.audiences) known WHERE c.code = r.campaign_code AND known.code = n.audience)
	UNION ALL
	SELECT '/participants/' || (n.ordinality - 1) || '/audience', 'duplicate_item', NULL
	  FROM unnest(r.participants) WITH ORDINALITY n
	 WHERE EXISTS (
		SELECT FROM unnest(r.participants) WITH ORDINALITY e
		 WHERE e.ordinality < n.ordinality AND e.audience IS NOT DISTINCT FROM n.audience)
	UNION ALL
	SELECT '/target_actuals/' || (n.ordinality - 1) || '/target_id', 'unknown', NULL
	  FROM unnest(r.target_actuals) WITH ORDINALITY n
	 WHERE NOT EXISTS (
		SELECT FROM activity a CROSS JOIN LATERAL unnest(a.targets) t WHERE a.id = r.activity_id AND t.id = n.target_id)
	UNION ALL
	SELECT '/target_actuals/' || (n.ordinality - 1) || '/target_id', 'duplicate_item', NULL
	  FROM unnest(r.target_actuals) WITH ORDINALITY n
	 WHERE EXISTS (
		SELECT FROM unnest(r.target_actuals) WITH ORDINALITY e
		 WHERE e.ordinality < n.ordinality AND e.target_id = n.target_id)
$$;

CREATE FUNCTION summary_report_saved() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	unknown jsonb := (
		SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('pointer', u.pointer, 'code', u.code, 'params', u.params)))
		  FROM summary_report_unknown_names(NEW) u);
BEGIN
	IF unknown IS NOT NULL THEN
		PERFORM refuse_fields(unknown);
	END IF;
	NEW.participants := ARRAY(
		SELECT (p.audience, coalesce(p.onsite, 0), coalesce(p.online, 0))::participant_count
		  FROM unnest(NEW.participants) WITH ORDINALITY p
		 ORDER BY p.ordinality);
	RETURN NEW;
END
$$;
-- After placed, by the order of their names.
CREATE TRIGGER saved BEFORE INSERT OR UPDATE OF participants, target_actuals ON summary_report
	FOR EACH ROW EXECUTE FUNCTION summary_report_saved();

-- Whether everyone may read the activity, whoever asks: asked of one report after another, it must not
-- become a look at all activities.
CREATE FUNCTION is_public_activity(activity_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN EXISTS (SELECT FROM activity a WHERE a.id = is_public_activity.activity_id AND a.is_public);

ALTER TABLE summary_report ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON summary_report TO sciday_service;
GRANT INSERT (id, activity_id, starts_on, ends_on, time_note, location, is_online, online_url, participants, target_actuals, outcomes,
	media_coverage) ON summary_report TO sciday_service;
GRANT UPDATE (status, starts_on, ends_on, time_note, location, is_online, online_url, participants, target_actuals, outcomes, media_coverage,
	correction_due_at, submission_count, submitted_at) ON summary_report TO sciday_service;
CREATE POLICY anyone_reads_public ON summary_report FOR SELECT
	USING (status = 'accepted' AND is_public_activity(activity_id));
CREATE POLICY author_reads ON summary_report FOR SELECT
	USING (organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[]));
CREATE POLICY administrator_reads ON summary_report FOR SELECT
	USING (ancestors && (SELECT caller_scope('administrator')));
CREATE POLICY reviewer_reads_submitted ON summary_report FOR SELECT
	USING (submission_count > 0 AND (ancestors[2:] && (SELECT caller_scope('reviewer')) OR ancestors[2:] && (SELECT caller_scope('observer'))));
CREATE POLICY author_creates ON summary_report FOR INSERT
	WITH CHECK (kind = 'highlight' AND organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[]));
CREATE POLICY administrator_creates ON summary_report FOR INSERT
	WITH CHECK (kind <> 'highlight' AND ancestors && (SELECT caller_scope('administrator')));
CREATE POLICY author_changes ON summary_report FOR UPDATE
	USING (kind = 'highlight' AND organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[]));
CREATE POLICY reviewer_changes ON summary_report FOR UPDATE
	USING (kind = 'highlight' AND ancestors[2:] && (SELECT caller_scope('reviewer')));
CREATE POLICY administrator_changes ON summary_report FOR UPDATE
	USING (kind <> 'highlight' AND ancestors && (SELECT caller_scope('administrator')));
CREATE POLICY author_deletes ON summary_report FOR DELETE
	USING (kind = 'highlight' AND status = 'draft' AND submission_count = 0
	       AND organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[]));
CREATE POLICY administrator_deletes ON summary_report FOR DELETE
	USING (kind <> 'highlight' AND status = 'draft' AND submission_count = 0 AND ancestors && (SELECT caller_scope('administrator')));

-- Who may begin one, and when. Raises what stands against it, in the contract's order of refusal.
CREATE FUNCTION may_report(activity_id uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	of_activity activity;
	campaign_status text;
BEGIN
	SELECT * INTO of_activity FROM activity a WHERE a.id = may_report.activity_id;
	IF NOT FOUND THEN
		PERFORM refuse('not_found');
	END IF;
	campaign_status := (SELECT c.status FROM campaign c WHERE c.code = of_activity.campaign_code);
	IF campaign_status = 'closed' THEN
		PERFORM refuse('campaign_closed');
	ELSIF campaign_status <> 'open' THEN
		PERFORM refuse('campaign_not_open', jsonb_build_object('current_status', campaign_status));
	ELSIF EXISTS (SELECT FROM summary_report r WHERE r.activity_id = may_report.activity_id) THEN
		PERFORM refuse('already_exists');
	ELSIF NOT author_role(of_activity.kind) = ANY (roles_at(of_activity.ancestors)) THEN
		PERFORM refuse('role_not_held_here');
	END IF;
	RETURN true;
END
$$;

---------------------------------------------------------------------------------------------
-- What was submitted of them, and their history

CREATE FUNCTION summary_report_content(r summary_report) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object(
	'starts_on', r.starts_on, 'ends_on', r.ends_on, 'time_note', r.time_note,
	'location', r.location, 'is_online', r.is_online, 'online_url', r.online_url,
	'participants', r.participants, 'target_actuals', r.target_actuals,
	'outcomes', r.outcomes, 'media_coverage', r.media_coverage);

ALTER TABLE submission
	ADD COLUMN summary_report_id uuid CONSTRAINT summary_report_id__unknown REFERENCES summary_report ON DELETE RESTRICT,
	DROP CONSTRAINT subject__one,
	ADD CONSTRAINT subject__one CHECK (num_nonnulls(plan_id, activity_id, summary_report_id) = 1),
	ADD CONSTRAINT submission__summary_report_id__taken UNIQUE (summary_report_id, number);
GRANT INSERT (summary_report_id) ON submission TO sciday_service;
CREATE POLICY administrator_submits ON submission FOR INSERT
	WITH CHECK (submitted_by = caller_id() AND summary_report_id IS NOT NULL AND ancestors && (SELECT caller_scope('administrator')));

-- Of execution, with the new dates when it is postponed.
ALTER TABLE review
	ADD COLUMN summary_report_id uuid CONSTRAINT summary_report_id__unknown REFERENCES summary_report ON DELETE RESTRICT,
	ADD COLUMN starts_on date,
	ADD COLUMN ends_on date,
	DROP CONSTRAINT subject__one,
	ADD CONSTRAINT subject__one CHECK (num_nonnulls(plan_id, activity_id, summary_report_id) = 1);
CREATE INDEX review_by_summary_report ON review (summary_report_id, reviewed_at, id);
GRANT INSERT (summary_report_id, starts_on, ends_on) ON review TO sciday_service;
-- History may say only what the table of states allows the caller there, of what it is about.
ALTER POLICY actor_writes ON review
	WITH CHECK (by_user = caller_id() AND EXISTS (
		SELECT FROM transition t
		 WHERE (t.action, t.from_status, t.to_status) = (review.action, review.from_status, review.to_status)
		   AND t.resource = ANY (CASE
			WHEN review.plan_id IS NOT NULL THEN '{plan}'::text[]
			WHEN review.activity_id IS NOT NULL THEN '{activity,execution}'
			ELSE '{summary_report}' END)
		   AND t.role = ANY (roles_at(review.ancestors))));

-- A row of history belongs where its subject does, and is signed with the name of that time.
CREATE OR REPLACE FUNCTION submission_placed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	SELECT s.campaign_code, s.organization_id INTO NEW.campaign_code, NEW.organization_id
	  FROM (SELECT p.campaign_code, p.organization_id FROM plan p WHERE p.id = NEW.plan_id
	        UNION ALL
	        SELECT a.campaign_code, a.organization_id FROM activity a WHERE a.id = NEW.activity_id
	        UNION ALL
	        SELECT r.campaign_code, r.organization_id FROM summary_report r WHERE r.id = NEW.summary_report_id) s;
	NEW.submitted_by_name := (SELECT u.name FROM account u WHERE u.id = NEW.submitted_by);
	RETURN NEW;
END
$$;

-- A review is of the latest submission.
CREATE OR REPLACE FUNCTION review_placed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	SELECT s.campaign_code, s.organization_id INTO NEW.campaign_code, NEW.organization_id
	  FROM (SELECT p.campaign_code, p.organization_id FROM plan p WHERE p.id = NEW.plan_id
	        UNION ALL
	        SELECT a.campaign_code, a.organization_id FROM activity a WHERE a.id = NEW.activity_id
	        UNION ALL
	        SELECT r.campaign_code, r.organization_id FROM summary_report r WHERE r.id = NEW.summary_report_id) s;
	NEW.by_name := (SELECT u.name FROM account u WHERE u.id = NEW.by_user);
	NEW.submission_id := coalesce(NEW.submission_id, (
		SELECT s.id FROM submission s
		 WHERE s.plan_id = NEW.plan_id OR s.activity_id = NEW.activity_id OR s.summary_report_id = NEW.summary_report_id
		 ORDER BY s.number DESC
		 LIMIT 1));
	RETURN NEW;
END
$$;

CREATE OR REPLACE VIEW standing_submission WITH (security_invoker) AS
SELECT s.*
  FROM submission s
 WHERE NOT EXISTS (SELECT FROM review r WHERE r.submission_id = s.id AND r.action = 'withdraw');

-- What the latest return asks for, as long as it is the author's turn.
CREATE OR REPLACE VIEW correction WITH (security_invoker) AS
SELECT r.plan_id, r.activity_id, r.reviewed_at,
       json_build_object('comment', r.comment, 'field_comments', r.field_comments, 'due_at', instant(r.correction_due_at),
                         'returned_at', instant(r.reviewed_at),
                         'returned_by', json_build_object('id', r.by_user, 'name', r.by_name)) AS correction,
       r.summary_report_id
  FROM review r
 WHERE r.action = 'return';

-- What a refusal's text and a client need to know.
CREATE OR REPLACE FUNCTION refusal_params(code text, status text, campaign_status text, allowed_actions text[], due_on date, errors jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE code
	WHEN 'transition_not_allowed' THEN jsonb_build_object('current_status', status, 'allowed_actions', allowed_actions)
	WHEN 'not_editable' THEN jsonb_build_object('current_status', status)
	WHEN 'campaign_not_open' THEN jsonb_build_object('current_status', campaign_status)
	WHEN 'deadline_passed' THEN jsonb_build_object('due_on', due_on)
	WHEN 'validation_failed' THEN jsonb_build_object('errors', errors)
	WHEN 'form_incomplete' THEN jsonb_build_object('errors', errors)
END;

-- A report may be everyone's to read; what was submitted of it and how it was reviewed is not.
CREATE FUNCTION may_read_report_history(summary_report_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF EXISTS (
		SELECT FROM summary_report r
		 WHERE r.id = may_read_report_history.summary_report_id AND cardinality(roles_at(r.ancestors)) = 0
	) THEN
		PERFORM refuse('role_not_held_here');
	END IF;
	RETURN true;
END
$$;

---------------------------------------------------------------------------------------------
-- What is wrong with a report: a row for each thing, in the form's order. Errors stop a submission,
-- warnings do not.

CREATE FUNCTION summary_report_findings(r summary_report) RETURNS TABLE (pointer text, code text, params jsonb, is_error boolean)
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
		 WHERE n.actual IS NULL) f (ordinal, item, is_found, pointer, code, params, is_error)
	 WHERE a.id = r.activity_id AND f.is_found
	 ORDER BY f.ordinal, f.item, f.pointer
$$;

---------------------------------------------------------------------------------------------
-- Deadlines and verdicts: what is owed for an activity is received with the first submission of its
-- report that was not withdrawn.

CREATE VIEW summary_report_due WITH (security_invoker) AS
SELECT r.id,
       CASE WHEN EXISTS (SELECT FROM standing_submission s WHERE s.summary_report_id = r.id) THEN r.correction_due_at
            ELSE (SELECT o.effective_due_at FROM obligation_due o
                   WHERE o.kind = 'summary_report' AND o.activity_id = r.activity_id) END AS due_at
  FROM summary_report r;

CREATE VIEW summary_report_action WITH (security_invoker) AS
SELECT r.id AS summary_report_id, t.action, t.ordinal
  FROM summary_report r
  JOIN campaign c ON c.code = r.campaign_code
  JOIN transition t ON t.resource = 'summary_report' AND t.kind = r.kind AND t.from_status = r.status
 WHERE t.role = ANY (roles_at(r.ancestors)) AND c.status = ANY (t.campaign_statuses);
GRANT SELECT ON summary_report_due, summary_report_action TO sciday_service;

-- Against what a submission is late: a correction against the return's date, the first one
-- against the obligation.
CREATE OR REPLACE VIEW submission_judged WITH (security_invoker) AS
SELECT s.id, s.campaign_code, s.organization_id, s.ancestors, s.plan_id, s.activity_id, s.number, s.submitted_at, s.submitted_by,
       s.submitted_by_name, s.correction_due_at, s.content, s.digest,
       o.due_at, o.due_at IS NOT NULL AND s.submitted_at >= o.due_at AS is_late, w.withdrawn_at, s.summary_report_id
  FROM submission s
 CROSS JOIN LATERAL (
	SELECT CASE
		WHEN EXISTS (
			SELECT FROM standing_submission e
			 WHERE (e.plan_id = s.plan_id OR e.activity_id = s.activity_id OR e.summary_report_id = s.summary_report_id) AND e.number < s.number) THEN s.correction_due_at
		WHEN s.summary_report_id IS NOT NULL THEN (
			SELECT d.effective_due_at FROM obligation_due d
			 WHERE d.kind = 'summary_report'
			   AND d.activity_id = (SELECT r.activity_id FROM summary_report r WHERE r.id = s.summary_report_id))
		ELSE (
			SELECT d.effective_due_at FROM obligation_due d
			 WHERE d.organization_id = s.organization_id AND d.campaign_code = s.campaign_code
			   AND d.kind = CASE WHEN s.plan_id IS NOT NULL THEN 'plan' ELSE 'highlights' END) END AS due_at) o
 CROSS JOIN LATERAL (
	SELECT min(r.reviewed_at) AS withdrawn_at FROM review r WHERE r.submission_id = s.id AND r.action = 'withdraw') w;

---------------------------------------------------------------------------------------------
-- How it all looks

CREATE OR REPLACE VIEW activity_summary WITH (security_invoker) AS
SELECT a.summary_head || ', "organization" : ' || o.reference::text || ', "phase" : ' || coalesce((
           SELECT p.ordinal FROM phase p
            WHERE p.campaign_code = a.campaign_code AND a.starts_on BETWEEN p.starts_on AND p.ends_on)::text, 'null') ||
       ', "execution_reason" : ' || coalesce(to_json(a.execution_reason)::text, 'null') ||
       ', "postponed_to" : ' || CASE WHEN a.postponed_starts_on IS NOT NULL THEN
           json_build_object('starts_on', a.postponed_starts_on, 'ends_on', a.postponed_ends_on)::text ELSE 'null' END || '}' AS summary,
       a.id, a.campaign_code, a.organization_id, a.kind, a.status, a.modules, a.audiences,
       a.starts_on_or_last, a.starts_on_or_first, a.created_at, a.execution
  FROM activity a
  JOIN organization o ON o.id = a.organization_id;

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
       r.id, r.campaign_code, r.organization_id, r.kind, r.status, a.modules, a.starts_on_or_last AS planned_on, r.created_at
  FROM summary_report r
  JOIN organization o ON o.id = r.organization_id
  JOIN activity a ON a.id = r.activity_id AND a.campaign_code = r.campaign_code;

CREATE VIEW summary_report_body WITH (security_invoker) AS
SELECT r.id, r.version,
       json_build_object(
           'id', r.id, 'campaign_code', r.campaign_code, 'organization', o.reference,
           'activity', json_build_object('id', a.id, 'title', a.title), 'kind', r.kind, 'status', r.status,
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
GRANT SELECT ON summary_report_summary, summary_report_body TO sciday_service;

INSERT INTO label (vocabulary, code, ordinal, zh, en) VALUES
	('summary_report_status', 'draft', 1, '草稿', 'Draft'),
	('summary_report_status', 'submitted', 2, '已报送', 'Submitted'),
	('summary_report_status', 'under_review', 3, '审核中', 'Under review'),
	('summary_report_status', 'returned', 4, '已退回', 'Returned'),
	('summary_report_status', 'accepted', 5, '审核通过', 'Accepted'),
	('action', 'postpone', 20, '延期', 'Postpone'),
	('action', 'cancel', 21, '取消', 'Cancel'),
	('action', 'hold', 22, '确认已举办', 'Say that it was held'),
	('action', 'resume', 23, '恢复举办', 'Plan it again as before');
