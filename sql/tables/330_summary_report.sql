-- Summary reports: what became of each activity.

CREATE TYPE participant_count AS (audience text, onsite integer, online integer); -- without an audience: all others

CREATE TYPE target_actual AS (target_id uuid, actual numeric, note text);

CREATE TYPE media_item AS (title text, medium text, url text, published_on date);

CREATE TABLE summary_report (
	id uuid CONSTRAINT summary_report__id__taken PRIMARY KEY CONSTRAINT id__unknown REFERENCES subject,
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
	entered_by uuid CONSTRAINT entered_by__unknown REFERENCES account ON DELETE RESTRICT,
	version integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT summary_report__activity_id__taken UNIQUE (activity_id),
	CONSTRAINT kind__not_allowed_value CHECK (kind IN ('highlight', 'programme', 'event')),
	CONSTRAINT status__not_allowed_value CHECK (CASE kind
		WHEN 'highlight' THEN status IN ('draft', 'submitted', 'under_review', 'returned', 'accepted')
		ELSE status IN ('draft', 'accepted') END),
	CONSTRAINT on_behalf__only_highlights CHECK (kind = 'highlight' OR entered_by IS NULL),
	CONSTRAINT time_note__length CHECK (length(time_note) BETWEEN 1 AND 100),
	CONSTRAINT location__length CHECK (length(location) BETWEEN 1 AND 200),
	CONSTRAINT online_url__length CHECK (length(online_url) BETWEEN 1 AND 500),
	CONSTRAINT outcomes__length CHECK (length(outcomes) BETWEEN 1 AND 10000),
	CONSTRAINT ends_on__before_start CHECK (ends_on >= starts_on),
	CONSTRAINT participants__too_many_items CHECK (cardinality(participants) <= 51),
	CONSTRAINT target_actuals__too_many_items CHECK (cardinality(target_actuals) <= 50),
	CONSTRAINT media_coverage__too_many_items CHECK (cardinality(media_coverage) <= 100)
);
CREATE INDEX summary_report_by_organization ON summary_report (organization_id, campaign_code);
CREATE INDEX summary_report_handed_in ON summary_report (organization_id, campaign_code) INCLUDE (id, status, correction_due_at, submission_count)
	WHERE kind = 'highlight' AND status <> 'draft';
SELECT make_subject('summary_report', content => '{starts_on,ends_on,time_note,location,is_online,online_url,participants,target_actuals,'
	'outcomes,media_coverage}');
GRANT INSERT (activity_id) ON summary_report TO sciday_service;

-- A report belongs where its activity does.
CREATE FUNCTION summary_report_placed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	SELECT a.campaign_code, a.organization_id, a.kind INTO NEW.campaign_code, NEW.organization_id, NEW.kind
	  FROM activity a WHERE a.id = NEW.activity_id;
	RETURN NEW;
END
$$;
-- Before saved, subject_made and tracks_ancestors, by its name.
CREATE TRIGGER placed BEFORE INSERT ON summary_report FOR EACH ROW EXECUTE FUNCTION summary_report_placed();

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
-- After placed, by its name, which finds the campaign.
CREATE TRIGGER saved BEFORE INSERT OR UPDATE OF participants, target_actuals ON summary_report
	FOR EACH ROW EXECUTE FUNCTION summary_report_saved();

CREATE FUNCTION summary_report_content(r summary_report) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object(
	'starts_on', r.starts_on, 'ends_on', r.ends_on, 'time_note', r.time_note,
	'location', r.location, 'is_online', r.is_online, 'online_url', r.online_url,
	'participants', r.participants, 'target_actuals', r.target_actuals,
	'outcomes', r.outcomes, 'media_coverage', r.media_coverage);

-- Whether everyone may read the activity, whoever asks: asked of one report after another, it must not
-- become a look at all activities.
CREATE FUNCTION is_public_activity(activity_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN EXISTS (SELECT FROM activity a WHERE a.id = is_public_activity.activity_id AND a.is_public);
