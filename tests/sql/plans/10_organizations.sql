-- A nation: 30 provinces, 300 cities, 100,000 districts and societies, and a person with a role at each.
INSERT INTO organization (id, code, kind, name, parent_id, ordinal, ancestors, path_ordinal)
VALUES (numbered('a', 0), 'n', 'national_association', '中国科学技术协会', NULL, 1, ARRAY[numbered('a', 0)], '000001.n');
INSERT INTO organization (id, code, kind, name, parent_id, ordinal, ancestors, path_ordinal)
SELECT numbered('b', n), 'p' || n, 'provincial_association', '第' || n || '省科学技术协会', p.id, n,
       numbered('b', n) || p.ancestors, p.path_ordinal || ' ' || lpad(n::text, 6, '0') || '.p' || n
  FROM generate_series(0, 29) n JOIN organization p ON p.id = numbered('a', 0);
INSERT INTO organization (id, code, kind, name, parent_id, ordinal, ancestors, path_ordinal)
SELECT numbered('c', n), 'c' || n, 'city_association', '第' || n || '市科学技术协会', p.id, n,
       numbered('c', n) || p.ancestors, p.path_ordinal || ' ' || lpad(n::text, 6, '0') || '.c' || n
  FROM generate_series(0, 299) n JOIN organization p ON p.id = numbered('b', n % 30);
INSERT INTO organization (id, code, kind, name, parent_id, ordinal, ancestors, path_ordinal)
SELECT numbered('d', n), 'd' || n, CASE n % 3 WHEN 0 THEN 'society' ELSE 'district_association' END, '第' || n || '学会', p.id, n,
       numbered('d', n) || p.ancestors, p.path_ordinal || ' ' || lpad(n::text, 6, '0') || '.d' || n
  FROM generate_series(0, 99999) n JOIN organization p ON p.id = numbered('c', n % 300);

-- Without figures of their own the joins below would go through all for each, which takes a quarter of an hour.
ANALYZE organization;
INSERT INTO account (id, kind, username, name, belongs_to)
SELECT numbered('e', n), CASE n % 2 WHEN 0 THEN 'user' ELSE 'client' END, 'person' || n, '王' || n, o.ancestors
  FROM generate_series(0, 99999) n JOIN organization o ON o.id = numbered('d', n);
ANALYZE account;
INSERT INTO membership (account_id, organization_id, role, ancestors)
SELECT a.id, o.id, (ARRAY['submitter', 'reviewer', 'observer', 'administrator'])[n % 4 + 1], o.ancestors
  FROM generate_series(0, 99999) n JOIN account a ON a.id = numbered('e', n) JOIN organization o ON o.id = numbered('d', n);
