-- An upload: a place for the pieces, the pieces, and then the document, in one unit with its key and its
-- answer. Each document counts whole against its organization's quota: that equal bytes are kept once must not show.

-- What the caller attaches {"plan_id": …} to; raises what stands against it.
CREATE FUNCTION attachable(attached_to jsonb) RETURNS TABLE (place document, organization_id uuid, digest text)
LANGUAGE plpgsql VOLATILE ROWS 1
AS $$
DECLARE
	code text;
	params jsonb;
BEGIN
	place := jsonb_populate_record(NULL::document, attached_to);
	SELECT k.resource, attached_to ->> (k.resource || '_id') INTO place.resource, place.subject_id
	  FROM (SELECT regexp_replace(key, '_id$', '') AS resource FROM jsonb_object_keys(attached_to) key WHERE key ~ '_id$') k;
	SELECT o.organization_id, o.digest, o.code, o.params INTO organization_id, digest, code, params FROM document_owner(place) o;
	IF NOT FOUND THEN
		PERFORM refuse('not_found');
	ELSIF code IS NOT NULL THEN
		PERFORM refuse(code, params);
	END IF;
	RETURN NEXT;
END
$$;

-- What comes in takes the room that it announces from its beginning on, else what has come of it, piece by
-- piece, whichever process brings it: for one organization one after another. It goes with what it was for; what a process
-- that was killed has left counts for an hour, and does not go on after it.
CREATE FUNCTION is_coming_in(c document_content) RETURNS boolean
LANGUAGE sql STABLE
RETURN c.sha256 IS NULL AND c.created_at > now() - interval '1 hour';
REVOKE EXECUTE ON FUNCTION is_coming_in FROM sciday_service;

CREATE FUNCTION bytes_kept(content_id uuid) RETURNS bigint
LANGUAGE sql STABLE
RETURN (SELECT coalesce(sum(octet_length(p.bytes)), 0)::bigint FROM document_piece p WHERE p.content_id = bytes_kept.content_id);
REVOKE EXECUTE ON FUNCTION bytes_kept FROM sciday_service;

-- What an organization's documents take, with what is still coming in.
CREATE FUNCTION document_usage(of_organization uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
RETURN (SELECT coalesce(sum(d.size), 0)::bigint FROM document d WHERE d.organization_id = of_organization)
     + (SELECT coalesce(sum(greatest(c.announced, bytes_kept(c.id))), 0)::bigint
          FROM document_content c
         WHERE c.organization_id = of_organization AND is_coming_in(c));
REVOKE EXECUTE ON FUNCTION document_usage FROM sciday_service;

CREATE FUNCTION check_document_quota(of_organization uuid, quota bigint, more bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
	used bigint;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('document_quota ' || of_organization, 0));
	used := document_usage(of_organization);
	IF used + more > quota THEN
		PERFORM refuse('document_quota_exceeded', jsonb_build_object('quota', quota, 'used', used));
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION check_document_quota FROM sciday_service;

CREATE FUNCTION open_content(content_id uuid, for_organization uuid, quota bigint, announced bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
	PERFORM check_document_quota(for_organization, quota, greatest(announced, 1));
	-- What a process that was killed has left.
	DELETE FROM document_content
	 WHERE id IN (SELECT c.id FROM document_content c WHERE c.sha256 IS NULL AND NOT is_coming_in(c)
	               ORDER BY c.created_at LIMIT 5 FOR UPDATE SKIP LOCKED);
	INSERT INTO document_content (id, organization_id, uploaded_by, quota, announced)
	VALUES (content_id, for_organization, caller_id(), open_content.quota, coalesce(open_content.announced, 0));
END
$$;

-- Before the first byte: whether the caller may attach something there at all. `announced` is null where nobody knows how much comes.
CREATE FUNCTION begin_upload(upload_id uuid, owner jsonb, quota bigint, announced bigint) RETURNS void
LANGUAGE sql VOLATILE
AS $$
	SELECT open_content(upload_id, o.organization_id, quota, announced) FROM attachable(owner) o;
$$;

-- Nothing is lost if a piece is: the document's own commit is what counts, and it flushes what came before it.
CREATE FUNCTION keep_piece(upload_id uuid, ordinal integer, bytes bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
	content document_content;
	kept bigint := bytes_kept(upload_id);
BEGIN
	PERFORM set_config('synchronous_commit', 'off', true);
	SELECT * INTO content FROM document_content c WHERE c.id = upload_id AND is_coming_in(c) AND c.uploaded_by = caller_id() FOR KEY SHARE;
	IF NOT FOUND THEN
		PERFORM refuse('concurrent_change');
	ELSIF kept + octet_length(bytes) > content.announced THEN
		PERFORM check_document_quota(content.organization_id, content.quota, kept + octet_length(bytes) - greatest(kept, content.announced));
	END IF;
	INSERT INTO document_piece (content_id, ordinal, bytes) VALUES (upload_id, keep_piece.ordinal, keep_piece.bytes);
END
$$;

-- A piece of what is still coming in, for its inspection.
CREATE FUNCTION upload_piece(upload_id uuid, ordinal integer) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
RETURN (SELECT p.bytes
          FROM document_content c JOIN document_piece p ON p.content_id = c.id
         WHERE c.id = upload_id AND c.sha256 IS NULL AND c.uploaded_by = caller_id() AND p.ordinal = upload_piece.ordinal);

CREATE FUNCTION discard_upload(upload_id uuid) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
	DELETE FROM document_content WHERE id = upload_id AND sha256 IS NULL AND uploaded_by = caller_id();
$$;

-- What has come in is a content of its own, or the one that has these bytes already. The lock makes two that
-- come in at once, and one that comes in while the last of its kind is deleted, take turns.
CREATE FUNCTION complete_content(upload_id uuid, digest text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE
	there_already uuid;
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('document_content ' || digest, 0));
	PERFORM FROM document_content c WHERE c.id = upload_id AND is_coming_in(c) AND c.uploaded_by = caller_id() FOR UPDATE;
	IF NOT FOUND THEN
		PERFORM refuse('concurrent_change');
	END IF;
	SELECT c.id INTO there_already FROM document_content c WHERE c.sha256 = digest;
	IF FOUND THEN
		PERFORM discard_upload(upload_id);
		RETURN there_already;
	END IF;
	UPDATE document_content SET sha256 = digest, organization_id = NULL, uploaded_by = NULL, quota = NULL, announced = NULL WHERE id = upload_id;
	RETURN upload_id;
END
$$;

---------------------------------------------------------------------------------------------
-- Scanning, by a thread of the service and for no caller. A document is scanned for itself even where
-- others have the same bytes: how soon it is available must not tell.

-- Takes the next one, for five minutes: a process that ends meanwhile leaves it to another.
CREATE FUNCTION claim_scan() RETURNS TABLE (document_id uuid, size integer)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT ROWS 1
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
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
RETURN (SELECT p.bytes
          FROM document d JOIN document_piece p ON p.content_id = d.content_id
         WHERE d.id = document_id AND d.status = 'pending' AND p.ordinal = scan_piece.ordinal);

-- Null: the scanner was away, and it is another's turn.
CREATE FUNCTION finish_scan(document_id uuid, to_status text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
	UPDATE document d
	   SET status = coalesce(to_status, d.status), scan_started_at = NULL
	 WHERE d.id = document_id AND d.status = 'pending';
$$;

---------------------------------------------------------------------------------------------
-- What is missing: an error where the campaign requires it; a stamped copy is at least asked for.

CREATE FUNCTION document_findings(of_campaign text, resource text, of_subject uuid)
RETURNS TABLE (pointer text, code text, params jsonb, is_error boolean)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN QUERY
	SELECT '/documents', f.code, jsonb_build_object('kind', k.kind), k.is_required
	  FROM campaign c
	 CROSS JOIN LATERAL (
		SELECT n.kind, n.ordinal, n.kind = ANY (c.required_documents) AS is_required
		  FROM unnest(ARRAY['word_copy', 'stamped_pdf']) WITH ORDINALITY n (kind, ordinal)) k
	 CROSS JOIN LATERAL (
		SELECT count(*) AS present, bool_or(d.owner_digest = subject_digest(document_findings.resource, of_subject)) AS is_current
		  FROM document d
		 WHERE d.subject_id = of_subject AND d.kind = k.kind AND d.status <> 'quarantined') d
	 CROSS JOIN LATERAL (
		SELECT CASE
			WHEN d.present = 0 THEN 'missing_document'
			WHEN k.kind = 'stamped_pdf' AND NOT d.is_current THEN 'outdated_document' END AS code) f
	 WHERE c.code = of_campaign AND f.code IS NOT NULL AND (k.is_required OR k.kind = 'stamped_pdf')
	 ORDER BY k.ordinal;
END
$$;

---------------------------------------------------------------------------------------------
-- How they look

-- A stamped copy that is not of what the subject says now.
CREATE FUNCTION is_outdated(d document, subject_digest text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN d.kind = 'stamped_pdf' AND d.owner_digest IS DISTINCT FROM subject_digest;

-- In lists, and in the bodies of what it is attached to.
CREATE FUNCTION document_reference(d document, is_outdated boolean) RETURNS json
LANGUAGE sql STABLE PARALLEL SAFE
RETURN json_build_object(
	'id', d.id, 'kind', d.kind, 'name', d.name, 'media_type', d.media_type, 'size', d.size, 'sha256', d.sha256,
	'status', d.status, 'is_outdated', is_outdated, 'uploaded_at', instant(d.uploaded_at));

CREATE VIEW document_judged WITH (security_invoker) AS
SELECT d.id, d.campaign_code, d.resource, d.subject_id, d.organization_id, d.kind, d.name, d.media_type, d.size, d.sha256, d.content_id, d.status,
       d.scan_started_at, d.owner_digest, d.uploaded_by, d.uploaded_by_name, d.uploaded_at, d.version, d.updated_at,
       is_outdated(d, subject_digest(d.resource, d.subject_id)) AS is_outdated
  FROM document d;

CREATE VIEW document_summary WITH (security_invoker) AS
SELECT document_reference(d, is_outdated(d, subject_digest(d.resource, d.subject_id)))::text AS summary,
       d.id, d.campaign_code, d.resource, d.subject_id, d.kind, d.uploaded_at
  FROM document d;

CREATE VIEW document_body WITH (security_invoker) AS
SELECT d.id, d.version,
       json_build_object(
           'id', d.id, 'campaign_code', d.campaign_code, 'plan_id', CASE d.resource WHEN 'plan' THEN d.subject_id END,
           'activity_id', CASE d.resource WHEN 'activity' THEN d.subject_id END,
           'summary_report_id', CASE d.resource WHEN 'summary_report' THEN d.subject_id END,
           'kind', d.kind, 'name', d.name, 'media_type', d.media_type, 'size', d.size, 'sha256', d.sha256,
           'status', d.status, 'is_outdated', d.is_outdated,
           'uploaded_by', CASE WHEN v.has_role THEN json_build_object('id', d.uploaded_by, 'name', d.uploaded_by_name) END,
           'redacted', CASE WHEN v.has_role THEN '[]'::json ELSE '["uploaded_by"]' END,
           'version', d.version, 'uploaded_at', instant(d.uploaded_at)) AS body
  FROM document_judged d
 CROSS JOIN LATERAL (
	SELECT coalesce((SELECT cardinality(roles_at(o.ancestors)) > 0 FROM organization o WHERE o.id = d.organization_id), false) AS has_role
	OFFSET 0) v;
