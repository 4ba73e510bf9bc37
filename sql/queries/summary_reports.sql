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

-- name: get_summary_report
SELECT body, version FROM summary_report_body WHERE id = :summary_report_id

-- name: create_summary_report
INSERT INTO summary_report (id, activity_id, starts_on, ends_on, time_note, location, is_online, online_url, participants, target_actuals,
                            outcomes, media_coverage, entered_by)
SELECT :new_id, :activity_id, n.starts_on, n.ends_on, n.time_note, n.location, coalesce(n.is_online, false), n.online_url,
       coalesce(n.participants, '{}'), coalesce(n.target_actuals, '{}'), n.outcomes, coalesce(n.media_coverage, '{}'),
       CASE WHEN :on_behalf THEN :caller::uuid END
  FROM jsonb_populate_record(NULL::summary_report, :body) n
 WHERE may_report(:activity_id, :on_behalf)
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

-- name: delete_summary_report
DELETE FROM summary_report r
 USING campaign c
 WHERE r.id = :summary_report_id AND r.version = :version
   AND r.status = 'draft' AND r.submission_count = 0
   AND c.code = r.campaign_code AND c.status = ANY (author_campaign_statuses('summary_report'))
   AND (author_role(r.kind) = ANY (roles_at(r.ancestors)) OR may_enter(r.status, r.entered_by, r.ancestors))
RETURNING r.id

-- A highlight's is submitted; those of the programme and of events are accepted by it.
-- name: submit_summary_report
WITH changed AS (
  UPDATE summary_report r
     SET status = t.to_status, submission_count = r.submission_count + 1, submitted_at = now()
    FROM transition t, campaign c
   WHERE r.id = :summary_report_id AND r.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('summary_report', r.kind, 'submit', r.status)
     AND t.role = ANY (roles_at(r.ancestors))
     AND c.code = r.campaign_code AND c.status = ANY (t.campaign_statuses)
     AND NOT is_refused_as_late(c, (SELECT d.due_at FROM summary_report_due d WHERE d.id = r.id))
     AND NOT EXISTS (SELECT FROM summary_report_findings(r) f WHERE f.is_error)
  RETURNING r.id, r.submission_count, r.correction_due_at, summary_report_content(r) AS content, t.from_status, t.to_status
), submitted AS (
  INSERT INTO submission (summary_report_id, number, submitted_by, correction_due_at, content)
  SELECT id, submission_count, :caller, correction_due_at, content FROM changed
  RETURNING id, summary_report_id
)
INSERT INTO review (summary_report_id, submission_id, action, from_status, to_status, by_user)
SELECT changed.id, submitted.id, 'submit', from_status, to_status, :caller
  FROM changed JOIN submitted ON submitted.summary_report_id = changed.id
RETURNING summary_report_id

-- name: submit_on_behalf_summary_report
WITH changed AS (
  UPDATE summary_report r
     SET status = t.to_status, submission_count = r.submission_count + 1,
         submitted_at = handed_in_at(c, (SELECT d.due_at FROM summary_report_due d WHERE d.id = r.id), :received_on)
    FROM transition t, campaign c
   WHERE r.id = :summary_report_id AND r.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('summary_report', r.kind, 'submit_on_behalf', r.status)
     AND t.role = ANY (roles_at(r.ancestors)) AND is_enterable(r.status, r.entered_by)
     AND c.code = r.campaign_code AND c.status = ANY (t.campaign_statuses)
     AND NOT EXISTS (SELECT FROM summary_report_findings(r) f WHERE f.is_error)
  RETURNING r.id, r.submission_count, r.submitted_at, r.correction_due_at, summary_report_content(r) AS content, t.from_status, t.to_status
), submitted AS (
  INSERT INTO submission (summary_report_id, number, submitted_by, submitted_at, received_on, entered_at, correction_due_at, content)
  SELECT id, submission_count, :caller, submitted_at, :received_on, now(), correction_due_at, content FROM changed
  RETURNING id, summary_report_id
)
INSERT INTO review (summary_report_id, submission_id, action, from_status, to_status, by_user)
SELECT changed.id, submitted.id, 'submit_on_behalf', from_status, to_status, :caller
  FROM changed JOIN submitted ON submitted.summary_report_id = changed.id
RETURNING summary_report_id

-- name: withdraw_summary_report, start_review_summary_report
WITH changed AS (
  UPDATE summary_report r
     SET status = t.to_status, submitted_at = CASE WHEN t.to_status <> 'draft' THEN r.submitted_at END
    FROM transition t, campaign c
   WHERE r.id = :summary_report_id AND r.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('summary_report', r.kind, :action, r.status)
     AND t.role = ANY (roles_at(r.ancestors))
     AND c.code = r.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING r.id, t.from_status, t.to_status
)
INSERT INTO review (summary_report_id, action, from_status, to_status, by_user)
SELECT id, :action, from_status, to_status, :caller FROM changed
RETURNING summary_report_id

-- name: return_summary_report
WITH changed AS (
  UPDATE summary_report r
     SET status = t.to_status, correction_due_at = :correction_due_at
    FROM transition t, campaign c
   WHERE r.id = :summary_report_id AND r.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('summary_report', r.kind, 'return', r.status)
     AND t.role = ANY (roles_at(r.ancestors))
     AND c.code = r.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING r.id, t.from_status, t.to_status
)
INSERT INTO review (summary_report_id, action, from_status, to_status, comment, field_comments, correction_due_at, by_user)
SELECT id, 'return', from_status, to_status, :comment, coalesce(:field_comments::jsonb, '[]'), :correction_due_at, :caller FROM changed
RETURNING summary_report_id

-- name: accept_summary_report
WITH changed AS (
  UPDATE summary_report r
     SET status = t.to_status, correction_due_at = NULL
    FROM transition t, campaign c
   WHERE r.id = :summary_report_id AND r.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('summary_report', r.kind, 'accept', r.status)
     AND t.role = ANY (roles_at(r.ancestors))
     AND c.code = r.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING r.id, t.from_status, t.to_status
)
INSERT INTO review (summary_report_id, action, from_status, to_status, comment, by_user)
SELECT id, 'accept', from_status, to_status, :comment, :caller FROM changed
RETURNING summary_report_id

-- Whose draft it is, and what submitting it would find; a row without a code finds nothing.
-- helper: findings_of_summary_report
SELECT r.is_allowed, f.pointer, f.code, f.params, f.is_error
  FROM (SELECT summary_report AS of_report, cardinality(roles_at(summary_report.ancestors)) > 0 AS is_allowed
          FROM summary_report WHERE summary_report.id = :summary_report_id) r
  LEFT JOIN LATERAL summary_report_findings(r.of_report) f ON r.is_allowed

-- name: list_summary_report_submissions
SELECT s.summary, s.number, s.id
  FROM submission_summary s
 WHERE s.summary_report_id = :summary_report_id
   AND may_read_report_history(:summary_report_id)
   AND (s.number, s.id) > (:after_number, :after_id) --? after
 ORDER BY s.number, s.id
 LIMIT :limit

-- name: list_summary_report_reviews
SELECT r.body, r.reviewed_at, r.id
  FROM review_body r
 WHERE r.summary_report_id = :summary_report_id
   AND may_read_report_history(:summary_report_id)
   AND (r.reviewed_at, r.id) > (:after_reviewed_at, :after_id) --? after
 ORDER BY r.reviewed_at, r.id
 LIMIT :limit

-- In the contract's order: another version, the state, the campaign, the deadline, the role, the content.
-- helper: refuse_summary_report
SELECT v.code, refusal_params(v.code, r.status, c.status,
                              ARRAY(SELECT n.action FROM summary_report_action n WHERE n.summary_report_id = r.id ORDER BY n.ordinal),
                              due_date(d.due_at, c.time_zone), e.errors) AS params
  FROM summary_report r
  JOIN campaign c ON c.code = r.campaign_code
  JOIN summary_report_due d ON d.id = r.id
  LEFT JOIN transition t ON (t.resource, t.kind, t.action, t.from_status) = ('summary_report', r.kind, :action, r.status)
  LEFT JOIN LATERAL (
   SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'params', f.params))) AS errors
     FROM summary_report_findings(r) f
    WHERE f.is_error) e ON :action IN ('submit', 'submit_on_behalf')
 CROSS JOIN LATERAL (
   SELECT CASE
     WHEN r.version <> :version THEN 'version_mismatch'
     WHEN :action IN ('patch', 'delete') AND NOT is_editable(r.status) THEN 'not_editable'
     WHEN :action = 'delete' AND (r.status <> 'draft' OR r.submission_count > 0) THEN 'in_use'
     WHEN :action NOT IN ('patch', 'delete') AND t.action IS NULL THEN 'transition_not_allowed'
     WHEN :action = 'submit_on_behalf' AND NOT is_enterable(r.status, r.entered_by) THEN 'transition_not_allowed'
     WHEN NOT c.status = ANY (coalesce(t.campaign_statuses, author_campaign_statuses('summary_report'))) THEN
       CASE c.status WHEN 'closed' THEN 'campaign_closed' ELSE 'campaign_not_open' END
     WHEN :action = 'submit' AND is_refused_as_late(c, d.due_at) THEN 'deadline_passed'
     WHEN NOT coalesce(t.role, author_role(r.kind)) = ANY (roles_at(r.ancestors))
          AND NOT (t.role IS NULL AND may_enter(r.status, r.entered_by, r.ancestors)) THEN 'role_not_held_here'
     WHEN e.errors IS NOT NULL THEN 'form_incomplete'
   END AS code) v
 WHERE r.id = :summary_report_id
