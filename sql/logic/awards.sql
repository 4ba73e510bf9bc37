-- Giving awards, and how they look. (Who may read one: sql/tables/900_access.sql.)

-- What is wrong with awards that are to be given, each at its place: below `place` and its number, or of the one.
CREATE FUNCTION award_findings(c campaign, items jsonb, place text) RETURNS TABLE (pointer text, code text, params jsonb)
LANGUAGE sql STABLE
AS $$
	WITH asked AS (
		SELECT CASE place WHEN '' THEN '' ELSE place || '/' || (n.ordinal - 1) END AS place, n.ordinal,
		       n.item ->> 'category' AS category, (n.item ->> 'organization_id')::uuid AS organization_id
		  FROM jsonb_array_elements(items) WITH ORDINALITY n (item, ordinal)
	)
	SELECT a.place || f.field, f.code, f.params
	  FROM asked a
	  LEFT JOIN organization o ON o.id = a.organization_id
	 CROSS JOIN LATERAL (VALUES
		(NOT EXISTS (SELECT FROM unnest(c.award_categories) k WHERE k.code = a.category), '/category', 'unknown_category',
		 jsonb_build_object('value', a.category)),
		(o.id IS NULL, '/organization_id', 'unknown', NULL),
		(c.issuer_id <> ALL (o.ancestors), '/organization_id', 'not_below_issuer', NULL),
		(EXISTS (SELECT FROM asked e WHERE (e.organization_id, e.category) = (a.organization_id, a.category) AND e.ordinal < a.ordinal),
		 '/organization_id', 'duplicate_item', NULL),
		(EXISTS (SELECT FROM award w
		          WHERE (w.campaign_code, w.organization_id, w.category) = (c.code, a.organization_id, a.category) AND w.revoked_at IS NULL),
		 '/organization_id', 'taken', NULL)) f (is_found, field, code, params)
	 WHERE f.is_found
	 ORDER BY a.ordinal
$$;

-- Gives awards, all or none, and returns their ids. All that is wrong is said at once: as a conflict, if
-- nothing else is wrong than that some have theirs already.
CREATE FUNCTION give_awards(campaign_code text, batch_id uuid, items jsonb, place text) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	of_campaign campaign;
	findings jsonb;
	conflict boolean;
BEGIN
	SELECT * INTO STRICT of_campaign FROM issued_campaign(campaign_code, '{administrator}');
	SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(f))), bool_and(f.code = 'taken') INTO findings, conflict
	  FROM award_findings(of_campaign, items, place) f;
	IF findings IS NOT NULL THEN
		PERFORM refuse(CASE WHEN conflict THEN 'already_exists' ELSE 'validation_failed' END, jsonb_build_object('errors', findings));
	END IF;

	RETURN QUERY
	INSERT INTO award (id, campaign_code, organization_id, category, contact, mailing_address, batch_id, batch_ordinal, given_by)
	SELECT coalesce(a.id, uuid_v7()), of_campaign.code, a.organization_id, a.category,
	       CASE WHEN n.item ->> 'contact' IS NULL THEN f.contact ELSE a.contact END,
	       coalesce(a.mailing_address, f.mailing_address, o.mailing_address), give_awards.batch_id, n.ordinal, caller_id()
	  FROM jsonb_array_elements(items) WITH ORDINALITY n (item, ordinal)
	 CROSS JOIN LATERAL jsonb_populate_record(NULL::award, n.item) a
	  JOIN organization o ON o.id = a.organization_id
	  LEFT JOIN LATERAL (
		SELECT jsonb_populate_record(NULL::activity_contact, NULLIF(s.content -> 'contact', 'null')) AS contact,
		       s.content ->> 'mailing_address' AS mailing_address
		  FROM standing_submission s
		 WHERE s.organization_id = a.organization_id AND s.campaign_code = of_campaign.code AND s.resource = 'activity'
		 ORDER BY s.submitted_at DESC, s.id DESC
		 LIMIT 1) f ON true
	 ORDER BY n.ordinal
	RETURNING award.id;
END
$$;

---------------------------------------------------------------------------------------------
-- How they look

CREATE VIEW award_action WITH (security_invoker) AS
SELECT w.id AS award_id, 'revoke' AS action
  FROM award w
  JOIN campaign c ON c.code = w.campaign_code
 WHERE w.revoked_at IS NULL AND 'administrator' = ANY (campaign_roles(c.ancestors));

CREATE VIEW award_summary WITH (security_invoker) AS
SELECT json_build_object(
           'id', w.id, 'campaign_code', w.campaign_code, 'organization', json_build_object('id', o.id, 'code', o.code, 'name', o.name),
           'category', w.category, 'category_name', k.name, 'status', w.status, 'plaque_status', w.plaque_status,
           'created_at', instant(w.created_at))::text AS summary,
       w.id, w.campaign_code, w.organization_id, o.kind AS organization_kind, w.ancestors, w.category, w.status, w.plaque_status,
       w.batch_id, w.batch_ordinal, w.created_at
  FROM award w
  JOIN organization o ON o.id = w.organization_id
  JOIN campaign c ON c.code = w.campaign_code
  LEFT JOIN LATERAL (SELECT k.name FROM unnest(c.award_categories) k WHERE k.code = w.category LIMIT 1) k ON true;

CREATE VIEW award_body WITH (security_invoker) AS
SELECT w.id, w.version,
       json_build_object(
           'id', w.id, 'campaign_code', w.campaign_code, 'organization', o.reference, 'category', w.category, 'category_name', k.name,
           'status', w.status, 'plaque_status', w.plaque_status,
           'contact', CASE WHEN v.has_role THEN json_build_object(
               'name', (w.contact).name, 'office_phone', (w.contact).office_phone, 'mobile', (w.contact).mobile,
               'fax', (w.contact).fax, 'email', (w.contact).email) END,
           'mailing_address', CASE WHEN v.has_role THEN w.mailing_address END,
           'plaque', CASE WHEN v.has_role THEN json_build_object(
               'carrier', (w.plaque).carrier, 'number', (w.plaque).number, 'sent_on', (w.plaque).sent_on,
               'arrived_on', (w.plaque).arrived_on) END,
           'batch_id', w.batch_id,
           'given_by', CASE WHEN v.has_role THEN account_reference(w.given_by, w.given_by_name) END,
           'revoked_at', instant(w.revoked_at),
           'revoked_by', CASE WHEN v.has_role THEN account_reference(w.revoked_by, w.revoked_by_name) END,
           'revoked_reason', w.revoked_reason,
           'allowed_actions', ARRAY(SELECT n.action FROM award_action n WHERE n.award_id = w.id),
           'redacted', CASE WHEN v.has_role THEN '[]'::json ELSE '["contact","mailing_address","plaque","given_by","revoked_by"]' END,
           'version', w.version, 'created_at', instant(w.created_at), 'updated_at', instant(w.updated_at)) AS body
  FROM award w
  JOIN organization_reference o ON o.id = w.organization_id
  JOIN campaign c ON c.code = w.campaign_code
  LEFT JOIN LATERAL (SELECT k.name FROM unnest(c.award_categories) k WHERE k.code = w.category LIMIT 1) k ON true
 CROSS JOIN LATERAL (SELECT cardinality(roles_at(w.ancestors)) > 0 OR 'administrator' = ANY (campaign_roles(c.ancestors)) AS has_role OFFSET 0) v;

-- What came of a batch: a result for each of its items, in their order.
CREATE VIEW award_batch_body WITH (security_invoker) AS
SELECT w.batch_id AS id,
       json_build_object(
           'id', w.batch_id, 'campaign_code', w.campaign_code, 'created_at', instant(w.created_at),
           'results', json_agg(json_build_object('index', w.batch_ordinal - 1, 'award', w.summary::json) ORDER BY w.batch_ordinal)) AS body
  FROM award_summary w
 WHERE w.batch_id IS NOT NULL
 GROUP BY w.batch_id, w.campaign_code, w.created_at;
