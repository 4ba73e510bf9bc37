-- What a process answers to anyone from memory (x-cache in the contract), it drops when the table that it rests on says so
-- here: NOTIFY sciday_public with the table's name, and only when something changed that anyone may see. (Words do not change
-- under a process: they are its version's.)

CREATE FUNCTION public_changed() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
	PERFORM pg_notify('sciday_public', TG_TABLE_NAME);
	RETURN NULL;
END
$$;

-- Of a row under a campaign. Nothing under a draft is seen; and opening it changes the campaign, on which the same answers rest.
CREATE FUNCTION public_of_campaign_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM campaign c WHERE c.code = coalesce(NEW.campaign_code, OLD.campaign_code) AND c.status <> 'draft') THEN
		PERFORM pg_notify('sciday_public', TG_TABLE_NAME);
	END IF;
	RETURN NULL;
END
$$;

-- Of as many rows as a statement changed.
CREATE FUNCTION public_of_campaigns_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
BEGIN
	IF EXISTS (SELECT FROM changed r JOIN campaign c ON c.code = r.campaign_code WHERE c.status <> 'draft') THEN
		PERFORM pg_notify('sciday_public', TG_TABLE_NAME);
	END IF;
	RETURN NULL;
END
$$;

CREATE TRIGGER public_changed AFTER INSERT OR UPDATE OR DELETE ON transition
	FOR EACH STATEMENT EXECUTE FUNCTION public_changed();

CREATE TRIGGER public_changed AFTER INSERT OR UPDATE OR DELETE ON organization
	FOR EACH ROW EXECUTE FUNCTION public_changed();

CREATE TRIGGER public_made AFTER INSERT ON campaign
	FOR EACH ROW WHEN (NEW.status <> 'draft') EXECUTE FUNCTION public_changed();
CREATE TRIGGER public_changed AFTER UPDATE ON campaign
	FOR EACH ROW WHEN (OLD.status <> 'draft' OR NEW.status <> 'draft') EXECUTE FUNCTION public_changed();
CREATE TRIGGER public_ended AFTER DELETE ON campaign
	FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION public_changed();

DO $$
DECLARE
	part text;
BEGIN
	FOREACH part IN ARRAY ARRAY['phase', 'module'] LOOP
		EXECUTE format('CREATE TRIGGER public_made AFTER INSERT ON %I REFERENCING NEW TABLE AS changed
			FOR EACH STATEMENT EXECUTE FUNCTION public_of_campaigns_changed()', part);
		EXECUTE format('CREATE TRIGGER public_changed AFTER UPDATE ON %I REFERENCING NEW TABLE AS changed
			FOR EACH STATEMENT EXECUTE FUNCTION public_of_campaigns_changed()', part);
		EXECUTE format('CREATE TRIGGER public_ended AFTER DELETE ON %I REFERENCING OLD TABLE AS changed
			FOR EACH STATEMENT EXECUTE FUNCTION public_of_campaigns_changed()', part);
	END LOOP;
END
$$;

CREATE TRIGGER public_made AFTER INSERT ON activity
	FOR EACH ROW WHEN (NEW.is_public) EXECUTE FUNCTION public_of_campaign_changed();
CREATE TRIGGER public_changed AFTER UPDATE ON activity
	FOR EACH ROW WHEN (OLD.is_public OR NEW.is_public) EXECUTE FUNCTION public_of_campaign_changed();
CREATE TRIGGER public_ended AFTER DELETE ON activity
	FOR EACH ROW WHEN (OLD.is_public) EXECUTE FUNCTION public_of_campaign_changed();

-- Of what is owed anyone sees how many have handed something in, and from how many cities.
CREATE TRIGGER public_made AFTER INSERT ON obligation
	FOR EACH ROW WHEN (NEW.received_at IS NOT NULL OR NEW.submitted > 0) EXECUTE FUNCTION public_of_campaign_changed();
CREATE TRIGGER public_changed AFTER UPDATE ON obligation
	FOR EACH ROW WHEN ((OLD.received_at IS NULL, OLD.submitted > 0, OLD.counted_ancestors, OLD.organization_id)
		IS DISTINCT FROM (NEW.received_at IS NULL, NEW.submitted > 0, NEW.counted_ancestors, NEW.organization_id))
	EXECUTE FUNCTION public_of_campaign_changed();
CREATE TRIGGER public_ended AFTER DELETE ON obligation
	FOR EACH ROW WHEN (OLD.received_at IS NOT NULL OR OLD.submitted > 0) EXECUTE FUNCTION public_of_campaign_changed();
