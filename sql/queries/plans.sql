-- name: list_plans
SELECT p.summary, p.created_at, p.id
  FROM plan_summary p
 WHERE p.campaign_code = :campaign_code
   AND p.status = ANY (:status)                                             --? status
   AND p.organization_id = ANY (:own_organizations)                         --? own_organizations
   AND p.organization_id = :organization_id                                 --? organization_id
   AND p.organization_kind = ANY (:organization_kind)                       --? organization_kind
   AND p.is_correction_overdue = :correction_overdue                        --? correction_overdue
   AND p.organization_id IN (SELECT o.id FROM organization o WHERE o.ancestors @> ARRAY[:within]::uuid[]) --? within
   AND (p.created_at, p.id) > (:after_created_at, :after_id)                --? after, sort=created_at
   AND (p.created_at, p.id) < (:after_created_at, :after_id)                --? after, sort=-created_at
 ORDER BY p.created_at, p.id                                                --? sort=created_at
 ORDER BY p.created_at DESC, p.id DESC                                      --? sort=-created_at
 LIMIT :limit

-- name: create_plan
INSERT INTO plan (id, campaign_code, organization_id, title, text, entered_by)
SELECT :new_id, :campaign_code, :organization_id, :title, :text, CASE WHEN :on_behalf THEN :caller::uuid END
 WHERE check_creation(:campaign_code, :organization_id, 'plan', :on_behalf)
RETURNING id

-- By its author, who takes over what was begun on their behalf, or by who enters it for them.
-- name: patch_plan
UPDATE plan p
   SET (title, text, entered_by)
     = (SELECT n.title, n.text, CASE WHEN NOT author_role('plan') = ANY (roles_at(p.ancestors)) THEN p.entered_by END
          FROM jsonb_populate_record(p, :patch) n)
  FROM campaign c
 WHERE p.id = :plan_id AND p.version = :version
   AND is_editable(p.status)
   AND c.code = p.campaign_code AND c.status = ANY (author_campaign_statuses('plan'))
   AND (author_role('plan') = ANY (roles_at(p.ancestors)) OR may_enter(p.status, p.entered_by, p.ancestors))
RETURNING p.id
