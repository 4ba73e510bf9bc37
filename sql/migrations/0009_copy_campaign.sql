-- The next year's campaign from this year's.

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

-- A new campaign has no phases yet: those under its code are another's, and that the code is taken is what is wrong.
CREATE OR REPLACE FUNCTION campaign_saved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	findings jsonb;
BEGIN
	IF TG_OP = 'UPDATE' AND OLD.status <> 'draft' THEN
		SELECT jsonb_agg(jsonb_build_object('pointer', '/' || f.field, 'code', 'fixed_since_opening')) INTO findings
		  FROM unnest(ARRAY['code', 'issuer_id', 'time_zone', 'notice_receipt_due_on', 'plan_due_on', 'highlight_due_on',
		                    'summary_due_on', 'minimum_highlights']) AS f (field)
		 WHERE to_jsonb(OLD) -> f.field IS DISTINCT FROM to_jsonb(NEW) -> f.field;
		IF findings IS NOT NULL THEN
			PERFORM refuse('not_editable', jsonb_build_object('current_status', OLD.status, 'errors', findings));
		END IF;
	END IF;

	SELECT jsonb_agg(jsonb_strip_nulls(to_jsonb(f))) INTO findings
	  FROM campaign_findings(NEW) f
	 WHERE TG_OP = 'UPDATE' OR f.code <> 'phases_outside';
	IF findings IS NOT NULL THEN
		PERFORM refuse_fields(findings);
	END IF;
	RETURN NEW;
END
$$;
