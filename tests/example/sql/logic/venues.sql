-- How venues look.

CREATE VIEW venue_body WITH (security_invoker) AS
SELECT v.id, v.version, v.organization_id, v.name, v.status,
       json_build_object(
           'id', v.id, 'organization', o.reference, 'name', v.name, 'address', v.address, 'capacity', v.capacity, 'status', v.status,
           'allowed_actions', CASE WHEN v.status = 'open' AND roles_at(v.ancestors) && '{submitter,administrator}' THEN '["close"]' ELSE '[]' END::json,
           'version', v.version, 'created_at', instant(v.created_at), 'updated_at', instant(v.updated_at)) AS body
  FROM venue v
  JOIN organization_reference o ON o.id = v.organization_id;
