-- Venues of activities 「活动场地」: an organization's own, open until it closes them.

CREATE TABLE venue (
	id uuid CONSTRAINT venue__id__taken PRIMARY KEY,
	organization_id uuid NOT NULL CONSTRAINT organization_id__unknown REFERENCES organization ON DELETE RESTRICT,
	ancestors uuid[] NOT NULL,
	name text NOT NULL,
	address text NOT NULL,
	capacity integer,
	status text NOT NULL DEFAULT 'open',
	version integer NOT NULL DEFAULT 1,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(),
	CONSTRAINT venue__name__taken UNIQUE (organization_id, name),
	CONSTRAINT name__length CHECK (length(name) BETWEEN 1 AND 50),
	CONSTRAINT address__length CHECK (length(address) BETWEEN 1 AND 200),
	CONSTRAINT capacity__range CHECK (capacity BETWEEN 1 AND 100000),
	CONSTRAINT status__not_allowed_value CHECK (status IN ('open', 'closed'))
);
CREATE INDEX venue_by_name ON venue (name, id);
SELECT track_ancestors('venue');
SELECT track_changes('venue');
SELECT audit_changes('venue');
GRANT SELECT, DELETE ON venue TO sciday_service;
GRANT INSERT (id, organization_id, name, address, capacity) ON venue TO sciday_service;
GRANT UPDATE (name, address, capacity, status) ON venue TO sciday_service;
