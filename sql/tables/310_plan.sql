-- Work plans, one of each recipient.

CREATE TABLE plan (
	id uuid CONSTRAINT plan__id__taken PRIMARY KEY CONSTRAINT id__unknown REFERENCES subject,
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign (code) ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ancestors uuid[] NOT NULL,
	title text NOT NULL,
	text text,
	status text NOT NULL DEFAULT 'draft',
	correction_due_at timestamptz,
	submission_count integer NOT NULL DEFAULT 0, -- withdrawn ones too: from the first on, reviewers see it
	submitted_at timestamptz,                    -- of the last one, unless it was withdrawn
	entered_by uuid CONSTRAINT entered_by__unknown REFERENCES account ON DELETE RESTRICT, -- the reviewer who is entering it, until it is submitted
	version integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT plan__organization_id__taken UNIQUE (campaign_code, organization_id),
	CONSTRAINT status__not_allowed_value CHECK (status IN ('draft', 'submitted', 'under_review', 'returned', 'accepted')),
	CONSTRAINT title__length CHECK (length(title) BETWEEN 1 AND 100),
	CONSTRAINT text__length CHECK (length(text) BETWEEN 1 AND 20000)
);
CREATE INDEX plan_by_organization ON plan (organization_id);
CREATE INDEX plan_handed_in ON plan (organization_id, campaign_code) INCLUDE (id, status, correction_due_at, submission_count) WHERE status <> 'draft';
SELECT make_subject('plan', content => '{title,text}');
GRANT INSERT (campaign_code, organization_id) ON plan TO sciday_service;

CREATE FUNCTION plan_content(p plan) RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
RETURN jsonb_build_object('title', p.title, 'text', p.text);
