-- name: list_summary_reports
SELECT r.summary, r.created_at, r.id
  FROM summary_report_summary r
 WHERE r.campaign_code = :campaign_code
   AND r.status = ANY (:status)                                             --? status
   AND r.kind = ANY (:kind)                                                 --? kind
   AND r.organization_id = :organization_id                                 --? organization_id
   AND r.organization_kind = ANY (:organization_kind)                       --? organization_kind
   AND r.is_correction_overdue = :correction_overdue                        --? correction_overdue
   AND r.organization_id IN (SELECT o.id FROM organization o WHERE o.ancestors @> ARRAY[:within]::uuid[]) --? within
   AND CASE :module WHEN 'none' THEN r.modules = '{}' ELSE :module = ANY (r.modules) END --? module
   AND :phase = coalesce((SELECT p.ordinal::text FROM phase p WHERE p.campaign_code = :campaign_code AND r.planned_on BETWEEN p.starts_on AND p.ends_on), 'none') --? phase
   AND (r.created_at, r.id) > (:after_created_at, :after_id)                --? after, sort=created_at
   AND (r.created_at, r.id) < (:after_created_at, :after_id)                --? after, sort=-created_at
 ORDER BY r.created_at, r.id                                                --? sort=created_at
 ORDER BY r.created_at DESC, r.id DESC                                      --? sort=-created_at
 LIMIT :limit

-- name: create_summary_report
INSERT INTO summary_report (id, activity_id, starts_on, ends_on, time_note, location, is_online, online_url, participants, target_actuals,
                            outcomes, media_coverage, entered_by)
SELECT :new_id, :activity_id, n.starts_on, n.ends_on, n.time_note, n.location, coalesce(n.is_online, false), n.online_url,
       coalesce(n.participants, '{}'), coalesce(n.target_actuals, '{}'), n.outcomes, coalesce(n.media_coverage, '{}'),
       CASE WHEN :on_behalf THEN :caller::uuid END
  FROM jsonb_populate_record(NULL::summary_report, :body) n
 WHERE check_reporting(:activity_id, :on_behalf)
RETURNING id

-- By its author, who takes over what was begun on their behalf, or by who enters it for them.
-- name: patch_summary_report
UPDATE summary_report r
   SET (starts_on, ends_on, time_note, location, is_online, online_url, participants, target_actuals, outcomes, media_coverage, entered_by)
     = (SELECT n.starts_on, n.ends_on, n.time_note, n.location, coalesce(n.is_online, false), n.online_url,
               coalesce(n.participants, '{}'), coalesce(n.target_actuals, '{}'), n.outcomes, coalesce(n.media_coverage, '{}'),
               CASE WHEN NOT author_role(r.kind) = ANY (roles_at(r.ancestors)) THEN r.entered_by END
          FROM jsonb_populate_record(r, :patch) n)
  FROM campaign c
 WHERE r.id = :summary_report_id AND r.version = :version
   AND is_editable(r.status)
   AND c.code = r.campaign_code AND c.status = ANY (author_campaign_statuses('summary_report'))
   AND (author_role(r.kind) = ANY (roles_at(r.ancestors)) OR may_enter(r.status, r.entered_by, r.ancestors))
RETURNING r.id
