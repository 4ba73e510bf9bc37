-- How phases look.

CREATE VIEW phase_body WITH (security_invoker) AS
SELECT p.id, p.version, p.campaign_code, p.ordinal,
       json_build_object('id', p.id, 'campaign_code', p.campaign_code, 'ordinal', p.ordinal, 'name', p.name,
                         'starts_on', p.starts_on, 'ends_on', p.ends_on, 'focus', p.focus, 'version', p.version,
                         'created_at', instant(p.created_at), 'updated_at', instant(p.updated_at)) AS body
  FROM phase p;
