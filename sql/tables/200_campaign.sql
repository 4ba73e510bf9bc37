-- A campaign and what its notice says: phases, modules and recipients.

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
	required_documents text[] NOT NULL DEFAULT '{}',
	national_platform national_platform,
	audiences coded_name[] NOT NULL DEFAULT '{}',
	award_categories coded_name[] NOT NULL DEFAULT '{}',
	recipient_count integer NOT NULL DEFAULT 0,
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
	CONSTRAINT required_documents__not_allowed_value CHECK (required_documents <@ ARRAY['word_copy', 'stamped_pdf']),
	CONSTRAINT audiences__too_many_items CHECK (cardinality(audiences) <= 50),
	CONSTRAINT award_categories__too_many_items CHECK (cardinality(award_categories) <= 50),
	CONSTRAINT status__not_allowed_value CHECK (status IN ('draft', 'open', 'closed')),
	CONSTRAINT opened_at_of_status CHECK ((status = 'draft') = (opened_at IS NULL)),
	CONSTRAINT closed_at_of_status CHECK ((status = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX campaign_by_start ON campaign (starts_on, code);
CREATE INDEX campaign_by_issuer ON campaign (issuer_id);
CREATE INDEX campaign_drafts ON campaign (code) WHERE status = 'draft';
SELECT track_ancestors('campaign', link => 'issuer_id');
-- Who is added or removed is told there.
SELECT track_changes('campaign', 'OLD.ancestors = NEW.ancestors AND OLD.recipient_count = NEW.recipient_count');
SELECT audit_changes('campaign', dropped => '{recipient_count}');
GRANT SELECT, DELETE ON campaign TO sciday_service;
GRANT INSERT (code, title, theme, edition, festival_date, document_number, issuer_id, issued_on, printed_on, contact, time_zone, starts_on,
	ends_on, notice_receipt_due_on, plan_due_on, highlight_due_on, summary_due_on, minimum_highlights, highlight_text_limit,
	highlight_text_limit_strict, modules_open, late_submissions, required_documents, national_platform, audiences, award_categories)
	ON campaign TO sciday_service;
GRANT UPDATE (title, theme, edition, festival_date, document_number, issuer_id, issued_on, printed_on, contact, time_zone, starts_on,
	ends_on, notice_receipt_due_on, plan_due_on, highlight_due_on, summary_due_on, minimum_highlights, highlight_text_limit,
	highlight_text_limit_strict, modules_open, late_submissions, required_documents, national_platform, audiences, award_categories, status,
	opened_at, closed_at) ON campaign TO sciday_service;

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

-- A new campaign has no phases yet: those under its code are another's, and that the code is taken is what is wrong.
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

	SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(f))) INTO findings
	  FROM campaign_findings(NEW) f
	 WHERE TG_OP = 'UPDATE' OR f.code <> 'phases_outside';
	IF findings IS NOT NULL THEN
		PERFORM refuse_fields(findings);
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER campaign_saved BEFORE INSERT OR UPDATE ON campaign FOR EACH ROW EXECUTE FUNCTION campaign_saved();

-- A draft has nothing that hangs on it but its recipients. That this is so is asked of each table that refers to it: by an index, though
-- most rows of all of them are of one campaign or another.
CREATE FUNCTION campaign_ending() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM set_config('enable_seqscan', 'off', true);
	RETURN NULL;
END
$$;
CREATE TRIGGER campaign_ending BEFORE DELETE ON campaign FOR EACH STATEMENT EXECUTE FUNCTION campaign_ending();

-- Why the caller may not edit what belongs to a campaign that they see; null if they may.
CREATE FUNCTION campaign_refusal(campaign_status text, campaign_ancestors uuid[]) RETURNS text
LANGUAGE sql STABLE
RETURN CASE
	WHEN campaign_status = 'closed' THEN 'campaign_closed'
	WHEN NOT coalesce(campaign_ancestors && caller_scope('administrator'), false) THEN 'role_not_held_here'
END;

CREATE FUNCTION refusal_in_campaign(campaign_code text) RETURNS text
LANGUAGE sql STABLE
RETURN (SELECT campaign_refusal(c.status, c.ancestors) FROM campaign c WHERE c.code = campaign_code);

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
SELECT audit_changes('phase');
GRANT SELECT, DELETE ON phase TO sciday_service;
GRANT INSERT (id, campaign_code, ordinal, name, starts_on, ends_on, focus) ON phase TO sciday_service;
GRANT UPDATE (ordinal, name, starts_on, ends_on, focus) ON phase TO sciday_service;

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
SELECT audit_changes('module');
GRANT SELECT, DELETE ON module TO sciday_service;
GRANT INSERT (id, campaign_code, ordinal, code, name, focus) ON module TO sciday_service;
GRANT UPDATE (ordinal, name, focus) ON module TO sciday_service;

-- A module that an activity names cannot go; activities name it by its code, which therefore never changes.
CREATE FUNCTION module_deleted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	-- (Materialized: a look for the first alone would be planned as a walk through all of the campaign's, for most name some module.)
	IF (WITH naming AS MATERIALIZED (SELECT FROM activity a WHERE a.campaign_code = OLD.campaign_code AND a.modules @> ARRAY[OLD.code])
	    SELECT EXISTS (SELECT FROM naming)) THEN
		PERFORM refuse('in_use');
	END IF;
	RETURN OLD;
END
$$;
CREATE TRIGGER module_deleted BEFORE DELETE ON module FOR EACH ROW EXECUTE FUNCTION module_deleted();

---------------------------------------------------------------------------------------------
-- Recipients

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
SELECT audit_changes('recipient');
GRANT SELECT, DELETE ON recipient TO sciday_service;
GRANT INSERT (id, campaign_code, organization_id) ON recipient TO sciday_service;

-- The notice goes to what is below its issuer, and not to partners, who owe nothing. The campaign's row is
-- locked against its opening, so that no recipient slips between it and its obligations.
CREATE FUNCTION recipient_chosen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	issuer uuid;
BEGIN
	SELECT c.issuer_id INTO issuer FROM campaign c WHERE c.code = NEW.campaign_code FOR NO KEY UPDATE;
	IF EXISTS (SELECT FROM organization o WHERE o.id = NEW.organization_id AND o.kind = 'partner') THEN
		PERFORM refuse_field('/organization_id', 'partner_owes_nothing');
	ELSIF issuer <> ALL (NEW.ancestors[2:]) THEN
		PERFORM refuse_field('/organization_id', 'not_below_issuer');
	END IF;
	RETURN NEW;
END
$$;
-- After tracks_ancestors, by its name.
CREATE TRIGGER tracks_choice BEFORE INSERT ON recipient FOR EACH ROW EXECUTE FUNCTION recipient_chosen();

CREATE FUNCTION recipients_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	UPDATE campaign c SET recipient_count = c.recipient_count + n.count
	  FROM (SELECT a.campaign_code, count(*) FROM added a GROUP BY a.campaign_code) n
	 WHERE c.code = n.campaign_code;
	PERFORM make_obligations(a.campaign_code, array_agg(a.organization_id)) FROM added a GROUP BY a.campaign_code;
	RETURN NULL;
END
$$;
CREATE TRIGGER recipients_added AFTER INSERT ON recipient
	REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION recipients_added();

-- Whoever has submitted stays a recipient; a plan or a highlight that was only drafted stays its author's.
CREATE FUNCTION recipient_removed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM FROM campaign c WHERE c.code = OLD.campaign_code FOR NO KEY UPDATE;
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

CREATE FUNCTION recipients_removed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	UPDATE campaign c SET recipient_count = c.recipient_count - n.count
	  FROM (SELECT r.campaign_code, count(*) FROM removed r GROUP BY r.campaign_code) n
	 WHERE c.code = n.campaign_code;
	RETURN NULL;
END
$$;
CREATE TRIGGER recipients_removed AFTER DELETE ON recipient
	REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION recipients_removed();

-- From scratch.
CREATE FUNCTION recount_recipients(of_campaign text) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	PERFORM FROM campaign c WHERE c.code = of_campaign FOR NO KEY UPDATE;
	UPDATE campaign SET recipient_count = (SELECT count(*) FROM recipient r WHERE r.campaign_code = of_campaign) WHERE code = of_campaign;
END
$$;
REVOKE EXECUTE ON FUNCTION recount_recipients FROM sciday_service;
