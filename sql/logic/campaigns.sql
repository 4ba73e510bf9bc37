-- Campaigns: who may do what in one, how they look, and the next year's from this year's.

-- The roles that the caller has over all that a campaign concerns: at its issuer, or above. A
-- city's reviewer has none, for a city's reviewer covers only its districts.
CREATE FUNCTION campaign_roles(campaign_ancestors uuid[]) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN array_remove(ARRAY[
	CASE WHEN campaign_ancestors && caller_scope('reviewer') THEN 'reviewer' END,
	CASE WHEN campaign_ancestors && caller_scope('observer') THEN 'observer' END,
	CASE WHEN campaign_ancestors && caller_scope('administrator') THEN 'administrator' END], NULL);

-- The campaign to do something in that goes on after it is closed, and a refusal if its notice is not
-- issued yet or the caller has none of these roles over it.
CREATE FUNCTION issued_campaign(code text, allowed_roles text[]) RETURNS SETOF campaign
LANGUAGE plpgsql VOLATILE ROWS 1
AS $$
DECLARE
	found_campaign campaign;
BEGIN
	SELECT * INTO found_campaign FROM campaign c WHERE c.code = issued_campaign.code;
	IF NOT FOUND THEN
		PERFORM refuse('not_found');
	ELSIF found_campaign.status = 'draft' THEN
		PERFORM refuse('campaign_not_open', jsonb_build_object('current_status', found_campaign.status));
	ELSIF NOT campaign_roles(found_campaign.ancestors) && allowed_roles THEN
		PERFORM refuse('role_not_held_here');
	END IF;
	RETURN NEXT found_campaign;
END
$$;

CREATE FUNCTION campaign_actions(campaign_status text, campaign_ancestors uuid[]) RETURNS json
LANGUAGE sql STABLE
RETURN CASE
	WHEN campaign_refusal(campaign_status, campaign_ancestors) IS NOT NULL THEN '[]'::json
	WHEN campaign_status = 'draft' THEN '["open"]'
	ELSE '["close"]'
END;

-- The campaign to add something to: no row if the caller does not see it, and a refusal if they may not edit it.
CREATE FUNCTION editable_campaign(code text) RETURNS SETOF campaign
LANGUAGE plpgsql VOLATILE ROWS 1
AS $$
DECLARE
	refusal text := refusal_in_campaign(code);
BEGIN
	IF refusal IS NOT NULL THEN
		PERFORM refuse(refusal);
	END IF;
	RETURN QUERY SELECT * FROM campaign c WHERE c.code = editable_campaign.code;
END
$$;

-- What is missing before a notice can be issued.
CREATE FUNCTION campaign_opening_findings(campaign_code text) RETURNS TABLE (pointer text, code text)
LANGUAGE sql STABLE
AS $$
	SELECT m.pointer, m.code
	  FROM (VALUES
		('/phases', 'phases_required', EXISTS (SELECT FROM phase p WHERE p.campaign_code = campaign_opening_findings.campaign_code)),
		('/modules', 'modules_required', EXISTS (SELECT FROM module m WHERE m.campaign_code = campaign_opening_findings.campaign_code)),
		('/recipients', 'recipients_required', recipient_count(campaign_opening_findings.campaign_code) > 0)
	  ) m (pointer, code, is_there)
	 WHERE NOT m.is_there
$$;

CREATE FUNCTION recipient_count(campaign_code text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT
RETURN (SELECT c.recipient_count FROM campaign c WHERE c.code = recipient_count.campaign_code);

CREATE VIEW campaign_summary WITH (security_invoker) AS
SELECT json_build_object('code', c.code, 'title', c.title, 'theme', c.theme, 'edition', c.edition,
                         'festival_date', c.festival_date, 'issuer_id', c.issuer_id, 'starts_on', c.starts_on,
                         'ends_on', c.ends_on, 'status', c.status)::text AS summary,
       c.code, c.status, c.starts_on
  FROM campaign c;

CREATE VIEW campaign_body WITH (security_invoker) AS
SELECT c.code, c.version,
       json_build_object(
           'code', c.code, 'title', c.title, 'theme', c.theme, 'edition', c.edition, 'festival_date', c.festival_date,
           'document_number', c.document_number,
           'issuer', (SELECT o.reference FROM organization_reference o WHERE o.id = c.issuer_id),
           'issued_on', c.issued_on, 'printed_on', c.printed_on,
           'contact', CASE WHEN caller_id() IS NOT NULL THEN c.contact END,
           'time_zone', c.time_zone, 'starts_on', c.starts_on, 'ends_on', c.ends_on,
           'notice_receipt_due_on', c.notice_receipt_due_on, 'notice_receipt_due_at', instant(c.notice_receipt_due_at),
           'plan_due_on', c.plan_due_on, 'plan_due_at', instant(c.plan_due_at),
           'highlight_due_on', c.highlight_due_on, 'highlight_due_at', instant(c.highlight_due_at),
           'summary_due_on', c.summary_due_on, 'summary_due_at', instant(c.summary_due_at),
           'minimum_highlights', c.minimum_highlights, 'highlight_text_limit', c.highlight_text_limit,
           'highlight_text_limit_strict', c.highlight_text_limit_strict, 'modules_open', c.modules_open,
           'late_submissions', c.late_submissions, 'required_documents', c.required_documents, 'national_platform', c.national_platform,
           'audiences', to_json(c.audiences), 'award_categories', to_json(c.award_categories),
           'recipient_count', c.recipient_count,
           'status', c.status, 'opened_at', instant(c.opened_at), 'closed_at', instant(c.closed_at),
           'allowed_actions', campaign_actions(c.status, c.ancestors),
           'redacted', CASE WHEN caller_id() IS NOT NULL THEN '[]'::json ELSE '["contact"]' END,
           'version', c.version, 'created_at', instant(c.created_at), 'updated_at', instant(c.updated_at)) AS body
  FROM campaign c;

-- Makes a draft of the caller's: every date of the notice, its phases and deadlines moved by whole days, its modules,
-- audiences, categories of awards and settings as they are, and of its recipients those that may still be. What
-- each notice says anew is left empty: theme, document number, dates of issue and print. The edition is the next
-- one; the festival keeps its day of the year. Nothing that anyone submitted is copied.
CREATE FUNCTION copy_campaign(source_code text, new_code text, new_title text, shift_days integer, starts_on date) RETURNS text
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	source campaign;
	shift integer;
	years integer;
BEGIN
	SELECT * INTO source FROM campaign c WHERE c.code = source_code;
	IF NOT FOUND THEN
		PERFORM refuse('not_found');
	ELSIF NOT 'administrator' = ANY (campaign_roles(source.ancestors)) THEN
		PERFORM refuse('role_not_held_here');
	ELSIF num_nonnulls(shift_days, starts_on) <> 1 THEN
		PERFORM refuse_field('/shift_days', 'choose_one', jsonb_build_object('fields', ARRAY['shift_days', 'starts_on']));
	END IF;
	shift := coalesce(shift_days, copy_campaign.starts_on - source.starts_on);
	years := round(shift / 365.2425);
	IF shift NOT BETWEEN 1 AND 3660 THEN
		PERFORM refuse_field('/starts_on', 'range');
	END IF;

	INSERT INTO campaign (code, title, edition, festival_date, issuer_id, contact, time_zone, starts_on, ends_on, notice_receipt_due_on,
	                      plan_due_on, highlight_due_on, summary_due_on, minimum_highlights, highlight_text_limit,
	                      highlight_text_limit_strict, modules_open, late_submissions, national_platform, audiences, award_categories,
	                      required_documents)
	VALUES (new_code, coalesce(new_title, source.title), source.edition + 1, source.festival_date + make_interval(years => years),
	        source.issuer_id, source.contact, source.time_zone, source.starts_on + shift, source.ends_on + shift,
	        source.notice_receipt_due_on + shift, source.plan_due_on + shift, source.highlight_due_on + shift,
	        source.summary_due_on + shift, source.minimum_highlights, source.highlight_text_limit, source.highlight_text_limit_strict,
	        source.modules_open, source.late_submissions, source.national_platform, source.audiences, source.award_categories,
	        source.required_documents);
	INSERT INTO phase (id, campaign_code, ordinal, name, starts_on, ends_on, focus)
	SELECT uuid_v7(), new_code, p.ordinal, p.name, p.starts_on + shift, p.ends_on + shift, p.focus
	  FROM phase p
	 WHERE p.campaign_code = source_code;
	INSERT INTO module (id, campaign_code, ordinal, code, name, focus)
	SELECT uuid_v7(), new_code, m.ordinal, m.code, m.name, m.focus
	  FROM module m
	 WHERE m.campaign_code = source_code;
	INSERT INTO recipient (id, campaign_code, organization_id)
	SELECT uuid_v7(), new_code, o.id
	  FROM recipient r
	  JOIN organization o ON o.id = r.organization_id
	 WHERE r.campaign_code = source_code AND o.is_active AND o.kind <> 'partner' AND source.issuer_id = ANY (o.ancestors[2:]);
	RETURN new_code;
END
$$;
