-- name: list_campaigns
SELECT c.summary, c.starts_on, c.code
  FROM campaign_summary c
 WHERE true
   AND c.status = ANY (:status)                                 --? status
   AND (c.starts_on, c.code) < (:after_starts_on, :after_code)  --? after, sort=-starts_on
   AND (c.starts_on, c.code) > (:after_starts_on, :after_code)  --? after, sort=starts_on
 ORDER BY c.starts_on DESC, c.code DESC                         --? sort=-starts_on
 ORDER BY c.starts_on, c.code                                   --? sort=starts_on
 LIMIT :limit

-- name: get_campaign
SELECT body, version FROM campaign_body WHERE code = :campaign_code

-- name: create_campaign
INSERT INTO campaign (code, title, theme, edition, festival_date, document_number, issuer_id, issued_on, printed_on, contact,
                      time_zone, starts_on, ends_on, notice_receipt_due_on, plan_due_on, highlight_due_on, summary_due_on,
                      minimum_highlights, highlight_text_limit, highlight_text_limit_strict, modules_open, late_submissions,
                      national_platform, audiences, award_categories, required_documents)
SELECT c.code, c.title, c.theme, c.edition, c.festival_date, c.document_number, c.issuer_id, c.issued_on, c.printed_on, c.contact,
       coalesce(c.time_zone, 'Asia/Shanghai'), c.starts_on, c.ends_on, c.notice_receipt_due_on, c.plan_due_on, c.highlight_due_on,
       c.summary_due_on, coalesce(c.minimum_highlights, 3), coalesce(c.highlight_text_limit, 500),
       coalesce(c.highlight_text_limit_strict, false), coalesce(c.modules_open, true), coalesce(c.late_submissions, 'accepted'),
       c.national_platform, coalesce(c.audiences, '{}'), coalesce(c.award_categories, '{}'),
       coalesce(c.required_documents, '{}')
  FROM jsonb_populate_record(NULL::campaign, :body) c
RETURNING code

-- name: patch_campaign
UPDATE campaign c
   SET (title, theme, edition, festival_date, document_number, issuer_id, issued_on, printed_on, contact, time_zone, starts_on,
        ends_on, notice_receipt_due_on, plan_due_on, highlight_due_on, summary_due_on, minimum_highlights, highlight_text_limit,
        highlight_text_limit_strict, modules_open, late_submissions, national_platform, audiences, award_categories,
        required_documents)
     = (SELECT n.title, n.theme, n.edition, n.festival_date, n.document_number, n.issuer_id, n.issued_on, n.printed_on, n.contact,
               n.time_zone, n.starts_on, n.ends_on, n.notice_receipt_due_on, n.plan_due_on, n.highlight_due_on, n.summary_due_on,
               n.minimum_highlights, n.highlight_text_limit, n.highlight_text_limit_strict, n.modules_open, n.late_submissions,
               n.national_platform, n.audiences, n.award_categories, coalesce(n.required_documents, '{}')
          FROM jsonb_populate_record(c, :patch) n)
 WHERE c.code = :campaign_code AND c.version = :version
   AND campaign_refusal(c.status, c.ancestors) IS NULL
RETURNING c.code

-- name: delete_campaign
DELETE FROM campaign c
 WHERE c.code = :campaign_code AND c.version = :version AND c.status = 'draft'
   AND campaign_refusal(c.status, c.ancestors) IS NULL
RETURNING c.code

-- name: open_campaign
UPDATE campaign c
   SET status = 'open', opened_at = now()
 WHERE c.code = :campaign_code AND c.version = :version AND c.status = 'draft'
   AND campaign_refusal(c.status, c.ancestors) IS NULL
   AND NOT EXISTS (SELECT FROM campaign_opening_findings(c.code))
RETURNING c.code

-- name: close_campaign
UPDATE campaign c
   SET status = 'closed', closed_at = now()
 WHERE c.code = :campaign_code AND c.version = :version AND c.status = 'open'
   AND campaign_refusal(c.status, c.ancestors) IS NULL
RETURNING c.code

-- name: copy_campaign
SELECT copy_campaign(:campaign_code, :code, :title, :shift_days, :starts_on)

-- helper: refuse_campaign
SELECT r.code,
       CASE r.code
         WHEN 'transition_not_allowed' THEN
           json_build_object('current_status', c.status, 'allowed_actions', campaign_actions(c.status, c.ancestors))
         WHEN 'not_editable' THEN json_build_object('current_status', c.status)
         WHEN 'form_incomplete' THEN json_build_object('errors', (SELECT json_agg(f) FROM campaign_opening_findings(c.code) f))
       END AS params
  FROM campaign c
 CROSS JOIN LATERAL (SELECT CASE
         WHEN c.version <> :version THEN 'version_mismatch'
         WHEN :action = 'open' AND c.status <> 'draft' THEN 'transition_not_allowed'
         WHEN :action = 'close' AND c.status <> 'open' THEN 'transition_not_allowed'
         WHEN :action = 'delete' AND c.status <> 'draft' THEN 'not_editable'
         WHEN campaign_refusal(c.status, c.ancestors) IS NOT NULL THEN campaign_refusal(c.status, c.ancestors)
         WHEN :action = 'open' AND EXISTS (SELECT FROM campaign_opening_findings(c.code)) THEN 'form_incomplete'
       END AS code) r
 WHERE c.code = :campaign_code
