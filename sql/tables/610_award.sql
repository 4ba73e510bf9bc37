-- Awards that the nation gives to organizations, each with its plaque.

CREATE TYPE plaque AS (carrier text, number text, sent_on date, arrived_on date);

-- The contact and the mailing address are those of the day on which it was given: what the request says, else
-- those on the form that the organization handed in last, and at the least the organization's own address.
CREATE TABLE award (
	id uuid CONSTRAINT award__id__taken PRIMARY KEY,
	campaign_code text NOT NULL CONSTRAINT campaign_code__unknown REFERENCES campaign ON DELETE RESTRICT,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ancestors uuid[] NOT NULL,
	category text NOT NULL,
	contact activity_contact,
	mailing_address text,
	plaque plaque,
	batch_id uuid, -- all that were entered at once
	batch_ordinal integer,
	given_by uuid NOT NULL CONSTRAINT given_by__unknown REFERENCES account ON DELETE RESTRICT,
	given_by_name text NOT NULL,
	revoked_at timestamptz,
	revoked_by uuid CONSTRAINT revoked_by__unknown REFERENCES account ON DELETE RESTRICT,
	revoked_by_name text,
	revoked_reason text,
	version integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	plaque_status text NOT NULL GENERATED ALWAYS AS (CASE
		WHEN (plaque).arrived_on IS NOT NULL THEN 'arrived'
		WHEN (plaque).sent_on IS NOT NULL THEN 'sent'
		ELSE 'not_sent' END) STORED,
	status text NOT NULL GENERATED ALWAYS AS (CASE WHEN revoked_at IS NULL THEN 'given' ELSE 'revoked' END) STORED,
	CONSTRAINT mailing_address__length CHECK (length(mailing_address) BETWEEN 1 AND 200),
	CONSTRAINT revoked_reason__length CHECK (length(revoked_reason) BETWEEN 1 AND 500),
	CONSTRAINT revoked_at_whole CHECK (num_nulls(revoked_at, revoked_by, revoked_reason) IN (0, 3))
);
CREATE UNIQUE INDEX award__organization_id__taken ON award (campaign_code, category, organization_id) WHERE revoked_at IS NULL;
CREATE INDEX award_by_creation ON award (campaign_code, created_at, id);
CREATE INDEX award_by_organization ON award (organization_id, campaign_code);
CREATE INDEX award_by_batch ON award (batch_id);
SELECT track_ancestors('award');
SELECT track_changes('award');
SELECT audit_changes('award');
GRANT SELECT ON award TO sciday_service;
GRANT INSERT (id, campaign_code, organization_id, category, contact, mailing_address, batch_id, batch_ordinal, given_by)
	ON award TO sciday_service;
GRANT UPDATE (contact, mailing_address, plaque, revoked_at, revoked_by, revoked_reason) ON award TO sciday_service;
CREATE TRIGGER signed_given BEFORE INSERT ON award FOR EACH ROW EXECUTE FUNCTION signed('given_by');
CREATE TRIGGER signed_revoked BEFORE UPDATE OF revoked_by ON award FOR EACH ROW EXECUTE FUNCTION signed('revoked_by');

CREATE FUNCTION award_saved() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	IF (NEW.plaque).arrived_on IS NOT NULL AND (NEW.plaque).sent_on IS NULL THEN
		PERFORM refuse_field('/plaque/sent_on', 'required');
	ELSIF (NEW.plaque).arrived_on < (NEW.plaque).sent_on THEN
		PERFORM refuse_field('/plaque/arrived_on', 'before_sent');
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER content_saved BEFORE INSERT OR UPDATE OF plaque ON award FOR EACH ROW EXECUTE FUNCTION award_saved();

-- A category that was given stays in its campaign.
CREATE FUNCTION award_categories_kept() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM (SELECT k.code FROM unnest(OLD.award_categories) k EXCEPT SELECT k.code FROM unnest(NEW.award_categories) k) gone
	            WHERE EXISTS (SELECT FROM award w WHERE w.campaign_code = NEW.code AND w.category = gone.code)) THEN
		PERFORM refuse_field('/award_categories', 'in_use');
	END IF;
	RETURN NEW;
END
$$;
CREATE TRIGGER award_categories_kept BEFORE UPDATE OF award_categories ON campaign
	FOR EACH ROW WHEN (OLD.award_categories <> NEW.award_categories) EXECUTE FUNCTION award_categories_kept();
