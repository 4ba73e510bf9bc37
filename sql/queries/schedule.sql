-- helper: campaign_of_calendar
SELECT c.title, c.time_zone FROM campaign c WHERE c.code = :campaign_code

-- Chosen first, and then looked at. What comes after the id is for the calendar (src/resources/schedule.c). A deadline at the end of its day is of that day;
-- as an instant it would stand on the next one.
-- handler: list_timeline
-- binds: locale
SELECT json_build_object(
           'uid', t.id || '@sciday', 'kind', t.kind, 'obligation_kind', t.obligation_kind, 'title', t.title,
           'starts_on', t.starts_on, 'ends_on', t.ends_on, 'at', instant(t.at), 'time_zone', c.time_zone, 'time_note', t.time_note,
           'phase', (SELECT p.ordinal FROM phase p WHERE p.campaign_code = t.campaign_code AND t.starts_on BETWEEN p.starts_on AND p.ends_on),
           'location', t.location, 'is_online', t.is_online, 'online_url', t.online_url,
           'organization', o.reference, 'status', t.status, 'execution', t.execution, 'execution_reason', t.execution_reason,
           'href', t.href, 'updated_at', instant(t.updated_at))::text AS summary,
       t.starts_on, t.id, t.kind, t.execution, t.location, t.online_url, t.version,
       to_char(t.starts_on, 'YYYYMMDD') AS first_day, to_char(t.ends_on, 'YYYYMMDD') AS last_day,
       CASE WHEN t.at <> due_instant(t.starts_on, c.time_zone) THEN to_char(t.at AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"') END AS at,
       to_char(t.updated_at AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"') AS updated_at,
       coalesce(t.status NOT IN ('accepted', 'nominated', 'published'), false) AS is_tentative,
       CASE :locale WHEN 'en' THEN k.en ELSE k.zh END AS category,
       CASE WHEN t.status IS NULL THEN CASE :locale WHEN 'en' THEN k.en ELSE k.zh END
            WHEN t.execution IN ('postponed', 'cancelled') THEN (
                SELECT CASE :locale WHEN 'en' THEN e.en ELSE e.zh END FROM label e WHERE e.vocabulary = 'execution' AND e.code = t.execution)
       END AS mark,
       CASE WHEN :locale = 'en' AND t.kind = 'deadline' THEN (
                SELECT d.en FROM label d WHERE d.vocabulary = 'obligation_kind' AND d.code = t.obligation_kind)
            ELSE t.title END AS title,
       NULLIF(concat_ws(E'\n', coalesce(t.host_name, NULLIF(c.title, t.title)), t.time_note, t.execution_reason), '') AS note
  FROM (
    SELECT e.*
      FROM timeline_entry e
     WHERE e.campaign_code = :campaign_code AND e.starts_on IS NOT NULL
       AND e.kind = ANY (:kind)                          --? kind
       AND e.organization_id = :organization_id          --? organization_id
       AND e.organization_id IN (SELECT o.id FROM organization o WHERE o.ancestors @> ARRAY[:within]::uuid[]) --? within
       AND e.starts_on >= (SELECT p.starts_on FROM phase p WHERE p.campaign_code = :campaign_code AND p.ordinal = :phase) --? phase
       AND e.starts_on <= (SELECT p.ends_on FROM phase p WHERE p.campaign_code = :campaign_code AND p.ordinal = :phase)   --? phase
       AND e.starts_on >= :starts_on_gte                 --? starts_on_gte
       AND e.starts_on <= :starts_on_lte                 --? starts_on_lte
       AND (SELECT check_days(:starts_on_gte, :starts_on_lte)) --? starts_on_gte, starts_on_lte
       AND (e.starts_on, e.id) > (:after_starts_on, :after_id) --? after
     ORDER BY e.starts_on, e.id LIMIT :limit
    ) t
  JOIN organization o ON o.id = t.organization_id
  JOIN campaign c ON c.code = t.campaign_code
  JOIN label k ON k.vocabulary = 'timeline_kind' AND k.code = t.kind
 ORDER BY t.starts_on, t.id
 LIMIT :limit

-- handler: list_roster
WITH subtree AS MATERIALIZED (SELECT report_subtree(:campaign_code, :within) AS id)
SELECT r.summary, r.rank, r.id
  FROM roster_row r
 WHERE r.campaign_code = :campaign_code
   AND (SELECT s.id FROM subtree s) = ANY (r.ancestors) AND EXISTS (SELECT FROM subtree)
   AND (r.is_current OR r.forwarding_id = :forwarding_id)
   AND r.forwarding_id = :forwarding_id              --? forwarding_id
   AND r.status = ANY (:status)                      --? status
   AND r.modules ? :module                           --? module
   AND r.starts_on >= (SELECT p.starts_on FROM phase p WHERE p.campaign_code = :campaign_code AND p.ordinal = :phase) --? phase
   AND r.starts_on <= (SELECT p.ends_on FROM phase p WHERE p.campaign_code = :campaign_code AND p.ordinal = :phase)   --? phase
   AND (r.rank, r.id) > (:after_rank, :after_id)     --? after
 ORDER BY r.rank, r.id
 LIMIT :limit

-- helper: roster_modules
SELECT m.code, m.name FROM module m WHERE m.campaign_code = :campaign_code ORDER BY m.ordinal

-- handler: list_deadlines
WITH owing AS MATERIALIZED (SELECT report_organization(:campaign_code, :organization_id) AS id)
SELECT d.summary, d.due_at, d.id
  FROM deadline_summary d
 WHERE d.campaign_code = :campaign_code
   AND d.organization_id = (SELECT o.id FROM owing o) AND EXISTS (SELECT FROM owing)
   AND d.kind = ANY (:kind)                          --? kind
   AND NOT d.is_done                                 --? include_done=false
   AND (d.due_at, d.id) > (:after_due_at, :after_id) --? after
 ORDER BY d.due_at, d.id
 LIMIT :limit

-- handler: list_my_deadlines
SELECT d.summary, d.due_at, d.id
  FROM deadline_summary d
 WHERE d.organization_id = ANY ((SELECT caller_scope('submitter'))::uuid[]) AND d.campaign_status = 'open'
   AND d.kind = ANY (:kind)                          --? kind
   AND NOT d.is_done                                 --? include_done=false
   AND (d.due_at, d.id) > (:after_due_at, :after_id) --? after
 ORDER BY d.due_at, d.id
 LIMIT :limit
