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
