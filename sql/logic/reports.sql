-- What all reports have in common: figures that can be followed, rates, and how far a caller's question reaches.

-- A number, and the list that has exactly that many items for the same caller.
CREATE FUNCTION figure(count bigint, href text) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN json_build_object('count', coalesce(count, 0), 'href', href);

-- With what it was made of; null where nothing is expected.
CREATE FUNCTION rate(numerator bigint, denominator bigint) RETURNS json
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN json_build_object('numerator', coalesce(numerator, 0), 'denominator', coalesce(denominator, 0),
                         'rate', round(coalesce(numerator, 0)::numeric / NULLIF(denominator, 0), 4));

-- The organization whose subtree a report of this campaign is about: the one asked for, where the caller must review,
-- observe or administer; or, when none is named, the one below which they do. Who does so in several branches says which.
CREATE FUNCTION report_subtree(campaign_code text, within uuid) RETURNS uuid
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	reach uuid[] := coalesce(caller_scope('reviewer'), '{}') || coalesce(caller_scope('observer'), '{}')
	             || coalesce(caller_scope('administrator'), '{}');
	topmost uuid[];
BEGIN
	IF NOT EXISTS (SELECT FROM campaign c WHERE c.code = report_subtree.campaign_code) THEN
		PERFORM refuse('not_found');
	ELSIF within IS NULL THEN
		topmost := ARRAY(SELECT o.id FROM organization o WHERE o.id = ANY (reach) AND NOT o.ancestors[2:] && reach);
		IF cardinality(topmost) <> 1 THEN
			PERFORM refuse('validation_failed', jsonb_build_object('errors', jsonb_build_array(
				jsonb_build_object('parameter', 'within', 'code', 'required'))));
		END IF;
		RETURN topmost[1];
	ELSIF NOT EXISTS (SELECT FROM organization o WHERE o.id = within) THEN
		PERFORM refuse('validation_failed', jsonb_build_object('errors', jsonb_build_array(
			jsonb_build_object('parameter', 'within', 'code', 'unknown'))));
	ELSIF NOT EXISTS (SELECT FROM organization o WHERE o.id = within AND o.ancestors && reach) THEN
		PERFORM refuse('role_not_held_here');
	END IF;
	RETURN within;
END
$$;

-- The organization whose deadlines are asked for, where the caller must have a role.
CREATE FUNCTION report_organization(campaign_code text, organization_id uuid) RETURNS uuid
LANGUAGE plpgsql STABLE
AS $$
DECLARE
	of_organization organization;
BEGIN
	IF NOT EXISTS (SELECT FROM campaign c WHERE c.code = report_organization.campaign_code) THEN
		PERFORM refuse('not_found');
	END IF;
	SELECT * INTO of_organization FROM organization o WHERE o.id = report_organization.organization_id;
	IF NOT FOUND THEN
		PERFORM refuse('validation_failed', jsonb_build_object('errors', jsonb_build_array(
			jsonb_build_object('parameter', 'organization_id', 'code', 'unknown'))));
	ELSIF cardinality(roles_at(of_organization.ancestors)) = 0 THEN
		PERFORM refuse('role_not_held_here');
	END IF;
	RETURN of_organization.id;
END
$$;

-- Refuses a range of days that ends before it begins.
CREATE FUNCTION check_days(starts_on_gte date, starts_on_lte date) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
	IF starts_on_lte < starts_on_gte THEN
		PERFORM refuse('validation_failed', jsonb_build_object('errors', jsonb_build_array(
			jsonb_build_object('parameter', 'starts_on_lte', 'code', 'before_start'))));
	END IF;
	RETURN true;
END
$$;

-- Codes in words, in the order of their vocabulary.
CREATE FUNCTION labels_of(vocabulary text, codes text[]) RETURNS text
LANGUAGE sql STABLE
RETURN (SELECT string_agg(l.zh, '、' ORDER BY l.ordinal) FROM label l WHERE l.vocabulary = labels_of.vocabulary AND l.code = ANY (codes));
