-- Documents: the files that are attached to a campaign, or to what is submitted. Their bytes are in
-- rows of their own, in pieces; equal bytes are kept once, and nobody can tell. The service reaches the bytes
-- through functions of sql/logic/documents.sql and through the documents that it may read.

CREATE TABLE document_content (
	id uuid PRIMARY KEY,
	sha256 text CONSTRAINT document_content__sha256__taken UNIQUE, -- null: still coming in
	-- While it is coming in: whose it is.
	organization_id uuid CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE CASCADE,
	uploaded_by uuid CONSTRAINT uploaded_by__unknown REFERENCES account ON DELETE CASCADE,
	quota bigint,     -- the organization's
	announced bigint, -- as many bytes as are to come
	created_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT organization_id_while_coming_in CHECK ((sha256 IS NULL) = (organization_id IS NOT NULL AND uploaded_by IS NOT NULL))
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
GRANT SELECT ON document_piece TO sciday_service;

CREATE TABLE document (
	id uuid CONSTRAINT document__id__taken PRIMARY KEY,
	-- What it is attached to: one of these.
	campaign_code text CONSTRAINT campaign_code__unknown REFERENCES campaign ON DELETE CASCADE,
	subject_id uuid CONSTRAINT subject_id__unknown REFERENCES subject ON DELETE CASCADE,
	resource text, -- the subject's
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
	CONSTRAINT one_owner CHECK (num_nonnulls(campaign_code, subject_id) = 1),
	CONSTRAINT kind__not_allowed_value CHECK (kind IN ('notice', 'attachment', 'word_copy', 'stamped_pdf', 'photo', 'other')),
	CONSTRAINT kind__not_taken_here CHECK (CASE
		WHEN campaign_code IS NOT NULL THEN kind IN ('notice', 'attachment', 'other')
		WHEN resource = 'plan' THEN kind IN ('attachment', 'word_copy', 'stamped_pdf', 'other')
		ELSE kind <> 'notice' END),
	CONSTRAINT file__wrong_type_for_kind CHECK (CASE kind
		WHEN 'stamped_pdf' THEN media_type IN ('application/pdf', 'application/ofd') -- GB/T 33190, in which offices sign and stamp
		WHEN 'word_copy' THEN media_type = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
		WHEN 'photo' THEN media_type IN ('image/jpeg', 'image/png')
		ELSE true END),
	CONSTRAINT name__length CHECK (length(name) BETWEEN 1 AND 200),
	CONSTRAINT name__not_a_file_name CHECK (name !~ '[/\\]' AND name NOT IN ('.', '..')),
	CONSTRAINT size__range CHECK (size > 0),
	CONSTRAINT status__not_allowed_value CHECK (status IN ('pending', 'available', 'quarantined'))
);
CREATE INDEX document_by_campaign ON document (campaign_code, uploaded_at, id);
CREATE INDEX document_by_subject ON document (subject_id, uploaded_at, id);
CREATE INDEX document_by_organization ON document (organization_id) INCLUDE (size);
CREATE INDEX document_by_content ON document (content_id);
CREATE INDEX document_pending ON document (uploaded_at) WHERE status = 'pending';
-- What a scan finds is no change of the document's that its owner would have to read before deleting it.
SELECT track_changes('document', 'OLD.status = NEW.status AND OLD.scan_started_at IS NOT DISTINCT FROM NEW.scan_started_at');
SELECT audit_changes('document');
GRANT SELECT, DELETE ON document TO sciday_service;
GRANT INSERT (id, campaign_code, subject_id, organization_id, kind, name, media_type, size, sha256, content_id, status, owner_digest, uploaded_by)
	ON document TO sciday_service;

-- Why a document may not be attached or deleted; null if it may.
CREATE FUNCTION attachment_refusal(status text, campaign_status text, kind text, ancestors uuid[]) RETURNS text
LANGUAGE sql STABLE
RETURN CASE
	WHEN NOT is_editable(status) THEN 'not_editable'
	WHEN NOT campaign_status = ANY (author_campaign_statuses(kind)) THEN
		CASE campaign_status WHEN 'closed' THEN 'campaign_closed' ELSE 'campaign_not_open' END
	WHEN NOT author_role(kind) = ANY (roles_at(ancestors)) THEN 'role_not_held_here'
END;

-- What a document is attached to, as the caller sees it: whose it is, its content's digest, and
-- why they may not attach or delete documents there; no row for what they do not see. The scan of what came on
-- paper belongs to it: who enters it may attach as its author may.
CREATE FUNCTION document_owner(d document) RETURNS TABLE (organization_id uuid, digest text, code text, params jsonb)
LANGUAGE plpgsql STABLE ROWS 1
AS $$
BEGIN
	IF d.campaign_code IS NOT NULL THEN
		RETURN QUERY
		SELECT c.issuer_id, NULL::text, campaign_refusal(c.status, c.ancestors), NULL::jsonb
		  FROM campaign c
		 WHERE c.code = d.campaign_code;
	ELSE
		RETURN QUERY
		SELECT l.organization_id, content_digest(l.content), r.code, refusal_params(r.code, l.status, c.status, NULL, NULL, NULL)
		  FROM subject_life l
		  JOIN campaign c ON c.code = l.campaign_code
		 CROSS JOIN LATERAL (
			SELECT NULLIF(attachment_refusal(l.status, c.status, l.kind, l.ancestors),
			              CASE WHEN may_enter(l.status, l.entered_by, l.ancestors) THEN 'role_not_held_here' END) AS code) r
		 WHERE l.resource = d.resource AND l.id = d.subject_id;
	END IF;
END
$$;

-- The owner's row is held as it is until the document is there, or gone: whoever submits meanwhile waits,
-- and their submission has it; whoever has submitted first wins. (The owner's own deletion takes its documents along.)
CREATE FUNCTION document_owner_held() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	d document := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
	resource CONSTANT text := (SELECT s.resource FROM subject s WHERE s.id = d.subject_id);
	owner_status text;
BEGIN
	IF resource IS NOT NULL THEN
		EXECUTE format('SELECT w.status FROM %I w WHERE w.id = $1 FOR SHARE', resource) INTO owner_status USING d.subject_id;
	END IF;
	IF TG_OP = 'INSERT' AND d.subject_id IS NOT NULL AND owner_status IS NULL THEN
		PERFORM refuse('not_found'); -- it was deleted meanwhile
	ELSIF NOT is_editable(owner_status) THEN
		PERFORM refuse('not_editable', jsonb_build_object('current_status', owner_status));
	END IF;
	RETURN d;
END
$$;
CREATE TRIGGER owner_held BEFORE INSERT OR DELETE ON document FOR EACH ROW EXECUTE FUNCTION document_owner_held();

CREATE FUNCTION document_placed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	NEW.resource := (SELECT s.resource FROM subject s WHERE s.id = NEW.subject_id);
	NEW.uploaded_by_name := (SELECT a.name FROM account a WHERE a.id = NEW.uploaded_by);
	RETURN NEW;
END
$$;
CREATE TRIGGER placed BEFORE INSERT ON document FOR EACH ROW EXECUTE FUNCTION document_placed();

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

CREATE TABLE submission_document (
	submission_id uuid NOT NULL CONSTRAINT submission_id__unknown REFERENCES submission ON DELETE CASCADE,
	document_id uuid NOT NULL CONSTRAINT document_id__unknown REFERENCES document ON DELETE RESTRICT,
	PRIMARY KEY (submission_id, document_id)
);
CREATE INDEX submission_document_by_document ON submission_document (document_id);
GRANT SELECT ON submission_document TO sciday_service;

CREATE FUNCTION submission_documented() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	INSERT INTO submission_document (submission_id, document_id)
	SELECT NEW.id, d.id
	  FROM document d
	 WHERE d.subject_id = NEW.subject_id AND d.status <> 'quarantined';
	RETURN NULL;
END
$$;
CREATE TRIGGER submission_documented AFTER INSERT ON submission FOR EACH ROW EXECUTE FUNCTION submission_documented();
