-- Activities: highlights on the preparation form, and the issuer's own programme and events.

CREATE TYPE activity_contact AS (name text, office_phone text, mobile text, fax text, email text);

CREATE TYPE proposal AS (approach text, measures text, people text, theme text, arrangement text, outcomes text);

CREATE TYPE target AS (id uuid, name text, unit text, planned numeric, at_least boolean);

-- As a person counts 字: code points after NFC, white space and punctuation too, all parts together.
CREATE FUNCTION proposal_length(p proposal) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(length(normalize(p.approach)), 0) + coalesce(length(normalize(p.measures)), 0)
     + coalesce(length(normalize(p.people)), 0) + coalesce(length(normalize(p.theme)), 0)
     + coalesce(length(normalize(p.arrangement)), 0) + coalesce(length(normalize(p.outcomes)), 0);

-- What of a list's item stands in the row, stored beside it as an organization's is: making it was three quarters of
-- what a page cost. The object is left open, for its organization and its phase.
CREATE FUNCTION activity_summary_head(id uuid, campaign_code text, kind text, ordinal integer, title text, status text, execution text,
                                      modules text[], starts_on date, ends_on date, location text, is_online boolean, audiences text[],
                                      expected_participants integer, submitted_at timestamptz, created_at timestamptz,
                                      updated_at timestamptz) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
	RETURN rtrim(json_build_object(
		'id', id, 'campaign_code', campaign_code, 'kind', kind, 'ordinal', ordinal, 'title', title, 'status', status,
		'execution', execution, 'modules', modules, 'starts_on', starts_on, 'ends_on', ends_on, 'location', location,
		'is_online', is_online, 'audiences', audiences, 'expected_participants', expected_participants,
		'submitted_at', instant(submitted_at), 'created_at', instant(created_at), 'updated_at', instant(updated_at))::text, '}');
END
$$;

CREATE TABLE activity (
	id uuid CONSTRAINT activity__id__taken PRIMARY KEY CONSTRAINT id__unknown REFERENCES subject,
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign (code) ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ancestors uuid[] NOT NULL,
	kind text NOT NULL,
	ordinal integer, -- its place in its module of the notice
	status text NOT NULL DEFAULT 'draft',
	-- Whether it takes place is another matter than its review. The form keeps its dates, which are what was
	-- submitted; the new ones stand beside them.
	execution text NOT NULL DEFAULT 'planned',
	execution_reason text,
	postponed_starts_on date,
	postponed_ends_on date,
	host_name text NOT NULL,
	title text NOT NULL,
	modules text[] NOT NULL DEFAULT '{}',
	module_other text,
	organizer_name text,
	starts_on date,
	ends_on date,
	time_note text,
	location text,
	is_online boolean NOT NULL DEFAULT false,
	online_url text,
	audiences text[] NOT NULL DEFAULT '{}',
	audience_other text,
	expected_participants integer,
	scale_note text,
	contact activity_contact,
	mailing_address text,
	proposal proposal,
	targets target[] NOT NULL DEFAULT '{}',
	responsible_ids uuid[] NOT NULL DEFAULT '{}',
	partner_ids uuid[] NOT NULL DEFAULT '{}',
	nomination_rank integer,
	nomination_reason text,
	correction_due_at timestamptz,
	submission_count integer NOT NULL DEFAULT 0,
	submitted_at timestamptz,
	entered_by uuid CONSTRAINT entered_by__unknown REFERENCES account ON DELETE RESTRICT,
	version integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	-- A sort column is never null: the undated come last, whichever way.
	starts_on_or_last date NOT NULL GENERATED ALWAYS AS (coalesce(starts_on, 'infinity')) STORED,
	starts_on_or_first date NOT NULL GENERATED ALWAYS AS (coalesce(starts_on, '-infinity')) STORED,
	is_public boolean NOT NULL GENERATED ALWAYS AS (status IN ('accepted', 'nominated', 'published')) STORED,
	proposal_length integer NOT NULL GENERATED ALWAYS AS (proposal_length(proposal)) STORED,
	summary_head text NOT NULL GENERATED ALWAYS AS (activity_summary_head(id, campaign_code, kind, ordinal, title, status, execution,
		modules, starts_on, ends_on, location, is_online, audiences, expected_participants, submitted_at, created_at, updated_at)) STORED,
	CONSTRAINT kind__not_allowed_value CHECK (kind IN ('highlight', 'programme', 'event')),
	CONSTRAINT status__not_allowed_value CHECK (CASE kind
		WHEN 'highlight' THEN status IN ('draft', 'submitted', 'under_review', 'returned', 'accepted', 'nominated')
		ELSE status IN ('draft', 'published') END),
	CONSTRAINT execution__not_allowed_value CHECK (execution IN ('planned', 'postponed', 'cancelled', 'held')),
	CONSTRAINT reason__length CHECK (length(execution_reason) BETWEEN 1 AND 500),
	CONSTRAINT reason__required CHECK ((execution IN ('postponed', 'cancelled')) = (execution_reason IS NOT NULL)),
	CONSTRAINT starts_on_of_postponed CHECK (CASE execution
		WHEN 'postponed' THEN postponed_starts_on IS NOT NULL
		WHEN 'held' THEN true
		ELSE postponed_starts_on IS NULL END),
	CONSTRAINT postponed_ends_on__before_start CHECK (postponed_ends_on >= postponed_starts_on),
	CONSTRAINT ends_on_of_postponed CHECK (postponed_starts_on IS NOT NULL OR postponed_ends_on IS NULL),
	CONSTRAINT on_behalf__only_highlights CHECK (kind = 'highlight' OR entered_by IS NULL),
	CONSTRAINT title__length CHECK (length(title) BETWEEN 1 AND 100),
	CONSTRAINT host_name__length CHECK (length(host_name) BETWEEN 1 AND 100),
	CONSTRAINT module_other__length CHECK (length(module_other) BETWEEN 1 AND 200),
	CONSTRAINT organizer_name__length CHECK (length(organizer_name) BETWEEN 1 AND 200),
	CONSTRAINT time_note__length CHECK (length(time_note) BETWEEN 1 AND 100),
	CONSTRAINT location__length CHECK (length(location) BETWEEN 1 AND 200),
	CONSTRAINT online_url__length CHECK (length(online_url) BETWEEN 1 AND 500),
	CONSTRAINT audience_other__length CHECK (length(audience_other) BETWEEN 1 AND 200),
	CONSTRAINT scale_note__length CHECK (length(scale_note) BETWEEN 1 AND 200),
	CONSTRAINT mailing_address__length CHECK (length(mailing_address) BETWEEN 1 AND 200),
	CONSTRAINT ends_on__before_start CHECK (ends_on >= starts_on),
	CONSTRAINT expected_participants__range CHECK (expected_participants BETWEEN 0 AND 100000000),
	CONSTRAINT ordinal__range CHECK (ordinal BETWEEN 1 AND 100000),
	CONSTRAINT rank__range CHECK (nomination_rank BETWEEN 1 AND 100000),
	CONSTRAINT rank_of_nominated CHECK ((status = 'nominated') = (nomination_rank IS NOT NULL)),
	CONSTRAINT proposal__length CHECK (proposal_length(proposal) <= 20000),
	CONSTRAINT modules__too_many_items CHECK (cardinality(modules) <= 50),
	CONSTRAINT audiences__too_many_items CHECK (cardinality(audiences) <= 50),
	CONSTRAINT targets__too_many_items CHECK (cardinality(targets) <= 50),
	CONSTRAINT responsible_ids__too_many_items CHECK (cardinality(responsible_ids) <= 20),
	CONSTRAINT partner_ids__too_many_items CHECK (cardinality(partner_ids) <= 50)
);
CREATE INDEX activity_by_organization ON activity (organization_id, campaign_code);
CREATE INDEX activity_by_module ON activity USING gin (campaign_code, modules);
CREATE INDEX activity_by_execution ON activity (campaign_code, execution);
CREATE INDEX activity_handed_in ON activity (organization_id, campaign_code, starts_on) INCLUDE (id, status, correction_due_at, submission_count)
	WHERE kind = 'highlight' AND status <> 'draft';
-- Activities are counted by looking at an index alone, which has all that row security asks of them; their rows are wide.
CREATE INDEX activity_at_a_glance ON activity (campaign_code)
	INCLUDE (organization_id, ancestors, kind, status, starts_on, submission_count, is_public, entered_by);
-- And for everyone: numbers of what only those concerned may see, and nothing but numbers; and what is public, which
-- everyone's policies would find as well, by looking at an index alone.
CREATE INDEX activity_public ON activity (campaign_code) INCLUDE (kind, modules, starts_on, expected_participants) WHERE is_public;
-- The day on which it takes place, put off or not. (Not by coalesce(): under row security no index finds by that.)
CREATE INDEX activity_by_day ON activity (campaign_code, (CASE WHEN postponed_starts_on IS NOT NULL THEN postponed_starts_on ELSE starts_on END), id);
SELECT make_subject('activity', content => '{ordinal,host_name,title,modules,module_other,organizer_name,starts_on,ends_on,time_note,location,'
	'is_online,online_url,audiences,audience_other,expected_participants,scale_note,contact,mailing_address,proposal,targets,responsible_ids,partner_ids}');
GRANT INSERT (campaign_code, organization_id, kind) ON activity TO sciday_service;
GRANT UPDATE (execution, execution_reason, postponed_starts_on, postponed_ends_on, nomination_rank, nomination_reason) ON activity TO sciday_service;

-- What of an activity is searched, in a row of its own: most changes move an activity through its states, and write nothing
-- of this, which takes longer than the rest of them.
CREATE TABLE activity_text (
	activity_id uuid PRIMARY KEY CONSTRAINT activity_id__unknown REFERENCES activity ON DELETE CASCADE,
	campaign_code text NOT NULL,
	search_text text COLLATE "C" NOT NULL
);
SELECT index_bigrams('activity_text');

CREATE FUNCTION activity_search_text(a activity) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN search_key(
	a.title || E'\x1f' || a.host_name || E'\x1f' || coalesce(a.organizer_name, '') || E'\x1f' || coalesce(a.location, '') || E'\x1f' ||
	coalesce(a.module_other, '') || E'\x1f' || coalesce(a.audience_other, '') || E'\x1f' ||
	coalesce((a.proposal).approach, '') || E'\x1f' || coalesce((a.proposal).measures, '') || E'\x1f' ||
	coalesce((a.proposal).people, '') || E'\x1f' || coalesce((a.proposal).theme, '') || E'\x1f' ||
	coalesce((a.proposal).arrangement, '') || E'\x1f' || coalesce((a.proposal).outcomes, ''));

CREATE FUNCTION word_activity(a activity) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	INSERT INTO activity_text (activity_id, campaign_code, search_text) VALUES (a.id, a.campaign_code, activity_search_text(a))
	ON CONFLICT (activity_id) DO UPDATE SET (campaign_code, search_text) = (excluded.campaign_code, excluded.search_text);
END
$$;
REVOKE EXECUTE ON FUNCTION word_activity FROM sciday_service;

CREATE FUNCTION activity_worded() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM word_activity(NEW);
	RETURN NULL;
END
$$;
CREATE TRIGGER worded AFTER INSERT ON activity FOR EACH ROW EXECUTE FUNCTION activity_worded();
CREATE TRIGGER reworded AFTER UPDATE OF title, host_name, organizer_name, location, module_other, audience_other, proposal ON activity
	FOR EACH ROW WHEN ((OLD.title, OLD.host_name, OLD.organizer_name, OLD.location, OLD.module_other, OLD.audience_other, OLD.proposal)
	                   IS DISTINCT FROM (NEW.title, NEW.host_name, NEW.organizer_name, NEW.location, NEW.module_other, NEW.audience_other, NEW.proposal))
	EXECUTE FUNCTION activity_worded();

-- A draft may be incomplete, but what it names must exist: codes of the campaign, and organizations.
CREATE FUNCTION activity_unknown_names(a activity) RETURNS TABLE (pointer text, code text, value text)
LANGUAGE sql STABLE
AS $$
	SELECT '/modules/' || (n.ordinal - 1), 'unknown_module', n.name
	  FROM unnest(a.modules) WITH ORDINALITY n (name, ordinal)
	 WHERE NOT EXISTS (SELECT FROM module m WHERE m.campaign_code = a.campaign_code AND m.code = n.name)
	UNION ALL
	SELECT '/audiences/' || (n.ordinal - 1), 'unknown_audience', n.name
	  FROM unnest(a.audiences) WITH ORDINALITY n (name, ordinal)
	 WHERE NOT EXISTS (
		SELECT FROM campaign c CROSS JOIN LATERAL unnest(c.audiences) known WHERE c.code = a.campaign_code AND known.code = n.name)
	UNION ALL
	SELECT '/responsible_ids/' || (n.ordinal - 1), 'unknown', n.id::text
	  FROM unnest(a.responsible_ids) WITH ORDINALITY n (id, ordinal)
	 WHERE NOT EXISTS (SELECT FROM organization o WHERE o.id = n.id)
	UNION ALL
	SELECT '/partner_ids/' || (n.ordinal - 1), 'unknown', n.id::text
	  FROM unnest(a.partner_ids) WITH ORDINALITY n (id, ordinal)
	 WHERE NOT EXISTS (SELECT FROM organization o WHERE o.id = n.id)
$$;

CREATE FUNCTION activity_saved() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	unknown jsonb := (
		SELECT jsonb_agg(jsonb_build_object('pointer', u.pointer, 'code', u.code, 'params', jsonb_build_object('value', u.value)))
		  FROM activity_unknown_names(NEW) u);
BEGIN
	IF unknown IS NOT NULL THEN
		PERFORM refuse_fields(unknown);
	END IF;
	NEW.host_name := coalesce(NEW.host_name, (SELECT o.name FROM organization o WHERE o.id = NEW.organization_id));
	-- Each target keeps its id for as long as it is written with it.
	NEW.targets := ARRAY(
		SELECT (coalesce(t.id, uuid_v7()), t.name, t.unit, t.planned, coalesce(t.at_least, false))::target
		  FROM unnest(NEW.targets) WITH ORDINALITY t
		 ORDER BY t.ordinality);
	RETURN NEW;
END
$$;
CREATE TRIGGER content_saved BEFORE INSERT OR UPDATE OF host_name, modules, audiences, targets, responsible_ids, partner_ids ON activity
	FOR EACH ROW EXECUTE FUNCTION activity_saved();

-- Every field of the preparation form.
CREATE FUNCTION activity_content(a activity) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object(
	'host_name', a.host_name, 'title', a.title, 'modules', a.modules, 'module_other', a.module_other,
	'organizer_name', a.organizer_name, 'starts_on', a.starts_on, 'ends_on', a.ends_on, 'time_note', a.time_note,
	'location', a.location, 'is_online', a.is_online, 'online_url', a.online_url,
	'audiences', a.audiences, 'audience_other', a.audience_other,
	'expected_participants', a.expected_participants, 'scale_note', a.scale_note,
	'contact', a.contact, 'mailing_address', a.mailing_address, 'proposal', a.proposal, 'targets', a.targets,
	'responsible_ids', a.responsible_ids, 'partner_ids', a.partner_ids);

CREATE FUNCTION execution_moved() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF NOT EXISTS (
		SELECT FROM transition t
		 WHERE (t.resource, t.kind, t.from_status, t.to_status) = ('execution', NEW.kind, OLD.execution, NEW.execution)
	) THEN
		RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'no_transition',
			MESSAGE = format('no transition of execution from %s to %s', OLD.execution, NEW.execution);
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER execution_moved BEFORE UPDATE OF execution ON activity
	FOR EACH ROW WHEN (OLD.execution <> NEW.execution) EXECUTE FUNCTION execution_moved();
