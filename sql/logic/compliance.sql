-- Compliance 「报送情况」: who has handed in what, who is late, what is missing.
-- 
-- Three things are counted, each once: obligations, by the verdict that the list gives them; the organizations that owe
-- them, by buckets; and the work that came back. Every report below sums these, and so does every list it leads to.

---------------------------------------------------------------------------------------------
-- Obligations, tallied as finely as any report asks: for each organization, kind and verdict, with the place that it had when
-- they were made, from what is kept of them (sql/tables/400_obligation.sql). The planner is told that the rows may be many.

-- What is directly below `within` on the way to what has these ancestors; of itself, itself.
CREATE FUNCTION branch_of(ancestors uuid[], within uuid) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(ancestors[array_position(ancestors, within) - 1], within);

CREATE FUNCTION compliance_tally(campaign_code text, within uuid, kinds text[], organization_kinds text[], organization_ids uuid[])
RETURNS TABLE (organization_id uuid, organization_kind text, branch uuid, kind text, verdict text,
               number integer, accepted integer, required integer, submitted integer, surplus integer)
LANGUAGE plpgsql STABLE ROWS 10000
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT t.organization_id, t.organization_kind, branch_of(t.counted_ancestors, compliance_tally.within), t.kind,
	       CASE WHEN t.standing = 'pending' AND t.effective_due_at <= now() THEN 'overdue' ELSE t.standing END,
	       t.number, t.accepted, t.required, t.submitted, t.surplus
	  FROM unnest(compliance_tally.organization_ids) n (id)
	  JOIN obligation_tally t ON t.organization_id = n.id AND t.campaign_code = compliance_tally.campaign_code
	 WHERE compliance_tally.within = ANY (t.counted_ancestors)
	   AND (kinds IS NULL OR t.kind = ANY (kinds))
	   AND (organization_kinds IS NULL OR t.organization_kind = ANY (organization_kinds));
END
$$;

-- By how many days each was late that was.
CREATE FUNCTION compliance_lateness(campaign_code text, within uuid, kinds text[], organization_kinds text[], organization_ids uuid[])
RETURNS TABLE (organization_kind text, branch uuid, kind text, days double precision)
LANGUAGE plpgsql STABLE ROWS 10000
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT o.organization_kind, branch_of(o.counted_ancestors, compliance_lateness.within), o.kind,
	       extract(epoch FROM o.received_at - o.effective_due_at)::double precision / 86400
	  FROM unnest(compliance_lateness.organization_ids) n (id)
	  JOIN obligation o ON o.organization_id = n.id AND o.campaign_code = compliance_lateness.campaign_code
	 WHERE o.waived_at IS NULL AND o.received_at >= o.effective_due_at AND o.received_at >= o.due_at
	   AND compliance_lateness.within = ANY (o.counted_ancestors)
	   AND (kinds IS NULL OR o.kind = ANY (kinds))
	   AND (organization_kinds IS NULL OR o.organization_kind = ANY (organization_kinds));
END
$$;

---------------------------------------------------------------------------------------------
-- What an organization has handed in, beyond its obligations. The rows are wide, and row security reads the whole of each;
-- the functions that are the owner's look at indexes alone, and nothing but dates, states and numbers leaves them. They
-- are given organizations whose row among the recipients the caller reads: who may is who may read what those handed in.

-- Of each organization and kind of work: in how many phases a highlight begins; whether a plan or a highlight was handed in,
-- and whether any of them lacks a stamped copy of what was handed in, or what the campaign requires; and what has come back.
-- One organization after another, and no further than the first that lacks one.
CREATE FUNCTION compliance_progress(campaign_code text, kinds text[], organization_ids uuid[])
RETURNS TABLE (organization_id uuid, kind text, phases_covered bigint, handed_in boolean, lacking boolean, returned_open bigint, corrections_overdue bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT ROWS 10000
AS $$
#variable_conflict use_column
DECLARE
	needs_word_copy boolean := (SELECT 'word_copy' = ANY (c.required_documents) FROM campaign c WHERE c.code = compliance_progress.campaign_code);
BEGIN
	RETURN QUERY
	SELECT n.id, w.kind,
	       CASE w.kind WHEN 'highlights' THEN (
			SELECT count(*)
			  FROM phase p
			 WHERE p.campaign_code = compliance_progress.campaign_code AND EXISTS (
				SELECT FROM activity a
				 WHERE a.organization_id = n.id AND a.campaign_code = compliance_progress.campaign_code AND a.kind = 'highlight' AND a.status <> 'draft'
				   AND a.starts_on BETWEEN p.starts_on AND p.ends_on
				OFFSET 0)) ELSE 0 END,
	       w.kind <> 'summary_report',
	       w.kind <> 'summary_report' AND EXISTS (
			SELECT FROM subject_life l
			 WHERE l.organization_id = n.id AND l.campaign_code = compliance_progress.campaign_code AND l.is_owed AND l.status <> 'draft'
			   AND obligation_kind(l.resource) = w.kind
			   AND NOT (EXISTS (
					SELECT FROM document d
					 WHERE d.subject_id = l.id AND d.kind = 'stamped_pdf' AND d.status <> 'quarantined' AND d.owner_digest = (
						SELECT s.digest FROM submission s WHERE (s.subject_id, s.number) = (l.id, l.submission_count)))
				AND (NOT needs_word_copy OR EXISTS (
					SELECT FROM document d WHERE d.subject_id = l.id AND d.kind = 'word_copy' AND d.status <> 'quarantined')))
			OFFSET 0),
	       w.returned_open, w.corrections_overdue
	  FROM unnest(organization_ids) n (id)
	 CROSS JOIN LATERAL (
		SELECT obligation_kind(l.resource) AS kind, count(*) FILTER (WHERE l.status = 'returned') AS returned_open,
		       count(*) FILTER (WHERE l.status = 'returned' AND l.correction_due_at <= now()) AS corrections_overdue
		  FROM subject_life l
		 WHERE l.organization_id = n.id AND l.campaign_code = compliance_progress.campaign_code AND l.is_owed AND l.status <> 'draft'
		   AND (kinds IS NULL OR obligation_kind(l.resource) = ANY (kinds))
		 GROUP BY l.resource) w;
END
$$;

-- That of an organization in all. No documents are complete or incomplete where nothing was handed in.
CREATE FUNCTION documents_complete(handed_in boolean, lacking boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN handed_in THEN NOT lacking END;

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

-- Of numbers that are sorted already, so that hundreds of thousands are sorted once, and not for each group.
CREATE FUNCTION median(numbers double precision[]) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(((numbers[(cardinality(numbers) + 1) / 2] + numbers[cardinality(numbers) / 2 + 1]) / 2)::numeric, 2);

CREATE FUNCTION compliance_reviews(campaign_code text, kinds text[], organization_ids uuid[])
RETURNS TABLE (organization_id uuid, kind text, hours double precision)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT ROWS 10000
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT n.id, obligation_kind(r.resource), extract(epoch FROM r.reviewed_at - r.waiting_since)::double precision / 3600
	  FROM unnest(organization_ids) n (id)
	  JOIN review r ON r.organization_id = n.id
	 WHERE r.campaign_code = compliance_reviews.campaign_code AND r.waiting_since IS NOT NULL
	   AND (kinds IS NULL OR obligation_kind(r.resource) = ANY (kinds));
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
		SELECT p.organization_id, sum(p.phases_covered)::bigint AS phases_covered, documents_complete(bool_or(p.handed_in), bool_or(p.lacking)),
		       sum(p.returned_open)::bigint AS returned_open, sum(p.corrections_overdue)::bigint AS corrections_overdue
		  FROM recipients
		 CROSS JOIN compliance_progress(compliance_organizations.campaign_code, kinds, recipients.ids) p
		 GROUP BY p.organization_id
	)
	SELECT t.organization_id,
	       compliance_buckets(t.expected, t.received, t.accepted, t.late, t.overdue, t.surplus, t.expects_highlights, p.phases_covered,
	                          (SELECT phase_count(compliance_organizations.campaign_code)), p.documents_complete, p.returned_open, p.corrections_overdue)
	  FROM (
		SELECT t.organization_id, sum(CASE WHEN t.verdict IN ('on_time', 'extended_on_time', 'late') THEN t.number ELSE 0 END) AS received,
		       sum(CASE WHEN t.verdict <> 'waived' THEN t.number ELSE 0 END) AS expected,
		       sum(CASE WHEN t.verdict <> 'waived' THEN t.accepted ELSE 0 END) AS accepted,
		       sum(CASE WHEN t.verdict = 'late' THEN t.number ELSE 0 END) AS late, sum(CASE WHEN t.verdict = 'overdue' THEN t.number ELSE 0 END) AS overdue,
		       sum(CASE WHEN t.verdict <> 'waived' THEN t.surplus ELSE 0 END) AS surplus,
		       bool_or(t.kind = 'highlights' AND t.verdict <> 'waived') AS expects_highlights
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

-- What an organization is counted under where it is now. In plpgsql and said to be many, for the planner, as the tally is.
CREATE FUNCTION compliance_located(within uuid, organization_kinds text[], organization_ids uuid[])
RETURNS TABLE (id uuid, organization_kind text, branch uuid)
LANGUAGE plpgsql STABLE ROWS 10000
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT o.id, o.kind, branch_of(o.ancestors, compliance_located.within)
	  FROM unnest(organization_ids) n (id)
	  JOIN organization o ON o.id = n.id
	 WHERE compliance_located.within = ANY (o.ancestors)
	   AND (organization_kinds IS NULL OR o.kind = ANY (organization_kinds));
END
$$;

-- Of which of the three groups a row is, by grouping(organization_kind, branch).
CREATE FUNCTION compliance_level(grouped integer) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE grouped WHEN 3 THEN 'all' WHEN 1 THEN 'organization_kind' WHEN 2 THEN 'subtree' END;

-- At most so many subtrees are summed one by one; beyond, only those in which more than one organization owes.
CREATE FUNCTION compliance_subtree_limit() RETURNS integer LANGUAGE sql IMMUTABLE RETURN 100;

CREATE FUNCTION compliance_report(campaign_code text, within uuid, kinds text[], organization_kinds text[]) RETURNS json
LANGUAGE sql STABLE SET enable_sort = off SET work_mem = '64MB' SET plan_cache_mode = force_custom_plan
AS $$
	WITH asked AS MATERIALIZED (
		SELECT '/v1/campaigns/' || compliance_report.campaign_code AS campaign, phase_count(compliance_report.campaign_code) AS phase_count
	), recipients AS MATERIALIZED (
		SELECT compliance_recipients(compliance_report.campaign_code, compliance_report.within) AS ids
	), tally AS MATERIALIZED (
		SELECT t.*
		  FROM recipients
		 CROSS JOIN compliance_tally(compliance_report.campaign_code, compliance_report.within, kinds, organization_kinds, recipients.ids) t
	), progress AS MATERIALIZED (
		SELECT p.* FROM recipients CROSS JOIN compliance_progress(compliance_report.campaign_code, kinds, recipients.ids) p
	), organizations AS MATERIALIZED (
		SELECT compliance_level(t.level) AS level, t.key, compliance_buckets(
		           t.expected, t.received, t.accepted, t.late, t.overdue, t.surplus, t.expects_highlights, p.phases_covered, asked.phase_count,
		           p.documents_complete, p.returned_open, p.corrections_overdue) AS buckets
		  FROM asked
		 CROSS JOIN (
			SELECT grouping(t.organization_kind, t.branch) AS level, coalesce(t.organization_kind, t.branch::text, '') AS key, t.organization_id,
			       sum(CASE WHEN t.verdict IN ('on_time', 'extended_on_time', 'late') THEN t.number ELSE 0 END) AS received,
			       sum(CASE WHEN t.verdict <> 'waived' THEN t.number ELSE 0 END) AS expected,
			       sum(CASE WHEN t.verdict <> 'waived' THEN t.accepted ELSE 0 END) AS accepted,
			       sum(CASE WHEN t.verdict = 'late' THEN t.number ELSE 0 END) AS late, sum(CASE WHEN t.verdict = 'overdue' THEN t.number ELSE 0 END) AS overdue,
			       sum(CASE WHEN t.verdict <> 'waived' THEN t.surplus ELSE 0 END) AS surplus,
			       bool_or(t.kind = 'highlights' AND t.verdict <> 'waived') AS expects_highlights
			  FROM tally t
			 GROUP BY GROUPING SETS ((t.organization_id), (t.organization_id, t.organization_kind), (t.organization_id, t.branch))) t
		  LEFT JOIN (
			SELECT p.organization_id, sum(p.phases_covered)::bigint AS phases_covered, documents_complete(bool_or(p.handed_in), bool_or(p.lacking)),
			       sum(p.returned_open)::bigint AS returned_open, sum(p.corrections_overdue)::bigint AS corrections_overdue
			  FROM progress p
			 GROUP BY p.organization_id) p ON p.organization_id = t.organization_id
	), groups AS MATERIALIZED (
		SELECT g.level, g.key, asked.campaign, p.place,
		       asked.campaign || '/reports/compliance/organizations?' || p.place || coalesce('&kind=' || array_to_string(kinds, ','), '') AS organizations
		  FROM asked
		 CROSS JOIN (
			SELECT o.level, o.key FROM organizations o
			 GROUP BY o.level, o.key
			HAVING o.level <> 'subtree' OR count(*) > 1
			    OR (SELECT count(DISTINCT s.key) FROM organizations s WHERE s.level = 'subtree') <= compliance_subtree_limit()
			UNION ALL
			SELECT 'all', '' WHERE NOT EXISTS (SELECT FROM organizations)) g
		 CROSS JOIN LATERAL (SELECT compliance_place(compliance_report.within, organization_kinds, g.level, g.key) AS place) p
	), buckets AS MATERIALIZED (
		SELECT c.level, c.key, jsonb_object_agg(c.bucket, c.organizations) AS counts
		  FROM (
			SELECT o.level, o.key, b.bucket, sum(o.organizations)::bigint AS organizations
			  FROM (SELECT o.level, o.key, o.buckets, count(*) AS organizations
			          FROM groups g JOIN organizations o ON (o.level, o.key) = (g.level, g.key)
			         GROUP BY o.level, o.key, o.buckets) o
			 CROSS JOIN unnest(o.buckets || 'all'::text) b (bucket)
			 GROUP BY o.level, o.key, b.bucket) c
		 GROUP BY c.level, c.key
	), verdicts AS MATERIALIZED (
		SELECT compliance_level(t.level) AS level, t.key, t.kind,
		       sum(CASE t.verdict WHEN 'on_time' THEN t.number ELSE 0 END)::bigint AS on_time,
		       sum(CASE t.verdict WHEN 'extended_on_time' THEN t.number ELSE 0 END)::bigint AS extended_on_time,
		       sum(CASE t.verdict WHEN 'late' THEN t.number ELSE 0 END)::bigint AS late,
		       sum(CASE t.verdict WHEN 'pending' THEN t.number ELSE 0 END)::bigint AS pending,
		       sum(CASE t.verdict WHEN 'overdue' THEN t.number ELSE 0 END)::bigint AS overdue,
		       sum(CASE t.verdict WHEN 'waived' THEN t.number ELSE 0 END)::bigint AS waived,
		       sum(CASE t.verdict WHEN 'waived' THEN 0 ELSE t.accepted END)::bigint AS accepted,
		       sum(CASE t.verdict WHEN 'waived' THEN 0 ELSE t.required END)::bigint AS required,
		       sum(CASE t.verdict WHEN 'waived' THEN 0 ELSE t.submitted END)::bigint AS submitted,
		       sum(CASE t.verdict WHEN 'waived' THEN 0 ELSE t.surplus END)::bigint AS surplus
		  FROM (
			SELECT grouping(t.organization_kind, t.branch) AS level, coalesce(t.organization_kind, t.branch::text, '') AS key, t.kind, t.verdict,
			       sum(t.number) AS number, sum(t.accepted) AS accepted, sum(t.required) AS required, sum(t.submitted) AS submitted, sum(t.surplus) AS surplus
			  FROM tally t
			 GROUP BY GROUPING SETS ((t.kind, t.verdict), (t.kind, t.verdict, t.organization_kind), (t.kind, t.verdict, t.branch))) t
		  JOIN groups g ON (g.level, g.key) = (compliance_level(t.level), t.key)
		 GROUP BY t.level, t.key, t.kind
	), located AS MATERIALIZED (
		SELECT l.* FROM recipients CROSS JOIN compliance_located(compliance_report.within, organization_kinds, recipients.ids) l
	), returned AS MATERIALIZED (
		SELECT compliance_level(grouping(l.organization_kind, l.branch)) AS level, coalesce(l.organization_kind, l.branch::text, '') AS key, p.kind,
		       sum(p.returned_open)::bigint AS returned, sum(p.corrections_overdue)::bigint AS corrections_overdue
		  FROM progress p
		  JOIN located l ON l.id = p.organization_id
		 WHERE p.returned_open > 0
		 GROUP BY GROUPING SETS ((p.kind), (p.kind, l.organization_kind), (p.kind, l.branch))
	), spans AS MATERIALIZED (
		SELECT s.*
		  FROM (
			SELECT 'days_late' AS measure, d.kind, d.organization_kind, d.branch, d.days AS length
			  FROM recipients
			 CROSS JOIN compliance_lateness(compliance_report.campaign_code, compliance_report.within, kinds, organization_kinds, recipients.ids) d
			UNION ALL
			SELECT 'review_hours', r.kind, l.organization_kind, l.branch, r.hours
			  FROM recipients
			 CROSS JOIN compliance_reviews(compliance_report.campaign_code, kinds, recipients.ids) r
			  JOIN located l ON l.id = r.organization_id) s
		 ORDER BY s.length
	), medians AS MATERIALIZED (
		SELECT m.level, m.key, m.measure, m.kind, cardinality(m.lengths) AS number, median(m.lengths),
		       round(m.lengths[cardinality(m.lengths)]::numeric, 2) AS most
		  FROM (
			SELECT 'all' AS level, '' AS key, s.measure, s.kind, array_agg(s.length) AS lengths FROM spans s GROUP BY s.measure, s.kind
			UNION ALL
			SELECT 'organization_kind', s.organization_kind, s.measure, s.kind, array_agg(s.length) FROM spans s GROUP BY s.organization_kind, s.measure, s.kind
			UNION ALL
			SELECT 'subtree', s.branch::text, s.measure, s.kind, array_agg(s.length) FROM spans s GROUP BY s.branch, s.measure, s.kind) m
	), summed AS MATERIALIZED (
		SELECT g.level, g.key, g.place, compliance_bucket_figures(g.organizations, coalesce(b.counts, '{}')) AS organizations,
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
		               'reviewed', coalesce(r.number, 0), 'median', r.median, 'most', r.most) END)
		           ORDER BY k.ordinal) AS obligations
		  FROM groups g
		 CROSS JOIN (VALUES
			(1, 'notice_receipt', NULL), (2, 'plan', 'plans'), (3, 'highlights', 'activities'), (4, 'summary_report', 'summary_reports')
		  ) k (ordinal, kind, work)
		 CROSS JOIN LATERAL (
			SELECT g.campaign || '/obligations?' || g.place || '&kind=' || k.kind AS list, g.campaign || '/' || k.work || '?' || g.place AS work) f
		  LEFT JOIN verdicts v ON (v.level, v.key, v.kind) = (g.level, g.key, k.kind)
		  LEFT JOIN buckets b ON (b.level, b.key) = (g.level, g.key)
		  LEFT JOIN returned t ON (t.level, t.key, t.kind) = (g.level, g.key, k.kind)
		  LEFT JOIN medians l ON (l.level, l.key, l.kind, l.measure) = (g.level, g.key, k.kind, 'days_late')
		  LEFT JOIN medians r ON (r.level, r.key, r.kind, r.measure) = (g.level, g.key, k.kind, 'review_hours')
		 CROSS JOIN LATERAL (
			SELECT v.on_time + v.extended_on_time AS on_time, v.on_time + v.extended_on_time + v.late AS received,
			       v.on_time + v.extended_on_time + v.late + v.pending + v.overdue AS expected) n
		 WHERE kinds IS NULL OR k.kind = ANY (kinds)
		 GROUP BY g.level, g.key, g.place, g.organizations, b.counts
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
	                   ('small_subtrees_left_out', (SELECT count(DISTINCT o.key) FROM organizations o WHERE o.level = 'subtree') > compliance_subtree_limit())
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
		SELECT sum(CASE WHEN t.verdict IN ('on_time', 'extended_on_time', 'late') THEN t.number ELSE 0 END) AS received,
		       sum(CASE WHEN t.verdict <> 'waived' THEN t.number ELSE 0 END) AS expected,
		       sum(CASE WHEN t.verdict <> 'waived' THEN t.accepted ELSE 0 END) AS accepted,
		       sum(CASE WHEN t.verdict = 'late' THEN t.number ELSE 0 END) AS late, sum(CASE WHEN t.verdict = 'overdue' THEN t.number ELSE 0 END) AS overdue,
		       sum(CASE WHEN t.verdict <> 'waived' THEN t.surplus ELSE 0 END) AS surplus,
		       bool_or(t.kind = 'highlights' AND t.verdict <> 'waived') AS expects_highlights
		  FROM compliance_tally(compliance_row.campaign_code, compliance_row.within, kinds, organization_kinds, ARRAY[r.id]) t) t
	 CROSS JOIN LATERAL (
		SELECT sum(p.phases_covered)::bigint AS phases_covered, documents_complete(bool_or(p.handed_in), bool_or(p.lacking)),
		       sum(p.returned_open)::bigint AS returned_open, sum(p.corrections_overdue)::bigint AS corrections_overdue
		  FROM compliance_progress(compliance_row.campaign_code, kinds, ARRAY[r.id]) p) p
	  LEFT JOIN LATERAL (
		SELECT 'summary_report' AS kind, sum(CASE s.verdict WHEN 'on_time' THEN s.number ELSE 0 END) AS on_time,
		       sum(CASE s.verdict WHEN 'extended_on_time' THEN s.number ELSE 0 END) AS extended_on_time,
		       sum(CASE s.verdict WHEN 'late' THEN s.number ELSE 0 END) AS late, sum(CASE s.verdict WHEN 'pending' THEN s.number ELSE 0 END) AS pending,
		       sum(CASE s.verdict WHEN 'overdue' THEN s.number ELSE 0 END) AS overdue, sum(CASE s.verdict WHEN 'waived' THEN s.number ELSE 0 END) AS waived,
		       sum(CASE s.verdict WHEN 'waived' THEN 0 ELSE s.accepted END) AS accepted
		  FROM compliance_tally(compliance_row.campaign_code, compliance_row.within, '{summary_report}', organization_kinds, ARRAY[r.id]) s
		HAVING count(*) > 0) s ON kinds IS NULL OR 'summary_report' = ANY (kinds)
	 WHERE r.id = compliance_row.organization_id);
END
$$;
