-- name: get_outcomes
WITH asked AS MATERIALIZED (
  SELECT o.id AS within, o.reference FROM organization o WHERE o.id = (SELECT report_subtree(:campaign_code, :within))
), work AS MATERIALIZED (
  SELECT a.* FROM asked q CROSS JOIN LATERAL outcome_work(:campaign_code, q.within, :kind) a
), crowd AS MATERIALIZED (
  SELECT a.organization_kind, a.starts_on, a.modules, a.is_expected, (a.participants).audience, sum((a.participants).onsite) AS onsite,
         sum((a.participants).online) AS online
    FROM (SELECT a.organization_kind, a.starts_on, a.modules, a.expected IS NOT NULL AS is_expected, unnest(a.participants) AS participants
            FROM work a
           WHERE a.is_reported) a
   GROUP BY a.organization_kind, a.starts_on, a.modules, a.is_expected, (a.participants).audience
), goal AS MATERIALIZED (
  SELECT grouping(a.name) = 0 AS is_named, a.organization_kind, a.starts_on, a.modules, a.name, a.unit, count(*) AS number,
         count(*) FILTER (WHERE a.is_planned) AS activities, sum(a.planned) FILTER (WHERE a.is_planned) AS planned, count(a.actual) AS reported,
         sum(a.planned) FILTER (WHERE a.actual IS NOT NULL) AS planned_of_reported, sum(a.actual) AS actual,
         count(*) FILTER (WHERE a.actual >= a.planned) AS reached
    FROM (SELECT a.organization_kind, a.starts_on, a.modules, a.is_planned, (a.target).name, (a.target).unit, (a.target).planned,
                 CASE WHEN a.is_reported THEN (SELECT f.actual FROM unnest(a.target_actuals) f WHERE f.target_id = (a.target).id) END AS actual
            FROM (SELECT a.organization_kind, a.starts_on, a.modules, a.is_planned, a.is_reported, a.target_actuals, unnest(a.targets) AS target
                    FROM work a) a) a
   GROUP BY GROUPING SETS ((a.organization_kind, a.starts_on, a.modules), (a.name, a.unit))
), part AS MATERIALIZED (
  SELECT a.organization_kind, a.starts_on, a.modules,
         count(*) FILTER (WHERE a.is_planned) AS planned, count(*) FILTER (WHERE a.is_cancelled) AS cancelled,
         count(*) FILTER (WHERE a.is_reported) AS reported, count(*) FILTER (WHERE a.is_in_review) AS in_review,
         sum(a.expected) FILTER (WHERE a.is_planned) AS expected,
         -- Where something was reported, nobody came and nothing was reached unless it says so.
         CASE WHEN bool_or(a.is_reported) THEN 0 END AS onsite, CASE WHEN bool_or(a.is_reported) THEN 0 END AS online,
         CASE WHEN bool_or(a.is_reported AND a.expected IS NOT NULL) THEN 0 END AS attendance_actual,
         sum(a.expected) FILTER (WHERE a.is_reported) AS attendance_expected,
         sum(cardinality(a.targets)) FILTER (WHERE a.is_planned) AS targets,
         CASE WHEN bool_or(a.is_reported) THEN 0 END AS targets_reported, CASE WHEN bool_or(a.is_reported) THEN 0 END AS targets_reached,
         sum(cardinality(a.media_coverage)) AS media_items
    FROM work a
   GROUP BY a.organization_kind, a.starts_on, a.modules
  UNION ALL
  SELECT c.organization_kind, c.starts_on, c.modules, NULL, NULL, NULL, NULL, NULL, c.onsite, c.online,
         CASE WHEN c.is_expected THEN c.onsite + c.online END, NULL, NULL, NULL, NULL, NULL
    FROM crowd c
  UNION ALL
  SELECT g.organization_kind, g.starts_on, g.modules, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULLIF(g.reported, 0), NULLIF(g.reached, 0), NULL
    FROM goal g
   WHERE NOT g.is_named
), sums AS MATERIALIZED (
  SELECT d.dimension, k.key, (
           sum(s.planned), sum(s.cancelled), sum(s.reported), sum(s.in_review), sum(s.expected), sum(s.onsite), sum(s.online),
           sum(s.attendance_actual), sum(s.attendance_expected), sum(s.targets), sum(s.targets_reported), sum(s.targets_reached),
           sum(s.media_items))::outcome_sums AS outcome
    FROM (SELECT s.organization_kind, p.ordinal AS phase, s.modules, sum(s.planned) AS planned, sum(s.cancelled) AS cancelled, sum(s.reported) AS reported,
                 sum(s.in_review) AS in_review, sum(s.expected) AS expected, sum(s.onsite) AS onsite, sum(s.online) AS online,
                 sum(s.attendance_actual) AS attendance_actual, sum(s.attendance_expected) AS attendance_expected, sum(s.targets) AS targets,
                 sum(s.targets_reported) AS targets_reported, sum(s.targets_reached) AS targets_reached, sum(s.media_items) AS media_items
            FROM part s
            LEFT JOIN phase p ON p.campaign_code = :campaign_code AND s.starts_on BETWEEN p.starts_on AND p.ends_on
           GROUP BY s.organization_kind, p.ordinal, s.modules) s
   CROSS JOIN LATERAL (VALUES
     ('total', '{""}'), ('several_modules', CASE WHEN cardinality(s.modules) > 1 THEN '{""}' ELSE '{}' END::text[]),
     ('module', keys_in_dimension('module', NULL, s.modules, NULL, NULL, NULL, NULL)),
     ('phase', keys_in_dimension('phase', s.phase, NULL, NULL, NULL, NULL, NULL)),
     ('organization_kind', ARRAY[s.organization_kind])) d (dimension, keys)
   CROSS JOIN LATERAL unnest(d.keys) k (key)
   GROUP BY d.dimension, k.key
), owed AS MATERIALIZED (
  SELECT coalesce(t.organization_kind, '') AS key, sum(t.number) AS reports
    FROM asked q
   CROSS JOIN LATERAL compliance_tally(:campaign_code, q.within, '{summary_report}', NULL, compliance_recipients(:campaign_code, q.within)) t
   WHERE t.verdict IN ('pending', 'overdue')
   GROUP BY ROLLUP (t.organization_kind)
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
  SELECT coalesce(c.audience, 'none') AS key, sum(c.onsite) AS onsite, sum(c.online) AS online
    FROM crowd c
   GROUP BY 1
), target AS MATERIALIZED (
  SELECT g.name, g.unit, g.activities, g.planned, g.reported, g.planned_of_reported, g.actual,
         CASE WHEN g.reported > 0 THEN g.reached END AS reached, row_number() OVER (ORDER BY g.number DESC, g.name, g.unit) AS ordinal
    FROM goal g
   WHERE g.is_named
), medium AS MATERIALIZED (
  SELECT m.medium, count(*) AS items, row_number() OVER (ORDER BY count(*) DESC, m.medium) AS ordinal
    FROM work a
   CROSS JOIN LATERAL unnest(a.media_coverage) m
   WHERE cardinality(a.media_coverage) > 0
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
