-- The life of what is submitted, once: plans, activities and summary reports share it, and so would a fourth.

---------------------------------------------------------------------------------------------
-- What is submitted is a subject. Each resource has a table of its own; here is only its key, the one by which submissions,
-- reviews and documents name what they are of, and what of it never changes. They keep of that what they need, so that nobody
-- who reads looks here.

CREATE TABLE subject (
	id uuid CONSTRAINT subject__id__taken PRIMARY KEY,
	resource text NOT NULL,
	campaign_code text NOT NULL,
	organization_id uuid NOT NULL
);

CREATE FUNCTION subject_made() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	INSERT INTO subject (id, resource, campaign_code, organization_id) VALUES (NEW.id, TG_TABLE_NAME, NEW.campaign_code, NEW.organization_id);
	RETURN NEW;
END
$$;

-- Its documents go with it; what was ever submitted or reviewed stays.
CREATE FUNCTION subject_ended() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	DELETE FROM subject s WHERE s.id = OLD.id;
	RETURN NULL;
END
$$;

---------------------------------------------------------------------------------------------
-- The states. Statements act by these rows, history refers to them, /v1/workflows publishes
-- them, and allowed_actions is read from them.

CREATE TABLE transition (
	resource text NOT NULL,
	kind text, -- the activity's
	action text NOT NULL,
	from_status text NOT NULL,
	to_status text NOT NULL,
	role text NOT NULL,
	-- Closed, a campaign takes no more submissions or edits; review and nomination go on.
	campaign_statuses text[] NOT NULL,
	ordinal integer NOT NULL GENERATED ALWAYS AS IDENTITY,
	CONSTRAINT resource__not_allowed_value CHECK (resource IN ('plan', 'activity', 'summary_report', 'execution')),
	CONSTRAINT kind__not_allowed_value CHECK (kind IN ('highlight', 'programme', 'event')),
	CONSTRAINT kind_of_activities CHECK ((resource = 'plan') = (kind IS NULL)),
	CONSTRAINT role__not_allowed_value CHECK (role IN ('submitter', 'reviewer', 'administrator')),
	CONSTRAINT transition__action__taken UNIQUE NULLS NOT DISTINCT (resource, kind, action, from_status, role)
);
GRANT SELECT ON transition TO sciday_service;

INSERT INTO transition (resource, kind, action, from_status, to_status, role, campaign_statuses)
SELECT r.resource, r.kind, t.action, t.from_status, t.to_status, t.role, t.campaign_statuses
  FROM (VALUES
	(1, 'plan', NULL),
	(2, 'activity', 'highlight'),
	(3, 'summary_report', 'highlight')) r (ordinal, resource, kind)
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

-- Nobody is above the issuer to review the report of its programme or its event: it is accepted when it is submitted.
INSERT INTO transition (resource, kind, action, from_status, to_status, role, campaign_statuses)
SELECT 'summary_report', k.kind, t.action, t.from_status, t.to_status, 'administrator', '{open}'
  FROM (VALUES (1, 'programme'), (2, 'event')) k (ordinal, kind)
 CROSS JOIN (VALUES
	(1, 'submit', 'draft', 'accepted'),
	(2, 'withdraw', 'accepted', 'draft')) t (ordinal, action, from_status, to_status)
 ORDER BY k.ordinal, t.ordinal;

-- Execution, which is another matter than review, may be changed by more than one role.
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

-- On behalf 「代报」: what came on paper is entered by a reviewer.
INSERT INTO transition (resource, kind, action, from_status, to_status, role, campaign_statuses)
SELECT r.resource, r.kind, 'submit_on_behalf', s.status, 'submitted', 'reviewer', '{open}'
  FROM (VALUES (1, 'plan', NULL), (2, 'activity', 'highlight'), (3, 'summary_report', 'highlight')) r (ordinal, resource, kind)
 CROSS JOIN (VALUES (1, 'draft'), (2, 'returned')) s (ordinal, status)
 ORDER BY r.ordinal, s.ordinal;

-- The same, found by one row: what those who have these roles at a subject may do in its state, each action once. (The
-- roles are those of roles_at, in its order; a plan's kind is ''.)
CREATE MATERIALIZED VIEW state_action AS
SELECT a.resource, a.kind, a.status, a.campaign_status, a.roles, array_agg(a.action ORDER BY a.ordinal) AS actions
  FROM (
	SELECT t.resource, coalesce(t.kind, '') AS kind, t.from_status AS status, c.status AS campaign_status, r.roles, t.action, min(t.ordinal) AS ordinal
	  FROM transition t
	 CROSS JOIN LATERAL unnest(t.campaign_statuses) c (status)
	 CROSS JOIN (
		SELECT array_remove(ARRAY[s.role, r.role, o.role, a.role], NULL) AS roles
		  FROM (VALUES ('submitter'), (NULL)) s (role), (VALUES ('reviewer'), (NULL)) r (role), (VALUES ('observer'), (NULL)) o (role),
		       (VALUES ('administrator'), (NULL)) a (role)) r
	 WHERE t.role = ANY (r.roles)
	 GROUP BY t.resource, t.kind, t.from_status, c.status, r.roles, t.action) a
 GROUP BY a.resource, a.kind, a.status, a.campaign_status, a.roles;
CREATE UNIQUE INDEX state_action_found ON state_action (resource, kind, status, campaign_status, roles);
GRANT SELECT ON state_action TO sciday_service;

CREATE FUNCTION transitions_changed() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	REFRESH MATERIALIZED VIEW state_action;
	RETURN NULL;
END
$$;
CREATE TRIGGER transitions_changed AFTER INSERT OR UPDATE OR DELETE ON transition FOR EACH STATEMENT EXECUTE FUNCTION transitions_changed();

-- No status moves by a way that is not a row, whoever moves it.
CREATE FUNCTION status_moved() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
	of_kind text;
BEGIN
	IF TG_ARGV[1]::boolean THEN
		of_kind := NEW.kind;
	END IF;
	IF NOT EXISTS (
		SELECT FROM transition t
		 WHERE t.resource = TG_ARGV[0] AND t.kind IS NOT DISTINCT FROM of_kind
		   AND t.from_status = OLD.status AND t.to_status = NEW.status
	) THEN
		RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'no_transition',
			MESSAGE = format('no transition of %s from %s to %s', TG_ARGV[0], OLD.status, NEW.status);
	END IF;
	RETURN NEW;
END
$$;

-- What its author may still write.
CREATE FUNCTION is_editable(status text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN status IN ('draft', 'returned');

-- Whose work a plan or an activity of this kind is, and in what campaigns they do it.
CREATE FUNCTION author_role(kind text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN kind IN ('programme', 'event') THEN 'administrator' ELSE 'submitter' END;

CREATE FUNCTION author_campaign_statuses(kind text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN kind IN ('programme', 'event') THEN '{draft,open}'::text[] ELSE '{open}' END;

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

-- An author's words are changed by their author, or by a reviewer who enters them for the author, while they are editable;
-- a reviewer moves the rest of the row through its states.
CREATE FUNCTION content_guarded() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF row_security_active(TG_RELID) AND NOT (
		is_editable(OLD.status) AND 'submitter' = ANY (roles_at(OLD.ancestors)) OR may_enter(OLD.status, OLD.entered_by, OLD.ancestors)
	) THEN
		RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = 'what an organization writes is its own to change';
	END IF;
	RETURN NEW;
END
$$;

-- Accepted, or no longer: what is owed is counted anew (sql/tables/400_obligation.sql).
CREATE FUNCTION status_counted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM recount_owed(TG_TABLE_NAME, NEW.id, NEW.campaign_code, NEW.organization_id);
	RETURN NULL;
END
$$;

-- One line for each resource that is submitted: `content` are the columns that its author writes. Of a table that has kinds,
-- only a highlight is an organization's own words; the rest is the issuer's.
CREATE FUNCTION make_subject(target regclass, content text[]) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	resource CONSTANT text := target::text;
	words CONSTANT text := array_to_string(content, ', ');
	has_kind CONSTANT boolean := has_column(target, 'kind');
	when_own CONSTANT text := CASE WHEN has_kind THEN 'WHEN (OLD.kind = ''highlight'')' ELSE '' END;
BEGIN
	PERFORM track_ancestors(target), track_changes(target), audit_changes(target);
	EXECUTE format('GRANT SELECT, DELETE, INSERT (id, entered_by, %2$s), UPDATE (status, correction_due_at, submission_count, submitted_at,'
	               ' entered_by, %2$s) ON %1$s TO sciday_service', target, words);
	EXECUTE format('CREATE INDEX %I ON %s (campaign_code, created_at, id)', resource || '_by_creation', target);
	EXECUTE format('CREATE INDEX %I ON %s (campaign_code, status)', resource || '_by_status', target);
	-- With all that row security asks of them: only those of the first page are looked at.
	EXECUTE format('CREATE INDEX %I ON %s (organization_id) INCLUDE (submitted_at, id, campaign_code, ancestors, status, submission_count, entered_by%s)'
	               ' WHERE status IN (''submitted'', ''under_review'')', resource || '_awaiting_review', target,
	               (SELECT string_agg(', ' || c.name, '') FROM unnest('{is_public,activity_id}'::name[]) c (name) WHERE has_column(target, c.name)));

	-- After placed, by its name.
	EXECUTE format('CREATE TRIGGER subject_made BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION subject_made()', target);
	EXECUTE format('CREATE TRIGGER subject_ended AFTER DELETE ON %s FOR EACH ROW EXECUTE FUNCTION subject_ended()', target);
	EXECUTE format('CREATE TRIGGER content_guarded BEFORE UPDATE OF %s ON %s FOR EACH ROW %s EXECUTE FUNCTION content_guarded()', words, target, when_own);
	EXECUTE format('CREATE TRIGGER status_moved BEFORE UPDATE OF status ON %s FOR EACH ROW WHEN (OLD.status <> NEW.status)'
	               ' EXECUTE FUNCTION status_moved(%L, %L)', target, resource, has_kind);
	EXECUTE format('CREATE TRIGGER entering_ended BEFORE UPDATE OF status ON %s FOR EACH ROW'
	               ' WHEN (NEW.entered_by IS NOT NULL AND NEW.status <> ''draft'') EXECUTE FUNCTION entering_ended()', target);
	EXECUTE format('CREATE TRIGGER fulfilment_counted AFTER UPDATE OF status ON %s FOR EACH ROW'
	               ' WHEN ((OLD.status IN (''accepted'', ''nominated'')) <> (NEW.status IN (''accepted'', ''nominated'')))'
	               ' EXECUTE FUNCTION status_counted()', target);
	-- Nothing begins so but by its owner's hand: what was brought in from elsewhere.
	EXECUTE format('CREATE TRIGGER fulfilment_counted_at_once AFTER INSERT ON %s FOR EACH ROW'
	               ' WHEN (NEW.status IN (''accepted'', ''nominated'')) EXECUTE FUNCTION status_counted()', target);
END
$$;
REVOKE EXECUTE ON FUNCTION make_subject FROM sciday_service;

-- SHA-256 of the content: jsonb has one text for one content, whatever order it was written in.
CREATE FUNCTION content_digest(content jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
BEGIN
	RETURN encode(sha256(convert_to(content::text, 'UTF8')), 'hex');
END
$$;

-- What a refusal's text and a client need to know.
CREATE FUNCTION refusal_params(code text, status text, campaign_status text, allowed_actions text[], due_on date, errors jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE code
	WHEN 'transition_not_allowed' THEN jsonb_build_object('current_status', status, 'allowed_actions', allowed_actions)
	WHEN 'not_editable' THEN jsonb_build_object('current_status', status)
	WHEN 'campaign_not_open' THEN jsonb_build_object('current_status', campaign_status)
	WHEN 'deadline_passed' THEN jsonb_build_object('due_on', due_on)
	WHEN 'validation_failed' THEN jsonb_build_object('errors', errors)
	WHEN 'form_incomplete' THEN jsonb_build_object('errors', errors)
END;
