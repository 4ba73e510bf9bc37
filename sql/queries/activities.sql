-- name: list_activities
SELECT a.summary, a.starts_on_or_last, a.starts_on_or_first, a.created_at, a.id
  FROM activity_summary a
 WHERE a.campaign_code = :campaign_code
   AND a.status = ANY (:status)                                             --? status
   AND a.kind = ANY (:kind)                                                 --? kind
   AND a.execution = ANY (:execution)                                       --? execution
   AND a.organization_id = :organization_id                                 --? organization_id
   AND a.organization_id IN (SELECT o.id FROM organization o WHERE o.ancestors @> ARRAY[:within]::uuid[]) --? within
   AND a.organization_kind = ANY (:organization_kind)                       --? organization_kind
   AND a.city_id IS NOT DISTINCT FROM NULLIF(:city, 'none')::uuid           --? city
   AND a.is_correction_overdue = :correction_overdue                        --? correction_overdue
   AND CASE :module WHEN 'none' THEN a.modules = '{}' ELSE :module = ANY (a.modules) END         --? module
   AND CASE :audience WHEN 'none' THEN a.audiences = '{}' ELSE :audience = ANY (a.audiences) END --? audience
   -- A phase is a range; in none is what no range has.
   AND a.starts_on_or_last >= (SELECT CASE :phase WHEN 'none' THEN '-infinity' ELSE min(p.starts_on) END FROM phase p WHERE p.campaign_code = :campaign_code AND p.ordinal::text = :phase) --? phase
   AND a.starts_on_or_last <= (SELECT CASE :phase WHEN 'none' THEN 'infinity' ELSE max(p.ends_on) END FROM phase p WHERE p.campaign_code = :campaign_code AND p.ordinal::text = :phase)    --? phase
   AND NOT EXISTS (SELECT FROM phase p WHERE p.campaign_code = a.campaign_code AND a.starts_on_or_last BETWEEN p.starts_on AND p.ends_on) --? phase=none
   AND a.starts_on_or_last >= :starts_on_gte AND a.starts_on_or_first >= :starts_on_gte --? starts_on_gte
   AND a.starts_on_or_last <= :starts_on_lte AND a.starts_on_or_first <= :starts_on_lte --? starts_on_lte
   AND a.id = ANY ((SELECT activities_matching(:campaign_code, :q))::uuid[]) --? q, count
   -- The page's, and of a search what it is counted by (sql/logic/activities.sql).
   AND a.id = ANY ((SELECT activities_by_start(:campaign_code, :after_starts_on_or_last, :after_id, :limit, :within, :organization_id, :city, :organization_kind, :kind, :status, :execution, :correction_overdue, :module, :audience, :phase, :starts_on_gte, :starts_on_lte, :q))::uuid[])             --? sort=starts_on
   AND a.id = ANY ((SELECT activities_by_start_backwards(:campaign_code, :after_starts_on_or_first, :after_id, :limit, :within, :organization_id, :city, :organization_kind, :kind, :status, :execution, :correction_overdue, :module, :audience, :phase, :starts_on_gte, :starts_on_lte, :q))::uuid[])  --? sort=-starts_on
   AND a.id = ANY ((SELECT activities_by_creation(:campaign_code, :after_created_at, :after_id, :limit, :within, :organization_id, :city, :organization_kind, :kind, :status, :execution, :correction_overdue, :module, :audience, :phase, :starts_on_gte, :starts_on_lte, :q))::uuid[])                 --? sort=created_at
   AND a.id = ANY ((SELECT activities_by_creation_backwards(:campaign_code, :after_created_at, :after_id, :limit, :within, :organization_id, :city, :organization_kind, :kind, :status, :execution, :correction_overdue, :module, :audience, :phase, :starts_on_gte, :starts_on_lte, :q))::uuid[])       --? sort=-created_at
   AND (a.starts_on_or_last, a.id) > (:after_starts_on_or_last, :after_id)   --? after, sort=starts_on
   AND (a.starts_on_or_first, a.id) < (:after_starts_on_or_first, :after_id) --? after, sort=-starts_on
   AND (a.created_at, a.id) > (:after_created_at, :after_id)                --? after, sort=created_at
   AND (a.created_at, a.id) < (:after_created_at, :after_id)                --? after, sort=-created_at
 ORDER BY a.starts_on_or_last, a.id                                         --? sort=starts_on
 ORDER BY a.starts_on_or_first DESC, a.id DESC                              --? sort=-starts_on
 ORDER BY a.created_at, a.id                                                --? sort=created_at
 ORDER BY a.created_at DESC, a.id DESC                                      --? sort=-created_at
 LIMIT :limit

-- handler: create_activity
-- binds: draft_limit
INSERT INTO activity (id, campaign_code, organization_id, kind, ordinal, host_name, title, modules, module_other, organizer_name,
                      starts_on, ends_on, time_note, location, is_online, online_url, audiences, audience_other,
                      expected_participants, scale_note, contact, mailing_address, proposal, targets, responsible_ids, partner_ids,
                      entered_by)
SELECT :new_id, :campaign_code, n.organization_id, n.kind, n.ordinal, n.host_name, n.title, coalesce(n.modules, '{}'), n.module_other,
       n.organizer_name, n.starts_on, n.ends_on, n.time_note, n.location, coalesce(n.is_online, false), n.online_url,
       coalesce(n.audiences, '{}'), n.audience_other, n.expected_participants, n.scale_note, n.contact, n.mailing_address, n.proposal,
       coalesce(n.targets, '{}'), coalesce(n.responsible_ids, '{}'), coalesce(n.partner_ids, '{}'), CASE WHEN :on_behalf THEN :caller::uuid END
  FROM jsonb_populate_record(NULL::activity, :body) n
 WHERE check_creation(:campaign_code, n.organization_id, n.kind, :on_behalf)
   AND check_drafts(:campaign_code, n.organization_id, :draft_limit)
RETURNING id

-- By its author, who takes over what was begun on their behalf, or by who enters it for them.
-- name: patch_activity
UPDATE activity a
   SET (ordinal, host_name, title, modules, module_other, organizer_name, starts_on, ends_on, time_note, location, is_online, online_url,
        audiences, audience_other, expected_participants, scale_note, contact, mailing_address, proposal, targets, responsible_ids,
        partner_ids, entered_by)
     = (SELECT n.ordinal, n.host_name, n.title, coalesce(n.modules, '{}'), n.module_other, n.organizer_name, n.starts_on, n.ends_on,
               n.time_note, n.location, coalesce(n.is_online, false), n.online_url, coalesce(n.audiences, '{}'), n.audience_other,
               n.expected_participants, n.scale_note, n.contact, n.mailing_address, n.proposal, coalesce(n.targets, '{}'),
               coalesce(n.responsible_ids, '{}'), coalesce(n.partner_ids, '{}'),
               CASE WHEN NOT author_role(a.kind) = ANY (roles_at(a.ancestors)) THEN a.entered_by END
          FROM jsonb_populate_record(a, :patch) n)
  FROM campaign c
 WHERE a.id = :activity_id AND a.version = :version
   AND is_editable(a.status)
   AND c.code = a.campaign_code AND c.status = ANY (author_campaign_statuses(a.kind))
   AND (author_role(a.kind) = ANY (roles_at(a.ancestors)) OR may_enter(a.status, a.entered_by, a.ancestors))
RETURNING a.id

-- name: nominate_activity
WITH changed AS (
  UPDATE activity a
     SET status = t.to_status, nomination_rank = :rank, nomination_reason = :reason
    FROM transition t, campaign c
   WHERE a.id = :activity_id AND a.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('activity', a.kind, 'nominate', a.status)
     AND t.role = ANY (roles_at(a.ancestors))
     AND c.code = a.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING a.id, t.from_status, t.to_status
)
INSERT INTO review (subject_id, action, from_status, to_status, rank, reason, by_user)
SELECT id, 'nominate', from_status, to_status, :rank, :reason, :caller FROM changed
RETURNING subject_id

-- name: retract_activity
WITH changed AS (
  UPDATE activity a
     SET status = t.to_status, nomination_rank = NULL, nomination_reason = NULL
    FROM transition t, campaign c
   WHERE a.id = :activity_id AND a.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('activity', a.kind, 'retract', a.status)
     AND t.role = ANY (roles_at(a.ancestors))
     AND c.code = a.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING a.id, t.from_status, t.to_status
)
INSERT INTO review (subject_id, action, from_status, to_status, comment, by_user)
SELECT id, 'retract', from_status, to_status, :comment, :caller FROM changed
RETURNING subject_id

-- name: publish_activity, unpublish_activity
WITH changed AS (
  UPDATE activity a
     SET status = t.to_status
    FROM transition t, campaign c
   WHERE a.id = :activity_id AND a.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('activity', a.kind, :action, a.status)
     AND t.role = ANY (roles_at(a.ancestors))
     AND c.code = a.campaign_code AND c.status = ANY (t.campaign_statuses)
     AND NOT (t.to_status = 'published' AND EXISTS (SELECT FROM activity_findings(a) f WHERE f.is_error))
  RETURNING a.id, t.from_status, t.to_status
)
INSERT INTO review (subject_id, action, from_status, to_status, by_user)
SELECT id, :action, from_status, to_status, :caller FROM changed
RETURNING subject_id

-- helper: recount_texts
SELECT a.id, a.campaign_code, o.code AS organization_code, a.kind, 'search_text' AS differences
       , word_activity(a)  --? repair
  FROM activity a
  JOIN organization o ON o.id = a.organization_id
  LEFT JOIN activity_text t ON t.activity_id = a.id
 WHERE a.id > :after_id AND (t.campaign_code, t.search_text) IS DISTINCT FROM (a.campaign_code, activity_search_text(a))
 ORDER BY a.id
 LIMIT 1000

-- helper: recount_listings
SELECT l.activity_id AS id, l.campaign_code, o.code AS organization_code, 'activity' AS kind, 'places and state' AS differences
       , relist_activities(ARRAY[l.activity_id])  --? repair
  FROM (
	SELECT d.activity_id, min(d.campaign_code) AS campaign_code, min(d.organization_id::text)::uuid AS organization_id
	  FROM ((TABLE activity_listed EXCEPT ALL TABLE activity_listing)
	        UNION ALL
	        (TABLE activity_listing EXCEPT ALL TABLE activity_listed)) d
	 WHERE d.activity_id > :after_id
	 GROUP BY d.activity_id) l
  JOIN organization o ON o.id = l.organization_id
 ORDER BY l.activity_id
 LIMIT 1000
