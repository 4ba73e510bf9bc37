-- Compliance 「报送情况」: who has handed in what, who is late, what is missing.
-- 
-- Three things are counted, each once: obligations, by the verdict that the list gives them; the organizations that owe
-- them, by buckets; and the work that came back. Every report below sums these, and so does every list it leads to.

---------------------------------------------------------------------------------------------
-- Obligations, tallied as finely as any report asks: for each organization and kind, with the place that it had when
-- they were made, and how late they were. Asked about one organization, it costs what one costs; and the planner is told
-- that the rows may be many, and that hashing beats sorting.

CREATE FUNCTION compliance_tally(campaign_code text, within uuid, kinds text[], organization_kinds text[], organization_ids uuid[])
RETURNS TABLE (organization_id uuid, organization_kind text, branch uuid, kind text,
               on_time bigint, extended_on_time bigint, late bigint, pending bigint, overdue bigint, waived bigint,
               accepted bigint, required bigint, submitted bigint, surplus bigint, days_late double precision)
LANGUAGE plpgsql STABLE ROWS 10000 SET enable_sort = off SET work_mem = '64MB'
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT o.organization_id, o.organization_kind, o.branch, o.kind,
	       count(*) FILTER (WHERE o.verdict = 'on_time'), count(*) FILTER (WHERE o.verdict = 'extended_on_time'),
	       count(*) FILTER (WHERE o.verdict = 'late'), count(*) FILTER (WHERE o.verdict = 'pending'),
	       count(*) FILTER (WHERE o.verdict = 'overdue'), count(*) FILTER (WHERE o.verdict = 'waived'),
	       count(*) FILTER (WHERE o.is_accepted AND o.verdict <> 'waived'),
	       coalesce(sum(o.required) FILTER (WHERE o.kind = 'highlights' AND o.verdict <> 'waived'), 0),
	       coalesce(sum(o.submitted) FILTER (WHERE o.verdict <> 'waived'), 0),
	       coalesce(sum(greatest(o.submitted - o.required, 0)) FILTER (WHERE o.verdict <> 'waived'), 0), o.days_late
	  FROM (
		SELECT o.organization_id, o.organization_kind, o.kind, o.verdict, o.is_accepted, o.required, o.submitted,
		       CASE WHEN o.verdict = 'late' THEN extract(epoch FROM o.received_at - o.effective_due_at)::double precision / 86400 END AS days_late,
		       -- What is directly below `within` on the way to it; null of itself.
		       o.counted_ancestors[array_position(o.counted_ancestors, compliance_tally.within) - 1] AS branch
		  FROM unnest(compliance_tally.organization_ids) n (id)
		  JOIN obligation_judged o ON o.organization_id = n.id AND o.campaign_code = compliance_tally.campaign_code
		 WHERE compliance_tally.within = ANY (o.counted_ancestors)
		   AND (kinds IS NULL OR o.kind = ANY (kinds))
		   AND (organization_kinds IS NULL OR o.organization_kind = ANY (organization_kinds))
		OFFSET 0) o -- each is judged once, not once for each sum
	 GROUP BY o.organization_id, o.organization_kind, o.branch, o.kind, o.days_late;
END
$$;

---------------------------------------------------------------------------------------------
-- What an organization has handed in, beyond its obligations. The rows are wide, and row security reads the whole of each;
-- the functions that are the owner's look at indexes alone, and nothing but dates, states and numbers leaves them. They
-- are given organizations whose row among the recipients the caller reads: who may is who may read what those handed in.

-- Of each organization and kind of work: in how many phases a highlight begins; how many plans and highlights were handed
-- in, and how many of them lack a stamped copy of what was handed in, or what the campaign requires; and what has come back.
-- One organization after another, so that what belongs together is a handful: brought together at once, a million rows
-- leave every cache. A stamped copy that is required is there when one of what was handed in is.
CREATE FUNCTION compliance_progress(campaign_code text, kinds text[], organization_ids uuid[])
RETURNS TABLE (organization_id uuid, kind text, phases_covered bigint, handed_in bigint, lacking bigint, returned_open bigint, corrections_overdue bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
#variable_conflict use_column
DECLARE
	needs_word_copy boolean := (SELECT 'word_copy' = ANY (c.required_documents) FROM campaign c WHERE c.code = compliance_progress.campaign_code);
BEGIN
	RETURN QUERY
	SELECT n.id, w.kind, count(DISTINCT w.phase), count(w.is_documented), count(*) FILTER (WHERE NOT w.is_documented),
	       count(*) FILTER (WHERE w.status = 'returned'), count(*) FILTER (WHERE w.status = 'returned' AND w.correction_due_at <= now())
	  FROM unnest(organization_ids) n (id)
	 CROSS JOIN LATERAL (
		SELECT h.kind, h.status, h.correction_due_at, p.ordinal AS phase,
		       CASE WHEN h.kind <> 'summary_report' THEN coalesce(d.is_documented, false) END AS is_documented
		  FROM (
			SELECT obligation_kind(l.resource) AS kind, l.id, l.status, l.correction_due_at, l.submission_count, l.starts_on
			  FROM subject_life l
			 WHERE l.organization_id = n.id AND l.campaign_code = compliance_progress.campaign_code AND l.is_owed AND l.status <> 'draft'
			   AND (kinds IS NULL OR obligation_kind(l.resource) = ANY (kinds))) h
		  LEFT JOIN (
			SELECT s.id, s.number, bool_or(d.kind = 'stamped_pdf' AND d.owner_digest = s.digest)
			                       AND (NOT needs_word_copy OR bool_or(d.kind = 'word_copy')) AS is_documented
			  FROM (
				SELECT s.subject_id AS id, s.number, s.digest
				  FROM submission s
				 WHERE s.organization_id = n.id AND s.campaign_code = compliance_progress.campaign_code
				OFFSET 0) s
			  JOIN (
				SELECT d.subject_id AS id, d.kind, d.owner_digest
				  FROM document d
				 WHERE d.organization_id = n.id AND d.status <> 'quarantined' AND d.kind IN ('word_copy', 'stamped_pdf')
				OFFSET 0) d ON d.id = s.id
			 GROUP BY s.id, s.number) d ON (d.id, d.number) = (h.id, h.submission_count)
		  LEFT JOIN phase p ON p.campaign_code = compliance_progress.campaign_code AND h.starts_on BETWEEN p.starts_on AND p.ends_on) w
	 GROUP BY n.id, w.kind;
END
$$;

-- That of an organization in all. No documents are complete or incomplete where nothing was handed in.
CREATE FUNCTION documents_complete(handed_in numeric, lacking numeric) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN handed_in > 0 THEN lacking = 0 END;

-- What an organization is counted under. Waived, an obligation is expected of nobody. A phase is short where
-- highlights are expected, handed in or not.
CREATE FUNCTION compliance_buckets(expected bigint, received bigint, accepted bigint, late bigint, overdue bigint, surplus bigint,
                                   expects_highlights boolean, phases_covered bigint, phase_count bigint, documents_complete boolean,
                                   returned_open bigint, corrections_overdue bigint) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_remove(ARRAY[
	CASE WHEN expected > 0 AND received = expected THEN 'complete' END,
	CASE WHEN received < expected THEN 'incomplete' END,
	CASE WHEN expected > 0 AND received = 0 THEN 'nothing_received' END,
	CASE WHEN expected = 0 THEN 'all_waived' END,
	CASE WHEN expected > 0 AND accepted = expected THEN 'all_accepted' END,
	CASE WHEN late > 0 THEN 'late' END,
	CASE WHEN overdue > 0 THEN 'overdue' END,
	CASE WHEN surplus > 0 THEN 'surplus' END,
	CASE WHEN expects_highlights AND coalesce(phases_covered, 0) < phase_count THEN 'phases_short' END,
	CASE WHEN NOT documents_complete THEN 'documents_incomplete' END,
	CASE WHEN returned_open > 0 THEN 'returned_open' END,
	CASE WHEN corrections_overdue > 0 THEN 'correction_overdue' END], NULL);

CREATE FUNCTION phase_count(campaign_code text) RETURNS bigint
LANGUAGE sql STABLE
RETURN (SELECT count(*) FROM phase p WHERE p.campaign_code = phase_count.campaign_code);

---------------------------------------------------------------------------------------------
-- How long reviews took: from each submission to the first decision on it, a return or an acceptance.

-- Hundreds of thousands of numbers are brought together by hashing, and only then sorted, group by group.
CREATE FUNCTION median(numbers double precision[]) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT round((percentile_cont(0.5) WITHIN GROUP (ORDER BY n.number))::numeric, 2) FROM unnest(numbers) n (number));

CREATE FUNCTION compliance_reviews(campaign_code text, kinds text[], organization_ids uuid[])
RETURNS TABLE (organization_id uuid, kind text, hours double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT ROWS 10000
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT n.id, s.kind, extract(epoch FROM d.decided_at - s.submitted_at)::double precision / 3600
	  FROM unnest(organization_ids) n (id)
	 CROSS JOIN LATERAL (
		SELECT s.id, s.submitted_at, obligation_kind(s.resource) AS kind
		  FROM submission s
		 WHERE s.organization_id = n.id AND s.campaign_code = compliance_reviews.campaign_code
		OFFSET 0) s
	  JOIN LATERAL (
		SELECT r.submission_id, min(r.reviewed_at) AS decided_at
		  FROM review r
		 WHERE r.organization_id = n.id AND r.campaign_code = compliance_reviews.campaign_code AND r.action IN ('return', 'accept')
		 GROUP BY r.submission_id) d ON d.submission_id = s.id
	 WHERE kinds IS NULL OR s.kind = ANY (kinds);
END
$$;

---------------------------------------------------------------------------------------------
-- The report. Each row is counted in three groups: all together, its kind of organizations, and the subtree directly
-- below `within` that it is in. Work that has come back, and how long reviews took, are counted where the organization is
-- now, as the lists of plans, activities and summary reports are.

-- All recipients that may count in a subtree: what is there now, and what was counted there.
CREATE FUNCTION compliance_recipients(campaign_code text, within uuid) RETURNS uuid[]
LANGUAGE sql STABLE
RETURN ARRAY(
	SELECT r.organization_id
	  FROM recipient r
	 WHERE r.campaign_code = compliance_recipients.campaign_code
	   AND (compliance_recipients.within = ANY (r.ancestors)
	        OR r.organization_id IN (
			SELECT o.organization_id FROM obligation o
			 WHERE o.campaign_code = compliance_recipients.campaign_code AND compliance_recipients.within = ANY (o.counted_ancestors))));

-- What this and the report ask is planned anew for each subtree: a nation's is read as it lies, a city's is found by an index.
CREATE FUNCTION compliance_organizations(campaign_code text, within uuid, kinds text[], organization_kinds text[])
RETURNS TABLE (organization_id uuid, buckets text[])
LANGUAGE sql STABLE SET enable_sort = off SET work_mem = '64MB' SET plan_cache_mode = force_custom_plan
AS $$
	WITH recipients AS MATERIALIZED (
		SELECT compliance_recipients(compliance_organizations.campaign_code, compliance_organizations.within) AS ids
	), progress AS MATERIALIZED (
		SELECT p.organization_id, sum(p.phases_covered)::bigint AS phases_covered, documents_complete(sum(p.handed_in), sum(p.lacking)),
		       sum(p.returned_open)::bigint AS returned_open, sum(p.corrections_overdue)::bigint AS corrections_overdue
		  FROM recipients
		 CROSS JOIN compliance_progress(compliance_organizations.campaign_code, kinds, recipients.ids) p
		 GROUP BY p.organization_id
	)
	SELECT t.organization_id,
	       compliance_buckets(t.expected, t.received, t.accepted, t.late, t.overdue, t.surplus, t.expects_highlights, p.phases_covered,
	                          (SELECT phase_count(compliance_organizations.campaign_code)), p.documents_complete, p.returned_open, p.corrections_overdue)
	  FROM (
		SELECT t.organization_id, sum(t.on_time + t.extended_on_time + t.late)::bigint AS received,
		       sum(t.on_time + t.extended_on_time + t.late + t.pending + t.overdue)::bigint AS expected, sum(t.accepted)::bigint AS accepted,
		       sum(t.late)::bigint AS late, sum(t.overdue)::bigint AS overdue, sum(t.surplus)::bigint AS surplus,
		       bool_or(t.kind = 'highlights' AND t.waived = 0) AS expects_highlights
		  FROM recipients
		 CROSS JOIN compliance_tally(compliance_organizations.campaign_code, compliance_organizations.within, kinds, organization_kinds, recipients.ids) t
		 GROUP BY t.organization_id) t
	  LEFT JOIN progress p ON p.organization_id = t.organization_id
$$;

CREATE FUNCTION compliance_in(campaign_code text, within uuid, kinds text[], organization_kinds text[], buckets text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE
AS $$
	SELECT o.organization_id
	  FROM compliance_organizations(compliance_in.campaign_code, compliance_in.within, kinds, organization_kinds) o
	 WHERE o.buckets && compliance_in.buckets
$$;

-- The parameters after `within` in the address of a list, for what was asked and, where there is one, a group of it.
CREATE FUNCTION compliance_place(within uuid, organization_kinds text[], level text, key text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
	WHEN level = 'organization_kind' THEN 'within=' || within || '&organization_kind=' || key
	ELSE CASE
		WHEN level = 'subtree' AND key = within::text THEN 'within=' || within || '&organization_id=' || within
		WHEN level = 'subtree' THEN 'within=' || key
		ELSE 'within=' || within END || coalesce('&organization_kind=' || array_to_string(organization_kinds, ','), '') END;

-- The organizations of a group, by bucket.
CREATE FUNCTION compliance_bucket_figures(list text, counts jsonb) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT json_object_agg(b.bucket, figure((counts ->> b.bucket)::bigint, list || coalesce('&bucket=' || NULLIF(b.bucket, 'all'), ''))
	                       ORDER BY b.ordinal)
	  FROM unnest(ARRAY['all', 'complete', 'incomplete', 'nothing_received', 'all_waived', 'all_accepted', 'late', 'overdue', 'surplus',
	                    'phases_short', 'documents_incomplete', 'returned_open', 'correction_overdue']) WITH ORDINALITY b (bucket, ordinal);
END;

-- The groups that an organization is in where it is now. In plpgsql and said to be many, for the planner, as the tally is.
CREATE FUNCTION compliance_located(within uuid, organization_kinds text[], organization_ids uuid[])
RETURNS TABLE (id uuid, level text, key text)
LANGUAGE plpgsql STABLE ROWS 10000
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT o.id, g.level, g.key
	  FROM unnest(organization_ids) n (id)
	  JOIN organization o ON o.id = n.id
	 CROSS JOIN LATERAL (VALUES
		('all', ''), ('organization_kind', o.kind),
		('subtree', coalesce(o.ancestors[array_position(o.ancestors, compliance_located.within) - 1], compliance_located.within)::text)) g (level, key)
	 WHERE compliance_located.within = ANY (o.ancestors)
	   AND (organization_kinds IS NULL OR o.kind = ANY (organization_kinds));
END
$$;

-- At most so many subtrees are summed one by one; beyond, only those in which more than one organization owes.
CREATE FUNCTION compliance_subtree_limit() RETURNS integer LANGUAGE sql IMMUTABLE RETURN 100;

CREATE FUNCTION compliance_report(campaign_code text, within uuid, kinds text[], organization_kinds text[]) RETURNS json
LANGUAGE sql STABLE SET enable_sort = off SET work_mem = '64MB' SET plan_cache_mode = force_custom_plan
AS $$
	WITH asked AS MATERIALIZED (
		SELECT '/v1/campaigns/' || compliance_report.campaign_code AS campaign, compliance_report.within::text AS place
	), recipients AS MATERIALIZED (
		SELECT compliance_recipients(compliance_report.campaign_code, compliance_report.within) AS ids
	), tally AS MATERIALIZED (
		SELECT t.*
		  FROM recipients
		 CROSS JOIN compliance_tally(compliance_report.campaign_code, compliance_report.within, kinds, organization_kinds, recipients.ids) t
	), verdicts AS MATERIALIZED (
		SELECT g.level, g.key, t.kind, sum(t.on_time)::bigint AS on_time, sum(t.extended_on_time)::bigint AS extended_on_time,
		       sum(t.late)::bigint AS late, sum(t.pending)::bigint AS pending, sum(t.overdue)::bigint AS overdue, sum(t.waived)::bigint AS waived,
		       sum(t.accepted)::bigint AS accepted, sum(t.required)::bigint AS required, sum(t.submitted)::bigint AS submitted,
		       sum(t.surplus)::bigint AS surplus
		  FROM asked
		 CROSS JOIN (
			SELECT t.organization_kind, t.branch, t.kind, sum(t.on_time) AS on_time, sum(t.extended_on_time) AS extended_on_time, sum(t.late) AS late,
			       sum(t.pending) AS pending, sum(t.overdue) AS overdue, sum(t.waived) AS waived, sum(t.accepted) AS accepted,
			       sum(t.required) AS required, sum(t.submitted) AS submitted, sum(t.surplus) AS surplus
			  FROM tally t
			 GROUP BY t.organization_kind, t.branch, t.kind) t
		 CROSS JOIN LATERAL (VALUES
			('all', ''), ('organization_kind', t.organization_kind), ('subtree', coalesce(t.branch::text, asked.place))) g (level, key)
		 GROUP BY g.level, g.key, t.kind
	), lateness AS MATERIALIZED (
		SELECT g.level, g.key, t.kind, median(array_agg(t.days_late)), round(max(t.days_late)::numeric, 2) AS most
		  FROM asked
		 CROSS JOIN tally t
		 CROSS JOIN generate_series(1, t.late)
		 CROSS JOIN LATERAL (VALUES
			('all', ''), ('organization_kind', t.organization_kind), ('subtree', coalesce(t.branch::text, asked.place))) g (level, key)
		 WHERE t.days_late IS NOT NULL
		 GROUP BY g.level, g.key, t.kind
	), progress AS MATERIALIZED (
		SELECT p.* FROM recipients CROSS JOIN compliance_progress(compliance_report.campaign_code, kinds, recipients.ids) p
	), organizations AS MATERIALIZED (
		SELECT g.level, g.key, compliance_buckets(
		           sum(t.expected)::bigint, sum(t.received)::bigint, sum(t.accepted)::bigint, sum(t.late)::bigint, sum(t.overdue)::bigint,
		           sum(t.surplus)::bigint, bool_or(t.expects_highlights), p.phases_covered, (SELECT phase_count(compliance_report.campaign_code)),
		           p.documents_complete, p.returned_open, p.corrections_overdue) AS buckets
		  FROM asked
		 CROSS JOIN (
			SELECT t.organization_id, t.organization_kind, t.branch, sum(t.on_time + t.extended_on_time + t.late) AS received,
			       sum(t.on_time + t.extended_on_time + t.late + t.pending + t.overdue) AS expected, sum(t.accepted) AS accepted,
			       sum(t.late) AS late, sum(t.overdue) AS overdue, sum(t.surplus) AS surplus,
			       bool_or(t.kind = 'highlights' AND t.waived = 0) AS expects_highlights
			  FROM tally t
			 GROUP BY t.organization_id, t.organization_kind, t.branch) t
		  LEFT JOIN (
			SELECT p.organization_id, sum(p.phases_covered)::bigint AS phases_covered, documents_complete(sum(p.handed_in), sum(p.lacking)),
			       sum(p.returned_open)::bigint AS returned_open, sum(p.corrections_overdue)::bigint AS corrections_overdue
			  FROM progress p
			 GROUP BY p.organization_id) p ON p.organization_id = t.organization_id
		 CROSS JOIN LATERAL (VALUES
			('all', ''), ('organization_kind', t.organization_kind), ('subtree', coalesce(t.branch::text, asked.place))) g (level, key)
		 GROUP BY g.level, g.key, t.organization_id, p.phases_covered, p.documents_complete, p.returned_open, p.corrections_overdue
	), buckets AS MATERIALIZED (
		SELECT c.level, c.key, jsonb_object_agg(c.bucket, c.organizations) AS counts, max(c.organizations) AS organizations
		  FROM (
			SELECT o.level, o.key, b.bucket, sum(o.organizations)::bigint AS organizations
			  FROM (SELECT o.level, o.key, o.buckets, count(*) AS organizations FROM organizations o GROUP BY o.level, o.key, o.buckets) o
			 CROSS JOIN unnest(o.buckets || 'all'::text) b (bucket)
			 GROUP BY o.level, o.key, b.bucket) c
		 GROUP BY c.level, c.key
	), located AS MATERIALIZED (
		SELECT l.* FROM recipients CROSS JOIN compliance_located(compliance_report.within, organization_kinds, recipients.ids) l
	), returned AS MATERIALIZED (
		SELECT l.level, l.key, p.kind, sum(p.returned_open)::bigint AS returned, sum(p.corrections_overdue)::bigint AS corrections_overdue
		  FROM progress p
		  JOIN located l ON l.id = p.organization_id
		 GROUP BY l.level, l.key, p.kind
	), reviews AS MATERIALIZED (
		SELECT l.level, l.key, r.kind, count(*) AS reviewed, median(array_agg(r.hours)), round(max(r.hours)::numeric, 2) AS most
		  FROM recipients
		 CROSS JOIN compliance_reviews(compliance_report.campaign_code, kinds, recipients.ids) r
		  JOIN located l ON l.id = r.organization_id
		 GROUP BY l.level, l.key, r.kind
	), groups AS MATERIALIZED (
		SELECT g.level, g.key, g.counts, asked.campaign, p.place,
		       asked.campaign || '/reports/compliance/organizations?' || p.place || coalesce('&kind=' || array_to_string(kinds, ','), '') AS organizations
		  FROM asked
		 CROSS JOIN (
			SELECT b.level, b.key, b.counts FROM buckets b
			 WHERE b.level <> 'subtree' OR b.organizations > 1
			    OR (SELECT count(*) FROM buckets s WHERE s.level = 'subtree') <= compliance_subtree_limit()
			UNION ALL
			SELECT 'all', '', '{}' WHERE NOT EXISTS (SELECT FROM buckets)) g
		 CROSS JOIN LATERAL (SELECT compliance_place(compliance_report.within, organization_kinds, g.level, g.key) AS place) p
	), summed AS MATERIALIZED (
		SELECT g.level, g.key, g.place, compliance_bucket_figures(g.organizations, g.counts) AS organizations,
		       json_agg(json_build_object(
		           'kind', k.kind,
		           'expected', figure(n.expected, f.list || '&verdict=on_time,extended_on_time,late,pending,overdue'),
		           'received', figure(n.received, f.list || '&verdict=on_time,extended_on_time,late'),
		           'accepted', figure(v.accepted, f.list || '&verdict=on_time,extended_on_time,late&is_accepted=true'),
		           'received_on_time', figure(n.on_time, f.list || '&verdict=on_time,extended_on_time'),
		           'verdicts', json_build_object(
		               'on_time', figure(v.on_time, f.list || '&verdict=on_time'),
		               'extended_on_time', figure(v.extended_on_time, f.list || '&verdict=extended_on_time'),
		               'late', figure(v.late, f.list || '&verdict=late'), 'pending', figure(v.pending, f.list || '&verdict=pending'),
		               'overdue', figure(v.overdue, f.list || '&verdict=overdue'), 'waived', figure(v.waived, f.list || '&verdict=waived')),
		           'completeness', rate(n.received, n.expected), 'effective_completeness', rate(v.accepted, n.expected),
		           'timeliness', rate(n.on_time, n.expected),
		           'days_late', json_build_object('median', l.median, 'most', l.most),
		           'highlights', CASE WHEN k.kind = 'highlights' THEN json_build_object(
		               'required', coalesce(v.required, 0), 'submitted', coalesce(v.submitted, 0), 'surplus', coalesce(v.surplus, 0)) END,
		           'returned', CASE WHEN k.work IS NOT NULL THEN figure(t.returned, f.work || '&status=returned') END,
		           'corrections_overdue', CASE WHEN k.work IS NOT NULL THEN figure(t.corrections_overdue, f.work || '&correction_overdue=true') END,
		           'review_hours', CASE WHEN k.work IS NOT NULL THEN json_build_object(
		               'reviewed', coalesce(r.reviewed, 0), 'median', r.median, 'most', r.most) END)
		           ORDER BY k.ordinal) AS obligations
		  FROM groups g
		 CROSS JOIN (VALUES
			(1, 'notice_receipt', NULL), (2, 'plan', 'plans'), (3, 'highlights', 'activities'), (4, 'summary_report', 'summary_reports')
		  ) k (ordinal, kind, work)
		 CROSS JOIN LATERAL (
			SELECT g.campaign || '/obligations?' || g.place || '&kind=' || k.kind AS list, g.campaign || '/' || k.work || '?' || g.place AS work) f
		  LEFT JOIN verdicts v ON (v.level, v.key, v.kind) = (g.level, g.key, k.kind)
		  LEFT JOIN lateness l ON (l.level, l.key, l.kind) = (g.level, g.key, k.kind)
		  LEFT JOIN returned t ON (t.level, t.key, t.kind) = (g.level, g.key, k.kind)
		  LEFT JOIN reviews r ON (r.level, r.key, r.kind) = (g.level, g.key, k.kind)
		 CROSS JOIN LATERAL (
			SELECT v.on_time + v.extended_on_time AS on_time, v.on_time + v.extended_on_time + v.late AS received,
			       v.on_time + v.extended_on_time + v.late + v.pending + v.overdue AS expected) n
		 WHERE kinds IS NULL OR k.kind = ANY (kinds)
		 GROUP BY g.level, g.key, g.place, g.organizations, g.counts
	)
	SELECT json_build_object(
	           'campaign_code', c.code, 'as_of', instant(now()),
	           'within', (SELECT o.reference FROM organization_reference o WHERE o.id = compliance_report.within),
	           'total', (SELECT json_build_object('organizations', s.organizations, 'obligations', s.obligations) FROM summed s WHERE s.level = 'all'),
	           'by_organization_kind', (
	               SELECT coalesce(json_agg(json_build_object(
	                          'organization_kind', s.key, 'organizations', s.organizations, 'obligations', s.obligations) ORDER BY b.ordinal), '[]')
	                 FROM summed s JOIN label b ON (b.vocabulary, b.code) = ('organization_kind', s.key) WHERE s.level = 'organization_kind'),
	           'by_subtree', (
	               SELECT coalesce(json_agg(json_build_object(
	                          'organization', json_build_object('id', s.key, 'code', o.code, 'name', o.name),
	                          'is_itself', s.key = compliance_report.within::text,
	                          'href', CASE WHEN s.key <> compliance_report.within::text THEN
	                              asked.campaign || '/reports/compliance?' || s.place || coalesce('&kind=' || array_to_string(kinds, ','), '') END,
	                          'organizations', s.organizations, 'obligations', s.obligations) ORDER BY o.path_ordinal), '[]')
	                 FROM asked CROSS JOIN summed s LEFT JOIN organization o ON o.id = s.key::uuid WHERE s.level = 'subtree'),
	           'notes', (
	               SELECT coalesce(json_agg(json_build_object('code', n.code, 'detail', b.zh || ' · ' || b.en) ORDER BY b.ordinal), '[]')
	                 FROM (VALUES
	                   ('campaign_not_open', c.status = 'draft'),
	                   ('no_recipients', recipient_count(c.code) = 0),
	                   ('nothing_owed', c.status <> 'draft' AND recipient_count(c.code) > 0 AND NOT EXISTS (SELECT FROM verdicts)),
	                   ('notice_receipt_not_owed', c.notice_receipt_due_at IS NULL AND (kinds IS NULL OR 'notice_receipt' = ANY (kinds))),
	                   ('small_subtrees_left_out', (SELECT count(*) FROM buckets s WHERE s.level = 'subtree') > compliance_subtree_limit())
	                 ) n (code, is_so)
	                 JOIN label b ON (b.vocabulary, b.code) = ('report_note', n.code)
	                WHERE n.is_so))
	  FROM campaign c
	 WHERE c.code = compliance_report.campaign_code
$$;

---------------------------------------------------------------------------------------------
-- One organization of it. In plpgsql, as the functions that it asks: asked for one row after another, each is planned once.

CREATE FUNCTION compliance_row(campaign_code text, within uuid, kinds text[], organization_kinds text[], organization_id uuid) RETURNS json
LANGUAGE plpgsql STABLE COST 10000
AS $$
#variable_conflict use_column
BEGIN
	RETURN (
	SELECT json_build_object(
	           'organization', r.reference, 'organization_kind', o.organization_kind,
	           'notice_receipt', o.notice_receipt, 'plan', o.plan, 'highlights', o.highlights,
	           'summary_reports', CASE WHEN s.kind IS NOT NULL THEN json_build_object(
	               'expected', figure(s.on_time + s.extended_on_time + s.late + s.pending + s.overdue,
	                                  f.list || '&verdict=on_time,extended_on_time,late,pending,overdue'),
	               'received', figure(s.on_time + s.extended_on_time + s.late, f.list || '&verdict=on_time,extended_on_time,late'),
	               'accepted', figure(s.accepted, f.list || '&verdict=on_time,extended_on_time,late&is_accepted=true'),
	               'late', figure(s.late, f.list || '&verdict=late'), 'overdue', figure(s.overdue, f.list || '&verdict=overdue'),
	               'waived', figure(s.waived, f.list || '&verdict=waived')) END,
	           'phases_covered', coalesce(p.phases_covered, 0), 'phase_count', phase_count(compliance_row.campaign_code),
	           'documents_complete', p.documents_complete, 'returned_open', coalesce(p.returned_open, 0),
	           'corrections_overdue', coalesce(p.corrections_overdue, 0),
	           'buckets', compliance_buckets(t.expected, t.received, t.accepted, t.late, t.overdue, t.surplus, t.expects_highlights,
	                                         p.phases_covered, phase_count(compliance_row.campaign_code), p.documents_complete, p.returned_open,
	                                         p.corrections_overdue))
	  FROM organization_reference r
	 CROSS JOIN LATERAL (
		SELECT '/v1/campaigns/' || compliance_row.campaign_code || '/obligations?within=' || compliance_row.within || '&organization_id=' || r.id
		       || coalesce('&organization_kind=' || array_to_string(organization_kinds, ','), '') || '&kind=summary_report' AS list) f
	 CROSS JOIN LATERAL (
		SELECT max(o.organization_kind) AS organization_kind, json_agg(o.obligation) FILTER (WHERE o.kind = 'notice_receipt') -> 0 AS notice_receipt,
		       json_agg(o.obligation) FILTER (WHERE o.kind = 'plan') -> 0 AS plan, json_agg(o.obligation) FILTER (WHERE o.kind = 'highlights') -> 0 AS highlights
		  FROM (
			SELECT o.kind, o.organization_kind, CASE o.kind WHEN 'highlights' THEN json_build_object(
			           'obligation_id', o.id, 'verdict', o.verdict, 'original_verdict', o.original_verdict, 'due_on', d.due_on,
			           'received_at', instant(o.received_at), 'days_late', d.days_late, 'is_accepted', o.is_accepted, 'required', o.required,
			           'submitted', o.submitted, 'accepted', o.accepted, 'surplus', greatest(o.submitted - o.required, 0))
			       ELSE json_build_object(
			           'obligation_id', o.id, 'verdict', o.verdict, 'original_verdict', o.original_verdict, 'due_on', d.due_on,
			           'received_at', instant(o.received_at), 'days_late', d.days_late, 'is_accepted', o.is_accepted) END AS obligation
			  FROM obligation_judged o
			  JOIN campaign c ON c.code = o.campaign_code
			 CROSS JOIN LATERAL (
				SELECT due_date(o.effective_due_at, c.time_zone) AS due_on,
				       CASE WHEN o.verdict = 'late' THEN round(extract(epoch FROM o.received_at - o.effective_due_at) / 86400, 2) END AS days_late) d
			 WHERE o.organization_id = r.id AND o.campaign_code = compliance_row.campaign_code
			   AND compliance_row.within = ANY (o.counted_ancestors)
			   AND (kinds IS NULL OR o.kind = ANY (kinds))
			   AND (organization_kinds IS NULL OR o.organization_kind = ANY (organization_kinds))) o) o
	 CROSS JOIN LATERAL (
		SELECT sum(t.on_time + t.extended_on_time + t.late)::bigint AS received,
		       sum(t.on_time + t.extended_on_time + t.late + t.pending + t.overdue)::bigint AS expected, sum(t.accepted)::bigint AS accepted,
		       sum(t.late)::bigint AS late, sum(t.overdue)::bigint AS overdue, sum(t.surplus)::bigint AS surplus,
		       bool_or(t.kind = 'highlights' AND t.waived = 0) AS expects_highlights
		  FROM compliance_tally(compliance_row.campaign_code, compliance_row.within, kinds, organization_kinds, ARRAY[r.id]) t) t
	 CROSS JOIN LATERAL (
		SELECT sum(p.phases_covered)::bigint AS phases_covered, documents_complete(sum(p.handed_in), sum(p.lacking)),
		       sum(p.returned_open)::bigint AS returned_open, sum(p.corrections_overdue)::bigint AS corrections_overdue
		  FROM compliance_progress(compliance_row.campaign_code, kinds, ARRAY[r.id]) p) p
	  LEFT JOIN LATERAL (
		SELECT 'summary_report' AS kind, sum(s.on_time)::bigint AS on_time, sum(s.extended_on_time)::bigint AS extended_on_time, sum(s.late)::bigint AS late,
		       sum(s.pending)::bigint AS pending, sum(s.overdue)::bigint AS overdue, sum(s.waived)::bigint AS waived, sum(s.accepted)::bigint AS accepted
		  FROM compliance_tally(compliance_row.campaign_code, compliance_row.within, '{summary_report}', organization_kinds, ARRAY[r.id]) s
		HAVING count(*) > 0) s ON kinds IS NULL OR 'summary_report' = ANY (kinds)
	 WHERE r.id = compliance_row.organization_id);
END
$$;
