-- name: list_campaign_documents
SELECT d.summary, d.uploaded_at, d.id
  FROM document_summary d
 WHERE d.campaign_code = :campaign_code
   AND d.kind = ANY (:kind)                                  --? kind
   AND (d.uploaded_at, d.id) > (:after_uploaded_at, :after_id) --? after
 ORDER BY d.uploaded_at, d.id
 LIMIT :limit

-- name: get_document
SELECT body, version FROM document_body WHERE id = :document_id

-- What an upload ends in.
-- handler: create_campaign_document, create_plan_document, create_activity_document, create_summary_report_document
-- binds: owner, upload_id, document_kind, document_name, media_type, size, sha256, document_status
INSERT INTO document (id, campaign_code, subject_id, organization_id, kind, name, media_type, size, sha256, content_id, status, owner_digest,
                      uploaded_by)
SELECT :new_id, (o.place).campaign_code, (o.place).subject_id, o.organization_id, :document_kind::text, :document_name, :media_type, :size::integer, :sha256,
       complete_content(:upload_id, :sha256), :document_status,
       CASE WHEN :document_kind = 'stamped_pdf' THEN o.digest END, :caller
  FROM attachable(:owner) o
RETURNING id

-- name: delete_document
DELETE FROM document d
 WHERE d.id = :document_id AND d.version = :version
   AND EXISTS (SELECT FROM document_owner(d) o WHERE o.code IS NULL)
RETURNING d.id

-- helper: refuse_document
SELECT CASE WHEN d.version <> :version THEN 'version_mismatch' ELSE o.code END AS code, o.params
  FROM document d
 CROSS JOIN LATERAL document_owner(d) o
 WHERE d.id = :document_id

-- What its download needs to know.
-- helper: find_document
SELECT d.name, d.media_type, d.size, d.sha256, d.status FROM document d WHERE d.id = :document_id

-- name: revoke_document_links
SELECT revoke_links(d.id, o.ancestors)
  FROM document d
  JOIN organization o ON o.id = d.organization_id
 WHERE d.id = :document_id

-- helper: refuse_document_links
SELECT NULL AS code, NULL AS params FROM document d WHERE d.id = :document_id

-- helper: document_piece
SELECT p.bytes
  FROM document d
  JOIN document_piece p ON p.content_id = d.content_id
 WHERE d.id = :document_id AND d.status = 'available' AND p.ordinal = :ordinal

-- helper: begin_upload
SELECT begin_upload(:upload_id, :owner, :quota, :announced)

-- helper: keep_piece
SELECT keep_piece(:upload_id, :ordinal, :bytes)

-- helper: upload_piece
SELECT upload_piece(:upload_id, :ordinal) AS bytes

-- helper: discard_upload
SELECT discard_upload(:upload_id)

-- helper: claim_scan
SELECT document_id, size FROM claim_scan()

-- helper: scan_piece
SELECT scan_piece(:document_id, :ordinal) AS bytes

-- helper: finish_scan
SELECT finish_scan(:document_id, :document_status)
