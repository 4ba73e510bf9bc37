-- The empty key stands for all, so that totals are counted as cells are, each activity once.
-- handler: get_matrix
WITH asked AS MATERIALIZED (
  SELECT o.id AS within, o.reference,
         format('/v1/campaigns/%s/activities?within=%s&kind=%s', :campaign_code::text, o.id, array_to_string(:kind::text[], ',')) AS list,
         '&status=' || array_to_string(:status::text[], ',') AS status_filter,
         coalesce('&organization_kind=' || array_to_string(:organization_kind::text[], ','), '') AS organization_kind_filter
    FROM organization o
   WHERE o.id = (SELECT report_subtree(:campaign_code, :within))
), keyed AS MATERIALIZED (
  SELECT n.row_keys, n.column_keys, n.activities
    FROM asked q
   CROSS JOIN LATERAL count_by_keys(:rows, :columns, :campaign_code, q.within, :kind, :status, :organization_kind) n
), cell AS MATERIALIZED (
  SELECT r.key AS row_key, c.key AS column_key, sum(k.activities)::bigint AS activities
    FROM keyed k
   CROSS JOIN LATERAL unnest(k.row_keys || ''::text) r (key)
   CROSS JOIN LATERAL unnest(k.column_keys || ''::text) c (key)
   GROUP BY r.key, c.key
), heading AS MATERIALIZED (
  SELECT d.axis, h.key, h.name, h.ordinal, format('&%s=%s', d.dimension, h.key) AS filter
    FROM asked q
   CROSS JOIN LATERAL (VALUES
     ('row', :rows, ARRAY(SELECT DISTINCT c.row_key FROM cell c WHERE c.row_key <> '')),
     ('column', :columns, ARRAY(SELECT DISTINCT c.column_key FROM cell c WHERE c.column_key <> ''))) d (axis, dimension, found)
   CROSS JOIN LATERAL dimension_keys(d.dimension, :campaign_code, q.within, :kind, :status, :organization_kind, d.found) h
  UNION ALL
  SELECT d.axis, '', NULL, NULL,
         CASE d.dimension WHEN 'status' THEN q.status_filter WHEN 'organization_kind' THEN q.organization_kind_filter ELSE '' END
    FROM asked q
   CROSS JOIN (VALUES ('row', :rows), ('column', :columns)) d (axis, dimension)
), base AS MATERIALIZED (
  SELECT q.list || CASE WHEN 'status' IN (:rows, :columns) THEN '' ELSE q.status_filter END
                || CASE WHEN 'organization_kind' IN (:rows, :columns) THEN '' ELSE q.organization_kind_filter END AS href
    FROM asked q
), line AS MATERIALIZED (
  SELECT r.key, r.name, r.ordinal, (json_agg(f.figure) FILTER (WHERE c.key = '')) -> 0 AS total,
         coalesce(json_agg(f.figure ORDER BY c.ordinal) FILTER (WHERE c.key <> ''), '[]') AS cells
    FROM base b
    JOIN heading r ON r.axis = 'row'
    JOIN heading c ON c.axis = 'column'
    LEFT JOIN cell n ON (n.row_key, n.column_key) = (r.key, c.key)
   CROSS JOIN LATERAL figure(n.activities, b.href || r.filter || c.filter) AS f (figure)
   GROUP BY r.key, r.name, r.ordinal
), axis AS MATERIALIZED (
  SELECT d.axis, json_build_object('dimension', d.dimension, 'name', l.zh, 'keys', (
           SELECT coalesce(json_agg(json_build_object('key', h.key, 'name', h.name) ORDER BY h.ordinal), '[]')
             FROM heading h WHERE h.axis = d.axis AND h.key <> '')) AS body
    FROM (VALUES ('row', :rows), ('column', :columns)) d (axis, dimension)
    JOIN label l ON (l.vocabulary, l.code) = ('dimension', d.dimension)
), repeated AS (
  SELECT json_build_object(
           'rows', json_build_object(
             'dimension', :rows, 'is_possible', :rows IN ('module', 'audience'),
             'activities', coalesce(sum(k.activities) FILTER (WHERE cardinality(k.row_keys) > 1), 0),
             'sum_of_totals', coalesce(sum(k.activities * cardinality(k.row_keys)), 0)),
           'columns', json_build_object(
             'dimension', :columns, 'is_possible', :columns IN ('module', 'audience'),
             'activities', coalesce(sum(k.activities) FILTER (WHERE cardinality(k.column_keys) > 1), 0),
             'sum_of_totals', coalesce(sum(k.activities * cardinality(k.column_keys)), 0)),
           'sum_of_cells', coalesce(sum(k.activities * cardinality(k.row_keys) * cardinality(k.column_keys)), 0)) AS body
    FROM keyed k
)
SELECT json_build_object(
         'campaign_code', :campaign_code, 'as_of', instant(now()), 'within', q.reference,
         'caption', matrix_caption(:campaign_code, q.within, :kind, :status, :organization_kind),
         'kind', :kind, 'status', :status, 'organization_kind', :organization_kind,
         'rows', (SELECT x.body FROM axis x WHERE x.axis = 'row'), 'columns', (SELECT x.body FROM axis x WHERE x.axis = 'column'),
         'cells', (SELECT coalesce(json_agg(json_build_object('key', l.key, 'name', l.name, 'cells', l.cells, 'total', l.total)
                                            ORDER BY l.ordinal), '[]')
                     FROM line l WHERE l.key <> ''),
         'column_totals', t.cells, 'total', t.total, 'counted_more_than_once', r.body) AS body
  FROM asked q
  JOIN line t ON t.key = ''
 CROSS JOIN repeated r
