-- How activities are distributed 「分布」: counted by two dimensions.

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
