-- Fulfilment, kept: what fulfils an obligation stands in its row, and is kept in the transaction that changes it, so
-- that a million of them can be summed. What depends on the hour, the verdict, stays derived.

ALTER TABLE obligation
	ADD COLUMN submitted integer,                   -- of highlights: how many stand
	ADD COLUMN accepted integer NOT NULL DEFAULT 0, -- highlights accepted or nominated; of anything else 0 or 1
	ADD COLUMN received_at timestamptz,
	ADD COLUMN effective_due_at timestamptz,
	ADD COLUMN is_accepted boolean NOT NULL GENERATED ALWAYS AS (received_at IS NOT NULL AND accepted >= required) STORED;

---------------------------------------------------------------------------------------------
-- What fulfils it, from scratch: a plan when it was first handed in, highlights when the required number had been, each
-- by a submission that was not withdrawn; a receipt when it was given. The extension given last puts it off.

CREATE FUNCTION obligation_fulfilment(o obligation)
RETURNS TABLE (submitted integer, accepted integer, received_at timestamptz, effective_due_at timestamptz)
LANGUAGE sql STABLE
AS $$
	SELECT CASE o.kind
		WHEN 'highlights' THEN (
			SELECT count(*)::integer FROM standing_highlight h
			 WHERE h.organization_id = o.organization_id AND h.campaign_code = o.campaign_code)
	END, CASE o.kind
		WHEN 'notice_receipt' THEN (
			SELECT count(*)::integer FROM notice_receipt n WHERE n.obligation_id = o.id)
		WHEN 'plan' THEN (
			SELECT count(*)::integer FROM plan p
			 WHERE p.organization_id = o.organization_id AND p.campaign_code = o.campaign_code AND p.status = 'accepted')
		WHEN 'highlights' THEN (
			SELECT count(*)::integer FROM activity a
			 WHERE a.organization_id = o.organization_id AND a.campaign_code = o.campaign_code AND a.kind = 'highlight'
			   AND a.status IN ('accepted', 'nominated'))
		WHEN 'summary_report' THEN (
			SELECT count(*)::integer FROM summary_report r WHERE r.activity_id = o.activity_id AND r.status = 'accepted')
	END, CASE o.kind
		WHEN 'notice_receipt' THEN (
			SELECT n.acknowledged_at FROM notice_receipt n WHERE n.obligation_id = o.id)
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
	END, coalesce((
		SELECT e.due_at FROM extension e
		 WHERE (e.organization_id, e.campaign_code, e.kind) = (o.organization_id, o.campaign_code, o.kind) AND e.revoked_at IS NULL
		 ORDER BY e.given_at DESC, e.id DESC
		 LIMIT 1), o.due_at)
$$;

CREATE VIEW obligation_recounted WITH (security_invoker) AS
SELECT o.id, f.submitted, f.accepted, f.received_at, f.effective_due_at
  FROM obligation o
 CROSS JOIN LATERAL obligation_fulfilment(o) f;

-- Where what is kept is not what the rows say: nowhere.
CREATE VIEW obligation_miscounted WITH (security_invoker) AS
SELECT o.id, o.campaign_code, o.organization_id, o.kind, o.activity_id, d.differences
  FROM obligation o
  JOIN obligation_recounted r ON r.id = o.id
 CROSS JOIN LATERAL (
	SELECT string_agg(format('%s %s → %s', f.field, coalesce(f.stored, '-'), coalesce(f.recounted, '-')), ', ') AS differences
	  FROM (VALUES ('submitted', o.submitted::text, r.submitted::text),
	               ('accepted', o.accepted::text, r.accepted::text),
	               ('received_at', o.received_at::text, r.received_at::text),
	               ('effective_due_at', o.effective_due_at::text, r.effective_due_at::text)) f (field, stored, recounted)
	 WHERE f.stored IS DISTINCT FROM f.recounted) d
 WHERE d.differences IS NOT NULL;

---------------------------------------------------------------------------------------------
-- Counting changes no version, and the trail does not tell of it: what was counted is told there.

DROP TRIGGER row_changed ON obligation;
CREATE TRIGGER row_changed BEFORE UPDATE ON obligation
	FOR EACH ROW WHEN (OLD.ancestors = NEW.ancestors
	                   AND (OLD.submitted, OLD.accepted, OLD.received_at, OLD.effective_due_at)
	                       IS NOT DISTINCT FROM (NEW.submitted, NEW.accepted, NEW.received_at, NEW.effective_due_at))
	EXECUTE FUNCTION row_changed();
DROP TRIGGER change_audited ON obligation;
SELECT audit_changes('obligation', dropped => '{submitted,accepted,received_at,effective_due_at}');

UPDATE obligation o
   SET (submitted, accepted, received_at, effective_due_at) = (r.submitted, r.accepted, r.received_at, r.effective_due_at)
  FROM obligation_recounted r
 WHERE r.id = o.id;
ALTER TABLE obligation
	ALTER COLUMN effective_due_at SET NOT NULL,
	ADD CONSTRAINT submitted__of_highlights CHECK ((kind = 'highlights') = (submitted IS NOT NULL));

-- A new one counts what is there already: a highlight that is submitted again may have its report.
CREATE FUNCTION obligation_made() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	SELECT f.submitted, f.accepted, f.received_at, f.effective_due_at
	  INTO NEW.submitted, NEW.accepted, NEW.received_at, NEW.effective_due_at
	  FROM obligation_fulfilment(NEW) f;
	RETURN NEW;
END
$$;
-- After row_changed, by their names: this is a change.
CREATE TRIGGER tracks_fulfilment BEFORE INSERT OR UPDATE OF required, due_at ON obligation
	FOR EACH ROW EXECUTE FUNCTION obligation_made();

-- What fulfils what one organization owes is counted by one unit at a time: its row of highlights, which every recipient
-- has, is the lock, taken in one order by who counts for many. Only then what others have committed is looked at, by a
-- statement of its own. Nothing that holds another of these rows ever waits for this one.
CREATE FUNCTION recount_obligations(of_campaign text, of_organizations uuid[], of_kinds text[], of_activity uuid DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM
	   FROM obligation o
	  WHERE o.campaign_code = of_campaign AND o.organization_id = ANY (of_organizations) AND o.kind = 'highlights'
	  ORDER BY o.organization_id
	    FOR NO KEY UPDATE;
	UPDATE obligation o
	   SET (submitted, accepted, received_at, effective_due_at) = (r.submitted, r.accepted, r.received_at, r.effective_due_at)
	  FROM obligation_recounted r
	 WHERE o.campaign_code = of_campaign AND o.organization_id = ANY (of_organizations) AND o.kind = ANY (of_kinds)
	   AND (of_activity IS NULL OR o.activity_id = of_activity)
	   AND r.id = o.id AND (o.submitted, o.accepted, o.received_at, o.effective_due_at)
	                       IS DISTINCT FROM (r.submitted, r.accepted, r.received_at, r.effective_due_at);
END
$$;
REVOKE EXECUTE ON FUNCTION recount_obligations FROM sciday_service;

-- Submitted, or withdrawn. Before submission_obliged and withdrawal_released, by their names, which then have the lock.
CREATE FUNCTION history_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM recount_obligations(NEW.campaign_code, ARRAY[NEW.organization_id], ARRAY[CASE
		WHEN NEW.plan_id IS NOT NULL THEN 'plan'
		WHEN NEW.activity_id IS NOT NULL THEN 'highlights'
		ELSE 'summary_report' END], (SELECT r.activity_id FROM summary_report r WHERE r.id = NEW.summary_report_id));
	RETURN NULL;
END
$$;
CREATE TRIGGER fulfilment_counted AFTER INSERT ON submission FOR EACH ROW EXECUTE FUNCTION history_counted();
CREATE TRIGGER fulfilment_counted AFTER INSERT ON review
	FOR EACH ROW WHEN (NEW.action = 'withdraw') EXECUTE FUNCTION history_counted();

-- Accepted, or no longer.
CREATE FUNCTION status_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	IF TG_TABLE_NAME = 'summary_report' THEN
		PERFORM recount_obligations(NEW.campaign_code, ARRAY[NEW.organization_id], '{summary_report}', NEW.activity_id);
	ELSE
		PERFORM recount_obligations(NEW.campaign_code, ARRAY[NEW.organization_id],
		                            ARRAY[CASE TG_TABLE_NAME WHEN 'plan' THEN 'plan' ELSE 'highlights' END]);
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER fulfilment_counted AFTER UPDATE OF status ON plan
	FOR EACH ROW WHEN ((OLD.status = 'accepted') <> (NEW.status = 'accepted')) EXECUTE FUNCTION status_counted();
CREATE TRIGGER fulfilment_counted AFTER UPDATE OF status ON activity
	FOR EACH ROW WHEN (NEW.kind = 'highlight' AND (OLD.status IN ('accepted', 'nominated')) <> (NEW.status IN ('accepted', 'nominated')))
	EXECUTE FUNCTION status_counted();
CREATE TRIGGER fulfilment_counted AFTER UPDATE OF status ON summary_report
	FOR EACH ROW WHEN ((OLD.status = 'accepted') <> (NEW.status = 'accepted')) EXECUTE FUNCTION status_counted();
-- Nothing begins so but by its owner's hand: what was brought in from elsewhere.
CREATE TRIGGER fulfilment_counted_at_once AFTER INSERT ON plan
	FOR EACH ROW WHEN (NEW.status = 'accepted') EXECUTE FUNCTION status_counted();
CREATE TRIGGER fulfilment_counted_at_once AFTER INSERT ON activity
	FOR EACH ROW WHEN (NEW.kind = 'highlight' AND NEW.status IN ('accepted', 'nominated')) EXECUTE FUNCTION status_counted();
CREATE TRIGGER fulfilment_counted_at_once AFTER INSERT ON summary_report
	FOR EACH ROW WHEN (NEW.status = 'accepted') EXECUTE FUNCTION status_counted();

-- The obligation is another one now, and its version says so.
CREATE OR REPLACE FUNCTION notice_receipt_made() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM recount_obligations(o.campaign_code, ARRAY[o.organization_id], '{notice_receipt}')
	   FROM obligation o WHERE o.id = NEW.obligation_id;
	UPDATE obligation SET updated_at = now() WHERE id = NEW.obligation_id;
	RETURN NULL;
END
$$;

-- Put off, many at a time, or no longer.
CREATE FUNCTION extension_given() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM recount_obligations(g.campaign_code, array_agg(g.organization_id), array_agg(DISTINCT g.kind))
	   FROM given g
	  GROUP BY g.campaign_code;
	RETURN NULL;
END
$$;
CREATE TRIGGER extension_given AFTER INSERT ON extension
	REFERENCING NEW TABLE AS given FOR EACH STATEMENT EXECUTE FUNCTION extension_given();

CREATE FUNCTION extension_revoked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM recount_obligations(n.campaign_code, array_agg(n.organization_id), array_agg(DISTINCT n.kind))
	   FROM given g
	   JOIN now_given n ON n.id = g.id
	  WHERE n.revoked_at IS DISTINCT FROM g.revoked_at OR n.due_at <> g.due_at
	  GROUP BY n.campaign_code;
	RETURN NULL;
END
$$;
CREATE TRIGGER extension_revoked AFTER UPDATE ON extension
	REFERENCING OLD TABLE AS given NEW TABLE AS now_given FOR EACH STATEMENT EXECUTE FUNCTION extension_revoked();

---------------------------------------------------------------------------------------------
-- Verdicts, now of what is kept, and how it looks

CREATE OR REPLACE VIEW obligation_due WITH (security_invoker) AS
SELECT o.id, o.campaign_code, o.organization_id, o.kind, o.activity_id, o.required, o.due_at, o.organization_kind, o.counted_ancestors,
       o.waived_at, o.waived_reason, o.version, o.created_at, o.updated_at, o.ancestors, o.effective_due_at
  FROM obligation o;

CREATE OR REPLACE VIEW obligation_judged WITH (security_invoker) AS
SELECT o.id, o.campaign_code, o.organization_id, o.kind, o.activity_id, o.required, o.due_at, o.organization_kind, o.counted_ancestors,
       o.waived_at, o.waived_reason, o.version, o.created_at, o.updated_at, o.ancestors, o.effective_due_at, o.received_at, o.submitted,
       verdict(o.waived_at IS NOT NULL, o.received_at, o.due_at, o.effective_due_at, now()) AS verdict,
       verdict(false, o.received_at, o.due_at, o.due_at, now()) AS original_verdict,
       o.accepted, o.is_accepted
  FROM obligation o;
DROP VIEW obligation_received;

CREATE OR REPLACE VIEW obligation_summary WITH (security_invoker) AS
SELECT o.id, o.campaign_code, o.organization_id, o.organization_kind, o.counted_ancestors, o.kind, o.verdict, o.due_at,
       json_build_object(
           'id', o.id, 'campaign_code', o.campaign_code, 'organization', r.reference, 'kind', o.kind,
           'activity', (SELECT json_build_object('id', a.id, 'title', a.title) FROM activity a WHERE a.id = o.activity_id),
           'required', o.required, 'submitted', o.submitted, 'surplus', greatest(o.submitted - o.required, 0), 'accepted', o.accepted,
           'due_at', instant(o.due_at), 'due_on', due_date(o.due_at, c.time_zone),
           'effective_due_at', instant(o.effective_due_at), 'effective_due_on', due_date(o.effective_due_at, c.time_zone),
           'time_zone', c.time_zone,
           'received_at', instant(o.received_at), 'is_accepted', o.is_accepted, 'verdict', o.verdict, 'original_verdict', o.original_verdict,
           'waived_at', instant(o.waived_at), 'waived_reason', o.waived_reason,
           'version', o.version, 'created_at', instant(o.created_at), 'updated_at', instant(o.updated_at))::text AS summary,
       o.is_accepted
  FROM obligation_judged o
  JOIN organization_reference r ON r.id = o.organization_id
  JOIN campaign c ON c.code = o.campaign_code;

CREATE OR REPLACE VIEW obligation_body WITH (security_invoker) AS
SELECT o.id, o.version, o.campaign_code, o.organization_id, o.organization_kind, o.ancestors, o.counted_ancestors, o.kind, o.verdict,
       o.due_at, o.effective_due_at,
       json_build_object(
           'id', o.id, 'campaign_code', o.campaign_code, 'organization', r.reference, 'kind', o.kind,
           'activity', (SELECT json_build_object('id', a.id, 'title', a.title) FROM activity a WHERE a.id = o.activity_id),
           'required', o.required, 'submitted', o.submitted, 'surplus', greatest(o.submitted - o.required, 0), 'accepted', o.accepted,
           'due_at', instant(o.due_at), 'due_on', due_date(o.due_at, c.time_zone),
           'effective_due_at', instant(o.effective_due_at), 'effective_due_on', due_date(o.effective_due_at, c.time_zone),
           'time_zone', c.time_zone,
           'received_at', instant(o.received_at), 'is_accepted', o.is_accepted, 'verdict', o.verdict, 'original_verdict', o.original_verdict,
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

---------------------------------------------------------------------------------------------
-- What lists are filtered by, to show what a report's figure counted: the kind of the organization, the city that it
-- belongs to, and whether a correction that was asked for is overdue.

CREATE INDEX organization_cities ON organization (id) WHERE kind = 'city_association';

CREATE FUNCTION is_correction_overdue(status text, correction_due_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN status = 'returned' AND coalesce(now() >= correction_due_at, false);

CREATE OR REPLACE VIEW plan_summary WITH (security_invoker) AS
SELECT json_build_object(
           'id', p.id, 'campaign_code', p.campaign_code,
           'organization', json_build_object('id', o.id, 'code', o.code, 'name', o.name), 'title', p.title, 'status', p.status,
           'submission_count', p.submission_count, 'submitted_at', instant(p.submitted_at),
           'created_at', instant(p.created_at), 'updated_at', instant(p.updated_at))::text AS summary,
       p.id, p.campaign_code, p.organization_id, o.kind AS organization_kind, p.status, p.created_at,
       is_correction_overdue(p.status, p.correction_due_at) AS is_correction_overdue
  FROM plan p
  JOIN organization o ON o.id = p.organization_id;

-- The city is the nearest one from the organization upwards.
CREATE OR REPLACE VIEW activity_summary WITH (security_invoker) AS
SELECT a.summary_head || ', "organization" : ' || o.reference::text || ', "phase" : ' || coalesce((
           SELECT p.ordinal FROM phase p
            WHERE p.campaign_code = a.campaign_code AND a.starts_on BETWEEN p.starts_on AND p.ends_on)::text, 'null') ||
       ', "execution_reason" : ' || coalesce(to_json(a.execution_reason)::text, 'null') ||
       ', "postponed_to" : ' || CASE WHEN a.postponed_starts_on IS NOT NULL THEN
           json_build_object('starts_on', a.postponed_starts_on, 'ends_on', a.postponed_ends_on)::text ELSE 'null' END || '}' AS summary,
       a.id, a.campaign_code, a.organization_id, a.kind, a.status, a.modules, a.audiences,
       a.starts_on_or_last, a.starts_on_or_first, a.created_at, a.execution,
       o.kind AS organization_kind, (
           SELECT c.id FROM organization c
            WHERE c.id = ANY (o.ancestors) AND c.kind = 'city_association'
            ORDER BY cardinality(c.ancestors) DESC
            LIMIT 1) AS city_id,
       is_correction_overdue(a.status, a.correction_due_at) AS is_correction_overdue
  FROM activity a
  JOIN organization o ON o.id = a.organization_id;

CREATE OR REPLACE VIEW summary_report_summary WITH (security_invoker) AS
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
