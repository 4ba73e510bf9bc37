-- Whoever deletes an account or a draft of a campaign asks each table that refers to it whether anything of it is there: by
-- an index, also where nobody else asks so.
DO $$
DECLARE
	reference record;
BEGIN
	FOR reference IN
		SELECT c.conrelid::regclass AS referring, a.attname AS field
		  FROM pg_constraint c
		  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
		 WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
		   AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1] AND i.indpred IS NULL)
		 ORDER BY c.conrelid, c.conkey
	LOOP
		EXECUTE format('CREATE INDEX %I ON %s (%I) WHERE %3$I IS NOT NULL', reference.referring || '_refers_by_' || reference.field,
		               reference.referring, reference.field);
	END LOOP;
END
$$;
