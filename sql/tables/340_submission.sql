-- What was submitted, frozen, and the append-only history of what became of it. Nothing in either is ever changed:
-- the service has no privilege to.

CREATE TABLE submission (
	id uuid CONSTRAINT submission__id__taken PRIMARY KEY DEFAULT uuid_v7(),
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign (code) ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ancestors uuid[] NOT NULL,
	subject_id uuid NOT NULL CONSTRAINT subject_id__unknown REFERENCES subject ON DELETE RESTRICT,
	resource text NOT NULL, -- the subject's
	number integer NOT NULL,
	submitted_at timestamptz NOT NULL DEFAULT now(),
	submitted_by uuid NOT NULL CONSTRAINT submitted_by__unknown REFERENCES account ON DELETE RESTRICT,
	submitted_by_name text NOT NULL, -- as it was then
	correction_due_at timestamptz, -- by when it was asked for, if it answers a return
	-- Of what came on paper, submitted_at is when it counts as handed in: the last second of the day on which the
	-- paper came, or now if that day is not over; so a day's paper is in time if, and only if, the deadline is not before
	-- that day's end. entered_at is when the reviewer entered it, and submitted_by who.
	received_on date,
	entered_at timestamptz,
	content jsonb NOT NULL,
	digest text NOT NULL GENERATED ALWAYS AS (content_digest(content)) STORED,
	CONSTRAINT received_on_with_entered_at CHECK ((received_on IS NULL) = (entered_at IS NULL)),
	CONSTRAINT submission__subject_id__taken UNIQUE (subject_id, number)
);
CREATE INDEX submission_handed_in ON submission (organization_id, campaign_code, submitted_at, id) INCLUDE (subject_id, resource, number, digest);
SELECT track_ancestors('submission');
SELECT track_changes('submission');
-- A submission is kept for ever as it is; its content need not be kept twice.
SELECT audit_changes('submission', dropped => '{content}');
GRANT SELECT ON submission TO sciday_service;
GRANT INSERT (subject_id, number, submitted_at, submitted_by, correction_due_at, received_on, entered_at, content)
	ON submission TO sciday_service;

-- A row of history belongs where its subject does, and is signed with the name of that time.
CREATE FUNCTION submission_placed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	SELECT s.resource, s.campaign_code, s.organization_id, (SELECT a.name FROM account a WHERE a.id = NEW.submitted_by)
	  INTO NEW.resource, NEW.campaign_code, NEW.organization_id, NEW.submitted_by_name
	  FROM subject s WHERE s.id = NEW.subject_id;
	RETURN NEW;
END
$$;
-- Before tracks_ancestors, by its name.
CREATE TRIGGER placed BEFORE INSERT ON submission FOR EACH ROW EXECUTE FUNCTION submission_placed();

CREATE TABLE review (
	id uuid CONSTRAINT review__id__taken PRIMARY KEY DEFAULT uuid_v7(),
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign (code) ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ancestors uuid[] NOT NULL,
	subject_id uuid NOT NULL CONSTRAINT subject_id__unknown REFERENCES subject ON DELETE RESTRICT,
	resource text NOT NULL, -- the subject's
	submission_id uuid CONSTRAINT submission_id__unknown REFERENCES submission ON DELETE RESTRICT, -- null: what is published was never submitted
	action text NOT NULL,
	from_status text NOT NULL,
	to_status text NOT NULL,
	comment text,
	field_comments jsonb NOT NULL DEFAULT '[]',
	correction_due_at timestamptz,
	rank integer,
	reason text,
	-- Of execution: the new dates, when it is postponed.
	starts_on date,
	ends_on date,
	by_user uuid NOT NULL CONSTRAINT by_user__unknown REFERENCES account ON DELETE RESTRICT,
	by_name text NOT NULL, -- as it was then: not everyone who reads this may read accounts
	request_id text DEFAULT NULLIF(current_setting('sciday.request_id', true), ''),
	reviewed_at timestamptz NOT NULL DEFAULT now(),
	waiting_since timestamptz, -- of the first decision on a submission: when that was handed in
	CONSTRAINT comment__length CHECK (length(comment) BETWEEN 1 AND 2000),
	CONSTRAINT comment__required CHECK (action <> 'return' OR comment IS NOT NULL),
	CONSTRAINT field_comments__length CHECK (jsonb_array_length(field_comments) <= 100)
);
CREATE INDEX review_by_subject ON review (subject_id, reviewed_at, id);
CREATE INDEX review_by_submission ON review (submission_id);
CREATE INDEX review_withdrawn ON review (submission_id) WHERE action = 'withdraw';
CREATE INDEX review_by_organization ON review (organization_id);
CREATE INDEX review_decided ON review (organization_id, campaign_code) INCLUDE (resource, waiting_since, reviewed_at) WHERE waiting_since IS NOT NULL;
SELECT track_ancestors('review');
SELECT track_changes('review');
SELECT audit_changes('review', dropped => '{waiting_since}');
GRANT SELECT ON review TO sciday_service;
GRANT INSERT (subject_id, submission_id, action, from_status, to_status, comment, field_comments,
	correction_due_at, rank, reason, starts_on, ends_on, by_user) ON review TO sciday_service;

-- A review is of the latest submission.
CREATE FUNCTION review_placed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	SELECT s.resource, s.campaign_code, s.organization_id, (SELECT a.name FROM account a WHERE a.id = NEW.by_user),
	       coalesce(NEW.submission_id, (SELECT l.id FROM submission l WHERE l.subject_id = s.id ORDER BY l.number DESC LIMIT 1))
	  INTO NEW.resource, NEW.campaign_code, NEW.organization_id, NEW.by_name, NEW.submission_id
	  FROM subject s WHERE s.id = NEW.subject_id;
	IF NEW.action IN ('return', 'accept') THEN
		NEW.waiting_since := (
			SELECT s.submitted_at FROM submission s
			 WHERE s.id = NEW.submission_id
			   AND NOT EXISTS (SELECT FROM review r WHERE r.submission_id = s.id AND r.action IN ('return', 'accept')));
	END IF;
	RETURN NEW;
END
$$;
-- Before tracks_ancestors and return_checked, by its name.
CREATE TRIGGER placed BEFORE INSERT ON review FOR EACH ROW EXECUTE FUNCTION review_placed();

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
-- After placed, by its name, which finds the submission.
CREATE TRIGGER return_checked BEFORE INSERT ON review
	FOR EACH ROW WHEN (NEW.action = 'return') EXECUTE FUNCTION return_checked();

-- What still stands of what was submitted.
CREATE VIEW standing_submission WITH (security_invoker) AS
SELECT s.*
  FROM submission s
 WHERE NOT EXISTS (SELECT FROM review r WHERE r.submission_id = s.id AND r.action = 'withdraw');

-- When each highlight was first handed in.
CREATE VIEW standing_highlight WITH (security_invoker) AS
SELECT s.campaign_code, s.organization_id, s.subject_id AS activity_id, min(s.submitted_at) AS submitted_at
  FROM standing_submission s
 WHERE s.resource = 'activity'
 GROUP BY s.campaign_code, s.organization_id, s.subject_id;

GRANT SELECT ON standing_submission, standing_highlight TO sciday_service;
