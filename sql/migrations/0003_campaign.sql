-- A campaign and what its notice says: phases, modules, recipients, and what each of them owes.

---------------------------------------------------------------------------------------------
-- Campaigns

CREATE TYPE campaign_contact AS (name text, office_phone text, mobile text, fax text, email text);
CREATE TYPE national_platform AS (name text, url text);
CREATE TYPE coded_name AS (code text, name text);

CREATE TABLE campaign (
	code text CONSTRAINT campaign__code__taken PRIMARY KEY,
	title text NOT NULL,
	theme text,
	edition integer,
	festival_date date,
	document_number text,
	issuer_id uuid NOT NULL CONSTRAINT issuer_id__unknown REFERENCES organization ON DELETE RESTRICT,
	issued_on date,
	printed_on date,
	contact campaign_contact,
	time_zone text NOT NULL DEFAULT 'Asia/Shanghai',
	starts_on date NOT NULL,
	ends_on date NOT NULL,
	notice_receipt_due_on date,
	plan_due_on date NOT NULL,
	highlight_due_on date NOT NULL,
	summary_due_on date NOT NULL,
	minimum_highlights integer NOT NULL DEFAULT 3,
	highlight_text_limit integer NOT NULL DEFAULT 500,
	highlight_text_limit_strict boolean NOT NULL DEFAULT false,
	modules_open boolean NOT NULL DEFAULT true,
	late_submissions text NOT NULL DEFAULT 'accepted',
	national_platform national_platform,
	audiences coded_name[] NOT NULL DEFAULT '{}',
	award_categories coded_name[] NOT NULL DEFAULT '{}',
	status text NOT NULL DEFAULT 'draft',
	opened_at timestamptz,
	closed_at timestamptz,
	version integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	-- The issuer's.
	ancestors uuid[] NOT NULL,
	notice_receipt_due_at timestamptz GENERATED ALWAYS AS (due_instant(notice_receipt_due_on, time_zone)) STORED,
	plan_due_at timestamptz NOT NULL GENERATED ALWAYS AS (due_instant(plan_due_on, time_zone)) STORED,
	highlight_due_at timestamptz NOT NULL GENERATED ALWAYS AS (due_instant(highlight_due_on, time_zone)) STORED,
	summary_due_at timestamptz NOT NULL GENERATED ALWAYS AS (due_instant(summary_due_on, time_zone)) STORED,
	CONSTRAINT code__pattern_mismatch CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,30}$'),
	CONSTRAINT title__length CHECK (length(title) BETWEEN 1 AND 100),
	CONSTRAINT theme__length CHECK (length(theme) BETWEEN 1 AND 100),
	CONSTRAINT document_number__length CHECK (length(document_number) BETWEEN 1 AND 50),
	CONSTRAINT edition__range CHECK (edition BETWEEN 1 AND 1000),
	CONSTRAINT ends_on__before_start CHECK (ends_on >= starts_on),
	CONSTRAINT notice_receipt_due_on__after_end CHECK (notice_receipt_due_on <= ends_on),
	CONSTRAINT plan_due_on__after_end CHECK (plan_due_on <= ends_on),
	CONSTRAINT highlight_due_on__after_end CHECK (highlight_due_on <= ends_on),
	CONSTRAINT summary_due_on__before_highlights CHECK (summary_due_on >= highlight_due_on),
	CONSTRAINT minimum_highlights__range CHECK (minimum_highlights BETWEEN 0 AND 100),
	CONSTRAINT highlight_text_limit__range CHECK (highlight_text_limit BETWEEN 1 AND 10000),
	CONSTRAINT late_submissions__not_allowed_value CHECK (late_submissions IN ('accepted', 'refused')),
	CONSTRAINT audiences__too_many_items CHECK (cardinality(audiences) <= 50),
	CONSTRAINT award_categories__too_many_items CHECK (cardinality(award_categories) <= 50),
	CONSTRAINT status__not_allowed_value CHECK (status IN ('draft', 'open', 'closed')),
	CONSTRAINT opened_at__of_status CHECK ((status = 'draft') = (opened_at IS NULL)),
	CONSTRAINT closed_at__of_status CHECK ((status = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX campaign_by_start ON campaign (starts_on, code);
CREATE INDEX campaign_by_issuer ON campaign (issuer_id);
SELECT track_ancestors('campaign', link => 'issuer_id');
SELECT track_changes('campaign');

ALTER TABLE campaign ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON campaign TO sciday_service;
GRANT INSERT (code, title, theme, edition, festival_date, document_number, issuer_id, issued_on, printed_on, contact, time_zone, starts_on,
	ends_on, notice_receipt_due_on, plan_due_on, highlight_due_on, summary_due_on, minimum_highlights, highlight_text_limit,
	highlight_text_limit_strict, modules_open, late_submissions, national_platform, audiences, award_categories)
	ON campaign TO sciday_service;
GRANT UPDATE (title, theme, edition, festival_date, document_number, issuer_id, issued_on, printed_on, contact, time_zone, starts_on,
	ends_on, notice_receipt_due_on, plan_due_on, highlight_due_on, summary_due_on, minimum_highlights, highlight_text_limit,
	highlight_text_limit_strict, modules_open, late_submissions, national_platform, audiences, award_categories, status, opened_at,
	closed_at) ON campaign TO sciday_service;
CREATE POLICY anyone_reads_issued ON campaign FOR SELECT USING (status <> 'draft');
CREATE POLICY administrator_reads ON campaign FOR SELECT USING (ancestors && (SELECT caller_scope('administrator')));
CREATE POLICY administrator_creates ON campaign FOR INSERT WITH CHECK (ancestors && (SELECT caller_scope('administrator')));
CREATE POLICY administrator_changes ON campaign FOR UPDATE
	USING (ancestors && (SELECT caller_scope('administrator')))
	WITH CHECK (ancestors && (SELECT caller_scope('administrator')));
CREATE POLICY administrator_deletes ON campaign FOR DELETE
	USING (status = 'draft' AND ancestors && (SELECT caller_scope('administrator')));

-- Why the caller may not edit what belongs to a campaign that they see; null if they may.
CREATE FUNCTION campaign_refusal(campaign_status text, campaign_ancestors uuid[]) RETURNS text
LANGUAGE sql STABLE
RETURN CASE
	WHEN campaign_status = 'closed' THEN 'campaign_closed'
	WHEN NOT coalesce(campaign_ancestors && caller_scope('administrator'), false) THEN 'role_not_held_here'
END;

CREATE FUNCTION campaign_refusal(campaign_code text) RETURNS text
LANGUAGE sql STABLE
RETURN (SELECT campaign_refusal(c.status, c.ancestors) FROM campaign c WHERE c.code = campaign_code);

CREATE FUNCTION campaign_actions(campaign_status text, campaign_ancestors uuid[]) RETURNS json
LANGUAGE sql STABLE
RETURN CASE
	WHEN campaign_refusal(campaign_status, campaign_ancestors) IS NOT NULL THEN '[]'::json
	WHEN campaign_status = 'draft' THEN '["open"]'
	ELSE '["close"]'
END;

-- The campaign to add something to: no row if the caller does not see it, and a refusal if they may not edit it.
CREATE FUNCTION editable_campaign(code text) RETURNS SETOF campaign
LANGUAGE plpgsql VOLATILE ROWS 1
AS $$
DECLARE
	refusal text := campaign_refusal(code);
BEGIN
	IF refusal IS NOT NULL THEN
		PERFORM refuse(refusal);
	END IF;
	RETURN QUERY SELECT * FROM campaign c WHERE c.code = editable_campaign.code;
END
$$;

---------------------------------------------------------------------------------------------
-- Phases and modules

CREATE TABLE phase (
	id uuid CONSTRAINT phase__id__taken PRIMARY KEY,
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign ON DELETE CASCADE,
	ordinal integer NOT NULL,
	name text NOT NULL,
	starts_on date NOT NULL,
	ends_on date NOT NULL,
	focus text,
	version integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT phase__ordinal__taken UNIQUE (campaign_code, ordinal),
	CONSTRAINT ordinal__range CHECK (ordinal BETWEEN 1 AND 100),
	CONSTRAINT name__length CHECK (length(name) BETWEEN 1 AND 50),
	CONSTRAINT focus__length CHECK (length(focus) BETWEEN 1 AND 200),
	CONSTRAINT ends_on__before_start CHECK (ends_on >= starts_on),
	CONSTRAINT phases_overlap EXCLUDE USING gist (campaign_code WITH =, daterange(starts_on, ends_on, '[]') WITH &&)
);
SELECT track_changes('phase');

CREATE TABLE module (
	id uuid CONSTRAINT module__id__taken PRIMARY KEY,
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign ON DELETE CASCADE,
	ordinal integer NOT NULL,
	code text NOT NULL,
	name text NOT NULL,
	focus text,
	version integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT module__ordinal__taken UNIQUE (campaign_code, ordinal),
	CONSTRAINT module__code__taken UNIQUE (campaign_code, code),
	CONSTRAINT ordinal__range CHECK (ordinal BETWEEN 1 AND 100),
	CONSTRAINT code__pattern_mismatch CHECK (code ~ '^[a-z][a-z0-9_]{0,30}$'),
	CONSTRAINT name__length CHECK (length(name) BETWEEN 1 AND 50),
	CONSTRAINT focus__length CHECK (length(focus) BETWEEN 1 AND 200)
);
SELECT track_changes('module');

-- They are as visible as their campaign, and their campaign's administrators'.
ALTER TABLE phase ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON phase TO sciday_service;
GRANT INSERT (id, campaign_code, ordinal, name, starts_on, ends_on, focus) ON phase TO sciday_service;
GRANT UPDATE (ordinal, name, starts_on, ends_on, focus) ON phase TO sciday_service;
CREATE POLICY as_its_campaign ON phase FOR SELECT USING (campaign_code = ANY (ARRAY(SELECT c.code FROM campaign c)));
CREATE POLICY administrator_creates ON phase FOR INSERT WITH CHECK (campaign_refusal(campaign_code) IS NULL);
CREATE POLICY administrator_changes ON phase FOR UPDATE USING (campaign_refusal(campaign_code) IS NULL);
CREATE POLICY administrator_deletes ON phase FOR DELETE USING (campaign_refusal(campaign_code) IS NULL);

ALTER TABLE module ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON module TO sciday_service;
GRANT INSERT (id, campaign_code, ordinal, code, name, focus) ON module TO sciday_service;
GRANT UPDATE (ordinal, name, focus) ON module TO sciday_service;
CREATE POLICY as_its_campaign ON module FOR SELECT USING (campaign_code = ANY (ARRAY(SELECT c.code FROM campaign c)));
CREATE POLICY administrator_creates ON module FOR INSERT WITH CHECK (campaign_refusal(campaign_code) IS NULL);
CREATE POLICY administrator_changes ON module FOR UPDATE USING (campaign_refusal(campaign_code) IS NULL);
CREATE POLICY administrator_deletes ON module FOR DELETE USING (campaign_refusal(campaign_code) IS NULL);

-- A phase lies within its campaign.
CREATE FUNCTION phase_saved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	findings jsonb;
BEGIN
	SELECT jsonb_agg(jsonb_build_object('pointer', d.pointer, 'code', 'outside_campaign',
	                                    'params', jsonb_build_object('starts_on', c.starts_on, 'ends_on', c.ends_on)))
	  INTO findings
	  FROM (SELECT starts_on, ends_on FROM campaign WHERE code = NEW.campaign_code FOR SHARE) c
	 CROSS JOIN LATERAL (VALUES ('/starts_on', NEW.starts_on), ('/ends_on', NEW.ends_on)) d (pointer, day)
	 WHERE d.day NOT BETWEEN c.starts_on AND c.ends_on;
	IF findings IS NOT NULL THEN
		PERFORM refuse_fields(findings);
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER phase_saved BEFORE INSERT OR UPDATE OF starts_on, ends_on ON phase
	FOR EACH ROW EXECUTE FUNCTION phase_saved();

-- A module that an activity names cannot go; activities name it by its code, which therefore never changes.
CREATE FUNCTION module_deleted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM activity a WHERE a.campaign_code = OLD.campaign_code AND OLD.code = ANY (a.modules)) THEN
		PERFORM refuse('in_use');
	END IF;
	RETURN OLD;
END
$$;
CREATE TRIGGER module_deleted BEFORE DELETE ON module FOR EACH ROW EXECUTE FUNCTION module_deleted();

---------------------------------------------------------------------------------------------
-- What a campaign may be. All that is wrong is said at once; the CHECKs above stand behind it.

CREATE FUNCTION campaign_findings(c campaign) RETURNS TABLE (pointer text, code text, params jsonb)
LANGUAGE sql STABLE
AS $$
	SELECT '/time_zone', 'invalid_time_zone', NULL::jsonb WHERE NOT is_time_zone(c.time_zone)
	UNION ALL
	SELECT '/ends_on', 'before_start', NULL WHERE c.ends_on < c.starts_on
	UNION ALL
	SELECT d.pointer, 'after_end', jsonb_build_object('ends_on', c.ends_on)
	  FROM (VALUES ('/notice_receipt_due_on', c.notice_receipt_due_on),
	               ('/plan_due_on', c.plan_due_on),
	               ('/highlight_due_on', c.highlight_due_on)) d (pointer, due_on)
	 WHERE d.due_on > c.ends_on
	UNION ALL
	SELECT '/summary_due_on', 'before_highlights', jsonb_build_object('highlight_due_on', c.highlight_due_on)
	 WHERE c.summary_due_on < c.highlight_due_on
	UNION ALL
	SELECT format('/%s/%s/code', n.field, n.at - 1), 'duplicate_item', NULL
	  FROM (SELECT 'audiences' AS field, a.code, a.at FROM unnest(c.audiences) WITH ORDINALITY a (code, name, at)
	        UNION ALL
	        SELECT 'award_categories', a.code, a.at FROM unnest(c.award_categories) WITH ORDINALITY a (code, name, at)) n
	 WHERE EXISTS (
		SELECT FROM unnest(CASE n.field WHEN 'audiences' THEN c.audiences ELSE c.award_categories END)
		       WITH ORDINALITY earlier (code, name, at)
		 WHERE earlier.code = n.code AND earlier.at < n.at)
	UNION ALL
	SELECT d.pointer, 'phases_outside', NULL
	  FROM (VALUES ('/starts_on', (SELECT min(p.starts_on) < c.starts_on FROM phase p WHERE p.campaign_code = c.code)),
	               ('/ends_on', (SELECT max(p.ends_on) > c.ends_on FROM phase p WHERE p.campaign_code = c.code))) d (pointer, is_outside)
	 WHERE d.is_outside
$$;

-- Issued, the notice is what was issued: these move only by extension, and the rest until it is closed.
CREATE FUNCTION campaign_saved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	findings jsonb;
BEGIN
	IF TG_OP = 'UPDATE' AND OLD.status <> 'draft' THEN
		SELECT jsonb_agg(jsonb_build_object('pointer', '/' || f.field, 'code', 'fixed_since_opening')) INTO findings
		  FROM unnest(ARRAY['code', 'issuer_id', 'time_zone', 'notice_receipt_due_on', 'plan_due_on', 'highlight_due_on',
		                    'summary_due_on', 'minimum_highlights']) AS f (field)
		 WHERE to_jsonb(OLD) -> f.field IS DISTINCT FROM to_jsonb(NEW) -> f.field;
		IF findings IS NOT NULL THEN
			PERFORM refuse('not_editable', jsonb_build_object('current_status', OLD.status, 'errors', findings));
		END IF;
	END IF;

	SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(f))) INTO findings FROM campaign_findings(NEW) f;
	IF findings IS NOT NULL THEN
		PERFORM refuse_fields(findings);
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER campaign_saved BEFORE INSERT OR UPDATE ON campaign FOR EACH ROW EXECUTE FUNCTION campaign_saved();

---------------------------------------------------------------------------------------------
-- Recipients, and what they owe

CREATE TABLE recipient (
	id uuid CONSTRAINT recipient__id__taken PRIMARY KEY,
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign ON DELETE CASCADE,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	version integer NOT NULL DEFAULT 1,
	added_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	ancestors uuid[] NOT NULL,
	CONSTRAINT recipient__organization_id__taken UNIQUE (campaign_code, organization_id)
);
CREATE INDEX recipient_by_organization ON recipient (organization_id);
SELECT track_ancestors('recipient');
SELECT track_changes('recipient');

-- The denominators of every report. organization_kind and counted_ancestors stay as they were
-- when it was made, so that a later change of the hierarchy moves no past figure; ancestors,
-- which decide who sees it, move along.
CREATE TABLE obligation (
	id uuid PRIMARY KEY DEFAULT uuid_v7(),
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	kind text NOT NULL,
	activity_id uuid,
	required integer NOT NULL,
	due_at timestamptz NOT NULL,
	organization_kind text NOT NULL,
	counted_ancestors uuid[] NOT NULL,
	waived_at timestamptz,
	waived_reason text,
	version integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	ancestors uuid[] NOT NULL,
	CONSTRAINT obligation__kind__taken UNIQUE NULLS NOT DISTINCT (campaign_code, organization_id, kind, activity_id),
	CONSTRAINT kind__not_allowed_value CHECK (kind IN ('notice_receipt', 'plan', 'highlights', 'summary_report')),
	CONSTRAINT activity_id__of_summary_reports CHECK ((kind = 'summary_report') = (activity_id IS NOT NULL)),
	CONSTRAINT required__range CHECK (required BETWEEN 0 AND 100),
	CONSTRAINT waived_reason__required CHECK ((waived_at IS NULL) = (waived_reason IS NULL)),
	CONSTRAINT waived_reason__length CHECK (length(waived_reason) BETWEEN 1 AND 500)
);
CREATE INDEX obligation_by_due ON obligation (campaign_code, due_at, id);
CREATE INDEX obligation_by_organization ON obligation (organization_id, campaign_code);
CREATE INDEX obligation_by_activity ON obligation (activity_id);
SELECT track_ancestors('obligation');
SELECT track_changes('obligation');

CREATE FUNCTION obligation_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	NEW.counted_ancestors := NEW.ancestors;
	SELECT kind INTO NEW.organization_kind FROM organization WHERE id = NEW.organization_id;
	RETURN NEW;
END
$$;
-- After tracks_ancestors, by their names.
CREATE TRIGGER tracks_counted BEFORE INSERT ON obligation FOR EACH ROW EXECUTE FUNCTION obligation_counted();

ALTER TABLE recipient ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON recipient TO sciday_service;
GRANT INSERT (id, campaign_code, organization_id) ON recipient TO sciday_service;
CREATE POLICY those_concerned_read ON recipient FOR SELECT USING (
	campaign_code = ANY (ARRAY(SELECT c.code FROM campaign c)) AND (
		organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[])
		OR ancestors[2:] && (SELECT caller_scope('reviewer'))
		OR ancestors[2:] && (SELECT caller_scope('observer'))
		OR ancestors && (SELECT caller_scope('administrator'))));
CREATE POLICY administrator_creates ON recipient FOR INSERT WITH CHECK (campaign_refusal(campaign_code) IS NULL);
CREATE POLICY administrator_deletes ON recipient FOR DELETE USING (campaign_refusal(campaign_code) IS NULL);

-- The service writes none: opening, adding a recipient and submitting do, by trigger.
ALTER TABLE obligation ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON obligation TO sciday_service;
CREATE POLICY those_concerned_read ON obligation FOR SELECT USING (
	organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[])
	OR ancestors[2:] && (SELECT caller_scope('reviewer'))
	OR ancestors[2:] && (SELECT caller_scope('observer'))
	OR ancestors && (SELECT caller_scope('administrator')));

-- What a recipient of an issued notice owes: the receipt only if the campaign says by when.
CREATE FUNCTION make_obligations(for_campaign text, for_organization uuid DEFAULT NULL) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
	INSERT INTO obligation (campaign_code, organization_id, kind, required, due_at)
	SELECT c.code, r.organization_id, k.kind, k.required, k.due_at
	  FROM campaign c
	  JOIN recipient r ON r.campaign_code = c.code
	 CROSS JOIN LATERAL (VALUES ('notice_receipt', 1, c.notice_receipt_due_at),
	                            ('plan', 1, c.plan_due_at),
	                            ('highlights', c.minimum_highlights, c.highlight_due_at)) k (kind, required, due_at)
	 WHERE c.code = for_campaign AND c.status = 'open' AND k.due_at IS NOT NULL
	   AND (for_organization IS NULL OR r.organization_id = for_organization)
$$;
REVOKE EXECUTE ON FUNCTION make_obligations FROM sciday_service;

CREATE FUNCTION campaign_opened() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM make_obligations(NEW.code);
	RETURN NULL;
END
$$;
CREATE TRIGGER campaign_opened AFTER UPDATE OF status ON campaign
	FOR EACH ROW WHEN (OLD.status = 'draft' AND NEW.status = 'open') EXECUTE FUNCTION campaign_opened();

-- The notice goes to what is below its issuer, and not to partners, who owe nothing. The campaign's row is
-- locked against its opening, so that no recipient slips between it and its obligations.
CREATE FUNCTION recipient_chosen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	issuer uuid;
BEGIN
	SELECT c.issuer_id INTO issuer FROM campaign c WHERE c.code = NEW.campaign_code FOR SHARE;
	IF EXISTS (SELECT FROM organization o WHERE o.id = NEW.organization_id AND o.kind = 'partner') THEN
		PERFORM refuse_field('/organization_id', 'partner_owes_nothing');
	ELSIF issuer <> ALL (NEW.ancestors[2:]) THEN
		PERFORM refuse_field('/organization_id', 'not_below_issuer');
	END IF;
	RETURN NEW;
END
$$;
-- After tracks_ancestors, by their names.
CREATE TRIGGER tracks_choice BEFORE INSERT ON recipient FOR EACH ROW EXECUTE FUNCTION recipient_chosen();

CREATE FUNCTION recipient_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM make_obligations(NEW.campaign_code, NEW.organization_id);
	RETURN NULL;
END
$$;
CREATE TRIGGER recipient_added AFTER INSERT ON recipient FOR EACH ROW EXECUTE FUNCTION recipient_added();

-- Whoever has submitted stays a recipient; a plan or a highlight that was only drafted stays its author's.
CREATE FUNCTION recipient_removed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM FROM campaign c WHERE c.code = OLD.campaign_code FOR SHARE;
	IF EXISTS (SELECT FROM plan p
	            WHERE p.campaign_code = OLD.campaign_code AND p.organization_id = OLD.organization_id AND p.submission_count > 0)
	   OR EXISTS (SELECT FROM activity a
	               WHERE a.campaign_code = OLD.campaign_code AND a.organization_id = OLD.organization_id AND a.submission_count > 0) THEN
		PERFORM refuse('recipient_has_submitted');
	END IF;
	DELETE FROM obligation o WHERE o.campaign_code = OLD.campaign_code AND o.organization_id = OLD.organization_id;
	RETURN OLD;
END
$$;
CREATE TRIGGER recipient_removed BEFORE DELETE ON recipient FOR EACH ROW EXECUTE FUNCTION recipient_removed();

-- What is missing before a notice can be issued.
CREATE FUNCTION campaign_opening_findings(campaign_code text) RETURNS TABLE (pointer text, code text)
LANGUAGE sql STABLE
AS $$
	SELECT m.pointer, m.code
	  FROM (VALUES
		('/phases', 'phases_required', EXISTS (SELECT FROM phase p WHERE p.campaign_code = campaign_opening_findings.campaign_code)),
		('/modules', 'modules_required', EXISTS (SELECT FROM module m WHERE m.campaign_code = campaign_opening_findings.campaign_code)),
		('/recipients', 'recipients_required', EXISTS (SELECT FROM recipient r WHERE r.campaign_code = campaign_opening_findings.campaign_code))
	  ) m (pointer, code, is_there)
	 WHERE NOT m.is_there
$$;

CREATE FUNCTION recipient_count(campaign_code text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN (SELECT count(*) FROM recipient r WHERE r.campaign_code = recipient_count.campaign_code);

---------------------------------------------------------------------------------------------
-- How they look

CREATE VIEW campaign_summary WITH (security_invoker) AS
SELECT json_build_object('code', c.code, 'title', c.title, 'theme', c.theme, 'edition', c.edition,
                         'festival_date', c.festival_date, 'issuer_id', c.issuer_id, 'starts_on', c.starts_on,
                         'ends_on', c.ends_on, 'status', c.status)::text AS summary,
       c.code, c.status, c.starts_on
  FROM campaign c;

CREATE VIEW campaign_body WITH (security_invoker) AS
SELECT c.code, c.version,
       json_build_object(
           'code', c.code, 'title', c.title, 'theme', c.theme, 'edition', c.edition, 'festival_date', c.festival_date,
           'document_number', c.document_number,
           'issuer', (SELECT o.reference FROM organization_reference o WHERE o.id = c.issuer_id),
           'issued_on', c.issued_on, 'printed_on', c.printed_on,
           'contact', CASE WHEN caller_id() IS NOT NULL THEN c.contact END,
           'time_zone', c.time_zone, 'starts_on', c.starts_on, 'ends_on', c.ends_on,
           'notice_receipt_due_on', c.notice_receipt_due_on, 'notice_receipt_due_at', instant(c.notice_receipt_due_at),
           'plan_due_on', c.plan_due_on, 'plan_due_at', instant(c.plan_due_at),
           'highlight_due_on', c.highlight_due_on, 'highlight_due_at', instant(c.highlight_due_at),
           'summary_due_on', c.summary_due_on, 'summary_due_at', instant(c.summary_due_at),
           'minimum_highlights', c.minimum_highlights, 'highlight_text_limit', c.highlight_text_limit,
           'highlight_text_limit_strict', c.highlight_text_limit_strict, 'modules_open', c.modules_open,
           'late_submissions', c.late_submissions, 'national_platform', c.national_platform,
           'audiences', to_json(c.audiences), 'award_categories', to_json(c.award_categories),
           'recipient_count', recipient_count(c.code),
           'status', c.status, 'opened_at', instant(c.opened_at), 'closed_at', instant(c.closed_at),
           'allowed_actions', campaign_actions(c.status, c.ancestors),
           'redacted', CASE WHEN caller_id() IS NOT NULL THEN '[]'::json ELSE '["contact"]' END,
           'version', c.version, 'created_at', instant(c.created_at), 'updated_at', instant(c.updated_at)) AS body
  FROM campaign c;

CREATE VIEW phase_body WITH (security_invoker) AS
SELECT p.id, p.version, p.campaign_code, p.ordinal,
       json_build_object('id', p.id, 'campaign_code', p.campaign_code, 'ordinal', p.ordinal, 'name', p.name,
                         'starts_on', p.starts_on, 'ends_on', p.ends_on, 'focus', p.focus, 'version', p.version,
                         'created_at', instant(p.created_at), 'updated_at', instant(p.updated_at)) AS body
  FROM phase p;

CREATE VIEW module_body WITH (security_invoker) AS
SELECT m.id, m.version, m.campaign_code, m.ordinal,
       json_build_object('id', m.id, 'campaign_code', m.campaign_code, 'ordinal', m.ordinal, 'code', m.code, 'name', m.name,
                         'focus', m.focus, 'version', m.version,
                         'created_at', instant(m.created_at), 'updated_at', instant(m.updated_at)) AS body
  FROM module m;

CREATE VIEW recipient_body WITH (security_invoker) AS
SELECT r.id, r.version, r.campaign_code,
       json_build_object('id', r.id, 'campaign_code', r.campaign_code, 'organization', o.reference, 'organization_kind', p.kind,
                         'version', r.version, 'added_at', instant(r.added_at)) AS body,
       r.organization_id, p.kind AS organization_kind, p.path_ordinal
  FROM recipient r
  JOIN organization p ON p.id = r.organization_id
  JOIN organization_reference o ON o.id = r.organization_id;

GRANT SELECT ON campaign_summary, campaign_body, phase_body, module_body, recipient_body TO sciday_service;

INSERT INTO label (vocabulary, code, ordinal, zh, en) VALUES
	('campaign_status', 'draft', 1, '草稿', 'Draft'),
	('campaign_status', 'open', 2, '进行中', 'Open'),
	('campaign_status', 'closed', 3, '已结束', 'Closed'),
	('campaign_action', 'open', 1, '印发通知', 'Issue the notice'),
	('campaign_action', 'close', 2, '结束', 'Close'),
	('late_submissions', 'accepted', 1, '受理并注明逾期', 'Taken, and marked late'),
	('late_submissions', 'refused', 2, '逾期不予受理', 'Not taken'),
	('obligation_kind', 'notice_receipt', 1, '签收', 'Receipt of the notice'),
	('obligation_kind', 'plan', 2, '工作方案', 'Work plan'),
	('obligation_kind', 'highlights', 3, '特色亮点活动', 'Highlight activities'),
	('obligation_kind', 'summary_report', 4, '总结报告', 'Summary report');
