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
   -- A phase is a range of the index; in none is what no range has.
   AND a.starts_on_or_last >= (SELECT CASE :phase WHEN 'none' THEN '-infinity' ELSE min(p.starts_on) END FROM phase p WHERE p.campaign_code = :campaign_code AND p.ordinal::text = :phase) --? phase
   AND a.starts_on_or_last <= (SELECT CASE :phase WHEN 'none' THEN 'infinity' ELSE max(p.ends_on) END FROM phase p WHERE p.campaign_code = :campaign_code AND p.ordinal::text = :phase)    --? phase
   AND NOT EXISTS (SELECT FROM phase p WHERE p.campaign_code = a.campaign_code AND a.starts_on_or_last BETWEEN p.starts_on AND p.ends_on) --? phase=none
   AND a.starts_on_or_last >= :starts_on_gte AND a.starts_on_or_first >= :starts_on_gte --? starts_on_gte
   AND a.starts_on_or_last <= :starts_on_lte AND a.starts_on_or_first <= :starts_on_lte --? starts_on_lte
   AND a.id = ANY ((SELECT activities_matching(:campaign_code, :q))::uuid[]) --? q
   AND (a.starts_on_or_last, a.id) > (:after_starts_on_or_last, :after_id)   --? after, sort=starts_on
   AND (a.starts_on_or_first, a.id) < (:after_starts_on_or_first, :after_id) --? after, sort=-starts_on
   AND (a.created_at, a.id) > (:after_created_at, :after_id)                --? after, sort=created_at
   AND (a.created_at, a.id) < (:after_created_at, :after_id)                --? after, sort=-created_at
 ORDER BY a.starts_on_or_last, a.id                                         --? sort=starts_on
 ORDER BY a.starts_on_or_first DESC, a.id DESC                              --? sort=-starts_on
 ORDER BY a.created_at, a.id                                                --? sort=created_at
 ORDER BY a.created_at DESC, a.id DESC                                      --? sort=-created_at
 LIMIT :limit

-- name: get_activity
SELECT body, version FROM activity_body WHERE id = :activity_id

-- name: create_activity
INSERT INTO activity (id, campaign_code, organization_id, kind, ordinal, host_name, title, modules, module_other, organizer_name,
                      starts_on, ends_on, time_note, location, is_online, online_url, audiences, audience_other,
                      expected_participants, scale_note, contact, mailing_address, proposal, targets, responsible_ids, partner_ids,
                      entered_by)
SELECT :new_id, :campaign_code, n.organization_id, n.kind, n.ordinal, n.host_name, n.title, coalesce(n.modules, '{}'), n.module_other,
       n.organizer_name, n.starts_on, n.ends_on, n.time_note, n.location, coalesce(n.is_online, false), n.online_url,
       coalesce(n.audiences, '{}'), n.audience_other, n.expected_participants, n.scale_note, n.contact, n.mailing_address, n.proposal,
       coalesce(n.targets, '{}'), coalesce(n.responsible_ids, '{}'), coalesce(n.partner_ids, '{}'), CASE WHEN :on_behalf THEN :caller::uuid END
  FROM jsonb_populate_record(NULL::activity, :body) n
 WHERE may_create(:campaign_code, n.organization_id, n.kind, :on_behalf)
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

-- name: delete_activity
DELETE FROM activity a
 USING campaign c
 WHERE a.id = :activity_id AND a.version = :version
   AND a.status = 'draft' AND a.submission_count = 0
   AND c.code = a.campaign_code AND c.status = ANY (author_campaign_statuses(a.kind))
   AND (author_role(a.kind) = ANY (roles_at(a.ancestors)) OR may_enter(a.status, a.entered_by, a.ancestors))
RETURNING a.id

-- name: submit_activity
WITH changed AS (
  UPDATE activity a
     SET status = t.to_status, submission_count = a.submission_count + 1, submitted_at = now()
    FROM transition t, campaign c
   WHERE a.id = :activity_id AND a.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('activity', a.kind, 'submit', a.status)
     AND t.role = ANY (roles_at(a.ancestors))
     AND c.code = a.campaign_code AND c.status = ANY (t.campaign_statuses)
     AND EXISTS (SELECT FROM recipient r WHERE (r.campaign_code, r.organization_id) = (a.campaign_code, a.organization_id))
     AND NOT is_refused_as_late(c, (SELECT d.due_at FROM activity_due d WHERE d.id = a.id))
     AND NOT EXISTS (SELECT FROM activity_findings(a) f WHERE f.is_error)
  RETURNING a.id, a.submission_count, a.correction_due_at, activity_content(a) AS content, t.from_status, t.to_status
), submitted AS (
  INSERT INTO submission (activity_id, number, submitted_by, correction_due_at, content)
  SELECT id, submission_count, :caller, correction_due_at, content FROM changed
  RETURNING id, activity_id
)
INSERT INTO review (activity_id, submission_id, action, from_status, to_status, by_user)
SELECT changed.id, submitted.id, 'submit', from_status, to_status, :caller
  FROM changed JOIN submitted ON submitted.activity_id = changed.id
RETURNING activity_id

-- name: submit_on_behalf_activity
WITH changed AS (
  UPDATE activity a
     SET status = t.to_status, submission_count = a.submission_count + 1,
         submitted_at = handed_in_at(c, (SELECT d.due_at FROM activity_due d WHERE d.id = a.id), :received_on)
    FROM transition t, campaign c
   WHERE a.id = :activity_id AND a.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('activity', a.kind, 'submit_on_behalf', a.status)
     AND t.role = ANY (roles_at(a.ancestors)) AND is_enterable(a.status, a.entered_by)
     AND c.code = a.campaign_code AND c.status = ANY (t.campaign_statuses)
     AND EXISTS (SELECT FROM recipient r WHERE (r.campaign_code, r.organization_id) = (a.campaign_code, a.organization_id))
     AND NOT EXISTS (SELECT FROM activity_findings(a) f WHERE f.is_error)
  RETURNING a.id, a.submission_count, a.submitted_at, a.correction_due_at, activity_content(a) AS content, t.from_status, t.to_status
), submitted AS (
  INSERT INTO submission (activity_id, number, submitted_by, submitted_at, received_on, entered_at, correction_due_at, content)
  SELECT id, submission_count, :caller, submitted_at, :received_on, now(), correction_due_at, content FROM changed
  RETURNING id, activity_id
)
INSERT INTO review (activity_id, submission_id, action, from_status, to_status, by_user)
SELECT changed.id, submitted.id, 'submit_on_behalf', from_status, to_status, :caller
  FROM changed JOIN submitted ON submitted.activity_id = changed.id
RETURNING activity_id

-- name: withdraw_activity, start_review_activity
WITH changed AS (
  UPDATE activity a
     SET status = t.to_status, submitted_at = CASE WHEN t.to_status <> 'draft' THEN a.submitted_at END
    FROM transition t, campaign c
   WHERE a.id = :activity_id AND a.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('activity', a.kind, :action, a.status)
     AND t.role = ANY (roles_at(a.ancestors))
     AND c.code = a.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING a.id, t.from_status, t.to_status
)
INSERT INTO review (activity_id, action, from_status, to_status, by_user)
SELECT id, :action, from_status, to_status, :caller FROM changed
RETURNING activity_id

-- name: return_activity
WITH changed AS (
  UPDATE activity a
     SET status = t.to_status, correction_due_at = :correction_due_at
    FROM transition t, campaign c
   WHERE a.id = :activity_id AND a.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('activity', a.kind, 'return', a.status)
     AND t.role = ANY (roles_at(a.ancestors))
     AND c.code = a.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING a.id, t.from_status, t.to_status
)
INSERT INTO review (activity_id, action, from_status, to_status, comment, field_comments, correction_due_at, by_user)
SELECT id, 'return', from_status, to_status, :comment, coalesce(:field_comments::jsonb, '[]'), :correction_due_at, :caller FROM changed
RETURNING activity_id

-- name: accept_activity
WITH changed AS (
  UPDATE activity a
     SET status = t.to_status, correction_due_at = NULL
    FROM transition t, campaign c
   WHERE a.id = :activity_id AND a.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('activity', a.kind, 'accept', a.status)
     AND t.role = ANY (roles_at(a.ancestors))
     AND c.code = a.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING a.id, t.from_status, t.to_status
)
INSERT INTO review (activity_id, action, from_status, to_status, comment, by_user)
SELECT id, 'accept', from_status, to_status, :comment, :caller FROM changed
RETURNING activity_id

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
INSERT INTO review (activity_id, action, from_status, to_status, rank, reason, by_user)
SELECT id, 'nominate', from_status, to_status, :rank, :reason, :caller FROM changed
RETURNING activity_id

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
INSERT INTO review (activity_id, action, from_status, to_status, comment, by_user)
SELECT id, 'retract', from_status, to_status, :comment, :caller FROM changed
RETURNING activity_id

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
INSERT INTO review (activity_id, action, from_status, to_status, by_user)
SELECT id, :action, from_status, to_status, :caller FROM changed
RETURNING activity_id

-- Whose draft it is, and what submitting or publishing it would find; a row without a code finds nothing.
-- helper: findings_of_activity
SELECT a.is_allowed, f.pointer, f.code, f.params, f.is_error
  FROM (SELECT activity AS of_activity, cardinality(roles_at(activity.ancestors)) > 0 AS is_allowed
          FROM activity WHERE activity.id = :activity_id) a
  LEFT JOIN LATERAL activity_findings(a.of_activity) f ON a.is_allowed

-- In the contract's order: another version, the state, the campaign, the deadline, the role, the content.
-- helper: refuse_activity
SELECT r.code, refusal_params(r.code, a.status, c.status, ARRAY(SELECT n.action FROM activity_action n WHERE n.activity_id = a.id ORDER BY n.ordinal),
                              due_date(d.due_at, c.time_zone), e.errors) AS params
  FROM activity a
  JOIN campaign c ON c.code = a.campaign_code
  JOIN activity_due d ON d.id = a.id
  LEFT JOIN transition t ON (t.resource, t.kind, t.action, t.from_status) = ('activity', a.kind, :action, a.status)
  LEFT JOIN LATERAL (
   SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'params', f.params))) AS errors
     FROM activity_findings(a) f
    WHERE f.is_error) e ON :action IN ('submit', 'submit_on_behalf', 'publish')
 CROSS JOIN LATERAL (
   SELECT CASE
     WHEN a.version <> :version THEN 'version_mismatch'
     WHEN :action IN ('patch', 'delete') AND NOT is_editable(a.status) THEN 'not_editable'
     WHEN :action = 'delete' AND (a.status <> 'draft' OR a.submission_count > 0) THEN 'in_use'
     WHEN :action NOT IN ('patch', 'delete') AND t.action IS NULL THEN 'transition_not_allowed'
     WHEN :action = 'submit_on_behalf' AND NOT is_enterable(a.status, a.entered_by) THEN 'transition_not_allowed'
     WHEN NOT c.status = ANY (coalesce(t.campaign_statuses, author_campaign_statuses(a.kind))) THEN
       CASE c.status WHEN 'closed' THEN 'campaign_closed' ELSE 'campaign_not_open' END
     WHEN :action = 'submit' AND is_refused_as_late(c, d.due_at) THEN 'deadline_passed'
     WHEN :action IN ('submit', 'submit_on_behalf') AND NOT EXISTS (
       SELECT FROM recipient r WHERE (r.campaign_code, r.organization_id) = (a.campaign_code, a.organization_id)) THEN 'not_a_recipient'
     WHEN NOT coalesce(t.role, author_role(a.kind)) = ANY (roles_at(a.ancestors))
          AND NOT (t.role IS NULL AND may_enter(a.status, a.entered_by, a.ancestors)) THEN 'role_not_held_here'
     WHEN e.errors IS NOT NULL THEN 'form_incomplete'
   END AS code) r
 WHERE a.id = :activity_id
