-- The life cycle of whatever is submitted, once. {subject} is its table; what its states and actions are, the rows of
-- transition say, and who may act is who has the action's role at the organization of the row.
-- for: plan, activity, summary_report

-- name: get_{subject}
SELECT body, version FROM {subject}_body WHERE id = :{subject}_id

-- Its form on paper (src/resources/forms.c).
-- helper: {subject}_form
SELECT body FROM {subject}_form WHERE id = :{subject}_id

-- By its author, or by who enters it for them.
-- name: delete_{subject}
DELETE FROM {subject} w
 USING campaign c
 WHERE w.id = :{subject}_id AND w.version = :version
   AND w.status = 'draft' AND w.submission_count = 0
   AND c.code = w.campaign_code
   AND c.status = ANY (author_campaign_statuses('{subject}')) --= plan, summary_report
   AND c.status = ANY (author_campaign_statuses(w.kind))   --= activity
   AND (author_role('{subject}') = ANY (roles_at(w.ancestors)) OR may_enter(w.status, w.entered_by, w.ancestors)) --= plan
   AND (author_role(w.kind) = ANY (roles_at(w.ancestors)) OR may_enter(w.status, w.entered_by, w.ancestors))   --= activity, summary_report
RETURNING w.id

-- What is submitted is frozen as it is now. (A summary report of the programme or of an event is accepted by it.)
-- name: submit_{subject}
WITH changed AS (
  UPDATE {subject} w
     SET status = t.to_status, submission_count = w.submission_count + 1, submitted_at = now()
    FROM transition t, campaign c
   WHERE w.id = :{subject}_id AND w.version = :version
     AND (t.resource, t.action, t.from_status) = ('{subject}', 'submit', w.status)
     AND t.kind = w.kind --= activity, summary_report, not plan
     AND t.role = ANY (roles_at(w.ancestors))
     AND c.code = w.campaign_code AND c.status = ANY (t.campaign_statuses)
     AND is_recipient(w.campaign_code, w.organization_id) --= plan, activity, not summary_report
     AND NOT is_refused_as_late(c, subject_due_at('{subject}', w.id))
     AND NOT EXISTS (SELECT FROM {subject}_findings(w) f WHERE f.is_error)
  RETURNING w.id, w.submission_count, w.correction_due_at, {subject}_content(w) AS content, t.from_status, t.to_status
), submitted AS (
  INSERT INTO submission (subject_id, number, submitted_by, correction_due_at, content)
  SELECT id, submission_count, :caller, correction_due_at, content FROM changed
  RETURNING id, subject_id
)
INSERT INTO review (subject_id, submission_id, action, from_status, to_status, by_user)
SELECT changed.id, submitted.id, 'submit', from_status, to_status, :caller
  FROM changed JOIN submitted ON submitted.subject_id = changed.id
RETURNING subject_id

-- What came on paper is judged by the day that it came.
-- name: submit_on_behalf_{subject}
WITH changed AS (
  UPDATE {subject} w
     SET status = t.to_status, submission_count = w.submission_count + 1,
         submitted_at = handed_in_at(c, subject_due_at('{subject}', w.id), :received_on)
    FROM transition t, campaign c
   WHERE w.id = :{subject}_id AND w.version = :version
     AND (t.resource, t.action, t.from_status) = ('{subject}', 'submit_on_behalf', w.status)
     AND t.kind = w.kind --= activity, summary_report, not plan
     AND t.role = ANY (roles_at(w.ancestors)) AND is_enterable(w.status, w.entered_by)
     AND c.code = w.campaign_code AND c.status = ANY (t.campaign_statuses)
     AND is_recipient(w.campaign_code, w.organization_id) --= plan, activity, not summary_report
     AND NOT EXISTS (SELECT FROM {subject}_findings(w) f WHERE f.is_error)
  RETURNING w.id, w.submission_count, w.submitted_at, w.correction_due_at, {subject}_content(w) AS content, t.from_status, t.to_status
), submitted AS (
  INSERT INTO submission (subject_id, number, submitted_by, submitted_at, received_on, entered_at, correction_due_at, content)
  SELECT id, submission_count, :caller, submitted_at, :received_on, now(), correction_due_at, content FROM changed
  RETURNING id, subject_id
)
INSERT INTO review (subject_id, submission_id, action, from_status, to_status, by_user)
SELECT changed.id, submitted.id, 'submit_on_behalf', from_status, to_status, :caller
  FROM changed JOIN submitted ON submitted.subject_id = changed.id
RETURNING subject_id

-- Withdrawn, it is a draft again, and its submission stands no more (standing_submission): the review's row tells of it, what is
-- owed is counted anew, and a highlight of which nothing stands owes no summary report (sql/tables/400_obligation.sql).
-- name: withdraw_{subject}, start_review_{subject}
WITH changed AS (
  UPDATE {subject} w
     SET status = t.to_status, submitted_at = CASE WHEN t.to_status <> 'draft' THEN w.submitted_at END
    FROM transition t, campaign c
   WHERE w.id = :{subject}_id AND w.version = :version
     AND (t.resource, t.action, t.from_status) = ('{subject}', :action, w.status)
     AND t.kind = w.kind --= activity, summary_report, not plan
     AND t.role = ANY (roles_at(w.ancestors))
     AND c.code = w.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING w.id, t.from_status, t.to_status
)
INSERT INTO review (subject_id, action, from_status, to_status, by_user)
SELECT id, :action, from_status, to_status, :caller FROM changed
RETURNING subject_id

-- name: return_{subject}
WITH changed AS (
  UPDATE {subject} w
     SET status = t.to_status, correction_due_at = :correction_due_at
    FROM transition t, campaign c
   WHERE w.id = :{subject}_id AND w.version = :version
     AND (t.resource, t.action, t.from_status) = ('{subject}', 'return', w.status)
     AND t.kind = w.kind --= activity, summary_report, not plan
     AND t.role = ANY (roles_at(w.ancestors))
     AND c.code = w.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING w.id, t.from_status, t.to_status
)
INSERT INTO review (subject_id, action, from_status, to_status, comment, field_comments, correction_due_at, by_user)
SELECT id, 'return', from_status, to_status, :comment, coalesce(:field_comments::jsonb, '[]'), :correction_due_at, :caller FROM changed
RETURNING subject_id

-- name: accept_{subject}
WITH changed AS (
  UPDATE {subject} w
     SET status = t.to_status, correction_due_at = NULL
    FROM transition t, campaign c
   WHERE w.id = :{subject}_id AND w.version = :version
     AND (t.resource, t.action, t.from_status) = ('{subject}', 'accept', w.status)
     AND t.kind = w.kind --= activity, summary_report, not plan
     AND t.role = ANY (roles_at(w.ancestors))
     AND c.code = w.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING w.id, t.from_status, t.to_status
)
INSERT INTO review (subject_id, action, from_status, to_status, comment, by_user)
SELECT id, 'accept', from_status, to_status, :comment, :caller FROM changed
RETURNING subject_id

-- Whose draft it is, and what submitting or publishing it would find; a row without a code finds nothing.
-- helper: findings_of_{subject}
SELECT w.is_allowed, f.pointer, f.code, f.params, f.is_error
  FROM (SELECT {subject} AS of_subject, cardinality(roles_at({subject}.ancestors)) > 0 AS is_allowed
          FROM {subject} WHERE {subject}.id = :{subject}_id) w
  LEFT JOIN LATERAL {subject}_findings(w.of_subject) f ON w.is_allowed

-- In the contract's order: another version, the state, the campaign, the deadline, the role, the content.
-- helper: refuse_{subject}
SELECT r.code, refusal_params(r.code, w.status, c.status, ARRAY(SELECT n.action FROM subject_action n WHERE n.resource = '{subject}' AND n.subject_id = w.id ORDER BY n.ordinal),
                              due_date(d.due_at, c.time_zone), e.errors) AS params
  FROM {subject} w
  JOIN campaign c ON c.code = w.campaign_code
  JOIN subject_due d ON d.resource = '{subject}' AND d.id = w.id
  LEFT JOIN transition t ON (t.resource, t.action, t.from_status) = ('{subject}', :action, w.status)
   AND t.kind = w.kind --= activity, summary_report, not plan
  LEFT JOIN LATERAL (
   SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'params', f.params))) AS errors
     FROM {subject}_findings(w) f
    WHERE f.is_error) e ON :action IN ('submit', 'submit_on_behalf', 'publish')
 CROSS JOIN LATERAL (
   SELECT CASE
     WHEN w.version <> :version THEN 'version_mismatch'
     WHEN :action IN ('patch', 'delete') AND NOT is_editable(w.status) THEN 'not_editable'
     WHEN :action = 'delete' AND (w.status <> 'draft' OR w.submission_count > 0) THEN 'in_use'
     WHEN :action NOT IN ('patch', 'delete') AND t.action IS NULL THEN 'transition_not_allowed'
     WHEN :action = 'submit_on_behalf' AND NOT is_enterable(w.status, w.entered_by) THEN 'transition_not_allowed'
     WHEN NOT c.status = ANY (coalesce(t.campaign_statuses, author_campaign_statuses('{subject}'))) THEN --= plan, summary_report
     WHEN NOT c.status = ANY (coalesce(t.campaign_statuses, author_campaign_statuses(w.kind))) THEN   --= activity
       CASE c.status WHEN 'closed' THEN 'campaign_closed' ELSE 'campaign_not_open' END
     WHEN :action = 'submit' AND is_refused_as_late(c, d.due_at) THEN 'deadline_passed'
     WHEN :action IN ('submit', 'submit_on_behalf') AND NOT is_recipient(w.campaign_code, w.organization_id) THEN 'not_a_recipient' --= plan, activity, not summary_report
     WHEN NOT coalesce(t.role, author_role('{subject}')) = ANY (roles_at(w.ancestors)) --= plan
     WHEN NOT coalesce(t.role, author_role(w.kind)) = ANY (roles_at(w.ancestors))   --= activity, summary_report
          AND NOT (t.role IS NULL AND may_enter(w.status, w.entered_by, w.ancestors)) THEN 'role_not_held_here'
     WHEN e.errors IS NOT NULL THEN 'form_incomplete'
   END AS code) r
 WHERE w.id = :{subject}_id

-- name: list_{subject}_submissions
SELECT s.summary, s.number, s.id
  FROM submission_summary s
 WHERE s.resource = '{subject}' AND s.subject_id = :{subject}_id
   AND check_history('{subject}', :{subject}_id)
   AND (s.number, s.id) > (:after_number, :after_id) --? after
 ORDER BY s.number, s.id
 LIMIT :limit

-- name: list_{subject}_reviews
SELECT r.body, r.reviewed_at, r.id
  FROM review_body r
 WHERE r.resource = '{subject}' AND r.subject_id = :{subject}_id
   AND check_history('{subject}', :{subject}_id)
   AND (r.reviewed_at, r.id) > (:after_reviewed_at, :after_id) --? after
 ORDER BY r.reviewed_at, r.id
 LIMIT :limit

-- name: list_{subject}_documents
SELECT d.summary, d.uploaded_at, d.id
  FROM document_summary d
 WHERE d.resource = '{subject}' AND d.subject_id = :{subject}_id
   AND d.kind = ANY (:kind)                                    --? kind
   AND (d.uploaded_at, d.id) > (:after_uploaded_at, :after_id) --? after
 ORDER BY d.uploaded_at, d.id
 LIMIT :limit
