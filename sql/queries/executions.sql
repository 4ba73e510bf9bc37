-- Whether an activity takes place, which is another matter than its review: its history is the activity's.

-- name: postpone_execution
WITH changed AS (
  UPDATE activity a
     SET execution = t.to_status, execution_reason = :reason, postponed_starts_on = :starts_on, postponed_ends_on = :ends_on
    FROM transition t, campaign c
   WHERE a.id = :activity_id AND a.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('execution', a.kind, 'postpone', a.execution)
     AND t.role = ANY (roles_at(a.ancestors))
     AND c.code = a.campaign_code AND c.status = ANY (t.campaign_statuses)
     AND NOT EXISTS (SELECT FROM postponement_findings(c, :starts_on, :ends_on))
  RETURNING a.id, t.from_status, t.to_status
)
INSERT INTO review (subject_id, action, from_status, to_status, reason, starts_on, ends_on, by_user)
SELECT id, 'postpone', from_status, to_status, :reason, :starts_on, :ends_on, :caller FROM changed
RETURNING subject_id

-- name: cancel_execution
WITH changed AS (
  UPDATE activity a
     SET execution = t.to_status, execution_reason = :reason, postponed_starts_on = NULL, postponed_ends_on = NULL
    FROM transition t, campaign c
   WHERE a.id = :activity_id AND a.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('execution', a.kind, 'cancel', a.execution)
     AND t.role = ANY (roles_at(a.ancestors))
     AND c.code = a.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING a.id, t.from_status, t.to_status
)
INSERT INTO review (subject_id, action, from_status, to_status, reason, by_user)
SELECT id, 'cancel', from_status, to_status, :reason, :caller FROM changed
RETURNING subject_id

-- Held, it keeps the dates to which it was postponed.
-- name: hold_execution
WITH changed AS (
  UPDATE activity a
     SET execution = t.to_status, execution_reason = NULL
    FROM transition t, campaign c
   WHERE a.id = :activity_id AND a.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('execution', a.kind, 'hold', a.execution)
     AND t.role = ANY (roles_at(a.ancestors))
     AND c.code = a.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING a.id, t.from_status, t.to_status
)
INSERT INTO review (subject_id, action, from_status, to_status, comment, by_user)
SELECT id, 'hold', from_status, to_status, :comment, :caller FROM changed
RETURNING subject_id

-- name: resume_execution
WITH changed AS (
  UPDATE activity a
     SET execution = t.to_status, execution_reason = NULL, postponed_starts_on = NULL, postponed_ends_on = NULL
    FROM transition t, campaign c
   WHERE a.id = :activity_id AND a.version = :version
     AND (t.resource, t.kind, t.action, t.from_status) = ('execution', a.kind, 'resume', a.execution)
     AND t.role = ANY (roles_at(a.ancestors))
     AND c.code = a.campaign_code AND c.status = ANY (t.campaign_statuses)
  RETURNING a.id, t.from_status, t.to_status
)
INSERT INTO review (subject_id, action, from_status, to_status, comment, by_user)
SELECT id, 'resume', from_status, to_status, :comment, :caller FROM changed
RETURNING subject_id

-- In the contract's order: another version, the state, the campaign, the role, the content. Of the rows for several
-- roles, the one that lets the caller go furthest.
-- helper: refuse_execution
SELECT v.code, refusal_params(v.code, a.execution, c.status,
                              ARRAY(SELECT n.action FROM execution_action n WHERE n.activity_id = a.id ORDER BY n.ordinal), NULL, e.errors) AS params
  FROM activity a
  JOIN campaign c ON c.code = a.campaign_code
  LEFT JOIN LATERAL (
   SELECT t.action, t.role = ANY (roles_at(a.ancestors)) AS is_held, c.status = ANY (t.campaign_statuses) AS is_time
     FROM transition t
    WHERE (t.resource, t.kind, t.action, t.from_status) = ('execution', a.kind, :action, a.execution)
    ORDER BY t.role = ANY (roles_at(a.ancestors)) DESC, c.status = ANY (t.campaign_statuses) DESC
    LIMIT 1) t ON true
  LEFT JOIN LATERAL (
   SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('pointer', f.pointer, 'code', f.code, 'params', f.params))) AS errors
     FROM postponement_findings(c, (:body::jsonb ->> 'starts_on')::date, (:body::jsonb ->> 'ends_on')::date) f) e ON :action = 'postpone'
 CROSS JOIN LATERAL (
   SELECT CASE
     WHEN a.version <> :version THEN 'version_mismatch'
     WHEN t.action IS NULL THEN 'transition_not_allowed'
     WHEN NOT t.is_time THEN CASE c.status WHEN 'closed' THEN 'campaign_closed' ELSE 'campaign_not_open' END
     WHEN NOT t.is_held THEN 'role_not_held_here'
     WHEN e.errors IS NOT NULL THEN 'validation_failed'
   END AS code) v
 WHERE a.id = :activity_id
