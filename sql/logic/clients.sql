-- API clients: accounts of programs, of which all else is as of users.

CREATE VIEW client_body WITH (security_invoker) AS
SELECT a.id, a.version,
       json_build_object(
           'id', a.id, 'client_id', a.username, 'name', a.name, 'is_active', a.is_active,
           'memberships', coalesce((SELECT m.memberships FROM account_memberships m WHERE m.account_id = a.id), '[]'),
           'version', a.version, 'created_at', instant(a.created_at), 'updated_at', instant(a.updated_at)) AS body
  FROM account a
 WHERE a.kind = 'client';
