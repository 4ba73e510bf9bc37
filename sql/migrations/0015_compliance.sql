-- Compliance 「报送情况」: who has handed in what, who is late, what is missing; and the campaign at a glance.
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

CREATE INDEX plan_handed_in ON plan (organization_id, campaign_code) INCLUDE (id, status, correction_due_at, submission_count) WHERE status <> 'draft';
CREATE INDEX activity_handed_in ON activity (organization_id, campaign_code) INCLUDE (id, status, correction_due_at, submission_count, starts_on)
	WHERE kind = 'highlight' AND status <> 'draft';
CREATE INDEX summary_report_handed_in ON summary_report (organization_id, campaign_code) INCLUDE (id, status, correction_due_at, submission_count)
	WHERE kind = 'highlight' AND status <> 'draft';

CREATE INDEX submission_handed_in ON submission (organization_id, campaign_code) INCLUDE (id, plan_id, activity_id, number, digest, submitted_at);
CREATE INDEX document_handed_in ON document (organization_id) INCLUDE (plan_id, activity_id, kind, owner_digest)
	WHERE status <> 'quarantined' AND kind IN ('word_copy', 'stamped_pdf');
CREATE INDEX review_decided ON review (organization_id, campaign_code) INCLUDE (submission_id, reviewed_at) WHERE action IN ('return', 'accept');

-- Under one name for what they fulfil.
CREATE FUNCTION handed_in(campaign_code text, kinds text[], organization_ids uuid[])
RETURNS TABLE (organization_id uuid, kind text, id uuid, status text, correction_due_at timestamptz, submission_count integer, starts_on date)
LANGUAGE sql STABLE
AS $$
	SELECT n.id, 'plan', p.id, p.status, p.correction_due_at, p.submission_count, NULL::date
	  FROM unnest(organization_ids) n (id)
	  JOIN plan p ON p.organization_id = n.id AND p.campaign_code = handed_in.campaign_code AND p.status <> 'draft'
	 WHERE kinds IS NULL OR 'plan' = ANY (kinds)
	UNION ALL
	SELECT n.id, 'highlights', a.id, a.status, a.correction_due_at, a.submission_count, a.starts_on
	  FROM unnest(organization_ids) n (id)
	  JOIN activity a ON a.organization_id = n.id AND a.campaign_code = handed_in.campaign_code AND a.kind = 'highlight' AND a.status <> 'draft'
	 WHERE kinds IS NULL OR 'highlights' = ANY (kinds)
	UNION ALL
	SELECT n.id, 'summary_report', r.id, r.status, r.correction_due_at, r.submission_count, NULL
	  FROM unnest(organization_ids) n (id)
	  JOIN summary_report r ON r.organization_id = n.id AND r.campaign_code = handed_in.campaign_code AND r.kind = 'highlight' AND r.status <> 'draft'
	 WHERE kinds IS NULL OR 'summary_report' = ANY (kinds)
$$;
REVOKE EXECUTE ON FUNCTION handed_in FROM sciday_service;

-- Of each organization and kind of work: in how many phases a highlight begins; how many plans and highlights were handed
-- in, and how many of them lack a stamped copy of what was handed in, or what the campaign requires; and what has come back.
-- One organization after another, so that what belongs together is a handful: brought together at once, a million rows
-- leave every cache. A stamped copy that is required is there when one of what was handed in is.
CREATE FUNCTION compliance_progress(campaign_code text, kinds text[], organization_ids uuid[])
RETURNS TABLE (organization_id uuid, kind text, phases_covered bigint, handed_in bigint, lacking bigint, returned_open bigint, corrections_overdue bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
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
		  FROM handed_in(compliance_progress.campaign_code, kinds, ARRAY[n.id]) h
		  LEFT JOIN (
			SELECT s.id, s.number, bool_or(d.kind = 'stamped_pdf' AND d.owner_digest = s.digest)
			                       AND (NOT needs_word_copy OR bool_or(d.kind = 'word_copy')) AS is_documented
			  FROM (
				SELECT coalesce(s.plan_id, s.activity_id) AS id, s.number, s.digest
				  FROM submission s
				 WHERE s.organization_id = n.id AND s.campaign_code = compliance_progress.campaign_code
				OFFSET 0) s
			  JOIN (
				SELECT coalesce(d.plan_id, d.activity_id) AS id, d.kind, d.owner_digest
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
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 10000
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT n.id, s.kind, extract(epoch FROM d.decided_at - s.submitted_at)::double precision / 3600
	  FROM unnest(organization_ids) n (id)
	 CROSS JOIN LATERAL (
		SELECT s.id, s.submitted_at,
		       CASE WHEN s.plan_id IS NOT NULL THEN 'plan' WHEN s.activity_id IS NOT NULL THEN 'highlights' ELSE 'summary_report' END AS kind
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

---------------------------------------------------------------------------------------------
-- The campaign at a glance

-- Activities are counted by looking at an index alone, which has all that row security asks of them; their rows are wide.
CREATE INDEX activity_at_a_glance ON activity (campaign_code)
	INCLUDE (organization_id, ancestors, kind, status, starts_on, submission_count, is_public, entered_by);

CREATE FUNCTION overview_report(campaign_code text, within uuid) RETURNS json
LANGUAGE sql STABLE SET enable_sort = off
AS $$
	WITH asked AS MATERIALIZED (
		SELECT '/v1/campaigns/' || overview_report.campaign_code AS campaign, '?within=' || overview_report.within AS place,
		       date_trunc('second', now()) - interval '7 days' AS since
	), obligations AS MATERIALIZED (
		SELECT o.kind, o.verdict, o.received_at >= asked.since AS is_recent, count(*) AS number
		  FROM asked CROSS JOIN obligation_judged o
		 WHERE o.campaign_code = overview_report.campaign_code AND overview_report.within = ANY (o.counted_ancestors)
		 GROUP BY 1, 2, 3
	), plans AS MATERIALIZED (
		SELECT p.status, count(*) AS number FROM plan p
		 WHERE p.campaign_code = overview_report.campaign_code AND overview_report.within = ANY (p.ancestors)
		 GROUP BY p.status
	), activities AS MATERIALIZED (
		SELECT a.status, a.kind, p.ordinal AS phase, count(*) AS number
		  FROM activity a
		  LEFT JOIN phase p ON p.campaign_code = a.campaign_code AND a.starts_on BETWEEN p.starts_on AND p.ends_on
		 WHERE a.campaign_code = overview_report.campaign_code AND overview_report.within = ANY (a.ancestors)
		 GROUP BY 1, 2, 3
	), summary_reports AS MATERIALIZED (
		SELECT r.status, count(*) AS number FROM summary_report r
		 WHERE r.campaign_code = overview_report.campaign_code AND overview_report.within = ANY (r.ancestors)
		 GROUP BY r.status
	), awards AS MATERIALIZED (
		SELECT w.category, count(*) AS number FROM award w
		 WHERE w.campaign_code = overview_report.campaign_code AND overview_report.within = ANY (w.ancestors) AND w.status = 'given'
		 GROUP BY w.category
	)
	SELECT json_build_object(
	           'campaign', json_build_object('code', c.code, 'title', c.title, 'status', c.status, 'festival_date', c.festival_date,
	                                         'starts_on', c.starts_on, 'ends_on', c.ends_on, 'time_zone', c.time_zone),
	           'as_of', instant(now()),
	           'within', (SELECT o.reference FROM organization_reference o WHERE o.id = overview_report.within),
	           'deadlines', (
	               SELECT coalesce(json_agg(json_build_object(
	                          'kind', d.kind, 'due_at', instant(d.due_at), 'due_on', d.due_on, 'days_left', d.due_on - (now() AT TIME ZONE c.time_zone)::date,
	                          'pending', figure(n.pending, v.list || '&verdict=pending'), 'overdue', figure(n.overdue, v.list || '&verdict=overdue'))
	                          ORDER BY d.due_at, d.ordinal), '[]')
	                 FROM (VALUES
	                   (1, 'notice_receipt', c.notice_receipt_due_at, c.notice_receipt_due_on), (2, 'plan', c.plan_due_at, c.plan_due_on),
	                   (3, 'highlights', c.highlight_due_at, c.highlight_due_on), (4, 'summary_report', c.summary_due_at, c.summary_due_on)
	                 ) d (ordinal, kind, due_at, due_on)
	                CROSS JOIN LATERAL (SELECT asked.campaign || '/obligations' || asked.place || '&kind=' || d.kind AS list) v
	                CROSS JOIN LATERAL (
	                  SELECT sum(o.number) FILTER (WHERE o.verdict = 'pending')::bigint AS pending,
	                         sum(o.number) FILTER (WHERE o.verdict = 'overdue')::bigint AS overdue
	                    FROM obligations o WHERE o.kind = d.kind) n
	                WHERE d.due_at IS NOT NULL),
	           'recipients', figure((
	               SELECT count(*) FROM recipient r WHERE r.campaign_code = c.code AND overview_report.within = ANY (r.ancestors)),
	               asked.campaign || '/recipients' || asked.place),
	           'obligations', (
	               SELECT json_agg(json_build_object('kind', k.code, 'total', k.total, 'verdicts', k.verdicts) ORDER BY k.ordinal)
	                 FROM (
	                   SELECT b.code, b.ordinal,
	                          figure((SELECT sum(o.number) FROM obligations o WHERE o.kind = b.code)::bigint,
	                                 asked.campaign || '/obligations' || asked.place || '&kind=' || b.code) AS total,
	                          (SELECT json_object_agg(v.code, figure(
	                                      (SELECT sum(o.number) FROM obligations o WHERE o.kind = b.code AND o.verdict = v.code)::bigint,
	                                      asked.campaign || '/obligations' || asked.place || '&kind=' || b.code || '&verdict=' || v.code) ORDER BY v.ordinal)
	                             FROM label v WHERE v.vocabulary = 'verdict') AS verdicts
	                     FROM label b
	                    WHERE b.vocabulary = 'obligation_kind') k),
	           'compliance_href', asked.campaign || '/reports/compliance' || asked.place,
	           'plans', json_build_object(
	               'total', figure((SELECT sum(p.number) FROM plans p)::bigint, asked.campaign || '/plans' || asked.place),
	               'by_status', (
	                   SELECT json_agg(json_build_object('status', b.code, 'plans', figure(
	                              (SELECT p.number FROM plans p WHERE p.status = b.code), asked.campaign || '/plans' || asked.place || '&status=' || b.code))
	                              ORDER BY b.ordinal)
	                     FROM label b WHERE b.vocabulary = 'plan_status')),
	           'activities', json_build_object(
	               'total', figure((SELECT sum(a.number) FROM activities a)::bigint, asked.campaign || '/activities' || asked.place),
	               'by_status', (
	                   SELECT json_agg(json_build_object('status', b.code, 'activities', figure(
	                              (SELECT sum(a.number) FROM activities a WHERE a.status = b.code)::bigint,
	                              asked.campaign || '/activities' || asked.place || '&status=' || b.code)) ORDER BY b.ordinal)
	                     FROM label b WHERE b.vocabulary = 'activity_status'),
	               'by_kind', (
	                   SELECT json_agg(json_build_object('kind', b.code, 'activities', figure(
	                              (SELECT sum(a.number) FROM activities a WHERE a.kind = b.code)::bigint,
	                              asked.campaign || '/activities' || asked.place || '&kind=' || b.code)) ORDER BY b.ordinal)
	                     FROM label b WHERE b.vocabulary = 'activity_kind'),
	               'by_phase', (
	                   SELECT coalesce(json_agg(json_build_object('phase', p.ordinal, 'name', p.name, 'activities', figure(
	                              (SELECT sum(a.number) FROM activities a WHERE a.phase = p.ordinal)::bigint,
	                              asked.campaign || '/activities' || asked.place || '&phase=' || p.ordinal)) ORDER BY p.ordinal), '[]')
	                     FROM phase p WHERE p.campaign_code = c.code),
	               'outside_phases', (SELECT coalesce(sum(a.number), 0) FROM activities a WHERE a.phase IS NULL)),
	           'summary_reports', json_build_object(
	               'total', figure((SELECT sum(r.number) FROM summary_reports r)::bigint, asked.campaign || '/summary_reports' || asked.place),
	               'by_status', (
	                   SELECT json_agg(json_build_object('status', b.code, 'summary_reports', figure(
	                              (SELECT r.number FROM summary_reports r WHERE r.status = b.code),
	                              asked.campaign || '/summary_reports' || asked.place || '&status=' || b.code)) ORDER BY b.ordinal)
	                     FROM label b WHERE b.vocabulary = 'summary_report_status')),
	           'forwarded', (
	               SELECT count(DISTINCT i.activity_id)
	                 FROM forwarding f JOIN current_forwarding_item i ON i.forwarding_id = f.id
	                WHERE f.campaign_code = c.code AND overview_report.within = ANY (i.ancestors)),
	           'forwardings', figure((
	               SELECT count(*) FROM forwarding f
	                WHERE f.campaign_code = c.code AND NOT EXISTS (SELECT FROM forwarding r WHERE r.replaces_id = f.id)),
	               asked.campaign || '/forwardings?is_current=true'),
	           'awards', json_build_object(
	               'total', figure((SELECT sum(w.number) FROM awards w)::bigint, asked.campaign || '/awards' || asked.place || '&status=given'),
	               'by_category', (
	                   SELECT coalesce(json_agg(json_build_object('category', g.code, 'name', g.name, 'awards', figure(
	                              (SELECT w.number FROM awards w WHERE w.category = g.code),
	                              asked.campaign || '/awards' || asked.place || '&status=given&category=' || g.code)) ORDER BY g.ordinality), '[]')
	                     FROM unnest(c.award_categories) WITH ORDINALITY g)),
	           'last_seven_days', json_build_object(
	               'since', instant(asked.since),
	               'received', figure((SELECT sum(o.number) FROM obligations o WHERE o.is_recent)::bigint,
	                                  asked.campaign || '/obligations' || asked.place || '&received_at_gte=' || instant(asked.since)),
	               'late', figure((SELECT sum(o.number) FROM obligations o WHERE o.is_recent AND o.verdict = 'late')::bigint,
	                              asked.campaign || '/obligations' || asked.place || '&verdict=late&received_at_gte=' || instant(asked.since))))
	  FROM campaign c
	 CROSS JOIN asked
	 WHERE c.code = overview_report.campaign_code
$$;

-- And for everyone: numbers of what only those concerned may see, and nothing but numbers; and what is public, which
-- everyone's policies would find as well, by looking at an index alone.
CREATE INDEX activity_public ON activity (campaign_code) INCLUDE (kind, modules, starts_on, expected_participants) WHERE is_public;

CREATE FUNCTION headline_numbers(campaign_code text)
RETURNS TABLE (recipients bigint, plans_received bigint, organizations_taking_part bigint, cities_taking_part bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp ROWS 1
AS $$
	WITH handed_in AS MATERIALIZED (
		SELECT o.organization_id, o.kind, o.counted_ancestors
		  FROM obligation o
		 WHERE o.campaign_code = headline_numbers.campaign_code
		   AND (o.kind = 'plan' AND o.received_at IS NOT NULL OR o.kind = 'highlights' AND o.submitted > 0)
	)
	SELECT recipient_count(headline_numbers.campaign_code),
	       (SELECT count(*) FROM handed_in h WHERE h.kind = 'plan'),
	       (SELECT count(DISTINCT h.organization_id) FROM handed_in h),
	       (SELECT count(*) FROM organization o
	         WHERE o.kind = 'city_association' AND o.id IN (SELECT unnest(h.counted_ancestors) FROM handed_in h))
$$;

CREATE FUNCTION headline_activities(campaign_code text)
RETURNS TABLE (kind text, modules text[], phase integer, number bigint, expected_participants bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
AS $$
	SELECT a.kind, a.modules, p.ordinal, count(*), sum(a.expected_participants)
	  FROM activity a
	  LEFT JOIN phase p ON p.campaign_code = headline_activities.campaign_code AND a.starts_on BETWEEN p.starts_on AND p.ends_on
	 WHERE a.campaign_code = headline_activities.campaign_code AND a.is_public
	 GROUP BY a.kind, a.modules, p.ordinal
$$;

CREATE FUNCTION headline_report(c campaign) RETURNS json
LANGUAGE sql STABLE
AS $$
	WITH activities AS MATERIALIZED (
		SELECT * FROM headline_activities(c.code)
	), asked AS MATERIALIZED (
		SELECT '/v1/campaigns/' || c.code || '/activities?' AS list
	)
	SELECT json_build_object(
	           'campaign_code', c.code, 'title', c.title, 'status', c.status, 'as_of', instant(now()),
	           'recipients', n.recipients, 'organizations_taking_part', n.organizations_taking_part, 'cities_taking_part', n.cities_taking_part,
	           'plans_received', n.plans_received,
	           'highlights', figure((SELECT sum(a.number) FROM activities a WHERE a.kind = 'highlight')::bigint,
	                                asked.list || 'kind=highlight&status=accepted,nominated'),
	           'programme', figure((SELECT sum(a.number) FROM activities a WHERE a.kind = 'programme')::bigint,
	                               asked.list || 'kind=programme&status=published'),
	           'events', figure((SELECT sum(a.number) FROM activities a WHERE a.kind = 'event')::bigint, asked.list || 'kind=event&status=published'),
	           'expected_participants', (SELECT coalesce(sum(a.expected_participants), 0) FROM activities a WHERE a.kind = 'highlight'),
	           'by_module', (
	               SELECT coalesce(json_agg(json_build_object('module', m.code, 'name', m.name, 'activities', figure(
	                          (SELECT sum(a.number) FROM activities a WHERE m.code = ANY (a.modules))::bigint,
	                          asked.list || 'status=accepted,nominated,published&module=' || m.code)) ORDER BY m.ordinal), '[]')
	                 FROM module m WHERE m.campaign_code = c.code),
	           'by_phase', (
	               SELECT coalesce(json_agg(json_build_object('phase', p.ordinal, 'name', p.name, 'activities', figure(
	                          (SELECT sum(a.number) FROM activities a WHERE a.phase = p.ordinal)::bigint,
	                          asked.list || 'status=accepted,nominated,published&phase=' || p.ordinal)) ORDER BY p.ordinal), '[]')
	                 FROM phase p WHERE p.campaign_code = c.code))
	  FROM asked
	 CROSS JOIN headline_numbers(c.code) n
$$;

INSERT INTO label (vocabulary, code, ordinal, zh, en) VALUES
	('compliance_bucket', 'complete', 1, '已报齐', 'Complete'),
	('compliance_bucket', 'incomplete', 2, '未报齐', 'Incomplete'),
	('compliance_bucket', 'nothing_received', 3, '一项未报', 'Nothing received'),
	('compliance_bucket', 'all_waived', 4, '全部免报', 'All waived'),
	('compliance_bucket', 'all_accepted', 5, '全部审核通过', 'All accepted'),
	('compliance_bucket', 'late', 6, '有逾期报送', 'Something came late'),
	('compliance_bucket', 'overdue', 7, '有逾期未报', 'Something is overdue'),
	('compliance_bucket', 'surplus', 8, '多于应报数', 'More than required'),
	('compliance_bucket', 'phases_short', 9, '阶段未覆盖全', 'A phase without a highlight'),
	('compliance_bucket', 'documents_incomplete', 10, '附件不齐', 'Documents incomplete'),
	('compliance_bucket', 'returned_open', 11, '退回待改', 'Returned and still open'),
	('compliance_bucket', 'correction_overdue', 12, '逾期未改', 'Correction overdue'),
	('report_note', 'campaign_not_open', 1, '通知尚未印发，尚无应报事项', 'The notice has not been issued; nothing is owed yet'),
	('report_note', 'no_recipients', 2, '本届没有主送单位', 'The campaign has no recipients'),
	('report_note', 'nothing_owed', 3, '所查范围内没有应报事项', 'Nothing is owed within what was asked'),
	('report_note', 'notice_receipt_not_owed', 4, '本届不要求签收', 'The campaign asks for no receipt of the notice'),
	('report_note', 'small_subtrees_left_out', 5, '下级单位较多，只有一个应报单位的不单独汇总，见单位明细',
	 'There are many subtrees; those with one organization that owes are not summed by themselves but are in the list of organizations');
