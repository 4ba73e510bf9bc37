-- What each recipient owes, by when, and how it was fulfilled: what is kept of that stands in the obligation's row, so that a
-- million of them can be summed. What depends on the hour, the verdict, is derived, and what does not is summed beside them.

-- The denominators of every report. organization_kind and counted_ancestors stay as they were
-- when it was made, so that a later change of the hierarchy moves no past figure; ancestors,
-- which decide who sees it, move along.
CREATE TABLE obligation (
	id uuid PRIMARY KEY DEFAULT uuid_v7(),
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	kind text NOT NULL,
	activity_id uuid CONSTRAINT activity_id__unknown REFERENCES activity ON DELETE RESTRICT,
	required integer NOT NULL,
	due_at timestamptz NOT NULL,
	effective_due_at timestamptz NOT NULL,  -- with the extension given last
	submitted integer,                      -- of highlights: how many stand
	accepted integer NOT NULL DEFAULT 0,    -- highlights accepted or nominated; of anything else 0 or 1
	received_at timestamptz,
	is_accepted boolean NOT NULL GENERATED ALWAYS AS (received_at IS NOT NULL AND accepted >= required) STORED,
	organization_kind text NOT NULL,
	counted_ancestors uuid[] NOT NULL,
	waived_at timestamptz,
	waived_reason text,
	waived_by uuid CONSTRAINT waived_by__unknown REFERENCES account ON DELETE RESTRICT,
	waived_by_name text,
	is_waived_by_cancelling boolean NOT NULL DEFAULT false,
	version integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	ancestors uuid[] NOT NULL,
	CONSTRAINT obligation__kind__taken UNIQUE NULLS NOT DISTINCT (campaign_code, organization_id, kind, activity_id),
	CONSTRAINT kind__not_allowed_value CHECK (kind IN ('notice_receipt', 'plan', 'highlights', 'summary_report')),
	CONSTRAINT activity_id_of_summary_reports CHECK ((kind = 'summary_report') = (activity_id IS NOT NULL)),
	CONSTRAINT required__range CHECK (required BETWEEN 0 AND 100),
	CONSTRAINT submitted_of_highlights CHECK ((kind = 'highlights') = (submitted IS NOT NULL)),
	CONSTRAINT waived_reason__required CHECK ((waived_at IS NULL) = (waived_reason IS NULL)),
	CONSTRAINT waived_reason__length CHECK (length(waived_reason) BETWEEN 1 AND 500),
	CONSTRAINT is_waived_by_cancelling_of_waived CHECK (waived_at IS NOT NULL OR NOT is_waived_by_cancelling)
);
CREATE INDEX obligation_by_due ON obligation (campaign_code, due_at, id);
CREATE INDEX obligation_by_organization ON obligation (organization_id, campaign_code);
CREATE INDEX obligation_by_activity ON obligation (activity_id);
CREATE INDEX obligation_by_receipt ON obligation (campaign_code, received_at);
CREATE INDEX obligation_of_recipient ON obligation (campaign_code) INCLUDE (kind, organization_id, received_at, submitted, counted_ancestors)
	WHERE activity_id IS NULL;
CREATE INDEX obligation_late ON obligation (organization_id, campaign_code)
	INCLUDE (kind, organization_kind, counted_ancestors, ancestors, received_at, effective_due_at)
	WHERE waived_at IS NULL AND received_at >= effective_due_at;
SELECT track_ancestors('obligation');
-- Counting changes no version, and the trail does not tell of it: what was counted is told there. (row_changed comes before
-- tracks_fulfilment, by its name: a new due date is a change, and what is then counted anew is not looked at.)
SELECT track_changes('obligation', 'OLD.ancestors = NEW.ancestors AND (OLD.submitted, OLD.accepted, OLD.received_at, OLD.effective_due_at)'
                     ' IS NOT DISTINCT FROM (NEW.submitted, NEW.accepted, NEW.received_at, NEW.effective_due_at)');
SELECT audit_changes('obligation', dropped => '{submitted,accepted,received_at,effective_due_at}');
GRANT SELECT ON obligation TO sciday_service;
GRANT UPDATE (waived_at, waived_reason, waived_by) ON obligation TO sciday_service;
CREATE TRIGGER signed_waived BEFORE UPDATE OF waived_by ON obligation FOR EACH ROW EXECUTE FUNCTION signed('waived_by');

CREATE FUNCTION obligation_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	NEW.counted_ancestors := NEW.ancestors;
	SELECT kind INTO NEW.organization_kind FROM organization WHERE id = NEW.organization_id;
	RETURN NEW;
END
$$;
-- After tracks_ancestors, by its name.
CREATE TRIGGER tracks_counted BEFORE INSERT ON obligation FOR EACH ROW EXECUTE FUNCTION obligation_counted();

-- What a recipient of an issued notice owes: the receipt only if the campaign says by when.
CREATE FUNCTION make_obligations(for_campaign text, of_recipients uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	INSERT INTO obligation (campaign_code, organization_id, kind, required, due_at)
	SELECT c.code, r.id, k.kind, k.required, k.due_at
	  FROM campaign c
	 CROSS JOIN unnest(of_recipients) r (id)
	 CROSS JOIN LATERAL (VALUES ('notice_receipt', 1, c.notice_receipt_due_at),
	                            ('plan', 1, c.plan_due_at),
	                            ('highlights', c.minimum_highlights, c.highlight_due_at)) k (kind, required, due_at)
	 WHERE c.code = for_campaign AND c.status = 'open' AND k.due_at IS NOT NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION make_obligations FROM sciday_service;

CREATE FUNCTION campaign_opened() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM make_obligations(NEW.code, ARRAY( -- in the order of the index that leads to this campaign's alone
		SELECT r.organization_id FROM recipient r WHERE r.campaign_code = NEW.code ORDER BY r.organization_id));
	RETURN NULL;
END
$$;
CREATE TRIGGER campaign_opened AFTER UPDATE OF status ON campaign
	FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status = 'open') EXECUTE FUNCTION campaign_opened();

-- Submitting a highlight makes it owe a summary report; withdrawing the last of its submissions takes that back.
CREATE FUNCTION submission_obliged() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	INSERT INTO obligation (campaign_code, organization_id, kind, activity_id, required, due_at)
	SELECT NEW.campaign_code, NEW.organization_id, 'summary_report', NEW.subject_id, 1, c.summary_due_at
	  FROM campaign c
	 WHERE c.code = NEW.campaign_code
	   AND NOT EXISTS (SELECT FROM obligation o WHERE o.activity_id = NEW.subject_id);
	RETURN NULL;
END
$$;
-- After fulfilment_counted, by its name, which has taken the organization's lock.
CREATE TRIGGER submission_obliged AFTER INSERT ON submission
	FOR EACH ROW WHEN (NEW.resource = 'activity') EXECUTE FUNCTION submission_obliged();

CREATE FUNCTION withdrawal_released() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	DELETE FROM obligation o
	 WHERE o.activity_id = NEW.subject_id
	   AND NOT EXISTS (SELECT FROM standing_submission s WHERE s.subject_id = NEW.subject_id);
	RETURN NULL;
END
$$;
-- After fulfilment_counted, by its name, which has taken the organization's lock.
CREATE TRIGGER withdrawal_released AFTER INSERT ON review
	FOR EACH ROW WHEN (NEW.action = 'withdraw' AND NEW.resource = 'activity') EXECUTE FUNCTION withdrawal_released();

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
SELECT track_ancestors('notice_receipt');
SELECT track_changes('notice_receipt');
SELECT audit_changes('notice_receipt');
GRANT SELECT ON notice_receipt TO sciday_service;
GRANT INSERT (obligation_id, acknowledged_by) ON notice_receipt TO sciday_service;
CREATE TRIGGER signed BEFORE INSERT ON notice_receipt FOR EACH ROW EXECUTE FUNCTION signed('acknowledged_by');

CREATE FUNCTION notice_receipt_placed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	SELECT o.organization_id INTO NEW.organization_id FROM obligation o WHERE o.id = NEW.obligation_id AND o.kind = 'notice_receipt';
	RETURN NEW;
END
$$;
-- Before tracks_ancestors, by its name.
CREATE TRIGGER placed BEFORE INSERT ON notice_receipt FOR EACH ROW EXECUTE FUNCTION notice_receipt_placed();

-- The obligation is another one now, and its version says so.
CREATE FUNCTION notice_receipt_made() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM recount_obligations(o.campaign_code, ARRAY[o.organization_id], '{notice_receipt}')
	   FROM obligation o WHERE o.id = NEW.obligation_id;
	UPDATE obligation SET updated_at = now() WHERE id = NEW.obligation_id;
	RETURN NULL;
END
$$;
CREATE TRIGGER notice_receipt_made AFTER INSERT ON notice_receipt FOR EACH ROW EXECUTE FUNCTION notice_receipt_made();

---------------------------------------------------------------------------------------------
-- Extensions. What one operation gives to many is one batch. They and waivers are the campaign's to give:
-- an administrator of one recipient cannot put off what the issuer asked of it.

-- A later due instant for one organization's obligations of one kind. The original one stays,
-- the extension given last rules, and a mistaken one is revoked, not deleted.
CREATE TABLE extension (
	id uuid CONSTRAINT extension__id__taken PRIMARY KEY DEFAULT uuid_v7(),
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign (code) ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ancestors uuid[] NOT NULL,
	batch_id uuid NOT NULL DEFAULT uuid_v7(),
	kind text NOT NULL,
	due_at timestamptz NOT NULL,
	reason text NOT NULL,
	given_by uuid NOT NULL CONSTRAINT given_by__unknown REFERENCES account ON DELETE RESTRICT,
	given_by_name text NOT NULL,
	given_at timestamptz NOT NULL DEFAULT now(),
	revoked_by uuid CONSTRAINT revoked_by__unknown REFERENCES account ON DELETE RESTRICT,
	revoked_by_name text,
	revoked_at timestamptz,
	revoked_reason text,
	version integer NOT NULL DEFAULT 1,
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT kind__not_allowed_value CHECK (kind IN ('notice_receipt', 'plan', 'highlights', 'summary_report')),
	CONSTRAINT reason__length CHECK (length(reason) BETWEEN 1 AND 500),
	CONSTRAINT revoked_reason__length CHECK (length(revoked_reason) BETWEEN 1 AND 500),
	CONSTRAINT revoked_at_with_revoked_by CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX extension_by_organization ON extension (organization_id, campaign_code, kind, given_at, id);
CREATE INDEX extension_by_time ON extension (campaign_code, given_at, id);
CREATE INDEX extension_by_batch ON extension (batch_id);
SELECT track_ancestors('extension');
SELECT track_changes('extension');
SELECT audit_changes('extension');
GRANT SELECT ON extension TO sciday_service;
GRANT INSERT (campaign_code, organization_id, kind, due_at, reason, given_by, batch_id) ON extension TO sciday_service;
GRANT UPDATE (revoked_at, revoked_by, revoked_reason) ON extension TO sciday_service;
CREATE TRIGGER signed_given BEFORE INSERT ON extension FOR EACH ROW EXECUTE FUNCTION signed('given_by');
CREATE TRIGGER signed_revoked BEFORE UPDATE OF revoked_by ON extension FOR EACH ROW EXECUTE FUNCTION signed('revoked_by');

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
-- Fulfilment, from scratch: highlights when the required number had been handed in, what is owed once when it was first,
-- each by a submission that was not withdrawn; a receipt when it was given. The extension given last puts it off.

-- What a subject of this resource fulfils.
CREATE FUNCTION obligation_kind(resource text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE resource WHEN 'activity' THEN 'highlights' ELSE resource END;

CREATE FUNCTION obligation_fulfilment(o obligation)
RETURNS TABLE (submitted integer, accepted integer, received_at timestamptz, effective_due_at timestamptz)
LANGUAGE sql STABLE
AS $$
	SELECT CASE o.kind WHEN 'highlights' THEN h.submitted END, CASE o.kind
		WHEN 'notice_receipt' THEN (
			SELECT count(*)::integer FROM notice_receipt n WHERE n.obligation_id = o.id)
		WHEN 'highlights' THEN (
			SELECT count(*)::integer FROM activity a
			 WHERE a.organization_id = o.organization_id AND a.campaign_code = o.campaign_code AND a.kind = 'highlight'
			   AND a.status IN ('accepted', 'nominated'))
		WHEN 'summary_report' THEN (
			SELECT count(*)::integer FROM summary_report r WHERE r.activity_id = o.activity_id AND r.status = 'accepted')
		ELSE (
			SELECT count(*)::integer FROM subject_life l
			 WHERE l.resource = o.kind AND l.organization_id = o.organization_id AND l.campaign_code = o.campaign_code AND l.status = 'accepted')
	END, CASE o.kind
		WHEN 'notice_receipt' THEN (
			SELECT n.acknowledged_at FROM notice_receipt n WHERE n.obligation_id = o.id)
		WHEN 'highlights' THEN CASE o.required WHEN 0 THEN o.created_at ELSE h.submitted_at[o.required] END
		WHEN 'summary_report' THEN (
			SELECT min(s.submitted_at) FROM standing_submission s
			 WHERE s.subject_id = (SELECT r.id FROM summary_report r WHERE r.activity_id = o.activity_id))
		ELSE (
			SELECT min(s.submitted_at) FROM standing_submission s
			 WHERE s.organization_id = o.organization_id AND s.campaign_code = o.campaign_code AND s.resource = o.kind)
	END, coalesce((
		SELECT e.due_at FROM extension e
		 WHERE (e.organization_id, e.campaign_code, e.kind) = (o.organization_id, o.campaign_code, o.kind) AND e.revoked_at IS NULL
		 ORDER BY e.given_at DESC, e.id DESC
		 LIMIT 1), o.due_at)
	  FROM (SELECT count(*)::integer AS submitted, array_agg(s.submitted_at ORDER BY s.submitted_at) AS submitted_at
	          FROM standing_highlight s
	         WHERE o.kind = 'highlights' AND s.organization_id = o.organization_id AND s.campaign_code = o.campaign_code) h
$$;

CREATE VIEW obligation_recounted WITH (security_invoker) AS
SELECT o.id, f.submitted, f.accepted, f.received_at, f.effective_due_at
  FROM obligation o
 CROSS JOIN LATERAL obligation_fulfilment(o) f;

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
-- After tracks_ancestors and tracks_counted, by its name, and after row_changed: a new due date is a change of the row.
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
	-- (OFFSET 0: found by these keys, and each counted once, whatever the planner thinks of the rest of the table.)
	UPDATE obligation o
	   SET (submitted, accepted, received_at, effective_due_at) = (r.submitted, r.accepted, r.received_at, r.effective_due_at)
	  FROM (SELECT n.id, f.submitted, f.accepted, f.received_at, f.effective_due_at
	          FROM obligation n
	         CROSS JOIN LATERAL (SELECT f.* FROM obligation_fulfilment(n) f OFFSET 0) f
	         WHERE n.campaign_code = of_campaign AND n.organization_id = ANY (of_organizations) AND n.kind = ANY (of_kinds)
	           AND (of_activity IS NULL OR n.activity_id = of_activity)
	        OFFSET 0) r
	 WHERE o.id = r.id AND (o.submitted, o.accepted, o.received_at, o.effective_due_at)
	                       IS DISTINCT FROM (r.submitted, r.accepted, r.received_at, r.effective_due_at);
END
$$;
REVOKE EXECUTE ON FUNCTION recount_obligations FROM sciday_service;

-- Of what a subject fulfils: a summary report, what its activity owes.
CREATE FUNCTION recount_owed(resource text, subject_id uuid, campaign_code text, organization_id uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM recount_obligations(campaign_code, ARRAY[organization_id], ARRAY[obligation_kind(resource)],
	                            (SELECT r.activity_id FROM summary_report r WHERE r.id = subject_id));
END
$$;
REVOKE EXECUTE ON FUNCTION recount_owed FROM sciday_service;

-- Submitted, or withdrawn. (Accepted, or no longer: sql/tables/300_workflow.sql.)
CREATE FUNCTION history_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM recount_owed(NEW.resource, NEW.subject_id, NEW.campaign_code, NEW.organization_id);
	RETURN NULL;
END
$$;
-- Before submission_obliged and withdrawal_released, by its name, which then have the lock.
CREATE TRIGGER fulfilment_counted AFTER INSERT ON submission FOR EACH ROW EXECUTE FUNCTION history_counted();
CREATE TRIGGER fulfilment_counted AFTER INSERT ON review
	FOR EACH ROW WHEN (NEW.action = 'withdraw') EXECUTE FUNCTION history_counted();

---------------------------------------------------------------------------------------------
-- Waivers 「免报」: on the obligation, with a reason, and taken back when mistaken. What will not take place owes no report: that
-- waiver has the cancellation's reason and is signed by whoever cancelled, who need not be one to waive anything else; going
-- back on the one takes back the other, but no waiver that was given by hand.

CREATE FUNCTION waive_cancelled(of_activity uuid, by_account uuid) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	UPDATE obligation o
	   SET waived_at = now(), waived_reason = a.execution_reason, waived_by = by_account, is_waived_by_cancelling = true
	  FROM activity a
	 WHERE a.id = of_activity AND o.activity_id = a.id AND o.waived_at IS NULL;
END
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
	IF EXISTS (SELECT FROM activity a WHERE a.id = NEW.activity_id AND a.execution = 'cancelled') THEN
		PERFORM waive_cancelled(NEW.activity_id, (
			SELECT r.by_user FROM review r
			 WHERE r.subject_id = NEW.activity_id AND r.action = 'cancel'
			 ORDER BY r.reviewed_at DESC, r.id DESC
			 LIMIT 1));
	END IF;
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

---------------------------------------------------------------------------------------------
-- Sums 「汇总」. A report is about all that is owed; what it adds up is a row or two for each organization and kind, and not each
-- of a hundred thousand reports on highlights. They are kept by difference, in the transaction that changes an obligation.

CREATE FUNCTION verdict(is_waived boolean, received_at timestamptz, due_at timestamptz, effective_due_at timestamptz, at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
	WHEN is_waived THEN 'waived'
	WHEN received_at IS NULL AND (effective_due_at IS NULL OR at < effective_due_at) THEN 'pending'
	WHEN received_at IS NULL THEN 'overdue'
	WHEN due_at IS NULL OR received_at < due_at THEN 'on_time'
	WHEN received_at < effective_due_at THEN 'extended_on_time'
	ELSE 'late' END;

-- `standing` is the verdict before the hour matters: what is pending until effective_due_at is overdue from then on.
CREATE TABLE obligation_tally (
	campaign_code text,
	organization_id uuid,
	kind text,
	standing text,
	effective_due_at timestamptz,
	organization_kind text,
	counted_ancestors uuid[],
	ancestors uuid[],
	number integer NOT NULL,
	accepted integer NOT NULL,
	required integer NOT NULL,
	submitted integer NOT NULL,
	surplus integer NOT NULL,
	PRIMARY KEY (campaign_code, organization_id, kind, standing, effective_due_at, organization_kind, counted_ancestors, ancestors)
);
GRANT SELECT ON obligation_tally TO sciday_service;

CREATE FUNCTION obligation_sums(obligations obligation[]) RETURNS SETOF obligation_tally
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
	SELECT o.campaign_code, o.organization_id, o.kind, verdict(o.waived_at IS NOT NULL, o.received_at, o.due_at, o.effective_due_at, '-infinity'),
	       o.effective_due_at, o.organization_kind, o.counted_ancestors, o.ancestors, count(*), count(*) FILTER (WHERE o.is_accepted), sum(o.required),
	       coalesce(sum(o.submitted), 0), coalesce(sum(greatest(o.submitted - o.required, 0)), 0)
	  FROM unnest(obligations) o
	 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
$$;

-- Of one organization. Whoever comes here holds the rows of the obligations, and takes those of the sums in one order.
CREATE FUNCTION tally_obligations(added obligation[], taken obligation[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	INSERT INTO obligation_tally AS t
	SELECT d.campaign_code, d.organization_id, d.kind, d.standing, d.effective_due_at, d.organization_kind, d.counted_ancestors, d.ancestors,
	       sum(d.sign * d.number), sum(d.sign * d.accepted), sum(d.sign * d.required), sum(d.sign * d.submitted), sum(d.sign * d.surplus)
	  FROM (SELECT 1 AS sign, a.* FROM obligation_sums(added) a
	        UNION ALL
	        SELECT -1, w.* FROM obligation_sums(taken) w) d
	 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
	HAVING (sum(d.sign * d.number), sum(d.sign * d.accepted), sum(d.sign * d.required), sum(d.sign * d.submitted), sum(d.sign * d.surplus)) <> (0, 0, 0, 0, 0)
	 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
	    ON CONFLICT ON CONSTRAINT obligation_tally_pkey DO UPDATE
	   SET (number, accepted, required, submitted, surplus) = (t.number + EXCLUDED.number, t.accepted + EXCLUDED.accepted, t.required + EXCLUDED.required,
	                                                           t.submitted + EXCLUDED.submitted, t.surplus + EXCLUDED.surplus);
	DELETE FROM obligation_tally t
	 WHERE (t.campaign_code, t.organization_id) IN (SELECT w.campaign_code, w.organization_id FROM unnest(taken) w) AND t.number = 0;
END
$$;
REVOKE EXECUTE ON FUNCTION tally_obligations FROM sciday_service;

CREATE FUNCTION obligations_tallied() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	IF TG_OP = 'INSERT' THEN
		PERFORM tally_obligations(array_agg(ROW(n.*)::obligation), NULL) FROM now_owed n GROUP BY n.campaign_code, n.organization_id ORDER BY n.campaign_code, n.organization_id;
	ELSIF TG_OP = 'DELETE' THEN
		PERFORM tally_obligations(NULL, array_agg(ROW(w.*)::obligation)) FROM was_owed w GROUP BY w.campaign_code, w.organization_id ORDER BY w.campaign_code, w.organization_id;
	ELSE
		PERFORM tally_obligations(array_agg(ROW(n.*)::obligation), array_agg(ROW(w.*)::obligation))
		   FROM now_owed n
		   JOIN was_owed w ON w.id = n.id
		  GROUP BY n.campaign_code, n.organization_id
		  ORDER BY n.campaign_code, n.organization_id;
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER tallied_new AFTER INSERT ON obligation
	REFERENCING NEW TABLE AS now_owed FOR EACH STATEMENT EXECUTE FUNCTION obligations_tallied();
CREATE TRIGGER tallied AFTER UPDATE ON obligation
	REFERENCING OLD TABLE AS was_owed NEW TABLE AS now_owed FOR EACH STATEMENT EXECUTE FUNCTION obligations_tallied();
CREATE TRIGGER tallied_gone AFTER DELETE ON obligation
	REFERENCING OLD TABLE AS was_owed FOR EACH STATEMENT EXECUTE FUNCTION obligations_tallied();

-- From scratch, and that put in its place. Whoever is at work on an obligation waits, or is done and seen.
CREATE VIEW obligation_tally_recounted WITH (security_invoker) AS
SELECT s.*
  FROM (SELECT array_agg(o) AS obligations FROM obligation o GROUP BY o.campaign_code, o.organization_id) n
 CROSS JOIN LATERAL obligation_sums(n.obligations) s;

CREATE FUNCTION retally_obligations(of_campaign text, of_organization uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	LOCK TABLE obligation_tally IN SHARE ROW EXCLUSIVE MODE;
	DELETE FROM obligation_tally t WHERE (t.campaign_code, t.organization_id) = (of_campaign, of_organization);
	INSERT INTO obligation_tally
	SELECT s.*
	  FROM obligation_sums(ARRAY(
		SELECT o FROM obligation o WHERE (o.campaign_code, o.organization_id) = (of_campaign, of_organization))) s;
END
$$;
REVOKE EXECUTE ON FUNCTION retally_obligations FROM sciday_service;
