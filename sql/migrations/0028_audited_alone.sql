-- The trail looks for an activity only where a row has one: whatever locks that table holds up no other's change.

CREATE OR REPLACE FUNCTION change_audited() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
	key_columns CONSTANT text[] := TG_ARGV[1];
	dropped CONSTANT text[] := TG_ARGV[2];
	secret CONSTANT text[] := TG_ARGV[3];
	row_before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - dropped END;
	row_after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - dropped END;
	present CONSTANT jsonb := coalesce(row_after, row_before);
	key CONSTANT text := (SELECT string_agg(present ->> c, ' ' ORDER BY at) FROM unnest(key_columns) WITH ORDINALITY AS k (c, at));
	hidden text[] := '{}';
	of_campaign text;
	found_place uuid[];
BEGIN
	IF row_before = row_after THEN
		RETURN NULL;
	END IF;
	IF TG_OP = 'UPDATE' THEN
		SELECT jsonb_object_agg(b.key, b.value), jsonb_object_agg(b.key, row_after -> b.key)
		  INTO row_before, row_after
		  FROM jsonb_each(row_before) b
		 WHERE b.value <> row_after -> b.key;
	END IF;
	IF TG_TABLE_NAME <> TG_ARGV[0] THEN
		row_before := row_before - key_columns;
		row_after := row_after - key_columns;
	END IF;
	IF secret <> '{}' THEN
		hidden := ARRAY(SELECT s FROM unnest(secret) s WHERE coalesce(row_after, row_before) ? s);
		row_before := row_before - secret;
		row_after := row_after - secret;
	END IF;

	IF TG_NARGS < 5 THEN
		found_place := CASE WHEN TG_OP = 'DELETE' THEN OLD.ancestors ELSE NEW.ancestors END;
	ELSE
		EXECUTE format('SELECT %s FROM (SELECT ($1::%I.%I).*) r', TG_ARGV[4], TG_TABLE_SCHEMA, TG_TABLE_NAME)
		   INTO found_place USING CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
	END IF;
	of_campaign := present ->> 'campaign_code';
	IF of_campaign IS NULL AND present ->> 'activity_id' IS NOT NULL THEN
		of_campaign := (SELECT a.campaign_code FROM activity a WHERE a.id = (present ->> 'activity_id')::uuid);
	END IF;
	IF of_campaign IS NOT NULL THEN
		found_place := (SELECT CASE c.status WHEN 'draft' THEN c.ancestors ELSE found_place END FROM campaign c WHERE c.code = of_campaign);
	END IF;
	-- What goes with what it was under has lost its way there; it was where it was last.
	found_place := coalesce(found_place, (SELECT e.place FROM audit_entry e WHERE (e.resource, e.resource_id) = (TG_ARGV[0], key)
	                           ORDER BY e.changed_at DESC, e.number DESC LIMIT 1), '{}');

	INSERT INTO audit_entry (changed_by, request_id, operation, address_class, resource, resource_id, change, before, after, redacted, place)
	VALUES (caller_id(), nullif(current_setting('sciday.request_id', true), ''), nullif(current_setting('sciday.operation', true), ''),
	        nullif(current_setting('sciday.address_class', true), ''), TG_ARGV[0], key,
	        CASE WHEN TG_TABLE_NAME <> TG_ARGV[0] THEN 'updated' WHEN TG_OP = 'INSERT' THEN 'created' WHEN TG_OP = 'UPDATE' THEN 'updated' ELSE 'deleted' END,
	        CASE TG_OP WHEN 'DELETE' THEN jsonb_strip_nulls(row_before) ELSE row_before END,
	        CASE TG_OP WHEN 'INSERT' THEN jsonb_strip_nulls(row_after) ELSE row_after END,
	        hidden, found_place);
	RETURN NULL;
END
$$;
