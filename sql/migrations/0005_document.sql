-- Documents: the files that are attached to a campaign, a plan or an activity. Their bytes are in
-- rows of their own, in pieces; equal bytes are kept once, and nobody can tell.

-- PostgreSQL adds no column with a default to a table whose row a function's stored body reads; it is written anew.
DROP FUNCTION is_refused_as_late(campaign, timestamptz);
ALTER TABLE campaign ADD COLUMN required_documents text[] NOT NULL DEFAULT '{}'
	CONSTRAINT required_documents__not_allowed_value CHECK (required_documents <@ ARRAY['word_copy', 'stamped_pdf']);
CREATE FUNCTION is_refused_as_late(c campaign, due_at timestamptz) RETURNS boolean
LANGUAGE sql STABLE
RETURN c.late_submissions = 'refused' AND coalesce(now() >= due_at, false);
GRANT INSERT (required_documents), UPDATE (required_documents) ON campaign TO sciday_service;

---------------------------------------------------------------------------------------------
-- The bytes. The service reaches them through the functions below and through the documents that it may read.

CREATE TABLE document_content (
	id uuid PRIMARY KEY,
	sha256 text CONSTRAINT document_content__sha256__taken UNIQUE, -- null: still coming in
	-- While it is coming in: whose it is.
	organization_id uuid CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE CASCADE,
	uploaded_by uuid CONSTRAINT uploaded_by__unknown REFERENCES account ON DELETE CASCADE,
	created_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT organization_id__while_coming_in CHECK ((sha256 IS NULL) = (organization_id IS NOT NULL AND uploaded_by IS NOT NULL))
);
CREATE INDEX document_content_coming_in ON document_content (organization_id, created_at) WHERE sha256 IS NULL;
CREATE INDEX document_content_by_uploader ON document_content (uploaded_by) WHERE sha256 IS NULL;

CREATE TABLE document_piece (
	content_id uuid NOT NULL CONSTRAINT content_id__unknown REFERENCES document_content ON DELETE CASCADE,
	ordinal integer NOT NULL, -- from 0; every piece but the last is of one size
	bytes bytea NOT NULL,
	PRIMARY KEY (content_id, ordinal)
);
-- What documents are made of is compressed already.
ALTER TABLE document_piece ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE document (
	id uuid CONSTRAINT document__id__taken PRIMARY KEY,
	-- What it is attached to: one of these.
	campaign_code text CONSTRAINT campaign_code__unknown REFERENCES campaign ON DELETE CASCADE,
	plan_id uuid CONSTRAINT plan_id__unknown REFERENCES plan ON DELETE CASCADE,
	activity_id uuid CONSTRAINT activity_id__unknown REFERENCES activity ON DELETE CASCADE,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	kind text NOT NULL,
	name text NOT NULL,
	media_type text NOT NULL,
	size integer NOT NULL,
	sha256 text NOT NULL,
	content_id uuid NOT NULL CONSTRAINT content_id__unknown REFERENCES document_content ON DELETE RESTRICT,
	status text NOT NULL,
	scan_started_at timestamptz,
	owner_digest text, -- of a stamped copy: what the content was when it was stamped
	uploaded_by uuid NOT NULL CONSTRAINT uploaded_by__unknown REFERENCES account ON DELETE RESTRICT,
	uploaded_by_name text NOT NULL, -- as it was then
	uploaded_at timestamptz NOT NULL DEFAULT now(),
	version integer NOT NULL DEFAULT 1,
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT owner__one CHECK (num_nonnulls(campaign_code, plan_id, activity_id) = 1),
	CONSTRAINT kind__not_allowed_value CHECK (kind IN ('notice', 'attachment', 'word_copy', 'stamped_pdf', 'photo', 'other')),
	CONSTRAINT kind__not_taken_here CHECK (CASE
		WHEN campaign_code IS NOT NULL THEN kind IN ('notice', 'attachment', 'other')
		WHEN plan_id IS NOT NULL THEN kind IN ('attachment', 'word_copy', 'stamped_pdf', 'other')
		ELSE kind <> 'notice' END),
	CONSTRAINT file__wrong_type_for_kind CHECK (CASE kind
		WHEN 'stamped_pdf' THEN media_type = 'application/pdf'
		WHEN 'word_copy' THEN media_type = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
		WHEN 'photo' THEN media_type IN ('image/jpeg', 'image/png')
		ELSE true END),
	CONSTRAINT name__length CHECK (length(name) BETWEEN 1 AND 200),
	CONSTRAINT name__not_a_file_name CHECK (name !~ '[/\\]' AND name NOT IN ('.', '..')),
	CONSTRAINT size__range CHECK (size > 0),
	CONSTRAINT status__not_allowed_value CHECK (status IN ('pending', 'available', 'quarantined'))
);
CREATE INDEX document_by_campaign ON document (campaign_code, uploaded_at, id);
CREATE INDEX document_by_plan ON document (plan_id, uploaded_at, id);
CREATE INDEX document_by_activity ON document (activity_id, uploaded_at, id);
CREATE INDEX document_by_organization ON document (organization_id) INCLUDE (size);
CREATE INDEX document_by_content ON document (content_id);
CREATE INDEX document_pending ON document (uploaded_at) WHERE status = 'pending';
-- What a scan finds is no change of the document's that its owner would have to read before deleting it.
SELECT track_changes('document', 'OLD.status = NEW.status AND OLD.scan_started_at IS NOT DISTINCT FROM NEW.scan_started_at');

---------------------------------------------------------------------------------------------
-- What a document is attached to, as the caller sees it: whose it is, its content's digest, and
-- why they may not attach or delete documents there; no row for what they do not see.

CREATE FUNCTION attachment_refusal(status text, campaign_status text, kind text, ancestors uuid[]) RETURNS text
LANGUAGE sql STABLE
RETURN CASE
	WHEN NOT is_editable(status) THEN 'not_editable'
	WHEN NOT campaign_status = ANY (author_campaign_statuses(kind)) THEN
		CASE campaign_status WHEN 'closed' THEN 'campaign_closed' ELSE 'campaign_not_open' END
	WHEN NOT author_role(kind) = ANY (roles_at(ancestors)) THEN 'role_not_held_here'
END;

CREATE FUNCTION document_owner(d document) RETURNS TABLE (organization_id uuid, digest text, code text, params jsonb)
LANGUAGE plpgsql STABLE ROWS 1
AS $$
BEGIN
	IF d.campaign_code IS NOT NULL THEN
		RETURN QUERY
		SELECT c.issuer_id, NULL::text, campaign_refusal(c.status, c.ancestors), NULL::jsonb
		  FROM campaign c
		 WHERE c.code = d.campaign_code;
	ELSIF d.plan_id IS NOT NULL THEN
		RETURN QUERY
		SELECT p.organization_id, content_digest(plan_content(p)), r.code, refusal_params(r.code, p.status, c.status, NULL, NULL, NULL)
		  FROM plan p
		  JOIN campaign c ON c.code = p.campaign_code
		 CROSS JOIN LATERAL (SELECT attachment_refusal(p.status, c.status, 'plan', p.ancestors) AS code) r
		 WHERE p.id = d.plan_id;
	ELSE
		RETURN QUERY
		SELECT a.organization_id, content_digest(activity_content(a)), r.code, refusal_params(r.code, a.status, c.status, NULL, NULL, NULL)
		  FROM activity a
		  JOIN campaign c ON c.code = a.campaign_code
		 CROSS JOIN LATERAL (SELECT attachment_refusal(a.status, c.status, a.kind, a.ancestors) AS code) r
		 WHERE a.id = d.activity_id;
	END IF;
END
$$;

-- The same of {"plan_id": …}, for an upload: it raises what stands against it.
CREATE FUNCTION attachable(attached_to jsonb) RETURNS TABLE (place document, organization_id uuid, digest text)
LANGUAGE plpgsql VOLATILE ROWS 1
AS $$
DECLARE
	code text;
	params jsonb;
BEGIN
	place := jsonb_populate_record(NULL::document, attached_to);
	SELECT o.organization_id, o.digest, o.code, o.params INTO organization_id, digest, code, params FROM document_owner(place) o;
	IF NOT FOUND THEN
		PERFORM refuse('not_found');
	ELSIF code IS NOT NULL THEN
		PERFORM refuse(code, params);
	END IF;
	RETURN NEXT;
END
$$;

ALTER TABLE document_content ENABLE ROW LEVEL SECURITY;
ALTER TABLE document_piece ENABLE ROW LEVEL SECURITY;
ALTER TABLE document ENABLE ROW LEVEL SECURITY;
GRANT SELECT, DELETE ON document TO sciday_service;
GRANT INSERT (id, campaign_code, plan_id, activity_id, organization_id, kind, name, media_type, size, sha256, content_id, status, owner_digest,
	uploaded_by) ON document TO sciday_service;
GRANT SELECT ON document_piece TO sciday_service;

-- Who may read what it is attached to may read it. The public reads a campaign's notice and its
-- attachments, and of an activity the photos: a stamped form has the phone numbers that are redacted elsewhere.
CREATE POLICY as_its_campaign ON document FOR SELECT USING (
	campaign_code IS NOT NULL AND EXISTS (
		SELECT FROM campaign c
		 WHERE c.code = document.campaign_code
		   AND (c.ancestors && (SELECT caller_scope('administrator'))
		        OR document.status = 'available' AND (document.kind IN ('notice', 'attachment') OR (SELECT caller_id()) IS NOT NULL))));
CREATE POLICY as_its_plan ON document FOR SELECT USING (
	plan_id IS NOT NULL AND EXISTS (SELECT FROM plan p WHERE p.id = document.plan_id));
CREATE POLICY as_its_activity ON document FOR SELECT USING (
	activity_id IS NOT NULL AND EXISTS (
		SELECT FROM activity a
		 WHERE a.id = document.activity_id
		   AND (document.status = 'available' AND document.kind = 'photo' OR cardinality(roles_at(a.ancestors)) > 0)));
CREATE POLICY author_attaches ON document FOR INSERT WITH CHECK (
	uploaded_by = caller_id() AND EXISTS (SELECT FROM document_owner(document) o WHERE o.code IS NULL));
CREATE POLICY author_deletes ON document FOR DELETE USING (
	EXISTS (SELECT FROM document_owner(document) o WHERE o.code IS NULL));
CREATE POLICY as_its_document ON document_piece FOR SELECT USING (
	EXISTS (SELECT FROM document d WHERE d.content_id = document_piece.content_id AND d.status = 'available'));

-- The owner's row is held as it is until the document is there, or gone: whoever submits meanwhile waits,
-- and their submission has it; whoever has submitted first wins. (The owner's own deletion takes its documents along.)
CREATE FUNCTION document_owner_held() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	d document := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
	owner_status text;
BEGIN
	IF d.plan_id IS NOT NULL THEN
		SELECT p.status INTO owner_status FROM plan p WHERE p.id = d.plan_id FOR SHARE;
	ELSIF d.activity_id IS NOT NULL THEN
		SELECT a.status INTO owner_status FROM activity a WHERE a.id = d.activity_id FOR SHARE;
	END IF;
	IF NOT is_editable(owner_status) THEN
		PERFORM refuse('not_editable', jsonb_build_object('current_status', owner_status));
	END IF;
	IF TG_OP = 'INSERT' THEN
		NEW.uploaded_by_name := (SELECT u.name FROM account u WHERE u.id = NEW.uploaded_by);
		RETURN NEW;
	END IF;
	RETURN OLD;
END
$$;
CREATE TRIGGER owner_held BEFORE INSERT OR DELETE ON document FOR EACH ROW EXECUTE FUNCTION document_owner_held();

---------------------------------------------------------------------------------------------
-- An upload: a place for the pieces, the pieces, and then the document, in one unit with its key and its
-- answer. Each document counts whole against its organization's quota: that equal bytes are kept once must not show.

-- What an organization's documents take, with what is still coming in.
CREATE FUNCTION document_usage(of_organization uuid, with_coming_in boolean) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN (SELECT coalesce(sum(d.size), 0)::bigint FROM document d WHERE d.organization_id = of_organization)
     + CASE WHEN with_coming_in THEN (
         SELECT coalesce(sum(octet_length(p.bytes)), 0)::bigint
           FROM document_content c JOIN document_piece p ON p.content_id = c.id
          WHERE c.organization_id = of_organization AND c.sha256 IS NULL) ELSE 0 END;
REVOKE EXECUTE ON FUNCTION document_usage FROM sciday_service;

CREATE FUNCTION check_document_quota(of_organization uuid, quota bigint, more bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	used bigint := document_usage(of_organization, more = 0);
BEGIN
	IF used + greatest(more, 1) > quota THEN
		PERFORM refuse('document_quota_exceeded', jsonb_build_object('quota', quota, 'used', used));
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION check_document_quota FROM sciday_service;

CREATE FUNCTION open_content(content_id uuid, for_organization uuid, quota bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM check_document_quota(for_organization, quota, 0);
	-- What a process that was killed has left.
	DELETE FROM document_content
	 WHERE id IN (SELECT c.id FROM document_content c WHERE c.sha256 IS NULL AND c.created_at < now() - interval '1 hour'
	               ORDER BY c.created_at LIMIT 5 FOR UPDATE SKIP LOCKED);
	INSERT INTO document_content (id, organization_id, uploaded_by) VALUES (content_id, for_organization, caller_id());
END
$$;

-- Before the first byte: whether the caller may attach something there at all.
CREATE FUNCTION begin_upload(upload_id uuid, owner jsonb, quota bigint) RETURNS void
LANGUAGE sql VOLATILE
AS $$
	SELECT open_content(upload_id, o.organization_id, quota) FROM attachable(owner) o;
$$;

-- Nothing is lost if a piece is: the document's own commit is what counts, and it flushes what came before it.
CREATE FUNCTION keep_piece(upload_id uuid, ordinal integer, bytes bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM set_config('synchronous_commit', 'off', true);
	PERFORM FROM document_content c WHERE c.id = upload_id AND c.sha256 IS NULL AND c.uploaded_by = caller_id() FOR KEY SHARE;
	IF NOT FOUND THEN
		PERFORM refuse('concurrent_change');
	END IF;
	INSERT INTO document_piece (content_id, ordinal, bytes) VALUES (upload_id, keep_piece.ordinal, keep_piece.bytes);
END
$$;

-- A piece of what is still coming in, for its inspection.
CREATE FUNCTION upload_piece(upload_id uuid, ordinal integer) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN (SELECT p.bytes
          FROM document_content c JOIN document_piece p ON p.content_id = c.id
         WHERE c.id = upload_id AND c.sha256 IS NULL AND c.uploaded_by = caller_id() AND p.ordinal = upload_piece.ordinal);

CREATE FUNCTION discard_upload(upload_id uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
	DELETE FROM document_content WHERE id = upload_id AND sha256 IS NULL AND uploaded_by = caller_id();
$$;

-- What has come in is a content of its own, or the one that has these bytes already. The lock makes two that
-- come in at once, and one that comes in while the last of its kind is deleted, take turns.
CREATE FUNCTION complete_content(upload_id uuid, digest text, size bigint, for_organization uuid, quota bigint) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	there_already uuid;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('document_quota ' || for_organization, 0));
	PERFORM check_document_quota(for_organization, quota, size);
	PERFORM pg_advisory_xact_lock(hashtextextended('document_content ' || digest, 0));
	SELECT c.id INTO there_already FROM document_content c WHERE c.sha256 = digest;
	IF FOUND THEN
		PERFORM discard_upload(upload_id);
		RETURN there_already;
	END IF;
	UPDATE document_content c
	   SET sha256 = digest, organization_id = NULL, uploaded_by = NULL
	 WHERE c.id = upload_id AND c.sha256 IS NULL AND c.uploaded_by = caller_id();
	IF NOT FOUND THEN
		PERFORM refuse('concurrent_change');
	END IF;
	RETURN upload_id;
END
$$;

-- Bytes that no document needs any more go.
CREATE FUNCTION document_deleted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('document_content ' || OLD.sha256, 0));
	DELETE FROM document_content c
	 WHERE c.id = OLD.content_id AND NOT EXISTS (SELECT FROM document d WHERE d.content_id = OLD.content_id);
	RETURN NULL;
END
$$;
CREATE TRIGGER document_deleted AFTER DELETE ON document FOR EACH ROW EXECUTE FUNCTION document_deleted();

---------------------------------------------------------------------------------------------
-- Scanning, by a thread of the service and for no caller. A document is scanned for itself even where
-- others have the same bytes: how soon it is available must not tell.

-- Takes the next one, for five minutes: a process that ends meanwhile leaves it to another.
CREATE FUNCTION claim_scan() RETURNS TABLE (document_id uuid, size integer)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1
AS $$
	UPDATE document d
	   SET scan_started_at = now()
	 WHERE d.id = (
		SELECT n.id FROM document n
		 WHERE n.status = 'pending' AND coalesce(n.scan_started_at < now() - interval '5 minutes', true)
		 ORDER BY n.uploaded_at
		 LIMIT 1
		   FOR UPDATE SKIP LOCKED)
	RETURNING d.id, d.size
$$;

CREATE FUNCTION scan_piece(document_id uuid, ordinal integer) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN (SELECT p.bytes
          FROM document d JOIN document_piece p ON p.content_id = d.content_id
         WHERE d.id = document_id AND d.status = 'pending' AND p.ordinal = scan_piece.ordinal);

-- Null: the scanner was away, and it is another's turn.
CREATE FUNCTION finish_scan(document_id uuid, to_status text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
	UPDATE document d
	   SET status = coalesce(to_status, d.status), scan_started_at = NULL
	 WHERE d.id = document_id AND d.status = 'pending';
$$;

---------------------------------------------------------------------------------------------
-- A submission has the documents of its moment, and they stay for as long as it does.

CREATE TABLE submission_document (
	submission_id uuid NOT NULL CONSTRAINT submission_id__unknown REFERENCES submission ON DELETE CASCADE,
	document_id uuid NOT NULL CONSTRAINT document_id__unknown REFERENCES document ON DELETE RESTRICT,
	PRIMARY KEY (submission_id, document_id)
);
CREATE INDEX submission_document_by_document ON submission_document (document_id);
ALTER TABLE submission_document ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON submission_document TO sciday_service;
CREATE POLICY as_its_submission ON submission_document FOR SELECT USING (
	EXISTS (SELECT FROM submission s WHERE s.id = submission_document.submission_id));

CREATE FUNCTION submission_documented() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	INSERT INTO submission_document (submission_id, document_id)
	SELECT NEW.id, d.id
	  FROM document d
	 WHERE (d.plan_id = NEW.plan_id OR d.activity_id = NEW.activity_id) AND d.status <> 'quarantined';
	RETURN NULL;
END
$$;
CREATE TRIGGER submission_documented AFTER INSERT ON submission FOR EACH ROW EXECUTE FUNCTION submission_documented();

---------------------------------------------------------------------------------------------
-- What is missing: an error where the campaign requires it; a stamped copy is at least asked for.

CREATE FUNCTION document_findings(of_campaign text, of_plan uuid, of_activity uuid, digest text)
RETURNS TABLE (pointer text, code text, params jsonb, is_error boolean)
LANGUAGE sql STABLE
AS $$
	SELECT '/documents', f.code, jsonb_build_object('kind', k.kind), k.is_required
	  FROM campaign c
	 CROSS JOIN LATERAL (
		SELECT n.kind, n.ordinal, n.kind = ANY (c.required_documents) AS is_required
		  FROM unnest(ARRAY['word_copy', 'stamped_pdf']) WITH ORDINALITY n (kind, ordinal)) k
	 CROSS JOIN LATERAL (
		SELECT count(*) AS present, bool_or(d.owner_digest = digest) AS is_current
		  FROM document d
		 WHERE (d.plan_id = of_plan OR d.activity_id = of_activity) AND d.kind = k.kind AND d.status <> 'quarantined') d
	 CROSS JOIN LATERAL (
		SELECT CASE
			WHEN d.present = 0 THEN 'missing_document'
			WHEN k.kind = 'stamped_pdf' AND NOT d.is_current THEN 'outdated_document' END AS code) f
	 WHERE c.code = of_campaign AND f.code IS NOT NULL AND (k.is_required OR k.kind = 'stamped_pdf')
	 ORDER BY k.ordinal
$$;

CREATE OR REPLACE FUNCTION plan_findings(p plan) RETURNS TABLE (pointer text, code text, params jsonb, is_error boolean)
LANGUAGE sql STABLE
AS $$
	SELECT '/text', 'required', NULL::jsonb, true
	 WHERE p.text IS NULL
	UNION ALL
	SELECT f.pointer, f.code, f.params, f.is_error
	  FROM document_findings(p.campaign_code, p.id, NULL, content_digest(plan_content(p))) f
$$;

CREATE OR REPLACE FUNCTION activity_findings(a activity) RETURNS TABLE (pointer text, code text, params jsonb, is_error boolean)
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
	UNION ALL
	SELECT f.pointer, f.code, f.params, f.is_error
	  FROM document_findings(a.campaign_code, NULL, a.id, content_digest(activity_content(a))) f
	 WHERE a.kind = 'highlight'
$$;

---------------------------------------------------------------------------------------------
-- How they look

CREATE VIEW document_judged WITH (security_invoker) AS
SELECT d.*,
       d.kind = 'stamped_pdf' AND d.owner_digest IS DISTINCT FROM (SELECT o.digest FROM document_owner(d) o) AS is_outdated
  FROM document d;

CREATE VIEW document_summary WITH (security_invoker) AS
SELECT json_build_object(
           'id', d.id, 'kind', d.kind, 'name', d.name, 'media_type', d.media_type, 'size', d.size, 'sha256', d.sha256,
           'status', d.status, 'is_outdated', d.is_outdated, 'uploaded_at', instant(d.uploaded_at))::text AS summary,
       d.id, d.campaign_code, d.plan_id, d.activity_id, d.kind, d.uploaded_at
  FROM document_judged d;

CREATE VIEW document_body WITH (security_invoker) AS
SELECT d.id, d.version,
       json_build_object(
           'id', d.id, 'campaign_code', d.campaign_code, 'plan_id', d.plan_id, 'activity_id', d.activity_id,
           'kind', d.kind, 'name', d.name, 'media_type', d.media_type, 'size', d.size, 'sha256', d.sha256,
           'status', d.status, 'is_outdated', d.is_outdated,
           'uploaded_by', CASE WHEN v.has_role THEN json_build_object('id', d.uploaded_by, 'name', d.uploaded_by_name) END,
           'redacted', CASE WHEN v.has_role THEN '[]'::json ELSE '["uploaded_by"]' END,
           'version', d.version, 'uploaded_at', instant(d.uploaded_at)) AS body
  FROM document_judged d
 CROSS JOIN LATERAL (
	SELECT coalesce((SELECT cardinality(roles_at(o.ancestors)) > 0 FROM organization o WHERE o.id = d.organization_id), false) AS has_role
	OFFSET 0) v;

GRANT SELECT ON document_judged, document_summary, document_body TO sciday_service;

CREATE OR REPLACE VIEW campaign_body WITH (security_invoker) AS
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
           'late_submissions', c.late_submissions, 'required_documents', c.required_documents, 'national_platform', c.national_platform,
           'audiences', to_json(c.audiences), 'award_categories', to_json(c.award_categories),
           'recipient_count', recipient_count(c.code),
           'status', c.status, 'opened_at', instant(c.opened_at), 'closed_at', instant(c.closed_at),
           'allowed_actions', campaign_actions(c.status, c.ancestors),
           'redacted', CASE WHEN caller_id() IS NOT NULL THEN '[]'::json ELSE '["contact"]' END,
           'version', c.version, 'created_at', instant(c.created_at), 'updated_at', instant(c.updated_at)) AS body
  FROM campaign c;

INSERT INTO label (vocabulary, code, ordinal, zh, en) VALUES
	('document_kind', 'notice', 1, '通知', 'Notice'),
	('document_kind', 'attachment', 2, '附件', 'Attachment'),
	('document_kind', 'word_copy', 3, 'Word 电子版', 'Word copy'),
	('document_kind', 'stamped_pdf', 4, '盖章的 PDF 扫描件', 'Stamped PDF copy'),
	('document_kind', 'photo', 5, '照片', 'Photo'),
	('document_kind', 'other', 6, '其他', 'Other'),
	('document_status', 'pending', 1, '待查毒', 'Waiting to be scanned'),
	('document_status', 'available', 2, '可下载', 'Available'),
	('document_status', 'quarantined', 3, '已隔离', 'Quarantined');
