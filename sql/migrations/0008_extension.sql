-- How the notice arrives and how its deadlines move: receipts, extensions and waivers; and what came on paper.

---------------------------------------------------------------------------------------------
-- Receipts 「签收」. One for each obligation of that kind, never changed; it goes with the obligation, when a
-- recipient is taken off the list. A late one is always taken: it submits nothing that could be refused.

CREATE TABLE notice_receipt (
	obligation_id uuid CONSTRAINT notice_receipt__obligation_id__taken PRIMARY KEY
		CONSTRAINT obligation_id__unknown REFERENCES obligation ON DELETE CASCADE,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ancestors uuid[] NOT NULL,
	acknowledged_by uuid NOT NULL CONSTRAINT acknowledged_by__unknown REFERENCES account ON DELETE RESTRICT,
	acknowledged_by_name text NOT NULL,
	acknowledged_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX notice_receipt_by_organization ON notice_receipt (organization_id);

CREATE FUNCTION notice_receipt_placed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	SELECT o.organization_id INTO NEW.organization_id FROM obligation o WHERE o.id = NEW.obligation_id AND o.kind = 'notice_receipt';
	RETURN NEW;
END
$$;
-- Before tracks_ancestors, by the order of their names.
CREATE TRIGGER placed BEFORE INSERT ON notice_receipt FOR EACH ROW EXECUTE FUNCTION notice_receipt_placed();
CREATE TRIGGER signed BEFORE INSERT ON notice_receipt FOR EACH ROW EXECUTE FUNCTION signed('acknowledged_by');
SELECT track_ancestors('notice_receipt');
SELECT track_changes('notice_receipt');

-- The obligation is another one now, and its version says so.
CREATE FUNCTION notice_receipt_made() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	UPDATE obligation SET updated_at = now() WHERE id = NEW.obligation_id;
	RETURN NULL;
END
$$;
CREATE TRIGGER notice_receipt_made AFTER INSERT ON notice_receipt FOR EACH ROW EXECUTE FUNCTION notice_receipt_made();

ALTER TABLE notice_receipt ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON notice_receipt TO sciday_service;
GRANT INSERT (obligation_id, acknowledged_by) ON notice_receipt TO sciday_service;
CREATE POLICY people_there_read ON notice_receipt FOR SELECT
	USING (organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[])
	       OR ancestors && (SELECT caller_scope('administrator'))
	       OR ancestors[2:] && (SELECT caller_scope('reviewer')) OR ancestors[2:] && (SELECT caller_scope('observer')));
CREATE POLICY recipient_acknowledges ON notice_receipt FOR INSERT
	WITH CHECK (acknowledged_by = caller_id() AND organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[]));

---------------------------------------------------------------------------------------------
-- Extensions. What one operation gives to many is one batch. They and waivers are the campaign's to give:
-- an administrator of one recipient cannot put off what the issuer asked of it.

ALTER TABLE extension
	ADD COLUMN batch_id uuid NOT NULL DEFAULT uuid_v7(),
	ADD COLUMN given_by_name text,
	ADD COLUMN revoked_by_name text,
	ADD COLUMN revoked_reason text CONSTRAINT revoked_reason__length CHECK (length(revoked_reason) BETWEEN 1 AND 500),
	ADD COLUMN version integer NOT NULL DEFAULT 1,
	ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
UPDATE extension e
   SET given_by_name = (SELECT a.name FROM account a WHERE a.id = e.given_by),
       revoked_by_name = (SELECT a.name FROM account a WHERE a.id = e.revoked_by);
ALTER TABLE extension ALTER COLUMN given_by_name SET NOT NULL;
CREATE INDEX extension_by_time ON extension (campaign_code, given_at, id);
CREATE INDEX extension_by_batch ON extension (batch_id);
CREATE TRIGGER row_changed BEFORE UPDATE ON extension
	FOR EACH ROW WHEN (OLD.ancestors = NEW.ancestors) EXECUTE FUNCTION row_changed();
CREATE TRIGGER signed_given BEFORE INSERT ON extension FOR EACH ROW EXECUTE FUNCTION signed('given_by');
CREATE TRIGGER signed_revoked BEFORE UPDATE OF revoked_by ON extension FOR EACH ROW EXECUTE FUNCTION signed('revoked_by');

GRANT INSERT (campaign_code, organization_id, kind, due_at, reason, given_by, batch_id) ON extension TO sciday_service;
GRANT UPDATE (revoked_at, revoked_by, revoked_reason) ON extension TO sciday_service;
CREATE POLICY administrator_gives ON extension FOR INSERT
	WITH CHECK (given_by = caller_id() AND
	            campaign_code = ANY (ARRAY(SELECT c.code FROM campaign c WHERE c.ancestors && (SELECT caller_scope('administrator')))));
CREATE POLICY administrator_revokes ON extension FOR UPDATE
	USING (campaign_code = ANY (ARRAY(SELECT c.code FROM campaign c WHERE c.ancestors && (SELECT caller_scope('administrator')))));

-- What is wrong with an extension that is to be given.
CREATE FUNCTION extension_findings(c campaign, kinds text[], organization_ids uuid[], all_recipients boolean, due_at timestamptz, due_on date)
RETURNS TABLE (pointer text, code text, params jsonb)
LANGUAGE sql STABLE
AS $$
	SELECT '/organization_ids', 'choose_one', jsonb_build_object('fields', ARRAY['organization_ids', 'all_recipients'])
	 WHERE (organization_ids IS NULL) <> coalesce(all_recipients, false)
	UNION ALL
	SELECT '/organization_ids/' || (n.ordinal - 1), 'not_a_recipient', NULL
	  FROM unnest(organization_ids) WITH ORDINALITY n (id, ordinal)
	 WHERE NOT EXISTS (SELECT FROM recipient r WHERE r.campaign_code = c.code AND r.organization_id = n.id)
	UNION ALL
	SELECT '/due_at', 'choose_one', jsonb_build_object('fields', ARRAY['due_at', 'due_on'])
	 WHERE num_nonnulls(due_at, due_on) <> 1
	UNION ALL
	SELECT '/kinds/' || (n.ordinal - 1), f.code, f.params
	  FROM unnest(kinds) WITH ORDINALITY n (kind, ordinal)
	 CROSS JOIN LATERAL (
		SELECT CASE n.kind WHEN 'notice_receipt' THEN c.notice_receipt_due_at WHEN 'plan' THEN c.plan_due_at
		                   WHEN 'highlights' THEN c.highlight_due_at WHEN 'summary_report' THEN c.summary_due_at END AS due_at) o
	 CROSS JOIN LATERAL (VALUES
		(o.due_at IS NULL, 'nothing_owed', NULL),
		(coalesce(extension_findings.due_at, due_instant(due_on, c.time_zone)) <= o.due_at, 'not_later',
		 jsonb_build_object('due_on', due_date(o.due_at, c.time_zone)))) f (is_found, code, params)
	 WHERE f.is_found
$$;

-- Gives a batch, all or none, and returns how many extensions it is.
CREATE FUNCTION give_extensions(batch_id uuid, campaign_code text, kinds text[], organization_ids uuid[], all_recipients boolean,
                                due_at timestamptz, due_on date, reason text) RETURNS bigint
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	of_campaign campaign;
	findings jsonb;
	given bigint;
BEGIN
	SELECT * INTO STRICT of_campaign FROM issued_campaign(campaign_code, '{administrator}');
	SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(f))) INTO findings
	  FROM extension_findings(of_campaign, kinds, organization_ids, all_recipients, due_at, due_on) f;
	IF findings IS NOT NULL THEN
		PERFORM refuse_fields(findings);
	END IF;
	INSERT INTO extension (campaign_code, organization_id, kind, due_at, reason, given_by, batch_id)
	SELECT of_campaign.code, r.organization_id, k.kind, coalesce(give_extensions.due_at, due_instant(due_on, of_campaign.time_zone)),
	       give_extensions.reason, caller_id(), give_extensions.batch_id
	  FROM recipient r
	 CROSS JOIN unnest(kinds) k (kind)
	 WHERE r.campaign_code = of_campaign.code AND (all_recipients OR r.organization_id = ANY (organization_ids));
	GET DIAGNOSTICS given = ROW_COUNT;
	RETURN given;
END
$$;

CREATE VIEW extension_action WITH (security_invoker) AS
SELECT e.id AS extension_id, e.batch_id, 'revoke' AS action
  FROM extension e
  JOIN campaign c ON c.code = e.campaign_code
 WHERE e.revoked_at IS NULL AND 'administrator' = ANY (campaign_roles(c.ancestors));

CREATE VIEW extension_summary WITH (security_invoker) AS
SELECT json_build_object(
           'id', e.id, 'campaign_code', e.campaign_code, 'batch_id', e.batch_id,
           'organization', json_build_object('id', o.id, 'code', o.code, 'name', o.name), 'kind', e.kind,
           'due_at', instant(e.due_at), 'due_on', due_date(e.due_at, c.time_zone), 'reason', e.reason,
           'given_by', account_reference(e.given_by, e.given_by_name), 'given_at', instant(e.given_at),
           'revoked_by', account_reference(e.revoked_by, e.revoked_by_name), 'revoked_at', instant(e.revoked_at),
           'revoked_reason', e.revoked_reason)::text AS summary,
       e.id, e.campaign_code, e.organization_id, e.ancestors, e.kind, e.batch_id, e.revoked_at IS NOT NULL AS is_revoked, e.given_at
  FROM extension e
  JOIN organization o ON o.id = e.organization_id
  JOIN campaign c ON c.code = e.campaign_code;

CREATE VIEW extension_body WITH (security_invoker) AS
SELECT e.id, e.version,
       json_build_object(
           'id', e.id, 'campaign_code', e.campaign_code, 'batch_id', e.batch_id, 'organization', o.reference, 'kind', e.kind,
           'due_at', instant(e.due_at), 'due_on', due_date(e.due_at, c.time_zone), 'time_zone', c.time_zone, 'reason', e.reason,
           'given_by', account_reference(e.given_by, e.given_by_name), 'given_at', instant(e.given_at),
           'revoked_by', account_reference(e.revoked_by, e.revoked_by_name), 'revoked_at', instant(e.revoked_at),
           'revoked_reason', e.revoked_reason,
           'allowed_actions', ARRAY(SELECT n.action FROM extension_action n WHERE n.extension_id = e.id),
           'version', e.version, 'updated_at', instant(e.updated_at)) AS body
  FROM extension e
  JOIN organization_reference o ON o.id = e.organization_id
  JOIN campaign c ON c.code = e.campaign_code;

-- What one operation gave, as far as the caller sees it. It changes only as its extensions are revoked, and
-- so its version is counted from them.
CREATE VIEW extension_batch_body WITH (security_invoker) AS
SELECT e.batch_id AS id, 1 + (count(*) FILTER (WHERE e.revoked_at IS NOT NULL))::integer AS version,
       json_build_object(
           'id', e.batch_id, 'campaign_code', e.campaign_code, 'kinds', array_agg(DISTINCT e.kind),
           'due_at', instant(e.due_at), 'due_on', due_date(e.due_at, c.time_zone), 'time_zone', c.time_zone, 'reason', e.reason,
           'given_by', account_reference(e.given_by, e.given_by_name), 'given_at', instant(e.given_at),
           'organization_count', count(DISTINCT e.organization_id), 'extension_count', count(*),
           'revoked_count', count(*) FILTER (WHERE e.revoked_at IS NOT NULL),
           'allowed_actions', CASE WHEN bool_or(e.revoked_at IS NULL) AND 'administrator' = ANY (campaign_roles(c.ancestors))
                                   THEN '["revoke"]'::json ELSE '[]' END,
           'version', 1 + (count(*) FILTER (WHERE e.revoked_at IS NOT NULL))::integer) AS body
  FROM extension e
  JOIN campaign c ON c.code = e.campaign_code
 GROUP BY e.batch_id, e.campaign_code, e.due_at, e.reason, e.given_by, e.given_by_name, e.given_at, c.code;
GRANT SELECT ON extension_action, extension_summary, extension_body, extension_batch_body TO sciday_service;

---------------------------------------------------------------------------------------------
-- Waivers 「免报」: on the obligation, with a reason, and taken back when mistaken.

ALTER TABLE obligation
	ADD COLUMN waived_by uuid CONSTRAINT waived_by__unknown REFERENCES account ON DELETE RESTRICT,
	ADD COLUMN waived_by_name text;
CREATE TRIGGER signed_waived BEFORE UPDATE OF waived_by ON obligation FOR EACH ROW EXECUTE FUNCTION signed('waived_by');
GRANT UPDATE (waived_at, waived_reason, waived_by) ON obligation TO sciday_service;
CREATE POLICY administrator_waives ON obligation FOR UPDATE
	USING (campaign_code = ANY (ARRAY(SELECT c.code FROM campaign c WHERE c.ancestors && (SELECT caller_scope('administrator')))));

---------------------------------------------------------------------------------------------
-- On behalf 「代报」: a reviewer enters and submits what an organization sent on paper. A draft that its author
-- began is its author's alone; a reviewer enters one that was begun on behalf, or what has been returned.
-- The author sees a draft begun for them, and takes it over by changing or submitting it.

-- The reviewer who is entering it, until it is submitted.
ALTER TABLE plan ADD COLUMN entered_by uuid CONSTRAINT entered_by__unknown REFERENCES account ON DELETE RESTRICT;
ALTER TABLE activity
	ADD COLUMN entered_by uuid CONSTRAINT entered_by__unknown REFERENCES account ON DELETE RESTRICT,
	ADD CONSTRAINT on_behalf__only_highlights CHECK (kind = 'highlight' OR entered_by IS NULL);
GRANT INSERT (entered_by), UPDATE (entered_by) ON plan, activity TO sciday_service;

INSERT INTO transition (resource, kind, action, from_status, to_status, role, campaign_statuses)
SELECT r.resource, r.kind, 'submit_on_behalf', s.status, 'submitted', 'reviewer', '{open}'
  FROM (VALUES (1, 'plan', NULL), (2, 'activity', 'highlight')) r (ordinal, resource, kind)
 CROSS JOIN (VALUES (1, 'draft'), (2, 'returned')) s (ordinal, status)
 ORDER BY r.ordinal, s.ordinal;

CREATE FUNCTION is_enterable(status text, entered_by uuid) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN status = 'returned' OR status = 'draft' AND entered_by IS NOT NULL;

-- Whether the caller may write it for its author.
CREATE FUNCTION may_enter(status text, entered_by uuid, ancestors uuid[]) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN is_enterable(status, entered_by) AND 'reviewer' = ANY (roles_at(ancestors));

-- Submitted, it is its author's again, by whomever.
CREATE FUNCTION entering_ended() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	NEW.entered_by := NULL;
	RETURN NEW;
END
$$;
CREATE TRIGGER entering_ended BEFORE UPDATE OF status ON plan
	FOR EACH ROW WHEN (NEW.entered_by IS NOT NULL AND NEW.status <> 'draft') EXECUTE FUNCTION entering_ended();
CREATE TRIGGER entering_ended BEFORE UPDATE OF status ON activity
	FOR EACH ROW WHEN (NEW.entered_by IS NOT NULL AND NEW.status <> 'draft') EXECUTE FUNCTION entering_ended();

CREATE POLICY reviewer_reads_on_behalf ON plan FOR SELECT
	USING (entered_by IS NOT NULL AND ancestors[2:] && (SELECT caller_scope('reviewer')));
CREATE POLICY reviewer_creates_on_behalf ON plan FOR INSERT
	WITH CHECK (entered_by = caller_id() AND ancestors[2:] && (SELECT caller_scope('reviewer')));
CREATE POLICY reviewer_deletes_on_behalf ON plan FOR DELETE
	USING (entered_by IS NOT NULL AND status = 'draft' AND submission_count = 0 AND ancestors[2:] && (SELECT caller_scope('reviewer')));
CREATE POLICY reviewer_reads_on_behalf ON activity FOR SELECT
	USING (entered_by IS NOT NULL AND ancestors[2:] && (SELECT caller_scope('reviewer')));
CREATE POLICY reviewer_creates_on_behalf ON activity FOR INSERT
	WITH CHECK (entered_by = caller_id() AND ancestors[2:] && (SELECT caller_scope('reviewer')));
CREATE POLICY reviewer_deletes_on_behalf ON activity FOR DELETE
	USING (entered_by IS NOT NULL AND status = 'draft' AND submission_count = 0 AND ancestors[2:] && (SELECT caller_scope('reviewer')));

-- Who may begin one, and when: by its author, or for them. Raises what stands against it, in the contract's order of refusal.
CREATE FUNCTION may_create(campaign_code text, organization_id uuid, kind text, on_behalf boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	of_campaign campaign;
BEGIN
	IF NOT coalesce(on_behalf, false) THEN
		RETURN may_create(campaign_code, organization_id, kind);
	END IF;
	SELECT * INTO of_campaign FROM campaign c WHERE c.code = may_create.campaign_code;
	IF NOT FOUND THEN
		PERFORM refuse('not_found');
	ELSIF of_campaign.status = 'closed' THEN
		PERFORM refuse('campaign_closed');
	ELSIF of_campaign.status <> 'open' THEN
		PERFORM refuse('campaign_not_open', jsonb_build_object('current_status', of_campaign.status));
	ELSIF NOT EXISTS (SELECT FROM organization o WHERE o.id = may_create.organization_id) THEN
		PERFORM refuse_field('/organization_id', 'unknown');
	ELSIF NOT EXISTS (
		SELECT FROM organization o WHERE o.id = may_create.organization_id AND 'reviewer' = ANY (roles_at(o.ancestors))
	) THEN
		PERFORM refuse('role_not_held_here');
	ELSIF author_role(kind) <> 'submitter' THEN
		PERFORM refuse_field('/on_behalf', 'only_highlights');
	ELSIF NOT EXISTS (
		SELECT FROM recipient r
		 WHERE r.campaign_code = may_create.campaign_code AND r.organization_id = may_create.organization_id
	) THEN
		PERFORM refuse('not_a_recipient');
	END IF;
	RETURN true;
END
$$;

-- Of what came on paper, submitted_at is when it counts as handed in: the last second of the day on which the
-- paper came, or now if that day is not over; so a day's paper is in time if, and only if, the deadline is not before
-- that day's end. entered_at is when the reviewer entered it, and submitted_by who.
ALTER TABLE submission
	ADD COLUMN received_on date,
	ADD COLUMN entered_at timestamptz,
	ADD CONSTRAINT received_on__with_entered_at CHECK ((received_on IS NULL) = (entered_at IS NULL));
GRANT INSERT (submitted_at, received_on, entered_at) ON submission TO sciday_service;
ALTER POLICY author_submits ON submission
	WITH CHECK (submitted_by = caller_id() AND organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[])
	            AND received_on IS NULL AND submitted_at = now());
CREATE POLICY reviewer_submits_on_behalf ON submission FOR INSERT
	WITH CHECK (submitted_by = caller_id() AND ancestors[2:] && (SELECT caller_scope('reviewer'))
	            AND received_on IS NOT NULL AND entered_at = now() AND submitted_at <= now());

-- When paper of that day counts as handed in; refuses a day to come, and, where the campaign takes nothing late, a late one.
CREATE FUNCTION handed_in_at(c campaign, due_at timestamptz, received_on date) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	at timestamptz := least(now(), due_instant(received_on, c.time_zone) - interval '1 second');
BEGIN
	IF received_on > (now() AT TIME ZONE c.time_zone)::date THEN
		PERFORM refuse_field('/received_on', 'in_future');
	ELSIF c.late_submissions = 'refused' AND at >= due_at THEN
		PERFORM refuse('deadline_passed', jsonb_build_object('due_on', due_date(due_at, c.time_zone)));
	END IF;
	RETURN at;
END
$$;

CREATE OR REPLACE VIEW plan_action WITH (security_invoker) AS
SELECT p.id AS plan_id, t.action, t.ordinal
  FROM plan p
  JOIN campaign c ON c.code = p.campaign_code
  JOIN transition t ON t.resource = 'plan' AND t.from_status = p.status
 WHERE t.role = ANY (roles_at(p.ancestors)) AND c.status = ANY (t.campaign_statuses)
   AND (t.action <> 'submit_on_behalf' OR is_enterable(p.status, p.entered_by));

CREATE OR REPLACE VIEW activity_action WITH (security_invoker) AS
SELECT a.id AS activity_id, t.action, t.ordinal
  FROM activity a
  JOIN campaign c ON c.code = a.campaign_code
  JOIN transition t ON t.resource = 'activity' AND t.kind = a.kind AND t.from_status = a.status
 WHERE t.role = ANY (roles_at(a.ancestors)) AND c.status = ANY (t.campaign_statuses)
   AND (t.action <> 'submit_on_behalf' OR is_enterable(a.status, a.entered_by))
   AND NOT (t.action = 'retract' AND EXISTS (SELECT FROM current_forwarding_item i WHERE i.activity_id = a.id));

---------------------------------------------------------------------------------------------
-- Verdicts with receipts, and how it all looks

CREATE OR REPLACE VIEW obligation_received WITH (security_invoker) AS
SELECT o.*, r.received_at, h.submitted
  FROM obligation_due o
  LEFT JOIN LATERAL (
	SELECT count(*)::integer AS submitted FROM standing_highlight h
	 WHERE o.kind = 'highlights' AND h.organization_id = o.organization_id AND h.campaign_code = o.campaign_code) h ON o.kind = 'highlights'
 CROSS JOIN LATERAL (
	SELECT CASE o.kind
		WHEN 'notice_receipt' THEN (SELECT n.acknowledged_at FROM notice_receipt n WHERE n.obligation_id = o.id)
		WHEN 'plan' THEN (
			SELECT min(s.submitted_at) FROM standing_submission s
			 WHERE s.organization_id = o.organization_id AND s.campaign_code = o.campaign_code AND s.plan_id IS NOT NULL)
		WHEN 'highlights' THEN CASE WHEN o.required = 0 THEN o.created_at ELSE (
			SELECT h.submitted_at FROM standing_highlight h
			 WHERE h.organization_id = o.organization_id AND h.campaign_code = o.campaign_code
			 ORDER BY h.submitted_at
			OFFSET o.required - 1
			 LIMIT 1) END
		WHEN 'summary_report' THEN (
			SELECT min(s.submitted_at) FROM standing_submission s
			 WHERE s.summary_report_id = (SELECT r.id FROM summary_report r WHERE r.activity_id = o.activity_id))
	END AS received_at
	OFFSET 0) r; -- a fence: else each of its uses would look for the submissions anew

CREATE VIEW obligation_action WITH (security_invoker) AS
SELECT o.id AS obligation_id, a.action, a.ordinal
  FROM obligation o
  JOIN campaign c ON c.code = o.campaign_code
 CROSS JOIN LATERAL (VALUES
	(1, 'acknowledge', o.kind = 'notice_receipt' AND c.status = 'open' AND 'submitter' = ANY (roles_at(o.ancestors))
	                   AND NOT EXISTS (SELECT FROM notice_receipt n WHERE n.obligation_id = o.id)),
	(2, 'waive', o.waived_at IS NULL AND 'administrator' = ANY (campaign_roles(c.ancestors))),
	(3, 'unwaive', o.waived_at IS NOT NULL AND 'administrator' = ANY (campaign_roles(c.ancestors)))) a (ordinal, action, is_allowed)
 WHERE a.is_allowed;

-- In lists: the same for every caller.
CREATE VIEW obligation_summary WITH (security_invoker) AS
SELECT o.id, o.campaign_code, o.organization_id, o.organization_kind, o.counted_ancestors, o.kind, o.verdict, o.due_at,
       json_build_object(
           'id', o.id, 'campaign_code', o.campaign_code, 'organization', r.reference, 'kind', o.kind,
           'activity', (SELECT json_build_object('id', a.id, 'title', a.title) FROM activity a WHERE a.id = o.activity_id),
           'required', o.required, 'submitted', o.submitted, 'surplus', greatest(o.submitted - o.required, 0),
           'due_at', instant(o.due_at), 'due_on', due_date(o.due_at, c.time_zone),
           'effective_due_at', instant(o.effective_due_at), 'effective_due_on', due_date(o.effective_due_at, c.time_zone),
           'time_zone', c.time_zone,
           'received_at', instant(o.received_at), 'verdict', o.verdict, 'original_verdict', o.original_verdict,
           'waived_at', instant(o.waived_at), 'waived_reason', o.waived_reason,
           'version', o.version, 'created_at', instant(o.created_at), 'updated_at', instant(o.updated_at))::text AS summary
  FROM obligation_judged o
  JOIN organization_reference r ON r.id = o.organization_id
  JOIN campaign c ON c.code = o.campaign_code;

CREATE OR REPLACE VIEW obligation_body WITH (security_invoker) AS
SELECT o.id, o.version, o.campaign_code, o.organization_id, o.organization_kind, o.ancestors, o.counted_ancestors, o.kind, o.verdict,
       o.due_at, o.effective_due_at,
       json_build_object(
           'id', o.id, 'campaign_code', o.campaign_code, 'organization', r.reference, 'kind', o.kind,
           'activity', (SELECT json_build_object('id', a.id, 'title', a.title) FROM activity a WHERE a.id = o.activity_id),
           'required', o.required, 'submitted', o.submitted, 'surplus', greatest(o.submitted - o.required, 0),
           'due_at', instant(o.due_at), 'due_on', due_date(o.due_at, c.time_zone),
           'effective_due_at', instant(o.effective_due_at), 'effective_due_on', due_date(o.effective_due_at, c.time_zone),
           'time_zone', c.time_zone,
           'received_at', instant(o.received_at), 'verdict', o.verdict, 'original_verdict', o.original_verdict,
           'acknowledged_by', (
               SELECT account_reference(n.acknowledged_by, n.acknowledged_by_name) FROM notice_receipt n WHERE n.obligation_id = o.id),
           'extension', (
               SELECT json_build_object('id', e.id, 'due_at', instant(e.due_at), 'reason', e.reason, 'given_at', instant(e.given_at))
                 FROM extension e
                WHERE (e.organization_id, e.campaign_code, e.kind) = (o.organization_id, o.campaign_code, o.kind) AND e.revoked_at IS NULL
                ORDER BY e.given_at DESC, e.id DESC
                LIMIT 1),
           'waived_at', instant(o.waived_at), 'waived_reason', o.waived_reason,
           'waived_by', (SELECT account_reference(w.waived_by, w.waived_by_name) FROM obligation w WHERE w.id = o.id),
           'allowed_actions', ARRAY(SELECT n.action FROM obligation_action n WHERE n.obligation_id = o.id ORDER BY n.ordinal),
           'version', o.version, 'created_at', instant(o.created_at), 'updated_at', instant(o.updated_at)) AS body
  FROM obligation_judged o
  JOIN organization_reference r ON r.id = o.organization_id
  JOIN campaign c ON c.code = o.campaign_code;

-- For whom a submission was entered, and when its paper came.
CREATE VIEW submission_on_behalf WITH (security_invoker) AS
SELECT s.id, json_build_object('organization', o.reference, 'received_on', s.received_on, 'entered_at', instant(s.entered_at)) AS on_behalf
  FROM submission s
  JOIN organization_reference o ON o.id = s.organization_id
 WHERE s.received_on IS NOT NULL;

CREATE OR REPLACE VIEW submission_summary WITH (security_invoker) AS
SELECT json_build_object(
           'id', s.id, 'plan_id', s.plan_id, 'activity_id', s.activity_id, 'summary_report_id', s.summary_report_id,
           'number', s.number,
           'submitted_at', instant(s.submitted_at), 'submitted_by', json_build_object('id', s.submitted_by, 'name', s.submitted_by_name),
           'on_behalf', b.on_behalf, 'withdrawn_at', instant(s.withdrawn_at), 'due_at', instant(s.due_at), 'is_late', s.is_late,
           'late_by_seconds', CASE WHEN s.is_late THEN ceil(extract(epoch FROM s.submitted_at - s.due_at))::bigint ELSE 0 END,
           'digest', s.digest)::text AS summary,
       s.id, s.plan_id, s.activity_id, s.number, s.summary_report_id
  FROM submission_judged s
  LEFT JOIN submission_on_behalf b ON b.id = s.id;

CREATE OR REPLACE VIEW submission_body WITH (security_invoker) AS
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

CREATE OR REPLACE VIEW review_body WITH (security_invoker) AS
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

CREATE OR REPLACE VIEW plan_body WITH (security_invoker) AS
SELECT p.id, p.version,
       json_build_object(
           'id', p.id, 'campaign_code', p.campaign_code, 'organization', o.reference, 'title', p.title, 'text', p.text,
           'status', p.status, 'on_behalf', p.entered_by IS NOT NULL, 'submission_count', p.submission_count, 'submitted_at', instant(p.submitted_at),
           'due_at', instant(d.due_at), 'due_on', due_date(d.due_at, c.time_zone), 'time_zone', c.time_zone,
           'correction_due_at', instant(p.correction_due_at),
           'correction', (
               SELECT r.correction FROM correction r WHERE r.plan_id = p.id AND p.status = 'returned' ORDER BY r.reviewed_at DESC LIMIT 1),
           'documents', (
               SELECT coalesce(json_agg(f.summary::json ORDER BY f.uploaded_at, f.id), '[]') FROM document_summary f WHERE f.plan_id = p.id),
           'allowed_actions', ARRAY(SELECT n.action FROM plan_action n WHERE n.plan_id = p.id ORDER BY n.ordinal),
           'redacted', '[]'::json,
           'version', p.version, 'created_at', instant(p.created_at), 'updated_at', instant(p.updated_at)) AS body
  FROM plan p
  JOIN organization_reference o ON o.id = p.organization_id
  JOIN campaign c ON c.code = p.campaign_code
 CROSS JOIN LATERAL (SELECT d.due_at FROM plan_due d WHERE d.id = p.id OFFSET 0) d;

CREATE OR REPLACE VIEW activity_body WITH (security_invoker) AS
SELECT a.id, a.version,
       json_build_object(
           'id', a.id, 'campaign_code', a.campaign_code, 'organization', o.reference,
           'kind', a.kind, 'ordinal', a.ordinal, 'status', a.status, 'on_behalf', a.entered_by IS NOT NULL,
           'execution', a.execution,
           'execution_reason', a.execution_reason, 'postponed_to', CASE WHEN a.postponed_starts_on IS NOT NULL THEN
               json_build_object('starts_on', a.postponed_starts_on, 'ends_on', a.postponed_ends_on) END,
           'execution_actions', ARRAY(SELECT n.action FROM execution_action n WHERE n.activity_id = a.id ORDER BY n.ordinal),
           'summary_report_id', (SELECT r.id FROM summary_report r WHERE r.activity_id = a.id),
           'host_name', a.host_name, 'title', a.title, 'modules', a.modules, 'module_other', a.module_other,
           'organizer_name', a.organizer_name, 'starts_on', a.starts_on, 'ends_on', a.ends_on, 'time_note', a.time_note,
           'phase', (SELECT p.ordinal FROM phase p
                      WHERE p.campaign_code = a.campaign_code AND a.starts_on BETWEEN p.starts_on AND p.ends_on),
           'location', a.location, 'is_online', a.is_online, 'online_url', a.online_url,
           'audiences', a.audiences, 'audience_other', a.audience_other,
           'expected_participants', a.expected_participants, 'scale_note', a.scale_note,
           'contact', CASE WHEN v.has_role THEN json_build_object(
               'name', (a.contact).name, 'office_phone', (a.contact).office_phone, 'mobile', (a.contact).mobile,
               'fax', (a.contact).fax, 'email', (a.contact).email) END,
           'mailing_address', CASE WHEN v.has_role THEN a.mailing_address END,
           'proposal', json_build_object(
               'approach', (a.proposal).approach, 'measures', (a.proposal).measures, 'people', (a.proposal).people,
               'theme', (a.proposal).theme, 'arrangement', (a.proposal).arrangement, 'outcomes', (a.proposal).outcomes),
           'proposal_length', a.proposal_length, 'proposal_limit', c.highlight_text_limit,
           'targets', to_json(a.targets),
           'responsible', (SELECT coalesce(json_agg(r.reference ORDER BY n.ordinal), '[]')
                             FROM unnest(a.responsible_ids) WITH ORDINALITY n (id, ordinal) JOIN organization_reference r ON r.id = n.id),
           'partners', (SELECT coalesce(json_agg(r.reference ORDER BY n.ordinal), '[]')
                          FROM unnest(a.partner_ids) WITH ORDINALITY n (id, ordinal) JOIN organization_reference r ON r.id = n.id),
           'submission_count', a.submission_count, 'submitted_at', instant(a.submitted_at),
           'due_at', instant(d.due_at), 'due_on', due_date(d.due_at, c.time_zone), 'time_zone', c.time_zone,
           'correction_due_at', instant(a.correction_due_at),
           'correction', (
               SELECT r.correction FROM correction r
                WHERE r.activity_id = a.id AND a.status = 'returned' ORDER BY r.reviewed_at DESC LIMIT 1),
           'nomination', CASE WHEN v.has_role AND a.status = 'nominated' THEN
               json_build_object('rank', a.nomination_rank, 'reason', a.nomination_reason) END,
           'documents', (
               SELECT coalesce(json_agg(f.summary::json ORDER BY f.uploaded_at, f.id), '[]') FROM document_summary f WHERE f.activity_id = a.id),
           'allowed_actions', ARRAY(SELECT n.action FROM activity_action n WHERE n.activity_id = a.id ORDER BY n.ordinal),
           'redacted', CASE
               WHEN v.has_role THEN '[]'::json
               WHEN a.status = 'nominated' THEN '["contact","mailing_address","nomination"]'
               ELSE '["contact","mailing_address"]' END,
           'version', a.version, 'created_at', instant(a.created_at), 'updated_at', instant(a.updated_at)) AS body
  FROM activity a
  JOIN organization_reference o ON o.id = a.organization_id
  JOIN campaign c ON c.code = a.campaign_code
 CROSS JOIN LATERAL (SELECT d.due_at FROM activity_due d WHERE d.id = a.id OFFSET 0) d
 CROSS JOIN LATERAL (SELECT cardinality(roles_at(a.ancestors)) > 0 AS has_role OFFSET 0) v;

GRANT SELECT ON obligation_action, obligation_summary, submission_on_behalf TO sciday_service;

INSERT INTO label (vocabulary, code, ordinal, zh, en) VALUES
	('action', 'submit_on_behalf', 10, '代报', 'Submit on behalf'),
	('obligation_action', 'acknowledge', 1, '签收', 'Acknowledge'),
	('obligation_action', 'waive', 2, '免报', 'Waive'),
	('obligation_action', 'unwaive', 3, '取消免报', 'Take the waiver back'),
	('extension_action', 'revoke', 1, '撤销', 'Revoke');
