-- What a reviewer writes is checked as what a submitter writes is: a slip of the pen would count against somebody else.

-- A correction is asked for by a time that is still to come, and comments are on what was submitted.
CREATE FUNCTION return_findings(r review) RETURNS TABLE (pointer text, code text)
LANGUAGE sql STABLE
AS $$
	SELECT '/correction_due_at', 'not_in_future' WHERE r.correction_due_at <= r.reviewed_at
	UNION ALL
	SELECT format('/field_comments/%s/pointer', n.ordinality - 1), 'unknown'
	  FROM jsonb_array_elements(r.field_comments) WITH ORDINALITY n (comment, ordinality)
	  JOIN submission s ON s.id = r.submission_id
	 CROSS JOIN LATERAL (
		SELECT replace(replace(n.comment ->> 'pointer', '~1', '/'), '~0', '~') AS place) p
	 WHERE s.content #> (string_to_array(p.place, '/'))[2:] IS NULL AND p.place !~ '^/documents(/|$)'
$$;

CREATE FUNCTION return_checked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	findings jsonb := (SELECT jsonb_agg(to_jsonb(f)) FROM return_findings(NEW) f);
BEGIN
	IF findings IS NOT NULL THEN
		PERFORM refuse_fields(findings);
	END IF;
	RETURN NEW;
END
$$;
-- After placed, by the order of their names, which finds the submission.
CREATE TRIGGER return_checked BEFORE INSERT ON review
	FOR EACH ROW WHEN (NEW.action = 'return') EXECUTE FUNCTION return_checked();

-- Paper comes neither on a day to come nor before its campaign and its notice were there.
CREATE OR REPLACE FUNCTION handed_in_at(c campaign, due_at timestamptz, received_on date) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	at timestamptz := least(now(), due_instant(received_on, c.time_zone) - interval '1 second');
	earliest date := least(c.issued_on, c.starts_on, (c.opened_at AT TIME ZONE c.time_zone)::date);
BEGIN
	IF received_on > (now() AT TIME ZONE c.time_zone)::date THEN
		PERFORM refuse_field('/received_on', 'in_future');
	ELSIF received_on < earliest THEN
		PERFORM refuse_field('/received_on', 'before_notice', jsonb_build_object('earliest', earliest));
	ELSIF c.late_submissions = 'refused' AND at >= due_at THEN
		PERFORM refuse('deadline_passed', jsonb_build_object('due_on', due_date(due_at, c.time_zone)));
	END IF;
	RETURN at;
END
$$;
