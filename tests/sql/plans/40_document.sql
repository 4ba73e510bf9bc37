-- A document of each plan, and a photo of each activity and of each summary report; all of the same bytes.
INSERT INTO document_content (id, sha256) VALUES (numbered('a', 0), repeat('0', 64));
INSERT INTO document (id, plan_id, activity_id, summary_report_id, organization_id, kind, name, media_type, size, sha256, content_id, status,
                      uploaded_by, uploaded_by_name, uploaded_at)
SELECT uuid_v7(), d.plan_id, d.activity_id, d.summary_report_id, d.organization_id, d.kind, d.kind, d.media_type, 1000, repeat('0', 64),
       numbered('a', 0), 'available', numbered('e', 0), '王0', now()
  FROM (SELECT id AS plan_id, NULL::uuid AS activity_id, NULL::uuid AS summary_report_id, organization_id, 'stamped_pdf' AS kind,
               'application/pdf' AS media_type
          FROM plan
        UNION ALL
        SELECT NULL, id, NULL, organization_id, 'photo', 'image/jpeg' FROM activity
        UNION ALL
        SELECT NULL, NULL, id, organization_id, 'photo', 'image/jpeg' FROM summary_report) d;
