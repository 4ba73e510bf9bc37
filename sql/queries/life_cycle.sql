-- The life cycle of whatever is submitted, once. {work} is its table; what its states and actions are, the rows of
-- transition say, and who may act is who has the action's role at the organization of the row.
-- for: plan, activity, summary_report

-- By its author, or by who enters it for them.
-- name: delete_{work}
DELETE FROM {work} w
 USING campaign c
 WHERE w.id = :{work}_id AND w.version = :version
   AND w.status = 'draft' AND w.submission_count = 0
   AND c.code = w.campaign_code
   AND c.status = ANY (author_campaign_statuses('{work}')) --= plan, summary_report
   AND c.status = ANY (author_campaign_statuses(w.kind))   --= activity
   AND (author_role('{work}') = ANY (roles_at(w.ancestors)) OR may_enter(w.status, w.entered_by, w.ancestors)) --= plan
   AND (author_role(w.kind) = ANY (roles_at(w.ancestors)) OR may_enter(w.status, w.entered_by, w.ancestors))   --= activity, summary_report
RETURNING w.id

-- What is submitted is frozen as it is now. (A summary report of the programme or of an event is accepted by it.)
-- name: submit_{work}
WITH changed AS (
  UPDATE {work} w
     SET status = t.to_status, submission_count = w.submission_count + 1, submitted_at = now()
    FROM transition t, campaign c
   WHERE w.id = :{work}_id AND w.version = :version
     AND (t.resource, t.action, t.from_status) = ('{work}', 'submit', w.status)
     AND t.kind = w.kind --= activity, summary_report
     AND t.role = ANY (roles_at(w.ancestors))
     AND c.code = w.campaign_code AND c.status = ANY (t.campaign_statuses)
     AND EXISTS (SELECT FROM recipient r WHERE (r.campaign_code, r.organization_id) = (w.campaign_code, w.organization_id)) --= plan, activity
     AND NOT is_refused_as_late(c, (SELECT d.due_at FROM {work}_due d WHERE d.id = w.id))
     AND NOT EXISTS (SELECT FROM {work}_findings(w) f WHERE f.is_error)
  RETURNING w.id, w.submission_count, w.correction_due_at, {work}_content(w) AS content, t.from_status, t.to_status
), submitted AS (
  INSERT INTO submission ({work}_id, number, submitted_by, correction_due_at, content)
  SELECT id, submission_count, :caller, correction_due_at, content FROM changed
  RETURNING id, {work}_id
)
INSERT INTO review ({work}_id, submission_id, action, from_status, to_status, by_user)
SELECT changed.id, submitted.id, 'submit', from_status, to_status, :caller
  FROM changed JOIN submitted ON submitted.{work}_id = changed.id
RETURNING {work}_id

-- What came on paper is judged by the day that it came.
-- name: submit_on_behalf_{work}
WITH changed AS (
  UPDATE {work} w
     SET status = t.to_status, submission_count = w.submission_count + 1,
         submitted_at = handed_in_at(c, (SELECT d.due_at FROM {work}_due d WHERE d.id = w.id), :received_on)
    FROM transition t, campaign c
   WHERE w.id = :{work}_id AND w.version = :version
     AND (t.resource, t.action, t.from_status) = ('{work}', 'submit_on_behalf', w.status)
     AND t.kind = w.kind --= activity, summary_report
     AND t.role = ANY (roles_at(w.ancestors)) AND is_enterable(w.status, w.entered_by)
     AND c.code = w.campaign_code AND c.status = ANY (t.campaign_statuses)
     AND EXISTS (SELECT FROM recipient r WHERE (r.campaign_code, r.organization_id) = (w.campaign_code, w.organization_id)) --= plan, activity
     AND NOT EXISTS (SELECT FROM {work}_findings(w) f WHERE f.is_error)
  RETURNING w.id, w.submission_count, w.submitted_at, w.correction_due_at, {work}_content(w) AS content, t.from_status, t.to_status
), submitted AS (
  INSERT INTO submission ({work}_id, number, submitted_by, submitted_at, received_on, entered_at, correction_due_at, content)
  SELECT id, submission_count, :caller, submitted_at, :received_on, now(), correction_due_at, content FROM changed
  RETURNING id, {work}_id
)
INSERT INTO review ({work}_id, submission_id, action, from_status, to_status, by_user)
SELECT changed.id, submitted.id, 'submit_on_behalf', from_status, to_status, :caller
  FROM changed JOIN submitted ON submitted.{work}_id = changed.id
RETURNING {work}_id

-- name: withdraw_{work}, start_review_{work}
WITH changed AS (
  UPDATE {work} w
     SET status = t.to_status, submitted_at = CASE WHEN t.to_status <> 'draft' THEN w.submitted_at END
    FROM transition t, campaign c
   WHERE w.id = :{work}_id AND w.version = :version
     AND (t.resource, t.action, t.from_status) = ('{work}', :action, w.status)
     AND t.kind = w.kind --= activity, summary_report
     AND t.role = ANY (roles_at(w.ancestors))
     AND c.code = w.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING w.id, t.from_status, t.to_status
)
INSERT INTO review ({work}_id, action, from_status, to_status, by_user)
SELECT id, :action, from_status, to_status, :caller FROM changed
RETURNING {work}_id

-- name: return_{work}
WITH changed AS (
  UPDATE {work} w
     SET status = t.to_status, correction_due_at = :correction_due_at
    FROM transition t, campaign c
   WHERE w.id = :{work}_id AND w.version = :version
     AND (t.resource, t.action, t.from_status) = ('{work}', 'return', w.status)
     AND t.kind = w.kind --= activity, summary_report
     AND t.role = ANY (roles_at(w.ancestors))
     AND c.code = w.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING w.id, t.from_status, t.to_status
)
INSERT INTO review ({work}_id, action, from_status, to_status, comment, field_comments, correction_due_at, by_user)
SELECT id, 'return', from_status, to_status, :comment, coalesce(:field_comments::jsonb, '[]'), :correction_due_at, :caller FROM changed
RETURNING {work}_id

-- name: accept_{work}
WITH changed AS (
  UPDATE {work} w
     SET status = t.to_status, correction_due_at = NULL
    FROM transition t, campaign c
   WHERE w.id = :{work}_id AND w.version = :version
     AND (t.resource, t.action, t.from_status) = ('{work}', 'accept', w.status)
     AND t.kind = w.kind --= activity, summary_report
     AND t.role = ANY (roles_at(w.ancestors))
     AND c.code = w.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING w.id, t.from_status, t.to_status
)
INSERT INTO review ({work}_id, action, from_status, to_status, comment, by_user)
SELECT id, 'accept', from_status, to_status, :comment, :caller FROM changed
RETURNING {work}_id

-- Whose draft it is, and what submitting or publishing it would find; a row without a code finds nothing.
-- helper: findings_of_{work}
SELECT w.is_allowed, f.pointer, f.code, f.params, f.is_error
  FROM (SELECT {work} AS of_work, cardinality(roles_at({work}.ancestors)) > 0 AS is_allowed
          FROM {work} WHERE {work}.id = :{work}_id) w
  LEFT JOIN LATERAL {work}_findings(w.of_work) f ON w.is_allowed

-- In the contract's order: another version, the state, the campaign, the deadline, the role, the content.
-- helper: refuse_{work}
SELECT r.code, refusal_params(r.code, w.status, c.status, ARRAY(SELECT n.action FROM {work}_action n WHERE n.{work}_id = w.id ORDER BY n.ordinal),
                              due_date(d.due_at, c.time_zone), e.errors) AS params
  FROM {work} w
  JOIN campaign c ON c.code = w.campaign_code
  JOIN {work}_due d ON d.id = w.id
  LEFT JOIN transition t ON (t.resource, t.action, t.from_status) = ('{work}', :action, w.status)
   AND t.kind = w.kind --= activity, summary_report
  LEFT JOIN LATERAL (
   SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'params', f.params))) AS errors
     FROM {work}_findings(w) f
    WHERE f.is_error) e ON :action IN ('submit', 'submit_on_behalf', 'publish')
 CROSS JOIN LATERAL (
   SELECT CASE
     WHEN w.version <> :version THEN 'version_mismatch'
     WHEN :action IN ('patch', 'delete') AND NOT is_editable(w.status) THEN 'not_editable'
     WHEN :action = 'delete' AND (w.status <> 'draft' OR w.submission_count > 0) THEN 'in_use'
     WHEN :action NOT IN ('patch', 'delete') AND t.action IS NULL THEN 'transition_not_allowed'
     WHEN :action = 'submit_on_behalf' AND NOT is_enterable(w.status, w.entered_by) THEN 'transition_not_allowed'
     WHEN NOT c.status = ANY (coalesce(t.campaign_statuses, author_campaign_statuses('{work}'))) THEN --= plan, summary_report
     WHEN NOT c.status = ANY (coalesce(t.campaign_statuses, author_campaign_statuses(w.kind))) THEN   --= activity
       CASE c.status WHEN 'closed' THEN 'campaign_closed' ELSE 'campaign_not_open' END
     WHEN :action = 'submit' AND is_refused_as_late(c, d.due_at) THEN 'deadline_passed'
     WHEN :action IN ('submit', 'submit_on_behalf') AND NOT EXISTS (                                                                   --= plan, activity
       SELECT FROM recipient r WHERE (r.campaign_code, r.organization_id) = (w.campaign_code, w.organization_id)) THEN 'not_a_recipient' --= plan, activity
     WHEN NOT coalesce(t.role, author_role('{work}')) = ANY (roles_at(w.ancestors)) --= plan
     WHEN NOT coalesce(t.role, author_role(w.kind)) = ANY (roles_at(w.ancestors))   --= activity, summary_report
          AND NOT (t.role IS NULL AND may_enter(w.status, w.entered_by, w.ancestors)) THEN 'role_not_held_here'
     WHEN e.errors IS NOT NULL THEN 'form_incomplete'
   END AS code) r
 WHERE w.id = :{work}_id
