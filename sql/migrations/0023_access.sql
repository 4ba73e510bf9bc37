-- Who sees and does what, decided for every table alike.

---------------------------------------------------------------------------------------------
-- A campaign that is still a draft is its administrators' alone, and so is all that hangs on it: its recipients, what is
-- published of its programme, and the history of that.

CREATE INDEX campaign_drafts ON campaign (code) WHERE status = 'draft';

CREATE FUNCTION campaigns_hidden_from(administrator uuid[]) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	RETURN ARRAY(SELECT c.code FROM campaign c WHERE c.status = 'draft' AND NOT coalesce(c.ancestors && administrator, false));
END
$$;

-- A part of who calls: looked for once in a unit, and not by each table that the unit reads.
CREATE OR REPLACE FUNCTION identify(caller text, session text, submitter text, reviewer text, observer text, administrator text,
                                    request_id text) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	PERFORM set_config('sciday.caller', coalesce(caller, ''), true),
	        set_config('sciday.session', coalesce(session, ''), true),
	        set_config('sciday.submitter', coalesce(submitter, ''), true),
	        set_config('sciday.reviewer', coalesce(reviewer, ''), true),
	        set_config('sciday.observer', coalesce(observer, ''), true),
	        set_config('sciday.administrator', coalesce(administrator, ''), true),
	        set_config('sciday.hidden_campaigns', campaigns_hidden_from(NULLIF(administrator, '')::uuid[])::text, true),
	        set_config('sciday.request_id', coalesce(request_id, ''), true),
	        set_config('sciday.changed', '', true);
END
$$;

-- Null where nobody has been identified, to whom every campaign is hidden.
CREATE FUNCTION hidden_campaigns() RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN NULLIF(current_setting('sciday.hidden_campaigns', true), '')::text[];

-- One line for each table whose rows are a campaign's. It narrows whatever other policies allow, writing too. Said by way of
-- NULLIF, because the planner then takes nearly every row to pass, as they do; of NOT and ALL it expects one in a thousand.
CREATE FUNCTION hide_with_campaign(target regclass) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	EXECUTE format('CREATE POLICY hidden_with_its_campaign ON %s AS RESTRICTIVE'
	               ' USING (NULLIF(campaign_code = ANY ((SELECT hidden_campaigns())::text[]), true) IS NOT NULL)', target);
END
$$;
REVOKE EXECUTE ON FUNCTION hide_with_campaign FROM sciday_service;

SELECT hide_with_campaign('phase');
SELECT hide_with_campaign('module');
SELECT hide_with_campaign('recipient');
SELECT hide_with_campaign('obligation');
SELECT hide_with_campaign('extension');
SELECT hide_with_campaign('plan');
SELECT hide_with_campaign('activity');
SELECT hide_with_campaign('summary_report');
SELECT hide_with_campaign('submission');
SELECT hide_with_campaign('review');
SELECT hide_with_campaign('forwarding');
SELECT hide_with_campaign('forwarding_item');
SELECT hide_with_campaign('award');

-- These looked the campaign up themselves.
DROP POLICY as_its_campaign ON phase;
CREATE POLICY anyone_reads ON phase FOR SELECT USING (true);
DROP POLICY as_its_campaign ON module;
CREATE POLICY anyone_reads ON module FOR SELECT USING (true);
ALTER POLICY those_concerned_read ON recipient USING (
	organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[])
	OR ancestors[2:] && (SELECT caller_scope('reviewer'))
	OR ancestors[2:] && (SELECT caller_scope('observer'))
	OR ancestors && (SELECT caller_scope('administrator')));

DROP POLICY people_there_read ON notice_receipt;
CREATE POLICY as_its_obligation ON notice_receipt FOR SELECT USING (
	EXISTS (SELECT FROM obligation o WHERE o.id = notice_receipt.obligation_id));

-- What hangs on a draft is told to whoever sees the draft: its place in the trail is its campaign's until that is issued.
CREATE OR REPLACE FUNCTION change_audited() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	key_columns CONSTANT text[] := TG_ARGV[1];
	dropped CONSTANT text[] := TG_ARGV[2];
	secret CONSTANT text[] := TG_ARGV[3];
	row_before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - dropped END;
	row_after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - dropped END;
	present CONSTANT jsonb := coalesce(row_after, row_before);
	key CONSTANT text := (SELECT string_agg(present ->> c, ' ' ORDER BY at) FROM unnest(key_columns) WITH ORDINALITY AS k (c, at));
	hidden text[] := '{}';
	of_campaign text;
	found_place uuid[];
BEGIN
	IF row_before = row_after THEN
		RETURN NULL;
	END IF;
	IF TG_OP = 'UPDATE' THEN
		SELECT jsonb_object_agg(b.key, b.value), jsonb_object_agg(b.key, row_after -> b.key)
		  INTO row_before, row_after
		  FROM jsonb_each(row_before) b
		 WHERE b.value <> row_after -> b.key;
	END IF;
	IF TG_TABLE_NAME <> TG_ARGV[0] THEN
		row_before := row_before - key_columns;
		row_after := row_after - key_columns;
	END IF;
	IF secret <> '{}' THEN
		hidden := ARRAY(SELECT s FROM unnest(secret) s WHERE coalesce(row_after, row_before) ? s);
		row_before := row_before - secret;
		row_after := row_after - secret;
	END IF;

	IF TG_NARGS < 5 THEN
		found_place := CASE WHEN TG_OP = 'DELETE' THEN OLD.ancestors ELSE NEW.ancestors END;
	ELSE
		EXECUTE format('SELECT %s FROM (SELECT ($1::%I.%I).*) r', TG_ARGV[4], TG_TABLE_SCHEMA, TG_TABLE_NAME)
		   INTO found_place USING CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
	END IF;
	of_campaign := coalesce(present ->> 'campaign_code', (SELECT a.campaign_code FROM activity a WHERE a.id = (present ->> 'activity_id')::uuid));
	IF of_campaign IS NOT NULL THEN
		found_place := (SELECT CASE c.status WHEN 'draft' THEN c.ancestors ELSE found_place END FROM campaign c WHERE c.code = of_campaign);
	END IF;
	-- What goes with what it was under has lost its way there; it was where it was last.
	found_place := coalesce(found_place, (SELECT e.place FROM audit_entry e WHERE (e.resource, e.resource_id) = (TG_ARGV[0], key)
	                           ORDER BY e.changed_at DESC, e.number DESC LIMIT 1), '{}');

	INSERT INTO audit_entry (changed_by, request_id, operation, address_class, resource, resource_id, change, before, after, redacted, place)
	VALUES (caller_id(), nullif(current_setting('sciday.request_id', true), ''), nullif(current_setting('sciday.operation', true), ''),
	        nullif(current_setting('sciday.address_class', true), ''), TG_ARGV[0], key,
	        CASE WHEN TG_TABLE_NAME <> TG_ARGV[0] THEN 'updated' WHEN TG_OP = 'INSERT' THEN 'created' WHEN TG_OP = 'UPDATE' THEN 'updated' ELSE 'deleted' END,
	        CASE TG_OP WHEN 'DELETE' THEN jsonb_strip_nulls(row_before) ELSE row_before END,
	        CASE TG_OP WHEN 'INSERT' THEN jsonb_strip_nulls(row_after) ELSE row_after END,
	        hidden, found_place);
	RETURN NULL;
END
$$;

-- What the trail has already of drafts. Each thing's making, or its end, names its campaign.
UPDATE audit_entry e
   SET place = c.ancestors
  FROM audit_entry named
  JOIN campaign c ON c.status = 'draft' AND c.code = coalesce(named.after ->> 'campaign_code', named.before ->> 'campaign_code')
 WHERE (e.resource, e.resource_id) = (named.resource, named.resource_id) AND e.place <> c.ancestors;

---------------------------------------------------------------------------------------------
-- What one does for another

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
CREATE TRIGGER content_guarded BEFORE UPDATE OF title, text ON plan FOR EACH ROW EXECUTE FUNCTION content_guarded();
CREATE TRIGGER content_guarded BEFORE UPDATE OF ordinal, host_name, title, modules, module_other, organizer_name, starts_on, ends_on,
	time_note, location, is_online, online_url, audiences, audience_other, expected_participants, scale_note, contact, mailing_address,
	proposal, targets, responsible_ids, partner_ids ON activity
	FOR EACH ROW WHEN (OLD.kind = 'highlight') EXECUTE FUNCTION content_guarded();
CREATE TRIGGER content_guarded BEFORE UPDATE OF starts_on, ends_on, time_note, location, is_online, online_url, participants,
	target_actuals, outcomes, media_coverage ON summary_report
	FOR EACH ROW WHEN (OLD.kind = 'highlight') EXECUTE FUNCTION content_guarded();

-- Only what submitters owe is entered for them.
ALTER POLICY reviewer_creates_on_behalf ON activity
	WITH CHECK (kind = 'highlight' AND entered_by = caller_id() AND ancestors[2:] && (SELECT caller_scope('reviewer')));
ALTER POLICY reviewer_deletes_on_behalf ON activity
	USING (kind = 'highlight' AND entered_by IS NOT NULL AND status = 'draft' AND submission_count = 0
	       AND ancestors[2:] && (SELECT caller_scope('reviewer')));
ALTER POLICY reviewer_creates_on_behalf ON summary_report
	WITH CHECK (kind = 'highlight' AND entered_by = caller_id() AND ancestors[2:] && (SELECT caller_scope('reviewer')));
ALTER POLICY reviewer_deletes_on_behalf ON summary_report
	USING (kind = 'highlight' AND entered_by IS NOT NULL AND status = 'draft' AND submission_count = 0
	       AND ancestors[2:] && (SELECT caller_scope('reviewer')));

-- What was ever submitted stays, whosever it is.
ALTER POLICY administrator_deletes ON activity
	USING (kind <> 'highlight' AND status = 'draft' AND submission_count = 0 AND ancestors && (SELECT caller_scope('administrator')));

-- History may say only what the table of states allows the caller there, of what it is about and of its kind.
ALTER POLICY actor_writes ON review
	WITH CHECK (by_user = caller_id() AND EXISTS (
		SELECT FROM transition t
		 WHERE (t.action, t.from_status, t.to_status) = (review.action, review.from_status, review.to_status)
		   AND t.resource = ANY (CASE
			WHEN review.plan_id IS NOT NULL THEN '{plan}'::text[]
			WHEN review.activity_id IS NOT NULL THEN '{activity,execution}'::text[]
			ELSE '{summary_report}'::text[] END)
		   AND t.kind IS NOT DISTINCT FROM CASE
			WHEN review.activity_id IS NOT NULL THEN (SELECT a.kind FROM activity a WHERE a.id = review.activity_id)
			WHEN review.summary_report_id IS NOT NULL THEN (SELECT r.kind FROM summary_report r WHERE r.id = review.summary_report_id) END
		   AND t.role = ANY (roles_at(review.ancestors))));

---------------------------------------------------------------------------------------------
-- Room for documents. What comes in takes the room that it announces from its beginning on, else what has come of it, piece by
-- piece, whichever process brings it: for one organization one after another. It goes with what it was for; what a process
-- that was killed has left counts for an hour, and does not go on after it.

ALTER TABLE document_content -- while it is coming in
	ADD COLUMN quota bigint,
	ADD COLUMN announced bigint;

CREATE FUNCTION is_coming_in(c document_content) RETURNS boolean
LANGUAGE sql STABLE
RETURN c.sha256 IS NULL AND c.created_at > now() - interval '1 hour';
REVOKE EXECUTE ON FUNCTION is_coming_in FROM sciday_service;

CREATE FUNCTION bytes_kept(content_id uuid) RETURNS bigint
LANGUAGE sql STABLE
RETURN (SELECT coalesce(sum(octet_length(p.bytes)), 0)::bigint FROM document_piece p WHERE p.content_id = bytes_kept.content_id);
REVOKE EXECUTE ON FUNCTION bytes_kept FROM sciday_service;

DROP FUNCTION document_usage(uuid, boolean);
CREATE FUNCTION document_usage(of_organization uuid) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN (SELECT coalesce(sum(d.size), 0)::bigint FROM document d WHERE d.organization_id = of_organization)
     + (SELECT coalesce(sum(greatest(c.announced, bytes_kept(c.id))), 0)::bigint
          FROM document_content c
         WHERE c.organization_id = of_organization AND is_coming_in(c));
REVOKE EXECUTE ON FUNCTION document_usage FROM sciday_service;

CREATE OR REPLACE FUNCTION check_document_quota(of_organization uuid, quota bigint, more bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
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

DROP FUNCTION open_content(uuid, uuid, bigint);
CREATE FUNCTION open_content(content_id uuid, for_organization uuid, quota bigint, announced bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
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
DROP FUNCTION begin_upload(uuid, jsonb, bigint);
CREATE FUNCTION begin_upload(upload_id uuid, owner jsonb, quota bigint, announced bigint) RETURNS void
LANGUAGE sql VOLATILE
AS $$
	SELECT open_content(upload_id, o.organization_id, quota, announced) FROM attachable(owner) o;
$$;

-- Nothing is lost if a piece is: the document's own commit is what counts, and it flushes what came before it.
CREATE OR REPLACE FUNCTION keep_piece(upload_id uuid, ordinal integer, bytes bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
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

-- What has come in is a content of its own, or the one that has these bytes already. The lock makes two that
-- come in at once, and one that comes in while the last of its kind is deleted, take turns.
DROP FUNCTION complete_content(uuid, text, bigint, uuid, bigint);
CREATE FUNCTION complete_content(upload_id uuid, digest text) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
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
-- Drafts of activities: an organization has so many at most in one campaign, its own and those that are entered for it. They
-- are begun one after another.

CREATE FUNCTION draft_allowed(campaign_code text, organization_id uuid, draft_limit integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('drafts ' || campaign_code || ' ' || organization_id, 0));
	IF draft_limit <= (SELECT count(*) FROM activity a
	                    WHERE a.campaign_code = draft_allowed.campaign_code AND a.organization_id = draft_allowed.organization_id AND a.status = 'draft') THEN
		PERFORM refuse('too_many_drafts', jsonb_build_object('maximum', draft_limit));
	END IF;
	RETURN true;
END
$$;

-- What was revoked by an account goes with it, and is found then.
CREATE INDEX link_revocation_by_account ON link_revocation (account_id);
