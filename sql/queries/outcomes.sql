-- name: get_outcomes
WITH asked AS MATERIALIZED (
  SELECT o.id AS within, o.reference FROM organization o WHERE o.id = (SELECT report_subtree(:campaign_code, :within))
), place AS MATERIALIZED (
  SELECT o.id, o.kind AS organization_kind FROM asked q JOIN organization o ON o.ancestors @> ARRAY[q.within]
), work AS MATERIALIZED (
  SELECT p.organization_kind, a.starts_on, a.modules, a.is_planned, a.is_cancelled, a.is_reported, a.is_in_review, a.expected, a.came,
         a.reached, a.targets, a.participants, a.target_actuals, a.media_coverage
    FROM place p
    JOIN activity_outcome a ON a.organization_id = p.id
   WHERE a.campaign_code = :campaign_code AND a.kind = ANY (:kind)
), part AS MATERIALIZED (
  SELECT a.organization_kind, a.starts_on, a.modules,
         count(*) FILTER (WHERE a.is_planned) AS planned, count(*) FILTER (WHERE a.is_cancelled) AS cancelled,
         count(*) FILTER (WHERE a.is_reported) AS reported, count(*) FILTER (WHERE a.is_in_review) AS in_review,
         sum(a.expected) FILTER (WHERE a.is_planned) AS expected, sum(a.came[1]) AS onsite, sum(a.came[2]) AS online,
         sum(a.came[1] + a.came[2]) FILTER (WHERE a.expected IS NOT NULL) AS attendance_actual,
         sum(a.expected) FILTER (WHERE a.is_reported) AS attendance_expected,
         sum(cardinality(a.targets)) FILTER (WHERE a.is_planned) AS targets,
         sum(a.reached[1]) AS targets_reported, sum(a.reached[2]) AS targets_reached, sum(cardinality(a.media_coverage)) AS media_items
    FROM work a
   GROUP BY a.organization_kind, a.starts_on, a.modules
), sums AS MATERIALIZED (
  SELECT d.dimension, k.key, (
           sum(s.planned), sum(s.cancelled), sum(s.reported), sum(s.in_review), sum(s.expected), sum(s.onsite), sum(s.online),
           sum(s.attendance_actual), sum(s.attendance_expected), sum(s.targets), sum(s.targets_reported), sum(s.targets_reached),
           sum(s.media_items))::outcome_sums AS outcome
    FROM part s
    LEFT JOIN phase p ON p.campaign_code = :campaign_code AND s.starts_on BETWEEN p.starts_on AND p.ends_on
   CROSS JOIN LATERAL (VALUES
     ('total', '{""}'), ('several_modules', CASE WHEN cardinality(s.modules) > 1 THEN '{""}' ELSE '{}' END::text[]),
     ('module', keys_in_dimension('module', NULL, s.modules, NULL, NULL, NULL, NULL)),
     ('phase', keys_in_dimension('phase', p.ordinal, NULL, NULL, NULL, NULL, NULL)),
     ('organization_kind', ARRAY[s.organization_kind])) d (dimension, keys)
   CROSS JOIN LATERAL unnest(d.keys) k (key)
   GROUP BY d.dimension, k.key
), owed AS MATERIALIZED (
  SELECT coalesce(o.organization_kind, '') AS key, count(*) AS reports
    FROM asked q
    JOIN obligation_judged o ON q.within = ANY (o.counted_ancestors)
   WHERE o.campaign_code = :campaign_code AND o.kind = 'summary_report' AND o.verdict IN ('pending', 'overdue')
   GROUP BY ROLLUP (o.organization_kind)
), found AS (
  SELECT s.dimension, s.key FROM sums s
  UNION
  SELECT 'organization_kind', w.key FROM owed w WHERE w.key <> ''
), breakdown AS MATERIALIZED (
  SELECT d.dimension, coalesce(json_agg(json_build_object('key', k.key, 'name', k.name, 'outcome', outcome_body(
           s.outcome, :campaign_code, q.within, :kind, format('&%s=%s', d.dimension, k.key),
           CASE d.dimension WHEN 'organization_kind' THEN coalesce(w.reports, 0) END)) ORDER BY k.ordinal) FILTER (WHERE k.key IS NOT NULL), '[]') AS body
    FROM asked q
   CROSS JOIN unnest('{module,phase,organization_kind}'::text[]) d (dimension)
    LEFT JOIN LATERAL dimension_keys(d.dimension, :campaign_code, q.within, NULL, NULL, NULL,
                                     ARRAY(SELECT f.key FROM found f WHERE f.dimension = d.dimension)) k ON true
    LEFT JOIN sums s ON (s.dimension, s.key) = (d.dimension, k.key)
    LEFT JOIN owed w ON w.key = k.key
   GROUP BY d.dimension
), audience AS MATERIALIZED (
  SELECT coalesce(n.audience, 'none') AS key, sum(n.onsite) AS onsite, sum(n.online) AS online
    FROM work a
   CROSS JOIN LATERAL unnest(a.participants) n
   GROUP BY 1
), target AS MATERIALIZED (
  SELECT g.name, g.unit, count(*) FILTER (WHERE a.is_planned) AS activities, sum(g.planned) FILTER (WHERE a.is_planned) AS planned,
         count(f.actual) AS reported, sum(g.planned) FILTER (WHERE f.actual IS NOT NULL) AS planned_of_reported, sum(f.actual) AS actual,
         CASE WHEN count(f.actual) > 0 THEN count(*) FILTER (WHERE f.actual >= g.planned) END AS reached,
         row_number() OVER (ORDER BY count(*) DESC, g.name, g.unit) AS ordinal
    FROM work a
   CROSS JOIN LATERAL unnest(a.targets) g
    LEFT JOIN LATERAL unnest(a.target_actuals) f ON f.target_id = g.id
   GROUP BY g.name, g.unit
), medium AS MATERIALIZED (
  SELECT m.medium, count(*) AS items, row_number() OVER (ORDER BY count(*) DESC, m.medium) AS ordinal
    FROM work a
   CROSS JOIN LATERAL unnest(a.media_coverage) m
   GROUP BY m.medium
)
SELECT json_build_object(
         'campaign_code', :campaign_code, 'as_of', instant(now()), 'within', q.reference, 'kind', :kind,
         'total', outcome_body(s.outcome, :campaign_code, q.within, :kind, '', coalesce(w.reports, 0)),
         'by_module', (SELECT p.body FROM breakdown p WHERE p.dimension = 'module'),
         'by_phase', (SELECT p.body FROM breakdown p WHERE p.dimension = 'phase'),
         'by_organization_kind', (SELECT p.body FROM breakdown p WHERE p.dimension = 'organization_kind'),
         'counted_more_than_once', json_build_object(
           'dimension', 'module', 'is_possible', true, 'activities', coalesce((r.outcome).planned, 0),
           'sum_of_totals', (SELECT coalesce(sum((m.outcome).planned), 0) FROM sums m WHERE m.dimension = 'module')),
         'by_audience', (
           SELECT coalesce(json_agg(json_build_object('key', k.key, 'name', k.name, 'onsite', n.onsite, 'online', n.online,
                                                      'total', n.onsite + n.online) ORDER BY k.ordinal), '[]')
             FROM dimension_keys('audience', :campaign_code, q.within, NULL, NULL, NULL, ARRAY(SELECT n.key FROM audience n)) k
             LEFT JOIN audience n ON n.key = k.key),
         'targets', (
           SELECT coalesce(json_agg(json_build_object(
                    'name', t.name, 'unit', t.unit, 'activities', t.activities, 'planned', t.planned, 'reported', t.reported,
                    'planned_of_reported', t.planned_of_reported, 'actual', t.actual, 'reached', t.reached) ORDER BY t.ordinal), '[]')
             FROM target t WHERE t.ordinal <= 100),
         'targets_left_out', (SELECT count(*) FROM target t WHERE t.ordinal > 100),
         'media', (
           SELECT coalesce(json_agg(json_build_object('medium', m.medium, 'items', m.items) ORDER BY m.ordinal), '[]')
             FROM medium m WHERE m.ordinal <= 100),
         'media_left_out', (SELECT count(*) FROM medium m WHERE m.ordinal > 100)) AS body
  FROM asked q
  LEFT JOIN sums s ON s.dimension = 'total'
  LEFT JOIN sums r ON r.dimension = 'several_modules'
  LEFT JOIN owed w ON w.key = ''

-- name: list_organization_outcomes
SELECT (SELECT json_build_object('organization', o.reference, 'organization_kind', o.kind, 'outcome', outcome_body(
                 organization_outcome(:campaign_code, o.id, :kind), :campaign_code, (SELECT report_subtree(:campaign_code, :within)), :kind, '&organization_id=' || o.id, (
                   SELECT count(*) FROM obligation_judged w
                    WHERE w.organization_id = o.id AND w.campaign_code = :campaign_code AND w.kind = 'summary_report'
                      AND w.verdict IN ('pending', 'overdue') AND (SELECT report_subtree(:campaign_code, :within)) = ANY (w.counted_ancestors))))) AS item,
       o.path_ordinal, o.id
  FROM organization o
 WHERE o.path_ordinal >= (SELECT w.path_ordinal FROM organization w WHERE w.id = (SELECT report_subtree(:campaign_code, :within)))
   AND o.path_ordinal < (SELECT w.path_ordinal || '!' FROM organization w WHERE w.id = (SELECT report_subtree(:campaign_code, :within)))
   -- Not EXISTS OR EXISTS: the planner would hash all recipients for one page.
   AND coalesce((SELECT true FROM recipient r WHERE (r.campaign_code, r.organization_id) = (:campaign_code, o.id)),
                (SELECT true FROM activity a WHERE (a.organization_id, a.campaign_code) = (o.id, :campaign_code) AND a.kind = ANY (:kind)
                    AND a.status <> 'draft' LIMIT 1))
   AND (o.path_ordinal, o.id) > (:after_path_ordinal, :after_id) --? after
 ORDER BY o.path_ordinal, o.id
 LIMIT :limit
