-- How forwardings look.

CREATE VIEW forwarding_body WITH (security_invoker) AS
SELECT f.id, f.campaign_code, f.created_at, r.id IS NULL AS is_current,
       json_build_object(
           'id', f.id, 'campaign_code', f.campaign_code, 'organization', o.reference,
           'document_number', f.document_number, 'forwarded_on', f.forwarded_on,
           'replaces', (SELECT json_build_object('id', p.id, 'document_number', p.document_number) FROM forwarding p WHERE p.id = f.replaces_id),
           'replaced_by', CASE WHEN r.id IS NOT NULL THEN json_build_object('id', r.id, 'document_number', r.document_number) END,
           'forwarded_by', account_reference(f.forwarded_by, f.forwarded_by_name), 'created_at', instant(f.created_at)) AS body
  FROM forwarding f
  JOIN organization_reference o ON o.id = f.organization_id
  LEFT JOIN forwarding r ON r.replaces_id = f.id;

CREATE VIEW forwarding_item_body WITH (security_invoker) AS
SELECT i.id, i.forwarding_id, i.rank,
       json_build_object(
           'id', i.id, 'rank', i.rank, 'reason', i.reason,
           'organization', json_build_object('id', i.organization_id, 'code', i.organization_code, 'name', i.organization_name),
           'activity_id', i.activity_id, 'submission_id', i.submission_id, 'digest', i.digest, 'content', i.content)::text AS body
  FROM forwarding_item i;
