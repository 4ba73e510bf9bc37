-- How modules look.

CREATE VIEW module_body WITH (security_invoker) AS
SELECT m.id, m.version, m.campaign_code, m.ordinal,
       json_build_object('id', m.id, 'campaign_code', m.campaign_code, 'ordinal', m.ordinal, 'code', m.code, 'name', m.name,
                         'focus', m.focus, 'version', m.version,
                         'created_at', instant(m.created_at), 'updated_at', instant(m.updated_at)) AS body
  FROM module m;
