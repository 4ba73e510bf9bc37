-- What forms on paper are made of; src/resources/forms.c makes them.

-- helper: submission_form
SELECT body FROM submission_form WHERE id = :submission_id

-- What an organization has in a campaign, in the order of its cover.
-- helper: organization_form
SELECT json_build_object('campaign', c.campaign, 'organization', o.reference) AS body,
       cardinality(roles_at(o.ancestors)) > 0 AS has_role
  FROM form_campaign c, organization o
 WHERE c.code = :campaign_code AND o.id = :organization_id

-- helper: organization_forms
SELECT f.body
  FROM (SELECT 1 AS ordinal, NULL::date AS starts_on, p.id, p.body FROM plan_form p
         WHERE p.campaign_code = :campaign_code AND p.organization_id = :organization_id
        UNION ALL
        SELECT 2, a.starts_on_or_last, a.id, a.body FROM activity_form a
         WHERE a.campaign_code = :campaign_code AND a.organization_id = :organization_id
        UNION ALL
        SELECT 3, r.starts_on, r.id, r.body FROM summary_report_form r
         WHERE r.campaign_code = :campaign_code AND r.organization_id = :organization_id) f
 ORDER BY f.ordinal, f.starts_on, f.id
 LIMIT 201
