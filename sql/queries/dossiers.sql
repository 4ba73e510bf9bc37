-- What the dossier of a forwarding is made of; src/resources/dossiers.c makes it.

-- helper: dossier
SELECT f.campaign_code, f.document_number, f.replaced_by, to_char(f.forwarded_on, 'FMYYYY"年"FMMM"月"FMDD"日"') AS forwarded_on, o.name AS organization_name, c.title AS campaign_title,
       extract(epoch FROM f.created_at)::bigint AS created_at
  FROM (SELECT f.*, (SELECT r.document_number FROM forwarding r WHERE r.replaces_id = f.id) AS replaced_by FROM forwarding f) f
  JOIN organization o ON o.id = f.organization_id
  JOIN campaign c ON c.code = f.campaign_code
 WHERE f.id = :forwarding_id

-- helper: dossier_items
SELECT i.activity_id, i.submission_id, i.rank, i.organization_name, i.content ->> 'title' AS title
  FROM forwarding_item i
 WHERE i.forwarding_id = :forwarding_id
 ORDER BY i.rank, i.id

-- Every document of every item, in the items' order; those alone that may be handed out.
-- helper: dossier_documents
SELECT d.id, i.submission_id, d.name, d.media_type, d.size
  FROM forwarding_item i
  JOIN submission_document n ON n.submission_id = i.submission_id
  JOIN document d ON d.id = n.document_id
 WHERE i.forwarding_id = :forwarding_id AND d.status = 'available'
 ORDER BY i.rank, i.id, d.uploaded_at, d.id

-- One row of its roster.
-- helper: dossier_roster_row
-- binds: activity_id
SELECT r.summary FROM roster_row r WHERE r.forwarding_id = :forwarding_id AND r.id = :activity_id

-- name: revoke_dossier_links
SELECT revoke_links(f.id, f.ancestors) FROM forwarding f WHERE f.id = :forwarding_id

-- helper: refuse_dossier_links
SELECT NULL AS code, NULL AS params FROM forwarding f WHERE f.id = :forwarding_id
