-- A document of each plan, and a photo of each activity and of each summary report; many of the same bytes.
INSERT INTO document_content (id, sha256) SELECT numbered('a', n), lpad(n::text, 64, '0') FROM generate_series(0, 999) n;
INSERT INTO document (id, subject_id, resource, organization_id, kind, name, media_type, size, sha256, content_id, status, uploaded_by,
                      uploaded_by_name, uploaded_at)
SELECT uuid_v7(), l.id, l.resource, l.organization_id, k.kind, k.kind, k.media_type, 1000, lpad(right(l.id::text, 3), 64, '0'), numbered('a', right(l.id::text, 3)::integer), 'available',
       numbered('e', right(l.id::text, 3)::integer), '王0', now()
  FROM subject_life l
 CROSS JOIN LATERAL (
	SELECT CASE l.resource WHEN 'plan' THEN 'stamped_pdf' ELSE 'photo' END AS kind,
	       CASE l.resource WHEN 'plan' THEN 'application/pdf' ELSE 'image/jpeg' END AS media_type) k;
