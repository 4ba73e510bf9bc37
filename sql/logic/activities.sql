-- Activities: how they are found, what is wrong with a form, and how they look.

-- Candidates only, through the index that row security hides; the caller's policies still decide.
-- Two characters are one bigram, and need no second look. Of much that matches, a page needs not all.
CREATE FUNCTION activities_matching(campaign_code text, q text, at_most integer DEFAULT NULL) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
RETURN ARRAY(
	SELECT t.activity_id
	  FROM activity_text t
	 WHERE bigrams(t.search_text) @> bigrams(search_key(q))
	   AND (length(search_key(q)) = 2 OR strpos(t.search_text, search_key(q)) > 0)
	   AND t.campaign_code = activities_matching.campaign_code
	 LIMIT at_most);

-- Where activities are listed that the caller may read at what is asked for: what everyone may, there; and what only those with a
-- role may, at what of it is theirs. (The sights, and who has which, are those of the rows' policies.)
CREATE FUNCTION activity_sources(within uuid, organization_id uuid, city text, organization_kinds text[], module text, audience text)
RETURNS TABLE (way text, place uuid, sights text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
DECLARE
	asked CONSTANT uuid[] := array_remove(ARRAY[activity_sources.within, activity_sources.organization_id, CASE WHEN city <> 'none' THEN city::uuid END], NULL);
BEGIN
	RETURN QUERY
	WITH lowest AS ( -- of what is asked for, if all of the rest is above it
		SELECT o.id, o.ancestors FROM organization o
		 WHERE o.id = ANY (asked) AND o.ancestors @> asked AND o.id = coalesce(activity_sources.organization_id, o.id)
	), held AS (
		SELECT o.id, o.ancestors, w.way, h.sights
		  FROM (VALUES ('submitter', '{own}'::text[], '{authors,reviewers,above}'::text[]),
		               ('reviewer', '{below}', '{reviewers,above}'),
		               ('observer', '{below}', '{above}'),
		               ('administrator', '{own,below}', '{authors,reviewers,above}')) h (role, ways, sights)
		 CROSS JOIN LATERAL unnest(caller_scope(h.role)) c (id)
		  JOIN organization o ON o.id = c.id
		 CROSS JOIN LATERAL unnest(h.ways) w (way)
	), found (way, id, sights) AS (
		SELECT w.way, l.id, '{everyone}'::text[] FROM lowest l CROSS JOIN (VALUES ('own'), ('below')) w (way)
		UNION ALL
		SELECT w.way, o.id, '{everyone}' FROM organization o CROSS JOIN (VALUES ('own'), ('below')) w (way) WHERE o.parent_id IS NULL AND asked = '{}'
		UNION ALL
		SELECT h.way, h.id, h.sights FROM held h WHERE asked = '{}'
		UNION ALL -- theirs is within what is asked for
		SELECT h.way, h.id, h.sights FROM held h JOIN lowest l ON h.ancestors[2:] @> ARRAY[l.id]
		UNION ALL -- or it is theirs
		SELECT h.way, l.id, h.sights FROM held h JOIN lowest l ON l.id = h.id
		UNION ALL -- or within what is theirs
		SELECT w.way, l.id, h.sights FROM held h JOIN lowest l ON l.ancestors[2:] @> ARRAY[h.id] CROSS JOIN (VALUES ('own'), ('below')) w (way)
		 WHERE h.way = 'below'
	)
	SELECT f.way, p.place, f.sights
	  FROM found f
	  LEFT JOIN organization r ON r.id = f.id AND r.parent_id IS NULL
	 CROSS JOIN LATERAL ( -- at a root, what singles out fewer
		SELECT listed_place(r.id, 'kind', k.kind) FROM unnest(organization_kinds) k (kind) WHERE r.id IS NOT NULL
		UNION ALL
		SELECT listed_place(r.id, CASE WHEN city = 'none' THEN 'city' WHEN module IS NOT NULL THEN 'module' ELSE 'audience' END,
		                    coalesce(CASE city WHEN 'none' THEN city END, module, audience))
		 WHERE r.id IS NOT NULL AND organization_kinds IS NULL AND (city = 'none' OR module IS NOT NULL OR audience IS NOT NULL)
		UNION ALL
		SELECT f.id WHERE r.id IS NULL OR organization_kinds IS NULL AND (city = 'none' OR module IS NOT NULL OR audience IS NOT NULL) IS NOT TRUE) p (place)
	 WHERE activity_sources.organization_id IS NULL OR (f.way, f.id) = ('own', activity_sources.organization_id);
END
$$;

-- The activities of a page: of each place and state that it may have, its first few after where the page before ended, and of
-- those the first. Candidates as well, in one function for each order. (Few are expected of one state at one place, where they
-- may be all that there are: those are not sorted, but walked in order.)
DO $make$
DECLARE
	sort record;
BEGIN
	FOR sort IN
		SELECT *
		  FROM (VALUES ('activities_by_start', 'starts_on_or_last', 'date', '>', 'ASC', '-infinity', '00000000-0000-0000-0000-000000000000'),
		               ('activities_by_start_backwards', 'starts_on_or_first', 'date', '<', 'DESC', 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff'),
		               ('activities_by_creation', 'created_at', 'timestamptz', '>', 'ASC', '-infinity', '00000000-0000-0000-0000-000000000000'),
		               ('activities_by_creation_backwards', 'created_at', 'timestamptz', '<', 'DESC', 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff')
		       ) s (name, field, type, beyond, direction, first_value, first_id)
	LOOP
		EXECUTE format($function$
CREATE FUNCTION %1$I(campaign_code text, after %3$s, after_id uuid, page integer, within uuid, organization_id uuid, city text, organization_kinds text[],
                     kinds text[], statuses text[], executions text[], correction_overdue boolean, module text, audience text, phase text,
                     starts_on_gte date, starts_on_lte date, q text) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET enable_sort = off
AS $$
#variable_conflict use_column
DECLARE
	earliest date := coalesce(starts_on_gte, '-infinity');
	latest date := coalesce(starts_on_lte, 'infinity');
	much CONSTANT integer := 2000;
	matching uuid[];
BEGIN
	-- Of what matches much the page is soon full, and few are all looked at.
	IF q IS NOT NULL THEN
		matching := activities_matching(%1$I.campaign_code, q, much);
		IF cardinality(matching) < much THEN
			RETURN matching;
		END IF;
	END IF;
	IF phase <> 'none' THEN
		SELECT greatest(earliest, min(p.starts_on)), least(latest, max(p.ends_on)) INTO earliest, latest
		  FROM phase p WHERE p.campaign_code = %1$I.campaign_code AND p.ordinal::text = %1$I.phase HAVING count(*) > 0;
	END IF;
	RETURN ARRAY(
		SELECT f.activity_id
		  FROM (
			SELECT DISTINCT l.%2$I, l.activity_id
			  FROM activity_sources(%1$I.within, %1$I.organization_id, city, organization_kinds, module, audience) w
			  JOIN activity_state s ON s.sight = ANY (w.sights)
			   AND (kinds IS NULL OR s.kind = ANY (kinds))
			   AND (statuses IS NULL OR s.status = ANY (statuses))
			   AND (executions IS NULL OR s.execution = ANY (executions))
			   AND (correction_overdue IS NOT TRUE OR s.status = 'returned')
			 CROSS JOIN LATERAL (
				SELECT l.%2$I, l.activity_id
				  FROM activity_listed l
				 WHERE (l.place, l.way, l.campaign_code, l.state) = (w.place, w.way, %1$I.campaign_code, s.id)
				   AND (l.%2$I, l.activity_id) %4$s (coalesce(after, %6$L), coalesce(after_id, %7$L))
				   AND l.starts_on_or_last BETWEEN earliest AND latest AND l.starts_on_or_first BETWEEN earliest AND latest
				   AND (organization_kinds IS NULL OR l.organization_kind = ANY (organization_kinds))
				   AND (city IS NULL OR l.city_id IS NOT DISTINCT FROM NULLIF(city, 'none')::uuid)
				   AND (correction_overdue IS NULL OR correction_overdue = is_correction_overdue(s.status, l.correction_due_at))
				   AND (module IS NULL OR CASE module WHEN 'none' THEN l.modules = '{}' ELSE module = ANY (l.modules) END)
				   AND (audience IS NULL OR CASE audience WHEN 'none' THEN l.audiences = '{}' ELSE audience = ANY (l.audiences) END)
				   AND (q IS NULL OR EXISTS (SELECT FROM activity_text t WHERE t.activity_id = l.activity_id AND strpos(t.search_text, search_key(q)) > 0))
				   AND (phase IS DISTINCT FROM 'none' OR NOT EXISTS (
					SELECT FROM phase p WHERE p.campaign_code = l.campaign_code AND l.starts_on_or_last BETWEEN p.starts_on AND p.ends_on))
				 ORDER BY l.%2$I %5$s, l.activity_id %5$s
				 LIMIT page) l
			 ORDER BY l.%2$I %5$s, l.activity_id %5$s
			 LIMIT page) f);
END
$$
$function$, sort.name, sort.field, sort.type, sort.beyond, sort.direction, sort.first_value, sort.first_id);
	END LOOP;
END
$make$;

-- An organization has so many drafts of activities at most in one campaign, its own and those that are entered for it. They
-- are begun one after another.
CREATE FUNCTION check_drafts(campaign_code text, organization_id uuid, draft_limit integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(hashtextextended('drafts ' || campaign_code || ' ' || organization_id, 0));
	IF draft_limit <= (SELECT count(*) FROM activity a
	                    WHERE a.campaign_code = check_drafts.campaign_code AND a.organization_id = check_drafts.organization_id AND a.status = 'draft') THEN
		PERFORM refuse('too_many_drafts', jsonb_build_object('maximum', draft_limit));
	END IF;
	RETURN true;
END
$$;

---------------------------------------------------------------------------------------------
-- What is wrong with a form: a row for each thing, in the form's order. Errors stop a
-- submission, warnings do not.

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
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN QUERY
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
	  FROM document_findings(a.campaign_code, 'activity', a.id) f
	 WHERE a.kind = 'highlight';
END
$$;

---------------------------------------------------------------------------------------------
-- How they look

-- The city is the nearest one from the organization upwards.
CREATE VIEW activity_summary WITH (security_invoker) AS
SELECT a.summary_head || ', "organization" : ' || o.reference::text || ', "phase" : ' || coalesce((
           SELECT p.ordinal FROM phase p
            WHERE p.campaign_code = a.campaign_code AND a.starts_on BETWEEN p.starts_on AND p.ends_on)::text, 'null') ||
       ', "execution_reason" : ' || coalesce(to_json(a.execution_reason)::text, 'null') ||
       ', "postponed_to" : ' || CASE WHEN a.postponed_starts_on IS NOT NULL THEN
           json_build_object('starts_on', a.postponed_starts_on, 'ends_on', a.postponed_ends_on)::text ELSE 'null' END || '}' AS summary,
       a.id, a.campaign_code, a.organization_id, a.kind, a.status, a.modules, a.audiences,
       a.starts_on_or_last, a.starts_on_or_first, a.created_at, a.execution,
       o.kind AS organization_kind, (
           SELECT c.id FROM organization c
            WHERE c.id = ANY (o.ancestors) AND c.kind = 'city_association'
            ORDER BY cardinality(c.ancestors) DESC
            LIMIT 1) AS city_id,
       is_correction_overdue(a.status, a.correction_due_at) AS is_correction_overdue
  FROM activity a
  JOIN organization o ON o.id = a.organization_id;

-- A summary is the same for every caller; what depends on the caller is in the body.
CREATE VIEW activity_body WITH (security_invoker) AS
SELECT a.id, a.version,
       json_build_object(
           'id', a.id, 'campaign_code', a.campaign_code, 'organization', o.reference,
           'kind', a.kind, 'ordinal', a.ordinal, 'status', a.status, 'on_behalf', a.entered_by IS NOT NULL,
           'execution', a.execution,
           'execution_reason', a.execution_reason, 'postponed_to', CASE WHEN a.postponed_starts_on IS NOT NULL THEN
               json_build_object('starts_on', a.postponed_starts_on, 'ends_on', a.postponed_ends_on) END,
           'execution_actions', coalesce((
               SELECT s.actions FROM state_action s
                WHERE (s.resource, s.kind, s.status, s.campaign_status, s.roles) = ('execution', a.kind, a.execution, c.status, v.roles)), '{}'),
           'summary_report_id', (
               SELECT r.id FROM of_summary_report r
                WHERE r.activity_id = a.id
                  AND (v.roles && '{submitter,administrator}' OR v.has_role AND r.submission_count > 0
                       OR 'reviewer' = ANY (v.roles) AND r.entered_by IS NOT NULL OR r.status = 'accepted' AND a.is_public)),
           'host_name', a.host_name, 'title', a.title, 'modules', a.modules, 'module_other', a.module_other,
           'organizer_name', a.organizer_name, 'starts_on', a.starts_on, 'ends_on', a.ends_on, 'time_note', a.time_note,
           'phase', (SELECT p.ordinal FROM of_phase p
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
           'responsible', CASE WHEN a.responsible_ids = '{}' THEN '[]' ELSE organization_references(a.responsible_ids) END,
           'partners', CASE WHEN a.partner_ids = '{}' THEN '[]' ELSE organization_references(a.partner_ids) END,
           'submission_count', a.submission_count, 'submitted_at', instant(a.submitted_at),
           'due_at', instant(v.due_at), 'due_on', due_date(v.due_at, c.time_zone), 'time_zone', c.time_zone,
           'correction_due_at', instant(a.correction_due_at),
           'correction', CASE WHEN a.status = 'returned' AND v.has_role THEN correction_of(a.id) END,
           'nomination', CASE WHEN v.has_role AND a.status = 'nominated' THEN
               json_build_object('rank', a.nomination_rank, 'reason', a.nomination_reason) END,
           'documents', CASE WHEN EXISTS (SELECT FROM of_document f WHERE f.subject_id = a.id)
               THEN documents_of(a.id, content_digest(activity_content(a)), v.has_role) ELSE '[]' END,
           'allowed_actions', coalesce(array_remove((
               SELECT s.actions FROM state_action s
                WHERE (s.resource, s.kind, s.status, s.campaign_status, s.roles) = ('activity', a.kind, a.status, c.status, v.roles)),
               CASE WHEN a.status = 'nominated' THEN CASE WHEN is_forwarded(a.id) THEN 'retract' END
                    WHEN NOT is_enterable(a.status, a.entered_by) THEN 'submit_on_behalf' END), '{}'),
           'redacted', CASE
               WHEN v.has_role THEN '[]'::json
               WHEN a.status = 'nominated' THEN '["contact","mailing_address","nomination"]'
               ELSE '["contact","mailing_address"]' END,
           'version', a.version, 'created_at', instant(a.created_at), 'updated_at', instant(a.updated_at)) AS body
  FROM activity a
  JOIN organization o ON o.id = a.organization_id
  JOIN of_campaign c ON c.code = a.campaign_code
 CROSS JOIN LATERAL (
	SELECT h.roles, h.roles <> '{}' AS has_role,
	       CASE WHEN h.roles = '{}' THEN NULL
	            WHEN a.submission_count > 0 AND (a.status <> 'draft' OR is_standing(a.id)) THEN a.correction_due_at
	            WHEN a.kind = 'highlight' THEN (
	                SELECT n.effective_due_at FROM of_obligation n
	                 WHERE (n.organization_id, n.campaign_code, n.kind) = (a.organization_id, a.campaign_code, 'highlights'))
	       END AS due_at
	  FROM (SELECT roles_at(a.ancestors) AS roles OFFSET 0) h
	OFFSET 0) v;
