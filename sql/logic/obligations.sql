-- Verdicts, of what is kept in an obligation's row, and how obligations look.

CREATE FUNCTION verdict(is_waived boolean, received_at timestamptz, due_at timestamptz, effective_due_at timestamptz, at timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
	WHEN is_waived THEN 'waived'
	WHEN received_at IS NULL AND (effective_due_at IS NULL OR at < effective_due_at) THEN 'pending'
	WHEN received_at IS NULL THEN 'overdue'
	WHEN due_at IS NULL OR received_at < due_at THEN 'on_time'
	WHEN received_at < effective_due_at THEN 'extended_on_time'
	ELSE 'late' END;

CREATE VIEW obligation_judged WITH (security_invoker) AS
SELECT o.id, o.campaign_code, o.organization_id, o.kind, o.activity_id, o.required, o.due_at, o.organization_kind, o.counted_ancestors,
       o.waived_at, o.waived_reason, o.version, o.created_at, o.updated_at, o.ancestors, o.effective_due_at, o.received_at, o.submitted,
       verdict(o.waived_at IS NOT NULL, o.received_at, o.due_at, o.effective_due_at, now()) AS verdict,
       verdict(false, o.received_at, o.due_at, o.due_at, now()) AS original_verdict,
       o.accepted, o.is_accepted
  FROM obligation o;

-- Where what is kept is not what the rows say: nowhere. For `sciday recount`, and not the service's.
CREATE VIEW obligation_miscounted WITH (security_invoker) AS
SELECT o.id, o.campaign_code, o.organization_id, o.kind, o.activity_id, d.differences
  FROM obligation o
  JOIN obligation_recounted r ON r.id = o.id
 CROSS JOIN LATERAL (
	SELECT string_agg(format('%s %s → %s', f.field, coalesce(f.stored, '-'), coalesce(f.recounted, '-')), ', ') AS differences
	  FROM (VALUES ('submitted', o.submitted::text, r.submitted::text),
	               ('accepted', o.accepted::text, r.accepted::text),
	               ('received_at', o.received_at::text, r.received_at::text),
	               ('effective_due_at', o.effective_due_at::text, r.effective_due_at::text)) f (field, stored, recounted)
	 WHERE f.stored IS DISTINCT FROM f.recounted) d
 WHERE d.differences IS NOT NULL;
REVOKE SELECT ON obligation_miscounted FROM sciday_service;

CREATE VIEW obligation_action WITH (security_invoker) AS
SELECT o.id AS obligation_id, a.action, a.ordinal
  FROM obligation o
  JOIN campaign c ON c.code = o.campaign_code
 CROSS JOIN LATERAL (VALUES
	(1, 'acknowledge', o.kind = 'notice_receipt' AND c.status = 'open' AND 'submitter' = ANY (roles_at(o.ancestors))
	                   AND NOT EXISTS (SELECT FROM notice_receipt n WHERE n.obligation_id = o.id)),
	(2, 'waive', o.waived_at IS NULL AND 'administrator' = ANY (campaign_roles(c.ancestors))),
	(3, 'unwaive', o.waived_at IS NOT NULL AND 'administrator' = ANY (campaign_roles(c.ancestors)))) a (ordinal, action, is_allowed)
 WHERE a.is_allowed;

-- In lists: the same for every caller.
CREATE VIEW obligation_summary WITH (security_invoker) AS
SELECT o.id, o.campaign_code, o.organization_id, o.organization_kind, o.counted_ancestors, o.kind, o.verdict, o.due_at,
       json_build_object(
           'id', o.id, 'campaign_code', o.campaign_code, 'organization', r.reference, 'kind', o.kind,
           'activity', (SELECT json_build_object('id', a.id, 'title', a.title) FROM activity a WHERE a.id = o.activity_id),
           'required', o.required, 'submitted', o.submitted, 'surplus', greatest(o.submitted - o.required, 0), 'accepted', o.accepted,
           'due_at', instant(o.due_at), 'due_on', due_date(o.due_at, c.time_zone),
           'effective_due_at', instant(o.effective_due_at), 'effective_due_on', due_date(o.effective_due_at, c.time_zone),
           'time_zone', c.time_zone,
           'received_at', instant(o.received_at), 'is_accepted', o.is_accepted, 'verdict', o.verdict, 'original_verdict', o.original_verdict,
           'waived_at', instant(o.waived_at), 'waived_reason', o.waived_reason,
           'version', o.version, 'created_at', instant(o.created_at), 'updated_at', instant(o.updated_at))::text AS summary,
       o.is_accepted
  FROM obligation_judged o
  JOIN organization_reference r ON r.id = o.organization_id
  JOIN campaign c ON c.code = o.campaign_code;

CREATE VIEW obligation_body WITH (security_invoker) AS
SELECT o.id, o.version, o.campaign_code, o.organization_id, o.organization_kind, o.ancestors, o.counted_ancestors, o.kind, o.verdict,
       o.due_at, o.effective_due_at,
       json_build_object(
           'id', o.id, 'campaign_code', o.campaign_code, 'organization', r.reference, 'kind', o.kind,
           'activity', (SELECT json_build_object('id', a.id, 'title', a.title) FROM activity a WHERE a.id = o.activity_id),
           'required', o.required, 'submitted', o.submitted, 'surplus', greatest(o.submitted - o.required, 0), 'accepted', o.accepted,
           'due_at', instant(o.due_at), 'due_on', due_date(o.due_at, c.time_zone),
           'effective_due_at', instant(o.effective_due_at), 'effective_due_on', due_date(o.effective_due_at, c.time_zone),
           'time_zone', c.time_zone,
           'received_at', instant(o.received_at), 'is_accepted', o.is_accepted, 'verdict', o.verdict, 'original_verdict', o.original_verdict,
           'acknowledged_by', (
               SELECT account_reference(n.acknowledged_by, n.acknowledged_by_name) FROM notice_receipt n WHERE n.obligation_id = o.id),
           'extension', (
               SELECT json_build_object('id', e.id, 'due_at', instant(e.due_at), 'reason', e.reason, 'given_at', instant(e.given_at))
                 FROM extension e
                WHERE (e.organization_id, e.campaign_code, e.kind) = (o.organization_id, o.campaign_code, o.kind) AND e.revoked_at IS NULL
                ORDER BY e.given_at DESC, e.id DESC
                LIMIT 1),
           'waived_at', instant(o.waived_at), 'waived_reason', o.waived_reason,
           'waived_by', (SELECT account_reference(w.waived_by, w.waived_by_name) FROM obligation w WHERE w.id = o.id),
           'allowed_actions', ARRAY(SELECT n.action FROM obligation_action n WHERE n.obligation_id = o.id ORDER BY n.ordinal),
           'version', o.version, 'created_at', instant(o.created_at), 'updated_at', instant(o.updated_at)) AS body
  FROM obligation_judged o
  JOIN organization_reference r ON r.id = o.organization_id
  JOIN campaign c ON c.code = o.campaign_code;
