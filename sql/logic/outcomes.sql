-- What came of activities 「成效」. Planned is what activities that are to take place say; actual is what accepted reports say, and
-- nothing else: what was not reported is null, not zero.

CREATE VIEW activity_outcome WITH (security_invoker) AS
SELECT a.id, a.campaign_code, a.organization_id, a.kind, a.starts_on, a.modules, a.targets,
       a.status <> 'draft' AND a.execution <> 'cancelled' AS is_planned, a.status <> 'draft' AND a.execution = 'cancelled' AS is_cancelled,
       a.expected_participants AS expected, coalesce(r.status = 'accepted', false) AS is_reported,
       coalesce(r.status IN ('submitted', 'under_review', 'returned'), false) AS is_in_review,
       CASE WHEN r.status = 'accepted' THEN r.participants END AS participants,
       CASE WHEN r.status = 'accepted' THEN r.target_actuals END AS target_actuals,
       CASE WHEN r.status = 'accepted' THEN r.media_coverage END AS media_coverage,
       -- On site and online; and how many targets have an actual figure, and one as large as planned.
       CASE WHEN r.status = 'accepted' THEN (
         SELECT ARRAY[coalesce(sum(n.onsite), 0), coalesce(sum(n.online), 0)] FROM unnest(r.participants) n) END AS came,
       CASE WHEN r.status = 'accepted' THEN (
         SELECT ARRAY[count(f.actual), count(*) FILTER (WHERE f.actual >= g.planned)]
           FROM unnest(a.targets) g JOIN unnest(r.target_actuals) f ON f.target_id = g.id) END AS reached
  FROM activity a
  LEFT JOIN summary_report r ON r.activity_id = a.id;

-- Those of a subtree, planned anew for each, as the counting by keys is.
CREATE FUNCTION outcome_work(campaign_code text, within uuid, kinds text[])
RETURNS TABLE (organization_kind text, starts_on date, modules text[], is_planned boolean, is_cancelled boolean, is_reported boolean,
               is_in_review boolean, expected integer, targets target[], participants participant_count[], target_actuals target_actual[],
               media_coverage media_item[])
LANGUAGE plpgsql STABLE ROWS 10000 SET plan_cache_mode = force_custom_plan SET work_mem = '64MB'
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	SELECT o.kind, a.starts_on, a.modules, a.is_planned, a.is_cancelled, a.is_reported, a.is_in_review, a.expected, a.targets, a.participants,
	       a.target_actuals, a.media_coverage
	  FROM organization o
	  JOIN activity_outcome a ON a.organization_id = o.id
	 WHERE o.ancestors @> ARRAY[outcome_work.within] AND a.campaign_code = outcome_work.campaign_code AND a.kind = ANY (kinds);
END
$$;

-- What they add up to; null where there is nothing to add.
CREATE TYPE outcome_sums AS (
	planned bigint, cancelled bigint, reported bigint, in_review bigint,
	expected bigint, onsite bigint, online bigint,
	attendance_actual bigint, attendance_expected bigint, -- of those reported whose form names a number
	targets bigint, targets_reported bigint, targets_reached bigint, media_items bigint);

CREATE FUNCTION organization_outcome(campaign_code text, organization_id uuid, kinds text[]) RETURNS outcome_sums
LANGUAGE sql STABLE
AS $$
	SELECT count(*) FILTER (WHERE a.is_planned), count(*) FILTER (WHERE a.is_cancelled), count(*) FILTER (WHERE a.is_reported),
	       count(*) FILTER (WHERE a.is_in_review), sum(a.expected) FILTER (WHERE a.is_planned), sum(a.came[1])::bigint, sum(a.came[2])::bigint,
	       sum(a.came[1] + a.came[2]) FILTER (WHERE a.expected IS NOT NULL)::bigint, sum(a.expected) FILTER (WHERE a.is_reported),
	       sum(cardinality(a.targets)) FILTER (WHERE a.is_planned), sum(a.reached[1])::bigint, sum(a.reached[2])::bigint,
	       sum(cardinality(a.media_coverage))
	  FROM activity_outcome a
	 WHERE (a.organization_id, a.campaign_code) = (organization_outcome.organization_id, organization_outcome.campaign_code) AND a.kind = ANY (kinds)
$$;

-- How they look, with the lists that have just as many items. Only highlights owe a report; of what is owed it is not
-- asked in which module or phase.
CREATE FUNCTION outcome_body(s outcome_sums, campaign_code text, within uuid, kinds text[], filter text, owed bigint) RETURNS json
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT json_build_object(
		'activities', figure(s.planned, l.activities || '&execution=planned,postponed,held' || filter),
		'cancelled', figure(s.cancelled, l.activities || '&execution=cancelled' || filter),
		'reports', json_build_object(
			'accepted', figure(s.reported, l.reports || '&status=accepted' || filter),
			'in_review', figure(s.in_review, l.reports || '&status=submitted,under_review,returned' || filter),
			'owed', CASE WHEN 'highlight' = ANY (kinds) AND outcome_body.owed IS NOT NULL THEN figure(outcome_body.owed, l.obligations || filter) END),
		'participants', json_build_object(
			'expected', s.expected, 'onsite', s.onsite, 'online', s.online, 'total', s.onsite + s.online,
			'attendance', json_build_object('actual', s.attendance_actual, 'expected', s.attendance_expected,
			                                'ratio', round(s.attendance_actual::numeric / NULLIF(s.attendance_expected, 0), 4))),
		'targets', json_build_object('planned', coalesce(s.targets, 0), 'reported', s.targets_reported, 'reached', s.targets_reached),
		'media_items', s.media_items)
	  FROM (SELECT format('/v1/campaigns/%s/activities?within=%s&kind=%s&status=submitted,under_review,returned,accepted,nominated,published',
	                      campaign_code, within, array_to_string(kinds, ',')) AS activities,
	               format('/v1/campaigns/%s/summary_reports?within=%s&kind=%s', campaign_code, within, array_to_string(kinds, ',')) AS reports,
	               format('/v1/campaigns/%s/obligations?within=%s&kind=summary_report&verdict=pending,overdue', campaign_code, within) AS obligations) l;
END;
