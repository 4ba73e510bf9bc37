-- An entry of each district's, a second apart.
INSERT INTO audit_entry (id, changed_at, changed_by, request_id, operation, address_class, resource, resource_id, change, place)
SELECT numbered('7', n), '2021-05-20T00:00:00Z'::timestamptz + n * interval '1 second', numbered('e', n % 1000), 'request-' || n,
       'patch_activity', 'loopback', 'activity', numbered('9', n)::text, 'updated', o.ancestors
  FROM generate_series(0, 99999) n JOIN organization o ON o.id = numbered('d', n);
