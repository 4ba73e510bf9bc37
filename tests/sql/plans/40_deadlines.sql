-- An extension and an award of each district; half of them, as of the obligations, are last year's.
INSERT INTO extension (campaign_code, organization_id, ancestors, kind, due_at, reason, given_by, given_by_name, given_at, batch_id)
SELECT (ARRAY['large', 'past'])[n % 2 + 1], o.id, o.ancestors, 'plan', '2021-05-20T16:00:00Z', '防汛', numbered('e', n % 1000), '王0',
       now() - n % 1000 * interval '1 minute', numbered('8', n % 1000)
  FROM generate_series(0, 99999) n JOIN organization o ON o.id = numbered('d', n);
INSERT INTO award (id, campaign_code, organization_id, ancestors, category, mailing_address, given_by, given_by_name, created_at)
SELECT numbered('7', n), (ARRAY['large', 'past'])[n % 2 + 1], o.id, o.ancestors, 'excellent', '某路1号', numbered('e', n % 1000), '王0', now() - n * interval '1 second'
  FROM generate_series(0, 99999) n JOIN organization o ON o.id = numbered('d', n);
