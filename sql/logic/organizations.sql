-- Organizations: how they are found, and how they look.

-- Candidates only, through the index that row security hides; the caller's policies still decide.
CREATE FUNCTION organizations_matching(q text) RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
RETURN ARRAY(
	SELECT o.id
	  FROM organization o
	 WHERE bigrams(o.search_text) @> bigrams(search_key(q))
	   AND strpos(o.search_text, search_key(q)) > 0);

CREATE VIEW organization_reference WITH (security_invoker) AS
SELECT o.id, o.reference
  FROM organization o;

-- Several, in this order.
CREATE FUNCTION organization_references(ids uuid[]) RETURNS json
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	RETURN (
		SELECT coalesce(json_agg(o.reference ORDER BY n.ordinal), '[]')
		  FROM unnest(ids) WITH ORDINALITY n (id, ordinal) JOIN organization o ON o.id = n.id);
END
$$;

CREATE VIEW organization_body WITH (security_invoker) AS
SELECT o.id, o.version,
       json_build_object(
           'id', o.id, 'code', o.code, 'kind', o.kind, 'name', o.name, 'short_name', o.short_name,
           'parent', (SELECT p.reference FROM organization_reference p WHERE p.id = o.parent_id),
           'ordinal', o.ordinal,
           'mailing_address', CASE WHEN v.sees_contact THEN o.mailing_address END,
           'is_active', o.is_active,
           'redacted', CASE WHEN v.sees_contact THEN '[]'::json ELSE '["mailing_address"]' END,
           'version', o.version, 'created_at', instant(o.created_at), 'updated_at', instant(o.updated_at)) AS body
  FROM organization o
 CROSS JOIN LATERAL (SELECT cardinality(roles_at(o.ancestors)) > 0 AS sees_contact) v;
