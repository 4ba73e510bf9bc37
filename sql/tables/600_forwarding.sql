-- Forwardings: the batches that go to the national association, frozen as they were. Neither table is ever changed, and
-- the items are not even the service's to insert: what is nominated at that moment is taken by trigger. A correction is a
-- new one that names what it replaces.

CREATE TABLE forwarding (
	id uuid CONSTRAINT forwarding__id__taken PRIMARY KEY,
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT, -- the issuer
	ancestors uuid[] NOT NULL,
	document_number text NOT NULL,
	forwarded_on date NOT NULL,
	replaces_id uuid CONSTRAINT forwarding__replaces_id__taken UNIQUE,
	without_ids uuid[] NOT NULL DEFAULT '{}', -- nominated highlights that it leaves out
	forwarded_by uuid NOT NULL CONSTRAINT forwarded_by__unknown REFERENCES account ON DELETE RESTRICT,
	forwarded_by_name text NOT NULL,
	created_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT forwarding__campaign_code__taken UNIQUE (campaign_code, id),
	CONSTRAINT replaces_id__unknown FOREIGN KEY (campaign_code, replaces_id) REFERENCES forwarding (campaign_code, id) ON DELETE RESTRICT,
	CONSTRAINT document_number__length CHECK (length(document_number) BETWEEN 1 AND 50),
	CONSTRAINT without_ids__too_many_items CHECK (cardinality(without_ids) <= 100)
);
CREATE INDEX forwarding_by_creation ON forwarding (campaign_code, created_at, id);
CREATE INDEX forwarding_by_organization ON forwarding (organization_id);
SELECT track_ancestors('forwarding');
SELECT track_changes('forwarding');
SELECT audit_changes('forwarding');
GRANT SELECT ON forwarding TO sciday_service;
GRANT INSERT (id, campaign_code, document_number, forwarded_on, replaces_id, without_ids, forwarded_by) ON forwarding TO sciday_service;
CREATE TRIGGER signed BEFORE INSERT ON forwarding FOR EACH ROW EXECUTE FUNCTION signed('forwarded_by');

CREATE FUNCTION forwarding_placed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	SELECT c.issuer_id INTO NEW.organization_id FROM campaign c WHERE c.code = NEW.campaign_code;
	RETURN NEW;
END
$$;
-- Before tracks_ancestors, by its name.
CREATE TRIGGER placed BEFORE INSERT ON forwarding FOR EACH ROW EXECUTE FUNCTION forwarding_placed();

CREATE TABLE forwarding_item (
	id uuid CONSTRAINT forwarding_item__id__taken PRIMARY KEY DEFAULT uuid_v7(),
	forwarding_id uuid NOT NULL CONSTRAINT forwarding_id__unknown REFERENCES forwarding ON DELETE RESTRICT,
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ancestors uuid[] NOT NULL,
	organization_code text NOT NULL, -- as they were then
	organization_name text NOT NULL,
	activity_id uuid NOT NULL CONSTRAINT activity_id__unknown REFERENCES activity ON DELETE RESTRICT,
	submission_id uuid NOT NULL CONSTRAINT submission_id__unknown REFERENCES submission ON DELETE RESTRICT,
	rank integer NOT NULL,
	reason text NOT NULL,
	content jsonb NOT NULL,
	digest text NOT NULL,
	CONSTRAINT forwarding_item__activity_id__taken UNIQUE (forwarding_id, activity_id)
);
CREATE INDEX forwarding_item_by_rank ON forwarding_item (forwarding_id, rank, id);
CREATE INDEX forwarding_item_by_activity ON forwarding_item (activity_id);
CREATE INDEX forwarding_item_by_submission ON forwarding_item (submission_id);
CREATE INDEX forwarding_item_by_organization ON forwarding_item (organization_id, forwarding_id);
SELECT track_ancestors('forwarding_item');
SELECT track_changes('forwarding_item');
SELECT audit_changes('forwarding_item');
GRANT SELECT ON forwarding_item TO sciday_service;

-- What has gone out and was not replaced since.
CREATE VIEW current_forwarding_item WITH (security_invoker) AS
SELECT i.*, f.document_number, f.forwarded_on
  FROM forwarding_item i
  JOIN forwarding f ON f.id = i.forwarding_id
 WHERE NOT EXISTS (SELECT FROM forwarding r WHERE r.replaces_id = f.id);
GRANT SELECT ON current_forwarding_item TO sciday_service;

-- Takes every nominated highlight that is not out already in another batch. Their rows are locked first,
-- so that none is retracted, or taken by another batch, while this one is made.
CREATE FUNCTION forwarding_taken() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	unknown jsonb;
BEGIN
	PERFORM FROM activity a WHERE a.campaign_code = NEW.campaign_code AND a.status = 'nominated' ORDER BY a.id FOR UPDATE;
	SELECT jsonb_agg(jsonb_build_object('pointer', '/without_ids/' || (w.ordinal - 1), 'code', 'unknown')) INTO unknown
	  FROM unnest(NEW.without_ids) WITH ORDINALITY w (id, ordinal)
	 WHERE NOT EXISTS (SELECT FROM activity a WHERE a.id = w.id AND a.campaign_code = NEW.campaign_code AND a.status = 'nominated');
	IF unknown IS NOT NULL THEN
		PERFORM refuse_fields(unknown);
	END IF;

	INSERT INTO forwarding_item (forwarding_id, campaign_code, organization_id, organization_code, organization_name, activity_id,
	                             submission_id, rank, reason, content, digest)
	SELECT NEW.id, a.campaign_code, a.organization_id, o.code, o.name, a.id, s.id, a.nomination_rank, a.nomination_reason, s.content, s.digest
	  FROM activity a
	  JOIN organization o ON o.id = a.organization_id
	 CROSS JOIN LATERAL (
		SELECT s.id, s.content, s.digest FROM submission s WHERE s.subject_id = a.id ORDER BY s.number DESC LIMIT 1) s
	 WHERE a.campaign_code = NEW.campaign_code AND a.status = 'nominated' AND a.id <> ALL (NEW.without_ids)
	   AND NOT EXISTS (SELECT FROM current_forwarding_item i WHERE i.activity_id = a.id)
	 ORDER BY a.nomination_rank, a.id;
	IF NOT FOUND THEN
		PERFORM refuse('nothing_to_forward');
	END IF;
	RETURN NULL;
END
$$;
CREATE TRIGGER forwarding_taken AFTER INSERT ON forwarding FOR EACH ROW EXECUTE FUNCTION forwarding_taken();

-- What the caller may do now with what is submitted: what is forwarded is not retracted.
CREATE VIEW subject_action WITH (security_invoker) AS
SELECT l.resource, l.id AS subject_id, n.action, n.ordinal
  FROM subject_life l
  JOIN campaign c ON c.code = l.campaign_code
 CROSS JOIN LATERAL unnest((
	SELECT s.actions FROM state_action s
	 WHERE (s.resource, s.kind, s.status, s.campaign_status, s.roles) = (l.resource, coalesce(l.kind, ''), l.status, c.status, roles_at(l.ancestors)))
       ) WITH ORDINALITY n (action, ordinal)
 WHERE (n.action <> 'submit_on_behalf' OR is_enterable(l.status, l.entered_by))
   AND NOT (n.action = 'retract' AND EXISTS (SELECT FROM current_forwarding_item i WHERE i.activity_id = l.id));
GRANT SELECT ON subject_action TO sciday_service;

-- Forwarded, a nomination stands until a correction leaves it out. Asked here and not in the statement: a
-- retraction that waited for the batch would not see it in the snapshot that it began with.
CREATE FUNCTION nomination_kept() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	forwarded jsonb := (
		SELECT jsonb_agg(jsonb_build_object('pointer', '', 'code', 'forwarded', 'params',
		                                    jsonb_build_object('document_number', i.document_number, 'forwarded_on', i.forwarded_on)))
		  FROM current_forwarding_item i
		 WHERE i.activity_id = NEW.id);
BEGIN
	IF forwarded IS NOT NULL THEN
		PERFORM refuse('transition_not_allowed', jsonb_build_object(
			'current_status', OLD.status, 'errors', forwarded,
			'allowed_actions', ARRAY(SELECT n.action FROM subject_action n WHERE n.resource = 'activity' AND n.subject_id = NEW.id ORDER BY n.ordinal)));
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER nomination_kept BEFORE UPDATE OF status ON activity
	FOR EACH ROW WHEN (OLD.status = 'nominated' AND NEW.status <> 'nominated') EXECUTE FUNCTION nomination_kept();
