-- How activities are distributed 「分布」, and what came of them 「成效」: what the two reports share.

-- The words for the dimensions, and for what has no place in one of them.
INSERT INTO label (vocabulary, code, ordinal, zh, en) VALUES
	('dimension', 'phase', 1, '阶段', 'Phase'),
	('dimension', 'module', 2, '主题活动模块', 'Module'),
	('dimension', 'organization_kind', 3, '单位类别', 'Kind of organization'),
	('dimension', 'city', 4, '设区市', 'City'),
	('dimension', 'audience', 5, '面向群体', 'Audience'),
	('dimension', 'status', 6, '审核状态', 'State'),
	('no_dimension', 'phase', 1, '未定/其他', 'None of the phases'),
	('no_dimension', 'module', 2, '未定/其他', 'None of the modules'),
	('no_dimension', 'city', 4, '不属设区市', 'In no city'),
	('no_dimension', 'audience', 5, '未定/其他', 'None of the audiences');

-- The keys of a dimension in their official order, with their words: the campaign's own, and the labels. Of kinds and
-- cities, those that there are within the organization; of states, those that activities of these kinds can have. And
-- after them whatever was found besides, so that no activity goes uncounted.
CREATE FUNCTION dimension_keys(dimension text, campaign_code text, within uuid, kind text[], status text[], organization_kind text[],
                               found text[]) RETURNS TABLE (key text, name text, ordinal bigint)
LANGUAGE sql STABLE
AS $$
	WITH official (key, name, ordinal, path) AS (
		SELECT p.ordinal::text, p.name, p.ordinal, ''
		  FROM phase p
		 WHERE dimension = 'phase' AND p.campaign_code = dimension_keys.campaign_code
		UNION ALL
		SELECT m.code, m.name, m.ordinal, ''
		  FROM module m
		 WHERE dimension = 'module' AND m.campaign_code = dimension_keys.campaign_code
		UNION ALL
		SELECT a.code, a.name, a.ordinality, ''
		  FROM campaign c
		 CROSS JOIN LATERAL unnest(c.audiences) WITH ORDINALITY a
		 WHERE dimension = 'audience' AND c.code = dimension_keys.campaign_code
		UNION ALL
		SELECT o.id::text, coalesce(o.short_name, o.name), 0, o.path_ordinal
		  FROM organization o
		 WHERE dimension = 'city' AND o.kind = 'city_association'
		   AND (o.is_active AND o.ancestors @> ARRAY[within] OR o.id::text = ANY (found))
		UNION ALL
		SELECT l.code, l.zh, l.ordinal, ''
		  FROM label l
		 WHERE dimension = 'organization_kind' AND l.vocabulary = 'organization_kind'
		   AND (organization_kind IS NULL OR l.code = ANY (organization_kind))
		   AND EXISTS (SELECT FROM organization o WHERE o.kind = l.code AND o.ancestors @> ARRAY[within])
		UNION ALL
		SELECT l.code, l.zh, l.ordinal, ''
		  FROM label l
		 WHERE dimension = 'status' AND l.vocabulary = 'activity_status' AND l.code = ANY (status)
		   AND EXISTS (SELECT FROM transition t
		                WHERE t.resource = 'activity' AND t.kind = ANY (dimension_keys.kind) AND l.code IN (t.from_status, t.to_status))
	)
	SELECT k.key, k.name, row_number() OVER (ORDER BY k.key = 'none', k.ordinal NULLS LAST, k.path, k.key)
	  FROM (SELECT o.key, o.name, o.ordinal, o.path FROM official o
	        UNION ALL
	        SELECT f.key, coalesce(l.zh, f.key), NULL, NULL
	          FROM unnest(found) f (key)
	          LEFT JOIN label l ON f.key = 'none' AND (l.vocabulary, l.code) = ('no_dimension', dimension)
	         WHERE f.key NOT IN (SELECT o.key FROM official o)) k
$$;

-- The keys under which an activity counts in a dimension: one or more, and `none` for what has no place in it.
CREATE FUNCTION keys_in_dimension(dimension text, phase integer, modules text[], organization_kind text, city uuid, audiences text[],
                                  status text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(NULLIF(CASE dimension
	WHEN 'phase' THEN array_remove(ARRAY[phase::text], NULL)
	WHEN 'module' THEN modules
	WHEN 'organization_kind' THEN ARRAY[organization_kind]
	WHEN 'city' THEN array_remove(ARRAY[city::text], NULL)
	WHEN 'audience' THEN audiences
	WHEN 'status' THEN ARRAY[status] END, '{}'), '{none}');

-- How many activities have which keys in two dimensions. They are read once and counted by what the dimensions are made of,
-- which leaves few rows; only these get their keys. Sorting a million activities to count them would cost more than reading
-- them. Planned anew for each subtree: a nation's are read as they lie, a city's are found by an index.
CREATE FUNCTION count_by_keys(rows text, columns text, campaign_code text, within uuid, kinds text[], statuses text[],
                              organization_kinds text[]) RETURNS TABLE (row_keys text[], column_keys text[], activities bigint)
LANGUAGE plpgsql STABLE SET enable_sort = off SET plan_cache_mode = force_custom_plan
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH place AS MATERIALIZED (
		SELECT o.id, CASE WHEN 'organization_kind' IN (rows, columns) THEN o.kind END AS kind,
		       CASE WHEN 'city' IN (rows, columns) THEN (
				SELECT c.id FROM organization c
				 WHERE c.id = ANY (o.ancestors) AND c.kind = 'city_association'
				 ORDER BY cardinality(c.ancestors) DESC
				 LIMIT 1) END AS city
		  FROM organization o
		 WHERE o.ancestors @> ARRAY[within] AND (organization_kinds IS NULL OR o.kind = ANY (organization_kinds))
	), counted AS MATERIALIZED (
		SELECT CASE WHEN 'phase' IN (rows, columns) THEN a.starts_on END AS starts_on,
		       CASE WHEN 'module' IN (rows, columns) THEN a.modules END AS modules, p.kind, p.city,
		       CASE WHEN 'audience' IN (rows, columns) THEN a.audiences END AS audiences,
		       CASE WHEN 'status' IN (rows, columns) THEN a.status END AS status, count(*) AS activities
		  FROM place p
		  JOIN activity a ON a.organization_id = p.id
		 WHERE a.campaign_code = count_by_keys.campaign_code AND a.kind = ANY (kinds) AND a.status = ANY (statuses)
		 GROUP BY 1, 2, 3, 4, 5, 6
	)
	SELECT keys_in_dimension(rows, p.ordinal, n.modules, n.kind, n.city, n.audiences, n.status),
	       keys_in_dimension(columns, p.ordinal, n.modules, n.kind, n.city, n.audiences, n.status), n.activities
	  FROM counted n
	  LEFT JOIN phase p ON p.campaign_code = count_by_keys.campaign_code AND n.starts_on BETWEEN p.starts_on AND p.ends_on;
END
$$;

-- Codes in words, in the order of their vocabulary.
CREATE FUNCTION labels_of(vocabulary text, codes text[]) RETURNS text
LANGUAGE sql STABLE
RETURN (SELECT string_agg(l.zh, '、' ORDER BY l.ordinal) FROM label l WHERE l.vocabulary = labels_of.vocabulary AND l.code = ANY (codes));

-- What a matrix counts, for who reads it as a picture or on paper: whose activities, of which kinds, and as of when.
CREATE FUNCTION matrix_caption(campaign_code text, within uuid, kinds text[], statuses text[], organization_kinds text[]) RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
	SELECT concat_ws('　', c.title, o.name, labels_of('activity_kind', kinds), '状态：' || labels_of('activity_status', statuses),
	                 '单位：' || labels_of('organization_kind', organization_kinds),
	                 '截至' || to_char(now() AT TIME ZONE c.time_zone, 'YYYY年FMMM月FMDD日FMHH24:MI'))
	  FROM campaign c, organization o
	 WHERE c.code = campaign_code AND o.id = within;
END;

---------------------------------------------------------------------------------------------
-- What came of them. Planned is what activities that are to take place say; actual is what accepted reports say, and
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
GRANT SELECT ON activity_outcome TO sciday_service;

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
