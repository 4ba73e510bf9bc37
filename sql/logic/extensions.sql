-- Giving extensions, and how they look.

-- What is wrong with an extension that is to be given.
CREATE FUNCTION extension_findings(c campaign, kinds text[], organization_ids uuid[], all_recipients boolean, due_at timestamptz, due_on date)
RETURNS TABLE (pointer text, code text, params jsonb)
LANGUAGE sql STABLE
AS $$
	SELECT '/organization_ids', 'choose_one', jsonb_build_object('fields', ARRAY['organization_ids', 'all_recipients'])
	 WHERE (organization_ids IS NULL) <> coalesce(all_recipients, false)
	UNION ALL
	SELECT '/organization_ids/' || (n.ordinal - 1), 'not_a_recipient', NULL
	  FROM unnest(organization_ids) WITH ORDINALITY n (id, ordinal)
	 WHERE NOT is_recipient(c.code, n.id)
	UNION ALL
	SELECT '/due_at', 'choose_one', jsonb_build_object('fields', ARRAY['due_at', 'due_on'])
	 WHERE num_nonnulls(due_at, due_on) <> 1
	UNION ALL
	SELECT '/kinds/' || (n.ordinal - 1), f.code, f.params
	  FROM unnest(kinds) WITH ORDINALITY n (kind, ordinal)
	 CROSS JOIN LATERAL (
		SELECT CASE n.kind WHEN 'notice_receipt' THEN c.notice_receipt_due_at WHEN 'plan' THEN c.plan_due_at
		                   WHEN 'highlights' THEN c.highlight_due_at WHEN 'summary_report' THEN c.summary_due_at END AS due_at) o
	 CROSS JOIN LATERAL (VALUES
		(o.due_at IS NULL, 'nothing_owed', NULL),
		(coalesce(extension_findings.due_at, due_instant(due_on, c.time_zone)) <= o.due_at, 'not_later',
		 jsonb_build_object('due_on', due_date(o.due_at, c.time_zone)))) f (is_found, code, params)
	 WHERE f.is_found
$$;

-- Gives a batch, all or none, and returns how many extensions it is.
CREATE FUNCTION give_extensions(batch_id uuid, campaign_code text, kinds text[], organization_ids uuid[], all_recipients boolean,
                                due_at timestamptz, due_on date, reason text) RETURNS bigint
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	of_campaign campaign;
	findings jsonb;
	given bigint;
BEGIN
	SELECT * INTO STRICT of_campaign FROM issued_campaign(campaign_code, '{administrator}');
	SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(f))) INTO findings
	  FROM extension_findings(of_campaign, kinds, organization_ids, all_recipients, due_at, due_on) f;
	IF findings IS NOT NULL THEN
		PERFORM refuse_fields(findings);
	END IF;
	IF all_recipients THEN
		organization_ids := ARRAY(SELECT r.organization_id FROM recipient r WHERE r.campaign_code = of_campaign.code);
	END IF;
	INSERT INTO extension (campaign_code, organization_id, kind, due_at, reason, given_by, batch_id)
	SELECT of_campaign.code, o.id, k.kind, coalesce(give_extensions.due_at, due_instant(due_on, of_campaign.time_zone)),
	       give_extensions.reason, caller_id(), give_extensions.batch_id
	  FROM (SELECT DISTINCT unnest(organization_ids) AS id) o
	 CROSS JOIN unnest(kinds) k (kind);
	GET DIAGNOSTICS given = ROW_COUNT;
	RETURN given;
END
$$;

---------------------------------------------------------------------------------------------
-- How they look

CREATE VIEW extension_action WITH (security_invoker) AS
SELECT e.id AS extension_id, e.batch_id, 'revoke' AS action
  FROM extension e
  JOIN campaign c ON c.code = e.campaign_code
 WHERE e.revoked_at IS NULL AND 'administrator' = ANY (campaign_roles(c.ancestors));

CREATE VIEW extension_summary WITH (security_invoker) AS
SELECT json_build_object(
           'id', e.id, 'campaign_code', e.campaign_code, 'batch_id', e.batch_id,
           'organization', json_build_object('id', o.id, 'code', o.code, 'name', o.name), 'kind', e.kind,
           'due_at', instant(e.due_at), 'due_on', due_date(e.due_at, c.time_zone), 'reason', e.reason,
           'given_by', account_reference(e.given_by, e.given_by_name), 'given_at', instant(e.given_at),
           'revoked_by', account_reference(e.revoked_by, e.revoked_by_name), 'revoked_at', instant(e.revoked_at),
           'revoked_reason', e.revoked_reason)::text AS summary,
       e.id, e.campaign_code, e.organization_id, e.ancestors, e.kind, e.batch_id, e.revoked_at IS NOT NULL AS is_revoked, e.given_at
  FROM extension e
  JOIN organization o ON o.id = e.organization_id
  JOIN campaign c ON c.code = e.campaign_code;

CREATE VIEW extension_body WITH (security_invoker) AS
SELECT e.id, e.version,
       json_build_object(
           'id', e.id, 'campaign_code', e.campaign_code, 'batch_id', e.batch_id, 'organization', o.reference, 'kind', e.kind,
           'due_at', instant(e.due_at), 'due_on', due_date(e.due_at, c.time_zone), 'time_zone', c.time_zone, 'reason', e.reason,
           'given_by', account_reference(e.given_by, e.given_by_name), 'given_at', instant(e.given_at),
           'revoked_by', account_reference(e.revoked_by, e.revoked_by_name), 'revoked_at', instant(e.revoked_at),
           'revoked_reason', e.revoked_reason,
           'allowed_actions', ARRAY(SELECT n.action FROM extension_action n WHERE n.extension_id = e.id),
           'version', e.version, 'updated_at', instant(e.updated_at)) AS body
  FROM extension e
  JOIN organization_reference o ON o.id = e.organization_id
  JOIN campaign c ON c.code = e.campaign_code;

-- What one operation gave, as far as the caller sees it. It changes only as its extensions are revoked, and
-- so its version is counted from them.
CREATE VIEW extension_batch_body WITH (security_invoker) AS
SELECT e.batch_id AS id, 1 + (count(*) FILTER (WHERE e.revoked_at IS NOT NULL))::integer AS version,
       json_build_object(
           'id', e.batch_id, 'campaign_code', e.campaign_code, 'kinds', array_agg(DISTINCT e.kind),
           'due_at', instant(e.due_at), 'due_on', due_date(e.due_at, c.time_zone), 'time_zone', c.time_zone, 'reason', e.reason,
           'given_by', account_reference(e.given_by, e.given_by_name), 'given_at', instant(e.given_at),
           'organization_count', count(DISTINCT e.organization_id), 'extension_count', count(*),
           'revoked_count', count(*) FILTER (WHERE e.revoked_at IS NOT NULL),
           'allowed_actions', CASE WHEN bool_or(e.revoked_at IS NULL) AND 'administrator' = ANY (campaign_roles(c.ancestors))
                                   THEN '["revoke"]'::json ELSE '[]' END,
           'version', 1 + (count(*) FILTER (WHERE e.revoked_at IS NOT NULL))::integer) AS body
  FROM extension e
  JOIN campaign c ON c.code = e.campaign_code
 GROUP BY e.batch_id, e.campaign_code, e.due_at, e.reason, e.given_by, e.given_by_name, e.given_at, c.code;
