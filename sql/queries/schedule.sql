-- helper: campaign_of_calendar
SELECT c.title, c.time_zone FROM campaign c WHERE c.code = :campaign_code

-- What comes after the id is for the calendar (src/resources/schedule.c). A deadline at the end of its day is of that day;
-- as an instant it would stand on the next one.
-- handler: list_timeline
-- binds: locale
SELECT t.summary, t.starts_on, t.id, t.kind, t.execution, t.location, t.online_url, t.version,
       to_char(t.starts_on, 'YYYYMMDD') AS first_day, to_char(t.ends_on, 'YYYYMMDD') AS last_day,
       CASE WHEN t.at <> due_instant(t.starts_on, t.time_zone) THEN to_char(t.at AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"') END AS at,
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
       NULLIF(concat_ws(E'\n', coalesce(t.host_name, NULLIF(t.campaign_title, t.title)), t.time_note, t.execution_reason), '') AS note
  FROM timeline_summary t
  JOIN label k ON k.vocabulary = 'timeline_kind' AND k.code = t.kind
 WHERE t.campaign_code = :campaign_code AND t.starts_on IS NOT NULL
   AND t.kind = ANY (:kind)                          --? kind
   AND t.organization_id = :organization_id          --? organization_id
   AND t.organization_id IN (SELECT o.id FROM organization o WHERE o.ancestors @> ARRAY[:within]::uuid[]) --? within
   AND t.starts_on >= (SELECT p.starts_on FROM phase p WHERE p.campaign_code = :campaign_code AND p.ordinal = :phase) --? phase
   AND t.starts_on <= (SELECT p.ends_on FROM phase p WHERE p.campaign_code = :campaign_code AND p.ordinal = :phase)   --? phase
   AND t.starts_on >= :starts_on_gte                 --? starts_on_gte
   AND t.starts_on <= :starts_on_lte                 --? starts_on_lte
   AND (SELECT check_days(:starts_on_gte, :starts_on_lte)) --? starts_on_gte, starts_on_lte
   AND (t.starts_on, t.id) > (:after_starts_on, :after_id) --? after
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
