-- name: list_obligations
SELECT o.summary, o.due_at, o.id
  FROM obligation_summary o
 WHERE o.campaign_code = :campaign_code
   AND o.organization_id = ANY (:own_organizations)             --? own_organizations
   AND o.organization_id = :organization_id                     --? organization_id
   AND o.kind = ANY (:kind)                                     --? kind
   -- Not = ANY: believing that to be rare, the planner would judge the whole table for one page.
   AND array_position(:verdict::text[], o.verdict) IS NOT NULL  --? verdict
   AND o.is_accepted = :is_accepted                             --? is_accepted
   AND o.organization_kind = ANY (:organization_kind)           --? organization_kind
   AND :within = ANY (o.counted_ancestors)                      --? within
   AND o.id IN (SELECT r.id FROM obligation r WHERE r.campaign_code = :campaign_code AND r.received_at >= :received_at_gte) --? received_at_gte
   AND (o.due_at, o.id) > (:after_due_at, :after_id)            --? after
 ORDER BY o.due_at, o.id
 LIMIT :limit

-- name: get_obligation
SELECT body, version FROM obligation_body WHERE id = :obligation_id

-- Once, however many ask at the same time.
-- name: acknowledge_obligation
INSERT INTO notice_receipt (obligation_id, acknowledged_by)
SELECT o.id, :caller
  FROM obligation o
  JOIN obligation_action n ON n.obligation_id = o.id AND n.action = :action
 WHERE o.id = :obligation_id AND o.version = :version
ON CONFLICT ON CONSTRAINT notice_receipt__obligation_id__taken DO NOTHING
RETURNING obligation_id

-- name: waive_obligation
UPDATE obligation o
   SET waived_at = now(), waived_reason = :reason, waived_by = :caller
  FROM obligation_action n
 WHERE o.id = :obligation_id AND o.version = :version
   AND n.obligation_id = o.id AND n.action = :action
RETURNING o.id

-- name: unwaive_obligation
UPDATE obligation o
   SET waived_at = NULL, waived_reason = NULL, waived_by = NULL
  FROM obligation_action n
 WHERE o.id = :obligation_id AND o.version = :version
   AND n.obligation_id = o.id AND n.action = :action
RETURNING o.id

-- helper: refuse_obligation
SELECT r.code,
       refusal_params(r.code, CASE WHEN o.waived_at IS NOT NULL THEN 'waived' WHEN o.received_at IS NOT NULL THEN 'received' ELSE 'owed' END,
                      c.status, n.actions, NULL, NULL) AS params
  FROM obligation_judged o
  JOIN campaign c ON c.code = o.campaign_code
 CROSS JOIN LATERAL (
   SELECT ARRAY(SELECT n.action FROM obligation_action n WHERE n.obligation_id = o.id ORDER BY n.ordinal) AS actions) n
 CROSS JOIN LATERAL (SELECT CASE
         WHEN o.version <> :version THEN 'version_mismatch'
         WHEN :action = 'acknowledge' AND (o.kind <> 'notice_receipt' OR o.received_at IS NOT NULL) THEN 'transition_not_allowed'
         WHEN :action = 'waive' AND o.waived_at IS NOT NULL THEN 'transition_not_allowed'
         WHEN :action = 'unwaive' AND o.waived_at IS NULL THEN 'transition_not_allowed'
         WHEN :action = 'acknowledge' AND c.status = 'closed' THEN 'campaign_closed'
         WHEN :action <> ALL (n.actions) THEN 'role_not_held_here'
       END AS code) r
 WHERE o.id = :obligation_id

-- Read before any of them is mended.
-- helper: recount_obligations
SELECT m.id, m.campaign_code, o.code AS organization_code, m.kind, m.differences
       , recount_obligations(m.campaign_code, ARRAY[m.organization_id], ARRAY[m.kind], m.activity_id)  --? repair
  FROM obligation_miscounted m
  JOIN organization o ON o.id = m.organization_id
 WHERE m.id > :after_id
 ORDER BY m.id
 LIMIT 1000

-- helper: recount_sums
SELECT m.id, m.campaign_code, o.code AS organization_code, m.kind, m.differences
       , retally_obligations(m.campaign_code, m.organization_id)  --? repair
  FROM obligation_mistallied m
  JOIN organization o ON o.id = m.organization_id
 WHERE m.id > :after_id
 ORDER BY m.id
 LIMIT 1000
