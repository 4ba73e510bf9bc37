-- What follows acceptance: the batch that goes to the national association, frozen as it was, and
-- the awards that the nation gives, each with its plaque.

---------------------------------------------------------------------------------------------
-- Who may do what is the campaign's, and not one organization's

-- The roles that the caller has over all that a campaign concerns: at its issuer, or above. A
-- city's reviewer has none, for a city's reviewer covers only its districts.
CREATE FUNCTION campaign_roles(campaign_ancestors uuid[]) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN array_remove(ARRAY[
	CASE WHEN campaign_ancestors && caller_scope('reviewer') THEN 'reviewer' END,
	CASE WHEN campaign_ancestors && caller_scope('observer') THEN 'observer' END,
	CASE WHEN campaign_ancestors && caller_scope('administrator') THEN 'administrator' END], NULL);

-- The campaign to do something in that goes on after it is closed, and a refusal if its notice is not
-- issued yet or the caller has none of these roles over it.
CREATE FUNCTION issued_campaign(code text, allowed_roles text[]) RETURNS SETOF campaign
LANGUAGE plpgsql VOLATILE ROWS 1
AS $$
DECLARE
	found_campaign campaign;
BEGIN
	SELECT * INTO found_campaign FROM campaign c WHERE c.code = issued_campaign.code;
	IF NOT FOUND THEN
		PERFORM refuse('not_found');
	ELSIF found_campaign.status = 'draft' THEN
		PERFORM refuse('campaign_not_open', jsonb_build_object('current_status', found_campaign.status));
	ELSIF NOT campaign_roles(found_campaign.ancestors) && allowed_roles THEN
		PERFORM refuse('role_not_held_here');
	END IF;
	RETURN NEXT found_campaign;
END
$$;

-- Signs a row with the name of that time, as submissions and reviews are: signed('given_by') fills given_by_name.
CREATE FUNCTION signed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	RETURN jsonb_populate_record(NEW, jsonb_build_object(TG_ARGV[0] || '_name',
		(SELECT a.name FROM account a WHERE a.id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid)));
END
$$;

CREATE FUNCTION account_reference(id uuid, name text) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN id IS NOT NULL THEN json_build_object('id', id, 'name', name) END;

---------------------------------------------------------------------------------------------
-- Forwardings. Neither table is ever changed, and the items are not even the service's to insert: what
-- is nominated at that moment is taken by trigger. A correction is a new one that names what it replaces.

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

CREATE FUNCTION forwarding_placed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	SELECT c.issuer_id INTO NEW.organization_id FROM campaign c WHERE c.code = NEW.campaign_code;
	RETURN NEW;
END
$$;
-- Before tracks_ancestors, by the order of their names.
CREATE TRIGGER placed BEFORE INSERT ON forwarding FOR EACH ROW EXECUTE FUNCTION forwarding_placed();
CREATE TRIGGER signed BEFORE INSERT ON forwarding FOR EACH ROW EXECUTE FUNCTION signed('forwarded_by');
SELECT track_ancestors('forwarding');
SELECT track_ancestors('forwarding_item');
SELECT track_changes('forwarding');
SELECT track_changes('forwarding_item');

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
		SELECT s.id, s.content, s.digest FROM submission s WHERE s.activity_id = a.id ORDER BY s.number DESC LIMIT 1) s
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
			'allowed_actions', ARRAY(SELECT n.action FROM activity_action n WHERE n.activity_id = NEW.id ORDER BY n.ordinal)));
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER nomination_kept BEFORE UPDATE OF status ON activity
	FOR EACH ROW WHEN (OLD.status = 'nominated' AND NEW.status <> 'nominated') EXECUTE FUNCTION nomination_kept();

ALTER TABLE forwarding ENABLE ROW LEVEL SECURITY;
ALTER TABLE forwarding_item ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON forwarding, forwarding_item TO sciday_service;
GRANT INSERT (id, campaign_code, document_number, forwarded_on, replaces_id, without_ids, forwarded_by) ON forwarding TO sciday_service;
-- The whole batch is for those who have a role over the campaign; an organization sees which of its own are in it.
CREATE POLICY those_over_the_campaign_read ON forwarding FOR SELECT
	USING (ancestors && (SELECT caller_scope('reviewer')) OR ancestors && (SELECT caller_scope('observer'))
	       OR ancestors && (SELECT caller_scope('administrator')));
CREATE POLICY those_with_an_item_read ON forwarding FOR SELECT
	USING (id = ANY (ARRAY(SELECT i.forwarding_id FROM forwarding_item i)));
CREATE POLICY people_there_read ON forwarding_item FOR SELECT
	USING (organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[])
	       OR ancestors && (SELECT caller_scope('administrator'))
	       OR ancestors[2:] && (SELECT caller_scope('reviewer')) OR ancestors[2:] && (SELECT caller_scope('observer')));
CREATE POLICY those_over_the_campaign_forward ON forwarding FOR INSERT
	WITH CHECK (forwarded_by = caller_id()
	            AND (ancestors && (SELECT caller_scope('reviewer')) OR ancestors && (SELECT caller_scope('administrator'))));

CREATE VIEW forwarding_body WITH (security_invoker) AS
SELECT f.id, f.campaign_code, f.created_at, r.id IS NULL AS is_current,
       json_build_object(
           'id', f.id, 'campaign_code', f.campaign_code, 'organization', o.reference,
           'document_number', f.document_number, 'forwarded_on', f.forwarded_on,
           'replaces', (SELECT json_build_object('id', p.id, 'document_number', p.document_number) FROM forwarding p WHERE p.id = f.replaces_id),
           'replaced_by', CASE WHEN r.id IS NOT NULL THEN json_build_object('id', r.id, 'document_number', r.document_number) END,
           'forwarded_by', account_reference(f.forwarded_by, f.forwarded_by_name), 'created_at', instant(f.created_at)) AS body
  FROM forwarding f
  JOIN organization_reference o ON o.id = f.organization_id
  LEFT JOIN forwarding r ON r.replaces_id = f.id;

CREATE VIEW forwarding_item_body WITH (security_invoker) AS
SELECT i.id, i.forwarding_id, i.rank,
       json_build_object(
           'id', i.id, 'rank', i.rank, 'reason', i.reason,
           'organization', json_build_object('id', i.organization_id, 'code', i.organization_code, 'name', i.organization_name),
           'activity_id', i.activity_id, 'submission_id', i.submission_id, 'digest', i.digest, 'content', i.content)::text AS body
  FROM forwarding_item i;
GRANT SELECT ON forwarding_body, forwarding_item_body TO sciday_service;

---------------------------------------------------------------------------------------------
-- Awards

CREATE TYPE plaque AS (carrier text, number text, sent_on date, arrived_on date);

-- The contact and the mailing address are those of the day on which it was given: what the request says, else
-- those on the form that the organization handed in last, and at the least the organization's own address.
CREATE TABLE award (
	id uuid CONSTRAINT award__id__taken PRIMARY KEY,
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ancestors uuid[] NOT NULL,
	category text NOT NULL,
	contact activity_contact,
	mailing_address text,
	plaque plaque,
	batch_id uuid, -- all that were entered at once
	batch_ordinal integer,
	given_by uuid NOT NULL CONSTRAINT given_by__unknown REFERENCES account ON DELETE RESTRICT,
	given_by_name text NOT NULL,
	revoked_at timestamptz,
	revoked_by uuid CONSTRAINT revoked_by__unknown REFERENCES account ON DELETE RESTRICT,
	revoked_by_name text,
	revoked_reason text,
	version integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	plaque_status text NOT NULL GENERATED ALWAYS AS (CASE
		WHEN (plaque).arrived_on IS NOT NULL THEN 'arrived'
		WHEN (plaque).sent_on IS NOT NULL THEN 'sent'
		ELSE 'not_sent' END) STORED,
	status text NOT NULL GENERATED ALWAYS AS (CASE WHEN revoked_at IS NULL THEN 'given' ELSE 'revoked' END) STORED,
	CONSTRAINT mailing_address__length CHECK (length(mailing_address) BETWEEN 1 AND 200),
	CONSTRAINT revoked_reason__length CHECK (length(revoked_reason) BETWEEN 1 AND 500),
	CONSTRAINT revoked_at__whole CHECK (num_nulls(revoked_at, revoked_by, revoked_reason) IN (0, 3))
);
CREATE UNIQUE INDEX award__organization_id__taken ON award (campaign_code, category, organization_id) WHERE revoked_at IS NULL;
CREATE INDEX award_by_creation ON award (campaign_code, created_at, id);
CREATE INDEX award_by_organization ON award (organization_id, campaign_code);
CREATE INDEX award_by_batch ON award (batch_id);

CREATE FUNCTION award_saved() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF (NEW.plaque).arrived_on IS NOT NULL AND (NEW.plaque).sent_on IS NULL THEN
		PERFORM refuse_field('/plaque/sent_on', 'required');
	ELSIF (NEW.plaque).arrived_on < (NEW.plaque).sent_on THEN
		PERFORM refuse_field('/plaque/arrived_on', 'before_sent');
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER content_saved BEFORE INSERT OR UPDATE OF plaque ON award FOR EACH ROW EXECUTE FUNCTION award_saved();
CREATE TRIGGER signed_given BEFORE INSERT ON award FOR EACH ROW EXECUTE FUNCTION signed('given_by');
CREATE TRIGGER signed_revoked BEFORE UPDATE OF revoked_by ON award FOR EACH ROW EXECUTE FUNCTION signed('revoked_by');
SELECT track_ancestors('award');
SELECT track_changes('award');

ALTER TABLE award ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON award TO sciday_service;
GRANT INSERT (id, campaign_code, organization_id, category, contact, mailing_address, batch_id, batch_ordinal, given_by)
	ON award TO sciday_service;
GRANT UPDATE (contact, mailing_address, plaque, revoked_at, revoked_by, revoked_reason) ON award TO sciday_service;
-- Who was awarded what is public (how to reach them is not: award_body); what was revoked, only for those concerned.
CREATE POLICY anyone_reads_given ON award FOR SELECT USING (revoked_at IS NULL);
CREATE POLICY people_there_read ON award FOR SELECT
	USING (organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[])
	       OR ancestors && (SELECT caller_scope('administrator'))
	       OR ancestors[2:] && (SELECT caller_scope('reviewer')) OR ancestors[2:] && (SELECT caller_scope('observer')));
CREATE POLICY administrator_reads ON award FOR SELECT
	USING (campaign_code = ANY (ARRAY(SELECT c.code FROM campaign c WHERE c.ancestors && (SELECT caller_scope('administrator')))));
CREATE POLICY administrator_gives ON award FOR INSERT
	WITH CHECK (given_by = caller_id() AND
	            campaign_code = ANY (ARRAY(SELECT c.code FROM campaign c WHERE c.ancestors && (SELECT caller_scope('administrator')))));
CREATE POLICY administrator_changes ON award FOR UPDATE
	USING (campaign_code = ANY (ARRAY(SELECT c.code FROM campaign c WHERE c.ancestors && (SELECT caller_scope('administrator')))));

-- What is wrong with awards that are to be given, each at its place: below `place` and its number, or of the one.
CREATE FUNCTION award_findings(c campaign, items jsonb, place text) RETURNS TABLE (pointer text, code text, params jsonb)
LANGUAGE sql STABLE
AS $$
	WITH asked AS (
		SELECT CASE place WHEN '' THEN '' ELSE place || '/' || (n.ordinal - 1) END AS place, n.ordinal,
		       n.item ->> 'category' AS category, (n.item ->> 'organization_id')::uuid AS organization_id
		  FROM jsonb_array_elements(items) WITH ORDINALITY n (item, ordinal)
	)
	SELECT a.place || f.field, f.code, f.params
	  FROM asked a
	  LEFT JOIN organization o ON o.id = a.organization_id
	 CROSS JOIN LATERAL (VALUES
		(NOT EXISTS (SELECT FROM unnest(c.award_categories) k WHERE k.code = a.category), '/category', 'unknown_category',
		 jsonb_build_object('value', a.category)),
		(o.id IS NULL, '/organization_id', 'unknown', NULL),
		(c.issuer_id <> ALL (o.ancestors), '/organization_id', 'not_below_issuer', NULL),
		(EXISTS (SELECT FROM asked e WHERE (e.organization_id, e.category) = (a.organization_id, a.category) AND e.ordinal < a.ordinal),
		 '/organization_id', 'duplicate_item', NULL),
		(EXISTS (SELECT FROM award w
		          WHERE (w.campaign_code, w.organization_id, w.category) = (c.code, a.organization_id, a.category) AND w.revoked_at IS NULL),
		 '/organization_id', 'taken', NULL)) f (is_found, field, code, params)
	 WHERE f.is_found
	 ORDER BY a.ordinal
$$;

-- Gives awards, all or none, and returns their ids. All that is wrong is said at once: as a conflict, if
-- nothing else is wrong than that some have theirs already.
CREATE FUNCTION give_awards(campaign_code text, batch_id uuid, items jsonb, place text) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	of_campaign campaign;
	findings jsonb;
	conflict boolean;
BEGIN
	SELECT * INTO STRICT of_campaign FROM issued_campaign(campaign_code, '{administrator}');
	SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(f))), bool_and(f.code = 'taken') INTO findings, conflict
	  FROM award_findings(of_campaign, items, place) f;
	IF findings IS NOT NULL THEN
		PERFORM refuse(CASE WHEN conflict THEN 'already_exists' ELSE 'validation_failed' END, jsonb_build_object('errors', findings));
	END IF;

	RETURN QUERY
	INSERT INTO award (id, campaign_code, organization_id, category, contact, mailing_address, batch_id, batch_ordinal, given_by)
	SELECT coalesce(a.id, uuid_v7()), of_campaign.code, a.organization_id, a.category,
	       CASE WHEN n.item ->> 'contact' IS NULL THEN f.contact ELSE a.contact END,
	       coalesce(a.mailing_address, f.mailing_address, o.mailing_address), give_awards.batch_id, n.ordinal, caller_id()
	  FROM jsonb_array_elements(items) WITH ORDINALITY n (item, ordinal)
	 CROSS JOIN LATERAL jsonb_populate_record(NULL::award, n.item) a
	  JOIN organization o ON o.id = a.organization_id
	  LEFT JOIN LATERAL (
		SELECT jsonb_populate_record(NULL::activity_contact, NULLIF(s.content -> 'contact', 'null')) AS contact,
		       s.content ->> 'mailing_address' AS mailing_address
		  FROM standing_submission s
		 WHERE s.organization_id = a.organization_id AND s.campaign_code = of_campaign.code AND s.activity_id IS NOT NULL
		 ORDER BY s.submitted_at DESC, s.id DESC
		 LIMIT 1) f ON true
	 ORDER BY n.ordinal
	RETURNING award.id;
END
$$;

-- A category that was given stays in its campaign.
CREATE FUNCTION award_categories_kept() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM award w WHERE w.campaign_code = NEW.code
	              AND w.category <> ALL (ARRAY(SELECT k.code FROM unnest(NEW.award_categories) k))) THEN
		PERFORM refuse_field('/award_categories', 'in_use');
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER award_categories_kept BEFORE UPDATE OF award_categories ON campaign FOR EACH ROW EXECUTE FUNCTION award_categories_kept();

CREATE VIEW award_action WITH (security_invoker) AS
SELECT w.id AS award_id, 'revoke' AS action
  FROM award w
  JOIN campaign c ON c.code = w.campaign_code
 WHERE w.revoked_at IS NULL AND 'administrator' = ANY (campaign_roles(c.ancestors));

CREATE VIEW award_summary WITH (security_invoker) AS
SELECT json_build_object(
           'id', w.id, 'campaign_code', w.campaign_code, 'organization', json_build_object('id', o.id, 'code', o.code, 'name', o.name),
           'category', w.category, 'category_name', k.name, 'status', w.status, 'plaque_status', w.plaque_status,
           'created_at', instant(w.created_at))::text AS summary,
       w.id, w.campaign_code, w.organization_id, o.kind AS organization_kind, w.ancestors, w.category, w.status, w.plaque_status,
       w.batch_id, w.batch_ordinal, w.created_at
  FROM award w
  JOIN organization o ON o.id = w.organization_id
  JOIN campaign c ON c.code = w.campaign_code
  LEFT JOIN LATERAL (SELECT k.name FROM unnest(c.award_categories) k WHERE k.code = w.category LIMIT 1) k ON true;

CREATE VIEW award_body WITH (security_invoker) AS
SELECT w.id, w.version,
       json_build_object(
           'id', w.id, 'campaign_code', w.campaign_code, 'organization', o.reference, 'category', w.category, 'category_name', k.name,
           'status', w.status, 'plaque_status', w.plaque_status,
           'contact', CASE WHEN v.has_role THEN json_build_object(
               'name', (w.contact).name, 'office_phone', (w.contact).office_phone, 'mobile', (w.contact).mobile,
               'fax', (w.contact).fax, 'email', (w.contact).email) END,
           'mailing_address', CASE WHEN v.has_role THEN w.mailing_address END,
           'plaque', CASE WHEN v.has_role THEN json_build_object(
               'carrier', (w.plaque).carrier, 'number', (w.plaque).number, 'sent_on', (w.plaque).sent_on,
               'arrived_on', (w.plaque).arrived_on) END,
           'batch_id', w.batch_id,
           'given_by', CASE WHEN v.has_role THEN account_reference(w.given_by, w.given_by_name) END,
           'revoked_at', instant(w.revoked_at),
           'revoked_by', CASE WHEN v.has_role THEN account_reference(w.revoked_by, w.revoked_by_name) END,
           'revoked_reason', w.revoked_reason,
           'allowed_actions', ARRAY(SELECT n.action FROM award_action n WHERE n.award_id = w.id),
           'redacted', CASE WHEN v.has_role THEN '[]'::json ELSE '["contact","mailing_address","plaque","given_by","revoked_by"]' END,
           'version', w.version, 'created_at', instant(w.created_at), 'updated_at', instant(w.updated_at)) AS body
  FROM award w
  JOIN organization_reference o ON o.id = w.organization_id
  JOIN campaign c ON c.code = w.campaign_code
  LEFT JOIN LATERAL (SELECT k.name FROM unnest(c.award_categories) k WHERE k.code = w.category LIMIT 1) k ON true
 CROSS JOIN LATERAL (SELECT cardinality(roles_at(w.ancestors)) > 0 OR 'administrator' = ANY (campaign_roles(c.ancestors)) AS has_role OFFSET 0) v;

-- What came of a batch: a result for each of its items, in their order.
CREATE VIEW award_batch_body WITH (security_invoker) AS
SELECT w.batch_id AS id,
       json_build_object(
           'id', w.batch_id, 'campaign_code', w.campaign_code, 'created_at', instant(w.created_at),
           'results', json_agg(json_build_object('index', w.batch_ordinal - 1, 'award', w.summary::json) ORDER BY w.batch_ordinal)) AS body
  FROM award_summary w
 WHERE w.batch_id IS NOT NULL
 GROUP BY w.batch_id, w.campaign_code, w.created_at;
GRANT SELECT ON award_action, award_summary, award_body, award_batch_body TO sciday_service;

INSERT INTO label (vocabulary, code, ordinal, zh, en) VALUES
	('award_status', 'given', 1, '已授予', 'Given'),
	('award_status', 'revoked', 2, '已撤销', 'Revoked'),
	('award_action', 'revoke', 1, '撤销', 'Revoke'),
	('plaque_status', 'not_sent', 1, '未寄出', 'Not sent'),
	('plaque_status', 'sent', 2, '已寄出', 'Sent'),
	('plaque_status', 'arrived', 3, '已签收', 'Arrived');
