-- The trail, as its readers see it.

-- Whoever reads an entry may know who made the change, though they do not administer them.
CREATE FUNCTION changed_by_reference(account_id uuid) RETURNS json
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
RETURN (SELECT json_build_object('id', account_id, 'name', (SELECT a.name FROM account a WHERE a.id = account_id)) WHERE account_id IS NOT NULL);

CREATE VIEW audit_entry_body WITH (security_invoker) AS
SELECT e.id, e.number, e.changed_at, e.changed_by, e.request_id, e.operation, e.resource, e.resource_id, e.change, e.place,
       json_build_object(
           'id', e.id, 'changed_at', instant(e.changed_at), 'changed_by', changed_by_reference(e.changed_by),
           'address_class', e.address_class, 'operation', e.operation, 'request_id', e.request_id,
           'resource', e.resource, 'resource_id', e.resource_id, 'change', e.change,
           'before', e.before, 'after', e.after, 'redacted', to_json(e.redacted))::text AS body
  FROM audit_entry e;
