-- Where lists find activities. Row security hides every index but those of equality and order, and a list asks for a place, a
-- state, and an order of its own: so each activity is listed at the places that anyone asks from, in its state, and a page is
-- the first few of each state at each place. Rows are candidates alone: who may read which is decided where activities are read.

-- How an activity stands, and how far it is seen: by its authors alone, by reviewers for whom it was begun on behalf of its
-- organization, by all above, by everyone. It is what row security asks (sql/tables/900_access.sql).
CREATE FUNCTION activity_sight(is_public boolean, submission_count integer, entered_by uuid) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN is_public THEN 'everyone' WHEN submission_count > 0 THEN 'above' WHEN entered_by IS NOT NULL THEN 'reviewers' ELSE 'authors' END;

CREATE TABLE activity_state (
	id smallint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	kind text NOT NULL,
	status text NOT NULL,
	execution text NOT NULL,
	sight text NOT NULL,
	CONSTRAINT activity_state__taken UNIQUE (kind, status, execution, sight)
);
INSERT INTO activity_state (kind, status, execution, sight)
SELECT k.kind, k.status, e.execution, s.sight
  FROM (VALUES ('highlight', 'draft'), ('highlight', 'submitted'), ('highlight', 'under_review'), ('highlight', 'returned'),
               ('highlight', 'accepted'), ('highlight', 'nominated'), ('programme', 'draft'), ('programme', 'published'),
               ('event', 'draft'), ('event', 'published')) k (kind, status)
 CROSS JOIN unnest('{planned,postponed,cancelled,held}'::text[]) e (execution)
  JOIN unnest('{authors,reviewers,above,everyone}'::text[]) s (sight) ON (s.sight = 'everyone') = (k.status IN ('accepted', 'nominated', 'published'));

-- At its own organization and at all that this is below; and at the root once more for each of what singles few out of many
-- there: its organization's kind, no city, each module and audience, or none.
CREATE TABLE activity_listed (
	activity_id uuid NOT NULL,
	way text NOT NULL,
	place uuid NOT NULL,
	campaign_code text NOT NULL,
	state smallint NOT NULL,
	starts_on_or_last date NOT NULL,
	starts_on_or_first date NOT NULL,
	created_at timestamptz NOT NULL,
	organization_id uuid NOT NULL,
	organization_kind text NOT NULL,
	city_id uuid,
	modules text[] NOT NULL,
	audiences text[] NOT NULL,
	correction_due_at timestamptz
);
CREATE INDEX activity_listed_of ON activity_listed (activity_id);
CREATE INDEX activity_listed_by_start ON activity_listed (place, way, campaign_code, state, starts_on_or_last, activity_id);
CREATE INDEX activity_listed_by_start_backwards ON activity_listed (place, way, campaign_code, state, starts_on_or_first, activity_id);
CREATE INDEX activity_listed_by_creation ON activity_listed (place, way, campaign_code, state, created_at, activity_id);

-- What of a root is one of these is a place as well.
CREATE FUNCTION listed_place(root uuid, facet text, value text) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN md5(root || facet || value)::uuid;

CREATE VIEW activity_listing WITH (security_invoker) AS
SELECT a.id AS activity_id, p.way, p.place, a.campaign_code, s.id AS state, a.starts_on_or_last, a.starts_on_or_first, a.created_at,
       a.organization_id, o.kind AS organization_kind, c.city_id, a.modules, a.audiences, a.correction_due_at
  FROM activity a
  JOIN organization o ON o.id = a.organization_id
  JOIN activity_state s ON (s.kind, s.status, s.execution, s.sight)
                         = (a.kind, a.status, a.execution, activity_sight(a.is_public, a.submission_count, a.entered_by))
 CROSS JOIN LATERAL (
	SELECT (SELECT c.id FROM organization c
	         WHERE c.id = ANY (o.ancestors) AND c.kind = 'city_association'
	         ORDER BY cardinality(c.ancestors) DESC
	         LIMIT 1) AS city_id
	OFFSET 0) c
 CROSS JOIN LATERAL (
	SELECT 'own' AS way, o.id AS place
	UNION ALL
	SELECT 'below', n.id FROM unnest(o.ancestors[2:]) n (id)
	UNION ALL
	SELECT CASE cardinality(o.ancestors) WHEN 1 THEN 'own' ELSE 'below' END, listed_place(o.ancestors[cardinality(o.ancestors)], f.facet, f.value)
	  FROM (SELECT 'kind', o.kind
	        UNION ALL
	        SELECT 'city', 'none' WHERE c.city_id IS NULL
	        UNION ALL
	        SELECT DISTINCT 'module', m.code FROM unnest(CASE a.modules WHEN '{}' THEN '{none}' ELSE a.modules END) m (code)
	        UNION ALL
	        SELECT DISTINCT 'audience', u.code FROM unnest(CASE a.audiences WHEN '{}' THEN '{none}' ELSE a.audiences END) u (code)) f (facet, value)) p;

-- (Found by their keys, also where a table is so small that reading all of it were as cheap.)
CREATE FUNCTION activity_relisted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
AS $$
BEGIN
	IF TG_OP <> 'INSERT' THEN
		DELETE FROM activity_listed l WHERE l.activity_id = OLD.id;
	END IF;
	IF TG_OP <> 'DELETE' THEN
		INSERT INTO activity_listed SELECT * FROM activity_listing l WHERE l.activity_id = NEW.id;
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER listed AFTER INSERT OR DELETE ON activity FOR EACH ROW EXECUTE FUNCTION activity_relisted();
CREATE TRIGGER relisted AFTER UPDATE ON activity
	FOR EACH ROW WHEN ((OLD.ancestors, OLD.kind, OLD.status, OLD.execution, OLD.is_public, OLD.submission_count, OLD.entered_by,
	                    OLD.starts_on, OLD.created_at, OLD.modules, OLD.audiences, OLD.correction_due_at)
	                   IS DISTINCT FROM (NEW.ancestors, NEW.kind, NEW.status, NEW.execution, NEW.is_public, NEW.submission_count, NEW.entered_by,
	                    NEW.starts_on, NEW.created_at, NEW.modules, NEW.audiences, NEW.correction_due_at))
	EXECUTE FUNCTION activity_relisted();

CREATE FUNCTION relist_activities(ids uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	DELETE FROM activity_listed l WHERE l.activity_id = ANY (ids);
	INSERT INTO activity_listed SELECT * FROM activity_listing l WHERE l.activity_id = ANY (ids);
END
$$;
REVOKE EXECUTE ON FUNCTION relist_activities FROM sciday_service;

-- An organization of another kind; a city more or less is one of all that is below it. Who changes one of these activities
-- meanwhile is waited for, or waits.
CREATE FUNCTION organization_relisted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM relist_activities(array_agg(l.id))
	   FROM (SELECT a.id FROM activity a
	          WHERE a.organization_id = ANY (CASE WHEN 'city_association' IN (OLD.kind, NEW.kind)
	                                              THEN ARRAY(SELECT o.id FROM organization o WHERE o.ancestors @> ARRAY[NEW.id])
	                                              ELSE ARRAY[NEW.id] END)
	          ORDER BY a.id
	            FOR NO KEY UPDATE) l;
	RETURN NULL;
END
$$;
CREATE TRIGGER relisted AFTER UPDATE OF kind ON organization
	FOR EACH ROW WHEN (OLD.kind <> NEW.kind) EXECUTE FUNCTION organization_relisted();
