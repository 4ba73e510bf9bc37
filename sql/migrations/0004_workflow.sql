-- The work itself: the states as rows of one table, plans and activities, what was submitted
-- and how it was reviewed, and the verdicts that follow.

---------------------------------------------------------------------------------------------
-- The states. Statements act by these rows, history refers to them, /v1/workflows publishes
-- them, and allowed_actions is read from them.

CREATE TABLE transition (
	resource text NOT NULL,
	kind text, -- of activities
	action text NOT NULL,
	from_status text NOT NULL,
	to_status text NOT NULL,
	role text NOT NULL,
	-- Closed, a campaign takes no more submissions or edits; review and nomination go on.
	campaign_statuses text[] NOT NULL,
	ordinal integer NOT NULL GENERATED ALWAYS AS IDENTITY,
	CONSTRAINT resource__not_allowed_value CHECK (resource IN ('plan', 'activity', 'summary_report')),
	CONSTRAINT kind__not_allowed_value CHECK (kind IN ('highlight', 'programme', 'event')),
	CONSTRAINT kind__of_activities CHECK ((resource = 'activity') = (kind IS NOT NULL)),
	CONSTRAINT role__not_allowed_value CHECK (role IN ('submitter', 'reviewer', 'administrator')),
	CONSTRAINT transition__action__taken UNIQUE NULLS NOT DISTINCT (resource, kind, action, from_status)
);

INSERT INTO transition (resource, kind, action, from_status, to_status, role, campaign_statuses)
SELECT r.resource, r.kind, t.action, t.from_status, t.to_status, t.role, t.campaign_statuses
  FROM (VALUES
	(1, 'plan', NULL),
	(2, 'activity', 'highlight'),
	(3, 'summary_report', NULL)) r (ordinal, resource, kind)
 CROSS JOIN (VALUES
	(1, 'submit', 'draft', 'submitted', 'submitter', '{open}'::text[]),
	(2, 'submit', 'returned', 'submitted', 'submitter', '{open}'),
	(3, 'withdraw', 'submitted', 'draft', 'submitter', '{open}'),
	(4, 'start_review', 'submitted', 'under_review', 'reviewer', '{open,closed}'),
	(5, 'return', 'submitted', 'returned', 'reviewer', '{open,closed}'),
	(6, 'return', 'under_review', 'returned', 'reviewer', '{open,closed}'),
	(7, 'return', 'accepted', 'returned', 'reviewer', '{open,closed}'),
	(8, 'accept', 'submitted', 'accepted', 'reviewer', '{open,closed}'),
	(9, 'accept', 'under_review', 'accepted', 'reviewer', '{open,closed}')
	) t (ordinal, action, from_status, to_status, role, campaign_statuses)
 ORDER BY r.ordinal, t.ordinal;

INSERT INTO transition (resource, kind, action, from_status, to_status, role, campaign_statuses) VALUES
	('activity', 'highlight', 'nominate', 'accepted', 'nominated', 'reviewer', '{open,closed}'),
	('activity', 'highlight', 'retract', 'nominated', 'accepted', 'reviewer', '{open,closed}'),
	('activity', 'programme', 'publish', 'draft', 'published', 'administrator', '{draft,open}'),
	('activity', 'programme', 'unpublish', 'published', 'draft', 'administrator', '{draft,open}'),
	('activity', 'event', 'publish', 'draft', 'published', 'administrator', '{draft,open}'),
	('activity', 'event', 'unpublish', 'published', 'draft', 'administrator', '{draft,open}');

ALTER TABLE transition ENABLE ROW LEVEL SECURITY;
CREATE POLICY anyone_reads ON transition FOR SELECT USING (true);
GRANT SELECT ON transition TO sciday_service;

-- What its author may still write.
CREATE FUNCTION is_editable(status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN status IN ('draft', 'returned');

-- No status moves by a way that is not a row, whoever moves it.
CREATE FUNCTION status_moved() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF NOT EXISTS (
		SELECT FROM transition t
		 WHERE t.resource = TG_ARGV[0] AND t.kind IS NOT DISTINCT FROM to_jsonb(NEW) ->> 'kind'
		   AND t.from_status = OLD.status AND t.to_status = NEW.status
	) THEN
		RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'status__no_transition',
			MESSAGE = format('no transition of %s from %s to %s', TG_ARGV[0], OLD.status, NEW.status);
	END IF;
	RETURN NEW;
END
$$;

---------------------------------------------------------------------------------------------
-- Plans

CREATE TABLE plan (
	id uuid CONSTRAINT plan__id__taken PRIMARY KEY,
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign (code) ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ancestors uuid[] NOT NULL,
	title text NOT NULL,
	text text,
	status text NOT NULL DEFAULT 'draft',
	correction_due_at timestamptz,
	submission_count integer NOT NULL DEFAULT 0, -- withdrawn ones too: from the first on, reviewers see it
	submitted_at timestamptz,                    -- of the last one, unless it was withdrawn
	version integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT plan__organization_id__taken UNIQUE (campaign_code, organization_id),
	CONSTRAINT status__not_allowed_value CHECK (status IN ('draft', 'submitted', 'under_review', 'returned', 'accepted')),
	CONSTRAINT title__length CHECK (length(title) BETWEEN 1 AND 100),
	CONSTRAINT text__length CHECK (length(text) BETWEEN 1 AND 20000)
);
CREATE INDEX plan_by_creation ON plan (campaign_code, created_at, id);
CREATE INDEX plan_by_status ON plan (campaign_code, status);
CREATE INDEX plan_by_organization ON plan (organization_id);

SELECT track_ancestors('plan');
SELECT track_changes('plan');
CREATE TRIGGER status_moved BEFORE UPDATE OF status ON plan
	FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION status_moved('plan');

ALTER TABLE plan ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON plan TO sciday_service;
GRANT INSERT (id, campaign_code, organization_id, title, text) ON plan TO sciday_service;
GRANT UPDATE (title, text, status, correction_due_at, submission_count, submitted_at) ON plan TO sciday_service;
CREATE POLICY author_reads ON plan FOR SELECT
	USING (organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[]));
CREATE POLICY administrator_reads ON plan FOR SELECT
	USING (ancestors && (SELECT caller_scope('administrator')));
CREATE POLICY reviewer_reads_submitted ON plan FOR SELECT
	USING (submission_count > 0 AND (ancestors[2:] && (SELECT caller_scope('reviewer')) OR ancestors[2:] && (SELECT caller_scope('observer'))));
CREATE POLICY author_creates ON plan FOR INSERT
	WITH CHECK (organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[]));
CREATE POLICY author_changes ON plan FOR UPDATE
	USING (organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[]));
CREATE POLICY reviewer_changes ON plan FOR UPDATE
	USING (ancestors[2:] && (SELECT caller_scope('reviewer')));
CREATE POLICY author_deletes ON plan FOR DELETE
	USING (organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[]) AND status = 'draft' AND submission_count = 0);

---------------------------------------------------------------------------------------------
-- Activities: highlights on the preparation form, and the issuer's own programme and events

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
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN rtrim(json_build_object(
	'id', id, 'campaign_code', campaign_code, 'kind', kind, 'ordinal', ordinal, 'title', title, 'status', status,
	'execution', execution, 'modules', modules, 'starts_on', starts_on, 'ends_on', ends_on, 'location', location,
	'is_online', is_online, 'audiences', audiences, 'expected_participants', expected_participants,
	'submitted_at', instant(submitted_at), 'created_at', instant(created_at), 'updated_at', instant(updated_at))::text, '}');

CREATE TABLE activity (
	id uuid CONSTRAINT activity__id__taken PRIMARY KEY,
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign (code) ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ancestors uuid[] NOT NULL,
	kind text NOT NULL,
	ordinal integer, -- its place in its module of the notice
	status text NOT NULL DEFAULT 'draft',
	execution text NOT NULL DEFAULT 'planned',
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
	search_text text NOT NULL GENERATED ALWAYS AS (search_key(
		title || E'\x1f' || host_name || E'\x1f' || coalesce(organizer_name, '') || E'\x1f' || coalesce(location, '') || E'\x1f' ||
		coalesce(module_other, '') || E'\x1f' || coalesce(audience_other, '') || E'\x1f' ||
		coalesce((proposal).approach, '') || E'\x1f' || coalesce((proposal).measures, '') || E'\x1f' ||
		coalesce((proposal).people, '') || E'\x1f' || coalesce((proposal).theme, '') || E'\x1f' ||
		coalesce((proposal).arrangement, '') || E'\x1f' || coalesce((proposal).outcomes, ''))) STORED,
	CONSTRAINT kind__not_allowed_value CHECK (kind IN ('highlight', 'programme', 'event')),
	CONSTRAINT status__not_allowed_value CHECK (CASE kind
		WHEN 'highlight' THEN status IN ('draft', 'submitted', 'under_review', 'returned', 'accepted', 'nominated')
		ELSE status IN ('draft', 'published') END),
	CONSTRAINT execution__not_allowed_value CHECK (execution IN ('planned', 'postponed', 'cancelled', 'held')),
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
	CONSTRAINT rank__of_nominated CHECK ((status = 'nominated') = (nomination_rank IS NOT NULL)),
	CONSTRAINT proposal__length CHECK (proposal_length(proposal) <= 20000),
	CONSTRAINT modules__too_many_items CHECK (cardinality(modules) <= 50),
	CONSTRAINT audiences__too_many_items CHECK (cardinality(audiences) <= 50),
	CONSTRAINT targets__too_many_items CHECK (cardinality(targets) <= 50),
	CONSTRAINT responsible_ids__too_many_items CHECK (cardinality(responsible_ids) <= 20),
	CONSTRAINT partner_ids__too_many_items CHECK (cardinality(partner_ids) <= 50)
);
CREATE INDEX activity_by_start ON activity (campaign_code, starts_on_or_last, id);
CREATE INDEX activity_by_start_backwards ON activity (campaign_code, starts_on_or_first, id);
CREATE INDEX activity_by_creation ON activity (campaign_code, created_at, id);
CREATE INDEX activity_by_status ON activity (campaign_code, status);
CREATE INDEX activity_by_organization ON activity (organization_id, campaign_code);
CREATE INDEX activity_by_bigrams ON activity USING gin (bigrams(search_text));

SELECT track_ancestors('activity');
SELECT track_changes('activity');
CREATE TRIGGER status_moved BEFORE UPDATE OF status ON activity
	FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION status_moved('activity');

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

ALTER TABLE activity ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON activity TO sciday_service;
GRANT INSERT (id, campaign_code, organization_id, kind, ordinal, host_name, title, modules, module_other, organizer_name, starts_on,
	ends_on, time_note, location, is_online, online_url, audiences, audience_other, expected_participants, scale_note, contact,
	mailing_address, proposal, targets, responsible_ids, partner_ids) ON activity TO sciday_service;
GRANT UPDATE (ordinal, status, host_name, title, modules, module_other, organizer_name, starts_on, ends_on, time_note, location,
	is_online, online_url, audiences, audience_other, expected_participants, scale_note, contact, mailing_address, proposal, targets,
	responsible_ids, partner_ids, nomination_rank, nomination_reason, correction_due_at, submission_count, submitted_at)
	ON activity TO sciday_service;
CREATE POLICY anyone_reads_public ON activity FOR SELECT
	USING (is_public);
CREATE POLICY author_reads ON activity FOR SELECT
	USING (organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[]));
CREATE POLICY administrator_reads ON activity FOR SELECT
	USING (ancestors && (SELECT caller_scope('administrator')));
CREATE POLICY reviewer_reads_submitted ON activity FOR SELECT
	USING (submission_count > 0 AND (ancestors[2:] && (SELECT caller_scope('reviewer')) OR ancestors[2:] && (SELECT caller_scope('observer'))));
CREATE POLICY author_creates ON activity FOR INSERT
	WITH CHECK (kind = 'highlight' AND organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[]));
CREATE POLICY administrator_creates ON activity FOR INSERT
	WITH CHECK (kind <> 'highlight' AND ancestors && (SELECT caller_scope('administrator')));
CREATE POLICY author_changes ON activity FOR UPDATE
	USING (kind = 'highlight' AND organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[]));
CREATE POLICY reviewer_changes ON activity FOR UPDATE
	USING (kind = 'highlight' AND ancestors[2:] && (SELECT caller_scope('reviewer')));
CREATE POLICY administrator_changes ON activity FOR UPDATE
	USING (kind <> 'highlight' AND ancestors && (SELECT caller_scope('administrator')));
CREATE POLICY author_deletes ON activity FOR DELETE
	USING (kind = 'highlight' AND status = 'draft' AND submission_count = 0
	       AND organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[]));
CREATE POLICY administrator_deletes ON activity FOR DELETE
	USING (kind <> 'highlight' AND status = 'draft' AND ancestors && (SELECT caller_scope('administrator')));

-- Whose work a plan or an activity of this kind is, and in what campaigns they do it.
CREATE FUNCTION author_role(kind text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN kind IN ('programme', 'event') THEN 'administrator' ELSE 'submitter' END;

CREATE FUNCTION author_campaign_statuses(kind text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN kind IN ('programme', 'event') THEN '{draft,open}'::text[] ELSE '{open}' END;

-- Candidates only, through the index that row security hides; the caller's policies still decide.
-- Two characters are one bigram, and need no second look.
CREATE FUNCTION activities_matching(campaign_code text, q text) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN ARRAY(
	SELECT a.id
	  FROM activity a
	 WHERE bigrams(a.search_text) @> bigrams(search_key(q))
	   AND (length(search_key(q)) = 2 OR strpos(a.search_text, search_key(q)) > 0)
	   AND a.campaign_code = activities_matching.campaign_code);

---------------------------------------------------------------------------------------------
-- Who may begin one, and when. Raises what stands against it, in the contract's order of refusal.

CREATE FUNCTION may_create(campaign_code text, organization_id uuid, kind text) RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	of_campaign campaign;
	of_organization organization;
BEGIN
	SELECT * INTO of_campaign FROM campaign c WHERE c.code = may_create.campaign_code;
	IF NOT FOUND THEN
		PERFORM refuse('not_found');
	ELSIF of_campaign.status = 'closed' THEN
		PERFORM refuse('campaign_closed');
	ELSIF of_campaign.status <> 'open' AND author_role(kind) = 'submitter' THEN
		PERFORM refuse('campaign_not_open', jsonb_build_object('current_status', of_campaign.status));
	END IF;

	SELECT * INTO of_organization FROM organization o WHERE o.id = may_create.organization_id;
	IF NOT FOUND THEN
		PERFORM refuse_field('/organization_id', 'unknown');
	ELSIF NOT author_role(kind) = ANY (roles_at(of_organization.ancestors)) THEN
		PERFORM refuse('role_not_held_here');
	ELSIF author_role(kind) = 'administrator' AND of_organization.id <> of_campaign.issuer_id THEN
		PERFORM refuse_field('/organization_id', 'not_the_issuer');
	ELSIF author_role(kind) = 'submitter' AND NOT EXISTS (
		SELECT FROM recipient r
		 WHERE r.campaign_code = may_create.campaign_code AND r.organization_id = may_create.organization_id
	) THEN
		PERFORM refuse('not_a_recipient');
	END IF;
	RETURN true;
END
$$;

---------------------------------------------------------------------------------------------
-- What was submitted, frozen, and the append-only history of what became of it. Nothing in
-- either is ever changed: the service has no privilege to.

CREATE FUNCTION plan_content(p plan) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object('title', p.title, 'text', p.text);

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

-- SHA-256 of the content: jsonb has one text for one content, whatever order it was written in.
CREATE FUNCTION content_digest(content jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN encode(sha256(convert_to(content::text, 'UTF8')), 'hex');

CREATE TABLE submission (
	id uuid CONSTRAINT submission__id__taken PRIMARY KEY DEFAULT uuid_v7(),
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign (code) ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ancestors uuid[] NOT NULL,
	plan_id uuid CONSTRAINT plan_id__unknown REFERENCES plan ON DELETE RESTRICT,
	activity_id uuid CONSTRAINT activity_id__unknown REFERENCES activity ON DELETE RESTRICT,
	number integer NOT NULL,
	submitted_at timestamptz NOT NULL DEFAULT now(),
	submitted_by uuid NOT NULL CONSTRAINT submitted_by__unknown REFERENCES account ON DELETE RESTRICT,
	submitted_by_name text NOT NULL, -- as it was then
	correction_due_at timestamptz, -- by when it was asked for, if it answers a return
	content jsonb NOT NULL,
	digest text NOT NULL GENERATED ALWAYS AS (content_digest(content)) STORED,
	CONSTRAINT subject__one CHECK (num_nonnulls(plan_id, activity_id) = 1),
	CONSTRAINT submission__plan_id__taken UNIQUE (plan_id, number),
	CONSTRAINT submission__activity_id__taken UNIQUE (activity_id, number)
);
CREATE INDEX submission_by_organization ON submission (organization_id, campaign_code);

CREATE TABLE review (
	id uuid CONSTRAINT review__id__taken PRIMARY KEY DEFAULT uuid_v7(),
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign (code) ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ancestors uuid[] NOT NULL,
	plan_id uuid CONSTRAINT plan_id__unknown REFERENCES plan ON DELETE RESTRICT,
	activity_id uuid CONSTRAINT activity_id__unknown REFERENCES activity ON DELETE RESTRICT,
	submission_id uuid CONSTRAINT submission_id__unknown REFERENCES submission ON DELETE RESTRICT, -- null: what is published was never submitted
	action text NOT NULL,
	from_status text NOT NULL,
	to_status text NOT NULL,
	comment text,
	field_comments jsonb NOT NULL DEFAULT '[]',
	correction_due_at timestamptz,
	rank integer,
	reason text,
	by_user uuid NOT NULL CONSTRAINT by_user__unknown REFERENCES account ON DELETE RESTRICT,
	by_name text NOT NULL, -- as it was then: not everyone who reads this may read accounts
	request_id text DEFAULT NULLIF(current_setting('sciday.request_id', true), ''),
	reviewed_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT subject__one CHECK (num_nonnulls(plan_id, activity_id) = 1),
	CONSTRAINT comment__length CHECK (length(comment) BETWEEN 1 AND 2000),
	CONSTRAINT comment__required CHECK (action <> 'return' OR comment IS NOT NULL),
	CONSTRAINT field_comments__length CHECK (jsonb_array_length(field_comments) <= 100)
);
CREATE INDEX review_by_plan ON review (plan_id, reviewed_at, id);
CREATE INDEX review_by_activity ON review (activity_id, reviewed_at, id);
CREATE INDEX review_by_submission ON review (submission_id);
CREATE INDEX review_by_organization ON review (organization_id);

-- A row of history belongs where its subject does, and is signed with the name of that time.
CREATE FUNCTION submission_placed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	SELECT s.campaign_code, s.organization_id INTO NEW.campaign_code, NEW.organization_id
	  FROM (SELECT p.campaign_code, p.organization_id FROM plan p WHERE p.id = NEW.plan_id
	        UNION ALL
	        SELECT a.campaign_code, a.organization_id FROM activity a WHERE a.id = NEW.activity_id) s;
	NEW.submitted_by_name := (SELECT u.name FROM account u WHERE u.id = NEW.submitted_by);
	RETURN NEW;
END
$$;

-- A review is of the latest submission.
CREATE FUNCTION review_placed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	SELECT s.campaign_code, s.organization_id INTO NEW.campaign_code, NEW.organization_id
	  FROM (SELECT p.campaign_code, p.organization_id FROM plan p WHERE p.id = NEW.plan_id
	        UNION ALL
	        SELECT a.campaign_code, a.organization_id FROM activity a WHERE a.id = NEW.activity_id) s;
	NEW.by_name := (SELECT u.name FROM account u WHERE u.id = NEW.by_user);
	NEW.submission_id := coalesce(NEW.submission_id, (
		SELECT s.id FROM submission s
		 WHERE s.plan_id = NEW.plan_id OR s.activity_id = NEW.activity_id
		 ORDER BY s.number DESC
		 LIMIT 1));
	RETURN NEW;
END
$$;

-- Before tracks_ancestors, by the order of their names.
CREATE TRIGGER placed BEFORE INSERT ON submission FOR EACH ROW EXECUTE FUNCTION submission_placed();
CREATE TRIGGER placed BEFORE INSERT ON review FOR EACH ROW EXECUTE FUNCTION review_placed();
SELECT track_ancestors('submission');
SELECT track_ancestors('review');
SELECT track_changes('submission');
SELECT track_changes('review');

ALTER TABLE submission ENABLE ROW LEVEL SECURITY;
ALTER TABLE review ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON submission TO sciday_service;
GRANT INSERT (plan_id, activity_id, number, submitted_by, correction_due_at, content) ON submission TO sciday_service;
GRANT SELECT ON review TO sciday_service;
GRANT INSERT (plan_id, activity_id, submission_id, action, from_status, to_status, comment, field_comments, correction_due_at,
	rank, reason, by_user) ON review TO sciday_service;
CREATE POLICY people_there_read ON submission FOR SELECT
	USING (organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[])
	       OR ancestors && (SELECT caller_scope('administrator'))
	       OR ancestors[2:] && (SELECT caller_scope('reviewer')) OR ancestors[2:] && (SELECT caller_scope('observer')));
CREATE POLICY people_there_read ON review FOR SELECT
	USING (organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[])
	       OR ancestors && (SELECT caller_scope('administrator'))
	       OR ancestors[2:] && (SELECT caller_scope('reviewer')) OR ancestors[2:] && (SELECT caller_scope('observer')));
CREATE POLICY author_submits ON submission FOR INSERT
	WITH CHECK (submitted_by = caller_id() AND organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[]));
-- History may say only what the table of states allows the caller there.
CREATE POLICY actor_writes ON review FOR INSERT
	WITH CHECK (by_user = caller_id() AND EXISTS (
		SELECT FROM transition t
		 WHERE (t.action, t.from_status, t.to_status) = (review.action, review.from_status, review.to_status)
		   AND t.role = ANY (roles_at(review.ancestors))));

-- What still stands of what was submitted.
CREATE VIEW standing_submission WITH (security_invoker) AS
SELECT s.*
  FROM submission s
 WHERE NOT EXISTS (SELECT FROM review r WHERE r.submission_id = s.id AND r.action = 'withdraw');
GRANT SELECT ON standing_submission TO sciday_service;

---------------------------------------------------------------------------------------------
-- Verdicts. An obligation is fulfilled by the first submission that was not withdrawn: a
-- return and a resubmission change nothing. All of it is derived, nothing stored.

ALTER TABLE obligation ADD CONSTRAINT activity_id__unknown FOREIGN KEY (activity_id) REFERENCES activity ON DELETE RESTRICT;

-- When each highlight was first handed in.
CREATE VIEW standing_highlight WITH (security_invoker) AS
SELECT s.campaign_code, s.organization_id, s.activity_id, min(s.submitted_at) AS submitted_at
  FROM standing_submission s
 WHERE s.activity_id IS NOT NULL
 GROUP BY s.campaign_code, s.organization_id, s.activity_id;
GRANT SELECT ON standing_highlight TO sciday_service;

CREATE FUNCTION verdict(is_waived boolean, received_at timestamptz, due_at timestamptz, effective_due_at timestamptz, at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
	WHEN is_waived THEN 'waived'
	WHEN received_at IS NULL AND (effective_due_at IS NULL OR at < effective_due_at) THEN 'pending'
	WHEN received_at IS NULL THEN 'overdue'
	WHEN due_at IS NULL OR received_at < due_at THEN 'on_time'
	WHEN received_at < effective_due_at THEN 'extended_on_time'
	ELSE 'late' END;

-- A later due instant for one organization's obligations of one kind. The original one stays,
-- the extension given last rules, and a mistaken one is revoked, not deleted.
CREATE TABLE extension (
	id uuid CONSTRAINT extension__id__taken PRIMARY KEY DEFAULT uuid_v7(),
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign (code) ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ancestors uuid[] NOT NULL,
	kind text NOT NULL,
	due_at timestamptz NOT NULL,
	reason text NOT NULL,
	given_by uuid NOT NULL CONSTRAINT given_by__unknown REFERENCES account ON DELETE RESTRICT,
	given_at timestamptz NOT NULL DEFAULT now(),
	revoked_by uuid CONSTRAINT revoked_by__unknown REFERENCES account ON DELETE RESTRICT,
	revoked_at timestamptz,
	CONSTRAINT kind__not_allowed_value CHECK (kind IN ('notice_receipt', 'plan', 'highlights', 'summary_report')),
	CONSTRAINT reason__length CHECK (length(reason) BETWEEN 1 AND 500),
	CONSTRAINT revoked_at__with_revoked_by CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX extension_by_organization ON extension (organization_id, campaign_code, kind, given_at);
SELECT track_ancestors('extension');
SELECT track_changes('extension');
ALTER TABLE extension ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON extension TO sciday_service;
CREATE POLICY people_there_read ON extension FOR SELECT
	USING (organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[])
	       OR ancestors && (SELECT caller_scope('administrator'))
	       OR ancestors[2:] && (SELECT caller_scope('reviewer')) OR ancestors[2:] && (SELECT caller_scope('observer')));

CREATE VIEW obligation_due WITH (security_invoker) AS
SELECT o.*, coalesce(e.due_at, o.due_at) AS effective_due_at
  FROM obligation o
  LEFT JOIN LATERAL (
	SELECT e.due_at FROM extension e
	 WHERE (e.organization_id, e.campaign_code, e.kind) = (o.organization_id, o.campaign_code, o.kind) AND e.revoked_at IS NULL
	 ORDER BY e.given_at DESC, e.id DESC
	 LIMIT 1) e ON true;

-- Received: a plan when it was first handed in, highlights when the required number had been.
CREATE VIEW obligation_received WITH (security_invoker) AS
SELECT o.*, r.received_at, h.submitted
  FROM obligation_due o
  LEFT JOIN LATERAL (
	SELECT count(*)::integer AS submitted FROM standing_highlight h
	 WHERE o.kind = 'highlights' AND h.organization_id = o.organization_id AND h.campaign_code = o.campaign_code) h ON o.kind = 'highlights'
 CROSS JOIN LATERAL (
	SELECT CASE o.kind
		WHEN 'plan' THEN (
			SELECT min(s.submitted_at) FROM standing_submission s
			 WHERE s.organization_id = o.organization_id AND s.campaign_code = o.campaign_code AND s.plan_id IS NOT NULL)
		WHEN 'highlights' THEN CASE WHEN o.required = 0 THEN o.created_at ELSE (
			SELECT h.submitted_at FROM standing_highlight h
			 WHERE h.organization_id = o.organization_id AND h.campaign_code = o.campaign_code
			 ORDER BY h.submitted_at
			OFFSET o.required - 1
			 LIMIT 1) END
	END AS received_at
	OFFSET 0) r; -- a fence: else each of its uses would look for the submissions anew

CREATE VIEW obligation_judged WITH (security_invoker) AS
SELECT o.*,
       verdict(o.waived_at IS NOT NULL, o.received_at, o.due_at, o.effective_due_at, now()) AS verdict,
       verdict(false, o.received_at, o.due_at, o.due_at, now()) AS original_verdict
  FROM obligation_received o;
GRANT SELECT ON obligation_due, obligation_received, obligation_judged TO sciday_service;

-- Submitting a highlight makes it owe a summary report; withdrawing the last of its submissions takes that back.
CREATE FUNCTION submission_obliged() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	INSERT INTO obligation (campaign_code, organization_id, kind, activity_id, required, due_at)
	SELECT NEW.campaign_code, NEW.organization_id, 'summary_report', NEW.activity_id, 1, c.summary_due_at
	  FROM campaign c
	 WHERE c.code = NEW.campaign_code
	   AND NOT EXISTS (SELECT FROM obligation o WHERE o.activity_id = NEW.activity_id);
	RETURN NULL;
END
$$;
CREATE TRIGGER submission_obliged AFTER INSERT ON submission
	FOR EACH ROW WHEN (NEW.activity_id IS NOT NULL) EXECUTE FUNCTION submission_obliged();

CREATE FUNCTION withdrawal_released() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	DELETE FROM obligation o
	 WHERE o.activity_id = NEW.activity_id
	   AND NOT EXISTS (SELECT FROM standing_submission s WHERE s.activity_id = NEW.activity_id);
	RETURN NULL;
END
$$;
CREATE TRIGGER withdrawal_released AFTER INSERT ON review
	FOR EACH ROW WHEN (NEW.action = 'withdraw' AND NEW.activity_id IS NOT NULL) EXECUTE FUNCTION withdrawal_released();

---------------------------------------------------------------------------------------------
-- What is wrong with a form: a row for each thing, in the form's order. Errors stop a
-- submission, warnings do not.

CREATE FUNCTION plan_findings(p plan) RETURNS TABLE (pointer text, code text, params jsonb, is_error boolean)
LANGUAGE sql STABLE
AS $$
	SELECT '/text', 'required', NULL::jsonb, true
	 WHERE p.text IS NULL
$$;

-- The organization's highlights as they would be with this one handed in: how many, and the
-- phases in which there would be none.
CREATE FUNCTION highlights_with(a activity) RETURNS TABLE (submitted integer, phases integer[], missing text[])
LANGUAGE sql STABLE
AS $$
	WITH handed_in AS (
		SELECT h.starts_on
		  FROM activity h
		 WHERE h.campaign_code = a.campaign_code AND h.organization_id = a.organization_id AND h.kind = 'highlight'
		   AND h.status <> 'draft' AND h.id <> a.id
		UNION ALL
		SELECT a.starts_on
	)
	SELECT (SELECT count(*)::integer FROM handed_in), array_agg(p.ordinal ORDER BY p.ordinal), array_agg(p.name ORDER BY p.ordinal)
	  FROM phase p
	 WHERE p.campaign_code = a.campaign_code
	   AND NOT EXISTS (SELECT FROM handed_in h WHERE h.starts_on BETWEEN p.starts_on AND p.ends_on)
$$;

CREATE FUNCTION activity_findings(a activity) RETURNS TABLE (pointer text, code text, params jsonb, is_error boolean)
LANGUAGE sql STABLE
AS $$
	SELECT f.pointer, f.code, f.params, f.is_error
	  FROM campaign c
	 CROSS JOIN LATERAL (
		SELECT a.kind = 'highlight' AS is_form,
		       jsonb_build_object('starts_on', c.starts_on, 'ends_on', c.ends_on) AS dates,
		       jsonb_build_object('actual', proposal_length(a.proposal), 'maximum', c.highlight_text_limit) AS length) v
	  LEFT JOIN LATERAL highlights_with(a) h ON v.is_form
	 CROSS JOIN LATERAL (VALUES
		(a.kind <> 'event' AND a.modules = '{}' AND a.module_other IS NULL, '/modules', 'module_required', NULL::jsonb, true),
		(a.module_other IS NOT NULL AND NOT c.modules_open, '/module_other', 'modules_closed', NULL, true),
		(v.is_form AND a.starts_on IS NULL, '/starts_on', 'required', NULL, true),
		(a.starts_on NOT BETWEEN c.starts_on AND c.ends_on, '/starts_on', 'outside_campaign', v.dates, true),
		(a.ends_on NOT BETWEEN c.starts_on AND c.ends_on, '/ends_on', 'outside_campaign', v.dates, true),
		(v.is_form AND a.location IS NULL AND NOT a.is_online, '/location', 'location_or_online_required', NULL, true),
		(v.is_form AND a.location IS NULL AND a.is_online AND a.online_url IS NULL, '/online_url', 'required', NULL, true),
		(v.is_form AND a.audiences = '{}' AND a.audience_other IS NULL, '/audiences', 'audience_required', NULL, true),
		(v.is_form AND a.expected_participants IS NULL, '/expected_participants', 'required', NULL, true),
		(v.is_form AND (a.contact).name IS NULL, '/contact/name', 'required', NULL, true),
		(v.is_form AND (a.contact).office_phone IS NULL AND (a.contact).mobile IS NULL, '/contact/mobile', 'phone_required', NULL, true),
		(v.is_form AND a.mailing_address IS NULL, '/mailing_address', 'required', NULL, true),
		(v.is_form AND proposal_length(a.proposal) = 0, '/proposal', 'required', NULL, true),
		(v.is_form AND proposal_length(a.proposal) > c.highlight_text_limit, '/proposal', 'too_long_for_form', v.length,
		 c.highlight_text_limit_strict),
		(v.is_form AND h.phases IS NOT NULL, '', 'phases_not_covered',
		 jsonb_build_object('phases', h.phases, 'missing', h.missing), false),
		(v.is_form AND h.submitted < c.minimum_highlights, '', 'too_few_highlights',
		 jsonb_build_object('submitted', h.submitted, 'required', c.minimum_highlights), false)
	) f (is_found, pointer, code, params, is_error)
	 WHERE c.code = a.campaign_code AND f.is_found
$$;

---------------------------------------------------------------------------------------------
-- Deadlines of submitting

-- By when the next submission is due: a correction by the date that came with the return, if any.
CREATE VIEW plan_due WITH (security_invoker) AS
SELECT p.id,
       CASE WHEN EXISTS (SELECT FROM standing_submission s WHERE s.plan_id = p.id) THEN p.correction_due_at
            ELSE (SELECT o.effective_due_at FROM obligation_due o
                   WHERE (o.organization_id, o.campaign_code, o.kind) = (p.organization_id, p.campaign_code, 'plan')) END AS due_at
  FROM plan p;

CREATE VIEW activity_due WITH (security_invoker) AS
SELECT a.id,
       CASE WHEN EXISTS (SELECT FROM standing_submission s WHERE s.activity_id = a.id) THEN a.correction_due_at
            WHEN a.kind = 'highlight' THEN (
                SELECT o.effective_due_at FROM obligation_due o
                 WHERE (o.organization_id, o.campaign_code, o.kind) = (a.organization_id, a.campaign_code, 'highlights')) END AS due_at
  FROM activity a;
GRANT SELECT ON plan_due, activity_due TO sciday_service;

-- Whether a submission due then is refused now. Most campaigns take it, and mark it late.
CREATE FUNCTION is_refused_as_late(c campaign, due_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE
RETURN c.late_submissions = 'refused' AND coalesce(now() >= due_at, false);

-- What the caller may do now, with the roles held at it.
CREATE VIEW plan_action WITH (security_invoker) AS
SELECT p.id AS plan_id, t.action, t.ordinal
  FROM plan p
  JOIN campaign c ON c.code = p.campaign_code
  JOIN transition t ON t.resource = 'plan' AND t.from_status = p.status
 WHERE t.role = ANY (roles_at(p.ancestors)) AND c.status = ANY (t.campaign_statuses);

CREATE VIEW activity_action WITH (security_invoker) AS
SELECT a.id AS activity_id, t.action, t.ordinal
  FROM activity a
  JOIN campaign c ON c.code = a.campaign_code
  JOIN transition t ON t.resource = 'activity' AND t.kind = a.kind AND t.from_status = a.status
 WHERE t.role = ANY (roles_at(a.ancestors)) AND c.status = ANY (t.campaign_statuses);
GRANT SELECT ON plan_action, activity_action TO sciday_service;

-- The last local date on which what is due at this instant is in time.
CREATE FUNCTION due_date(due_at timestamptz, time_zone text) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ((due_at AT TIME ZONE time_zone) - interval '1 microsecond')::date;

-- What a refusal's text and a client need to know.
CREATE FUNCTION refusal_params(code text, status text, campaign_status text, allowed_actions text[], due_on date, errors jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE code
	WHEN 'transition_not_allowed' THEN jsonb_build_object('current_status', status, 'allowed_actions', allowed_actions)
	WHEN 'not_editable' THEN jsonb_build_object('current_status', status)
	WHEN 'campaign_not_open' THEN jsonb_build_object('current_status', campaign_status)
	WHEN 'deadline_passed' THEN jsonb_build_object('due_on', due_on)
	WHEN 'form_incomplete' THEN jsonb_build_object('errors', errors)
END;

---------------------------------------------------------------------------------------------
-- Bodies and summaries. A summary is the same for every caller; what depends on the caller is in the body.

-- What the latest return asks for, as long as it is the author's turn.
CREATE VIEW correction WITH (security_invoker) AS
SELECT r.plan_id, r.activity_id, r.reviewed_at,
       json_build_object('comment', r.comment, 'field_comments', r.field_comments, 'due_at', instant(r.correction_due_at),
                         'returned_at', instant(r.reviewed_at),
                         'returned_by', json_build_object('id', r.by_user, 'name', r.by_name)) AS correction
  FROM review r
 WHERE r.action = 'return';

CREATE VIEW plan_summary WITH (security_invoker) AS
SELECT json_build_object(
           'id', p.id, 'campaign_code', p.campaign_code,
           'organization', json_build_object('id', o.id, 'code', o.code, 'name', o.name), 'title', p.title, 'status', p.status,
           'submission_count', p.submission_count, 'submitted_at', instant(p.submitted_at),
           'created_at', instant(p.created_at), 'updated_at', instant(p.updated_at))::text AS summary,
       p.id, p.campaign_code, p.organization_id, o.kind AS organization_kind, p.status, p.created_at
  FROM plan p
  JOIN organization o ON o.id = p.organization_id;

CREATE VIEW plan_body WITH (security_invoker) AS
SELECT p.id, p.version,
       json_build_object(
           'id', p.id, 'campaign_code', p.campaign_code, 'organization', o.reference, 'title', p.title, 'text', p.text,
           'status', p.status, 'submission_count', p.submission_count, 'submitted_at', instant(p.submitted_at),
           'due_at', instant(d.due_at), 'due_on', due_date(d.due_at, c.time_zone), 'time_zone', c.time_zone,
           'correction_due_at', instant(p.correction_due_at),
           'correction', (
               SELECT r.correction FROM correction r WHERE r.plan_id = p.id AND p.status = 'returned' ORDER BY r.reviewed_at DESC LIMIT 1),
           'allowed_actions', ARRAY(SELECT n.action FROM plan_action n WHERE n.plan_id = p.id ORDER BY n.ordinal),
           'redacted', '[]'::json,
           'version', p.version, 'created_at', instant(p.created_at), 'updated_at', instant(p.updated_at)) AS body
  FROM plan p
  JOIN organization_reference o ON o.id = p.organization_id
  JOIN campaign c ON c.code = p.campaign_code
 CROSS JOIN LATERAL (SELECT d.due_at FROM plan_due d WHERE d.id = p.id OFFSET 0) d; -- once, for its two fields

GRANT SELECT ON correction, plan_summary, plan_body TO sciday_service;

CREATE VIEW activity_summary WITH (security_invoker) AS
SELECT a.summary_head || ', "organization" : ' || o.reference::text || ', "phase" : ' || coalesce((
           SELECT p.ordinal FROM phase p
            WHERE p.campaign_code = a.campaign_code AND a.starts_on BETWEEN p.starts_on AND p.ends_on)::text, 'null') || '}' AS summary,
       a.id, a.campaign_code, a.organization_id, a.kind, a.status, a.modules, a.audiences,
       a.starts_on_or_last, a.starts_on_or_first, a.created_at
  FROM activity a
  JOIN organization o ON o.id = a.organization_id;

CREATE VIEW activity_body WITH (security_invoker) AS
SELECT a.id, a.version,
       json_build_object(
           'id', a.id, 'campaign_code', a.campaign_code, 'organization', o.reference,
           'kind', a.kind, 'ordinal', a.ordinal, 'status', a.status, 'execution', a.execution,
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

-- Against what a submission is late: a correction against the return's date, the first one
-- against the obligation.
CREATE VIEW submission_judged WITH (security_invoker) AS
SELECT s.*, o.due_at, o.due_at IS NOT NULL AND s.submitted_at >= o.due_at AS is_late, w.withdrawn_at
  FROM submission s
 CROSS JOIN LATERAL (
	SELECT CASE
		WHEN EXISTS (
			SELECT FROM standing_submission e
			 WHERE (e.plan_id = s.plan_id OR e.activity_id = s.activity_id) AND e.number < s.number) THEN s.correction_due_at
		ELSE (
			SELECT d.effective_due_at FROM obligation_due d
			 WHERE d.organization_id = s.organization_id AND d.campaign_code = s.campaign_code
			   AND d.kind = CASE WHEN s.plan_id IS NOT NULL THEN 'plan' ELSE 'highlights' END) END AS due_at) o
 CROSS JOIN LATERAL (
	SELECT min(r.reviewed_at) AS withdrawn_at FROM review r WHERE r.submission_id = s.id AND r.action = 'withdraw') w;

CREATE VIEW submission_summary WITH (security_invoker) AS
SELECT json_build_object(
           'id', s.id, 'plan_id', s.plan_id, 'activity_id', s.activity_id, 'number', s.number,
           'submitted_at', instant(s.submitted_at), 'submitted_by', json_build_object('id', s.submitted_by, 'name', s.submitted_by_name),
           'withdrawn_at', instant(s.withdrawn_at), 'due_at', instant(s.due_at), 'is_late', s.is_late,
           'late_by_seconds', CASE WHEN s.is_late THEN ceil(extract(epoch FROM s.submitted_at - s.due_at))::bigint ELSE 0 END,
           'digest', s.digest)::text AS summary,
       s.id, s.plan_id, s.activity_id, s.number
  FROM submission_judged s;

CREATE VIEW submission_body WITH (security_invoker) AS
SELECT s.id,
       json_build_object(
           'id', s.id, 'campaign_code', s.campaign_code, 'organization', o.reference,
           'plan_id', s.plan_id, 'activity_id', s.activity_id, 'number', s.number,
           'submitted_at', instant(s.submitted_at), 'submitted_by', json_build_object('id', s.submitted_by, 'name', s.submitted_by_name),
           'withdrawn_at', instant(s.withdrawn_at), 'due_at', instant(s.due_at), 'is_late', s.is_late,
           'late_by_seconds', CASE WHEN s.is_late THEN ceil(extract(epoch FROM s.submitted_at - s.due_at))::bigint ELSE 0 END,
           'digest', s.digest, 'content', s.content) AS body
  FROM submission_judged s
  JOIN organization_reference o ON o.id = s.organization_id;

CREATE VIEW review_body WITH (security_invoker) AS
SELECT json_build_object(
           'id', r.id, 'plan_id', r.plan_id, 'activity_id', r.activity_id, 'submission_id', r.submission_id,
           'action', r.action, 'from_status', r.from_status, 'to_status', r.to_status,
           'comment', r.comment, 'field_comments', r.field_comments, 'correction_due_at', instant(r.correction_due_at),
           'rank', r.rank, 'reason', r.reason,
           'by', json_build_object('id', r.by_user, 'name', r.by_name), 'request_id', r.request_id,
           'reviewed_at', instant(r.reviewed_at))::text AS body,
       r.id, r.plan_id, r.activity_id, r.reviewed_at
  FROM review r;

-- An activity may be everyone's to read; what was submitted of it and how it was reviewed is not. An
-- empty list would say that there is nothing.
CREATE FUNCTION may_read_history(activity_id uuid) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF EXISTS (SELECT FROM activity a WHERE a.id = may_read_history.activity_id AND cardinality(roles_at(a.ancestors)) = 0) THEN
		PERFORM refuse('role_not_held_here');
	END IF;
	RETURN true;
END
$$;

CREATE VIEW obligation_body WITH (security_invoker) AS
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
           'waived_at', instant(o.waived_at), 'waived_reason', o.waived_reason,
           'version', o.version, 'created_at', instant(o.created_at), 'updated_at', instant(o.updated_at)) AS body
  FROM obligation_judged o
  JOIN organization_reference r ON r.id = o.organization_id
  JOIN campaign c ON c.code = o.campaign_code;

CREATE VIEW workflows_body WITH (security_invoker) AS
SELECT json_build_object('workflows', json_agg(json_build_object(
           'resource', w.resource, 'kind', w.kind, 'initial_status', 'draft', 'transitions', w.transitions) ORDER BY w.first)) AS body
  FROM (
	SELECT t.resource, t.kind, min(t.ordinal) AS first,
	       json_agg(json_build_object('action', t.action, 'from_status', t.from_status, 'to_status', t.to_status, 'role', t.role,
	                                  'campaign_statuses', t.campaign_statuses) ORDER BY t.ordinal) AS transitions
	  FROM transition t
	 GROUP BY t.resource, t.kind) w;

GRANT SELECT ON activity_summary, activity_body, submission_judged, submission_summary, submission_body, review_body, obligation_body,
	workflows_body TO sciday_service;

INSERT INTO label (vocabulary, code, ordinal, zh, en) VALUES
	('plan_status', 'draft', 1, '草稿', 'Draft'),
	('plan_status', 'submitted', 2, '已报送', 'Submitted'),
	('plan_status', 'under_review', 3, '审核中', 'Under review'),
	('plan_status', 'returned', 4, '已退回', 'Returned'),
	('plan_status', 'accepted', 5, '审核通过', 'Accepted'),
	('activity_status', 'draft', 1, '草稿', 'Draft'),
	('activity_status', 'submitted', 2, '已报送', 'Submitted'),
	('activity_status', 'under_review', 3, '审核中', 'Under review'),
	('activity_status', 'returned', 4, '已退回', 'Returned'),
	('activity_status', 'accepted', 5, '审核通过', 'Accepted'),
	('activity_status', 'nominated', 6, '已择优报送', 'Nominated'),
	('activity_status', 'published', 7, '已发布', 'Published'),
	('activity_kind', 'highlight', 1, '特色亮点活动', 'Highlight activity'),
	('activity_kind', 'programme', 2, '通知安排的活动', 'Programme activity'),
	('activity_kind', 'event', 3, '启动仪式和主场活动', 'Event'),
	('execution', 'planned', 1, '计划举办', 'Planned'),
	('execution', 'postponed', 2, '延期', 'Postponed'),
	('execution', 'cancelled', 3, '取消', 'Cancelled'),
	('execution', 'held', 4, '已举办', 'Held'),
	('action', 'submit', 1, '报送', 'Submit'),
	('action', 'withdraw', 2, '撤回', 'Withdraw'),
	('action', 'start_review', 3, '开始审核', 'Start the review'),
	('action', 'return', 4, '退回', 'Return'),
	('action', 'accept', 5, '通过', 'Accept'),
	('action', 'nominate', 6, '择优报送', 'Nominate'),
	('action', 'retract', 7, '撤销择优报送', 'Retract the nomination'),
	('action', 'publish', 8, '发布', 'Publish'),
	('action', 'unpublish', 9, '取消发布', 'Unpublish'),
	('verdict', 'on_time', 1, '按时', 'On time'),
	('verdict', 'extended_on_time', 2, '延期内按时', 'On time after an extension'),
	('verdict', 'late', 3, '逾期报送', 'Late'),
	('verdict', 'pending', 4, '待报', 'Pending'),
	('verdict', 'overdue', 5, '逾期未报', 'Overdue'),
	('verdict', 'waived', 6, '免报', 'Waived');
