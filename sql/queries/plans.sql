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

-- name: get_plan
SELECT body, version FROM plan_body WHERE id = :plan_id

-- name: create_plan
INSERT INTO plan (id, campaign_code, organization_id, title, text, entered_by)
SELECT :new_id, :campaign_code, :organization_id, :title, :text, CASE WHEN :on_behalf THEN :caller::uuid END
 WHERE may_create(:campaign_code, :organization_id, 'plan', :on_behalf)
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

-- name: delete_plan
DELETE FROM plan p
 USING campaign c
 WHERE p.id = :plan_id AND p.version = :version
   AND p.status = 'draft' AND p.submission_count = 0
   AND c.code = p.campaign_code AND c.status = ANY (author_campaign_statuses('plan'))
   AND (author_role('plan') = ANY (roles_at(p.ancestors)) OR may_enter(p.status, p.entered_by, p.ancestors))
RETURNING p.id

-- name: submit_plan
WITH changed AS (
  UPDATE plan p
     SET status = t.to_status, submission_count = p.submission_count + 1, submitted_at = now()
    FROM transition t, campaign c
   WHERE p.id = :plan_id AND p.version = :version
     AND (t.resource, t.action, t.from_status) = ('plan', 'submit', p.status)
     AND t.role = ANY (roles_at(p.ancestors))
     AND c.code = p.campaign_code AND c.status = ANY (t.campaign_statuses)
     AND EXISTS (SELECT FROM recipient r WHERE (r.campaign_code, r.organization_id) = (p.campaign_code, p.organization_id))
     AND NOT is_refused_as_late(c, (SELECT d.due_at FROM plan_due d WHERE d.id = p.id))
     AND NOT EXISTS (SELECT FROM plan_findings(p) f WHERE f.is_error)
  RETURNING p.id, p.submission_count, p.correction_due_at, plan_content(p) AS content, t.from_status, t.to_status
), submitted AS (
  INSERT INTO submission (plan_id, number, submitted_by, correction_due_at, content)
  SELECT id, submission_count, :caller, correction_due_at, content FROM changed
  RETURNING id, plan_id
)
INSERT INTO review (plan_id, submission_id, action, from_status, to_status, by_user)
SELECT changed.id, submitted.id, 'submit', from_status, to_status, :caller
  FROM changed JOIN submitted ON submitted.plan_id = changed.id
RETURNING plan_id

-- name: submit_on_behalf_plan
WITH changed AS (
  UPDATE plan p
     SET status = t.to_status, submission_count = p.submission_count + 1,
         submitted_at = handed_in_at(c, (SELECT d.due_at FROM plan_due d WHERE d.id = p.id), :received_on)
    FROM transition t, campaign c
   WHERE p.id = :plan_id AND p.version = :version
     AND (t.resource, t.action, t.from_status) = ('plan', 'submit_on_behalf', p.status)
     AND t.role = ANY (roles_at(p.ancestors)) AND is_enterable(p.status, p.entered_by)
     AND c.code = p.campaign_code AND c.status = ANY (t.campaign_statuses)
     AND EXISTS (SELECT FROM recipient r WHERE (r.campaign_code, r.organization_id) = (p.campaign_code, p.organization_id))
     AND NOT EXISTS (SELECT FROM plan_findings(p) f WHERE f.is_error)
  RETURNING p.id, p.submission_count, p.submitted_at, p.correction_due_at, plan_content(p) AS content, t.from_status, t.to_status
), submitted AS (
  INSERT INTO submission (plan_id, number, submitted_by, submitted_at, received_on, entered_at, correction_due_at, content)
  SELECT id, submission_count, :caller, submitted_at, :received_on, now(), correction_due_at, content FROM changed
  RETURNING id, plan_id
)
INSERT INTO review (plan_id, submission_id, action, from_status, to_status, by_user)
SELECT changed.id, submitted.id, 'submit_on_behalf', from_status, to_status, :caller
  FROM changed JOIN submitted ON submitted.plan_id = changed.id
RETURNING plan_id

-- name: withdraw_plan, start_review_plan
WITH changed AS (
  UPDATE plan p
     SET status = t.to_status, submitted_at = CASE WHEN t.to_status <> 'draft' THEN p.submitted_at END
    FROM transition t, campaign c
   WHERE p.id = :plan_id AND p.version = :version
     AND (t.resource, t.action, t.from_status) = ('plan', :action, p.status)
     AND t.role = ANY (roles_at(p.ancestors))
     AND c.code = p.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING p.id, t.from_status, t.to_status
)
INSERT INTO review (plan_id, action, from_status, to_status, by_user)
SELECT id, :action, from_status, to_status, :caller FROM changed
RETURNING plan_id

-- name: return_plan
WITH changed AS (
  UPDATE plan p
     SET status = t.to_status, correction_due_at = :correction_due_at
    FROM transition t, campaign c
   WHERE p.id = :plan_id AND p.version = :version
     AND (t.resource, t.action, t.from_status) = ('plan', 'return', p.status)
     AND t.role = ANY (roles_at(p.ancestors))
     AND c.code = p.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING p.id, t.from_status, t.to_status
)
INSERT INTO review (plan_id, action, from_status, to_status, comment, field_comments, correction_due_at, by_user)
SELECT id, 'return', from_status, to_status, :comment, coalesce(:field_comments::jsonb, '[]'), :correction_due_at, :caller FROM changed
RETURNING plan_id

-- name: accept_plan
WITH changed AS (
  UPDATE plan p
     SET status = t.to_status, correction_due_at = NULL
    FROM transition t, campaign c
   WHERE p.id = :plan_id AND p.version = :version
     AND (t.resource, t.action, t.from_status) = ('plan', 'accept', p.status)
     AND t.role = ANY (roles_at(p.ancestors))
     AND c.code = p.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING p.id, t.from_status, t.to_status
)
INSERT INTO review (plan_id, action, from_status, to_status, comment, by_user)
SELECT id, 'accept', from_status, to_status, :comment, :caller FROM changed
RETURNING plan_id

-- Whose draft it is, and what submitting it would find; a row without a code finds nothing.
-- helper: findings_of_plan
SELECT p.is_allowed, f.pointer, f.code, f.params, f.is_error
  FROM (SELECT plan AS of_plan, cardinality(roles_at(plan.ancestors)) > 0 AS is_allowed FROM plan WHERE plan.id = :plan_id) p
  LEFT JOIN LATERAL plan_findings(p.of_plan) f ON p.is_allowed

-- In the contract's order: another version, the state, the campaign, the deadline, the role, the content.
-- helper: refuse_plan
SELECT r.code, refusal_params(r.code, p.status, c.status, ARRAY(SELECT n.action FROM plan_action n WHERE n.plan_id = p.id ORDER BY n.ordinal),
                              due_date(d.due_at, c.time_zone), e.errors) AS params
  FROM plan p
  JOIN campaign c ON c.code = p.campaign_code
  JOIN plan_due d ON d.id = p.id
  LEFT JOIN transition t ON (t.resource, t.action, t.from_status) = ('plan', :action, p.status)
  LEFT JOIN LATERAL (
   SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'params', f.params))) AS errors
     FROM plan_findings(p) f
    WHERE f.is_error) e ON :action IN ('submit', 'submit_on_behalf')
 CROSS JOIN LATERAL (
   SELECT CASE
     WHEN p.version <> :version THEN 'version_mismatch'
     WHEN :action IN ('patch', 'delete') AND NOT is_editable(p.status) THEN 'not_editable'
     WHEN :action = 'delete' AND (p.status <> 'draft' OR p.submission_count > 0) THEN 'in_use'
     WHEN :action NOT IN ('patch', 'delete') AND t.action IS NULL THEN 'transition_not_allowed'
     WHEN :action = 'submit_on_behalf' AND NOT is_enterable(p.status, p.entered_by) THEN 'transition_not_allowed'
     WHEN NOT c.status = ANY (coalesce(t.campaign_statuses, author_campaign_statuses('plan'))) THEN
       CASE c.status WHEN 'closed' THEN 'campaign_closed' ELSE 'campaign_not_open' END
     WHEN :action = 'submit' AND is_refused_as_late(c, d.due_at) THEN 'deadline_passed'
     WHEN :action IN ('submit', 'submit_on_behalf') AND NOT EXISTS (
       SELECT FROM recipient r WHERE (r.campaign_code, r.organization_id) = (p.campaign_code, p.organization_id)) THEN 'not_a_recipient'
     WHEN NOT coalesce(t.role, author_role('plan')) = ANY (roles_at(p.ancestors))
          AND NOT (t.role IS NULL AND may_enter(p.status, p.entered_by, p.ancestors)) THEN 'role_not_held_here'
     WHEN e.errors IS NOT NULL THEN 'form_incomplete'
   END AS code) r
 WHERE p.id = :plan_id
