-- Verdicts, of what is kept in an obligation's row, and how obligations look.

CREATE VIEW obligation_judged WITH (security_invoker) AS
SELECT o.id, o.campaign_code, o.organization_id, o.kind, o.activity_id, o.required, o.due_at, o.organization_kind, o.counted_ancestors,
       o.waived_at, o.waived_reason, o.waived_by, o.waived_by_name, o.version, o.created_at, o.updated_at, o.ancestors, o.effective_due_at, o.received_at, o.submitted,
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

-- And where sums are not those of the obligations: number, accepted, required, submitted and surplus of each.
CREATE VIEW obligation_mistallied WITH (security_invoker) AS
SELECT md5(concat_ws(' ', f.campaign_code, f.organization_id, f.kind))::uuid AS id, f.campaign_code, f.organization_id, f.kind,
       string_agg(format('%s %s → %s', f.standing, coalesce(NULLIF(f.stored, ''), '-'), coalesce(NULLIF(f.recounted, ''), '-')), ', ' ORDER BY f.standing) AS differences
  FROM (
	SELECT campaign_code, organization_id, kind, standing, effective_due_at, organization_kind, counted_ancestors, ancestors,
	       concat_ws('/', t.number, t.accepted, t.required, t.submitted, t.surplus) AS stored,
	       concat_ws('/', r.number, r.accepted, r.required, r.submitted, r.surplus) AS recounted
	  FROM obligation_tally t
	  FULL JOIN obligation_tally_recounted r USING (campaign_code, organization_id, kind, standing, effective_due_at, organization_kind,
	                                                counted_ancestors, ancestors)) f
 WHERE f.stored <> f.recounted
 GROUP BY f.campaign_code, f.organization_id, f.kind;
REVOKE SELECT ON obligation_mistallied FROM sciday_service;

-- What a caller with these roles at its organization, and over its campaign, may do with one.
CREATE FUNCTION obligation_actions(kind text, received_at timestamptz, waived_at timestamptz, campaign_status text, roles text[],
                                   campaign_roles text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_remove(ARRAY[
	CASE WHEN kind = 'notice_receipt' AND received_at IS NULL AND campaign_status = 'open' AND 'submitter' = ANY (roles) THEN 'acknowledge' END,
	CASE WHEN 'administrator' = ANY (campaign_roles) THEN CASE WHEN waived_at IS NULL THEN 'waive' ELSE 'unwaive' END END], NULL);

CREATE VIEW obligation_action WITH (security_invoker) AS
SELECT o.id AS obligation_id, n.action, n.ordinal
  FROM obligation o
  JOIN campaign c ON c.code = o.campaign_code
 CROSS JOIN LATERAL unnest(obligation_actions(o.kind, o.received_at, o.waived_at, c.status, roles_at(o.ancestors), campaign_roles(c.ancestors)))
       WITH ORDINALITY n (action, ordinal);

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
           'activity', CASE WHEN o.activity_id IS NOT NULL THEN (
               SELECT json_build_object('id', a.id, 'title', a.title) FROM of_activity a WHERE a.id = o.activity_id) END,
           'required', o.required, 'submitted', o.submitted, 'surplus', greatest(o.submitted - o.required, 0), 'accepted', o.accepted,
           'due_at', instant(o.due_at), 'due_on', due_date(o.due_at, c.time_zone),
           'effective_due_at', instant(o.effective_due_at), 'effective_due_on', due_date(o.effective_due_at, c.time_zone),
           'time_zone', c.time_zone,
           'received_at', instant(o.received_at), 'is_accepted', o.is_accepted, 'verdict', o.verdict, 'original_verdict', o.original_verdict,
           'acknowledged_by', CASE WHEN o.kind = 'notice_receipt' THEN (
               SELECT account_reference(n.acknowledged_by, n.acknowledged_by_name) FROM of_notice_receipt n WHERE n.obligation_id = o.id) END,
           'extension', (
               SELECT json_build_object('id', e.id, 'due_at', instant(e.due_at), 'reason', e.reason, 'given_at', instant(e.given_at))
                 FROM of_extension e
                WHERE (e.organization_id, e.campaign_code, e.kind) = (o.organization_id, o.campaign_code, o.kind)
                ORDER BY e.given_at DESC, e.id DESC
                LIMIT 1),
           'waived_at', instant(o.waived_at), 'waived_reason', o.waived_reason, 'waived_by', account_reference(o.waived_by, o.waived_by_name),
           'allowed_actions', obligation_actions(o.kind, o.received_at, o.waived_at, c.status, v.roles, v.campaign_roles),
           'version', o.version, 'created_at', instant(o.created_at), 'updated_at', instant(o.updated_at)) AS body
  FROM obligation_judged o
  JOIN organization r ON r.id = o.organization_id
  JOIN of_campaign c ON c.code = o.campaign_code
 CROSS JOIN LATERAL (SELECT roles_at(o.ancestors) AS roles, campaign_roles(c.ancestors) AS campaign_roles OFFSET 0) v;
