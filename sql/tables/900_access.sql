-- Row security, all of it: who may do what with which rows. What is not said is refused, and a table of which nothing is
-- said is reached through functions alone. A rule is a line or more:
--
--   read | create | change | delete   who, who …: condition
--
-- who     anyone
--         submitter                of the row's organization
--         reviewer, observer       strictly above it
--         administrator            at it or above
--         there                    these four
--         over reviewer …          at it or above, as an administrator
--         issuer                   who administers the row's campaign
--
-- Which columns may be written at all is granted beside each table. A change must leave the row within the rule that let it
-- through. (The settings are read in sub-selects: once for each statement, and not for each row.)

CREATE FUNCTION access(target regclass, rules text DEFAULT '') RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
	rule record;
	permitted text;
	commands CONSTANT jsonb := '{"read": "SELECT", "create": "INSERT", "change": "UPDATE", "delete": "DELETE"}';
	scopes CONSTANT jsonb := jsonb_build_object(
		'anyone', 'true',
		'submitter', 'organization_id = ANY ((SELECT caller_scope(''submitter''))::uuid[])',
		'reviewer', 'ancestors[2:] && (SELECT caller_scope(''reviewer''))',
		'observer', 'ancestors[2:] && (SELECT caller_scope(''observer''))',
		'administrator', 'ancestors && (SELECT caller_scope(''administrator''))',
		'over reviewer', 'ancestors && (SELECT caller_scope(''reviewer''))',
		'over observer', 'ancestors && (SELECT caller_scope(''observer''))',
		'issuer', 'campaign_code = ANY (ARRAY(SELECT c.code FROM campaign c WHERE c.ancestors && (SELECT caller_scope(''administrator''))))');
BEGIN
	EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
	FOR rule IN
		SELECT p.parts[1] AS command, replace(p.parts[2], 'there', 'submitter, reviewer, observer, administrator') AS who,
		       coalesce(p.parts[3], 'true') AS condition, l.ordinal
		  FROM regexp_split_to_table(btrim(rules, E' \t\n'), '\n\s*(?=(?:read|create|change|delete)\s)') WITH ORDINALITY l (line, ordinal)
		 CROSS JOIN LATERAL regexp_match(l.line, '^(\w+)\s+([\w\s,]+?)\s*(?::\s*(.*))?$') p (parts)
		 WHERE l.line <> ''
	LOOP
		SELECT string_agg(coalesce(scopes ->> w, format('(no such scope: %s)', w)), ' OR ') INTO permitted
		  FROM regexp_split_to_table(rule.who, ',\s*') w;
		EXECUTE format('CREATE POLICY %I ON %s FOR %s %s ((%s) AND (%s))', rule.command || '_' || rule.ordinal, target, commands ->> rule.command,
		               CASE rule.command WHEN 'create' THEN 'WITH CHECK' ELSE 'USING' END, permitted, rule.condition);
	END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION access FROM sciday_service;

-- Organizations and accounts. The directory is public; contact details are not (organization_body).
SELECT access('organization', $$
	read   anyone
	create administrator: ancestors[2:] && (SELECT caller_scope('administrator'))
	change administrator
	delete administrator $$);
SELECT access('account', $$
	read   anyone: id = (SELECT caller_id())
	read   anyone: belongs_to && (SELECT caller_scope('administrator'))
	create anyone: (SELECT caller_scope('administrator')) IS NOT NULL
	change anyone: belongs_to && (SELECT caller_scope('administrator'))
	delete anyone: belongs_to && (SELECT caller_scope('administrator')) $$);
SELECT access('membership', $$
	read   anyone: account_id = (SELECT caller_id())
	read   administrator
	create administrator
	delete administrator $$);
SELECT access('account_password');
SELECT access('session');
SELECT access('refresh_token');
SELECT access('sign_in_place');
SELECT access('sign_in_failure');
SELECT access('link_revocation');
SELECT access('idempotency_key', $$
	read   anyone: caller = (SELECT caller_id())
	change anyone: caller = (SELECT caller_id()) $$);
-- Append-only by privilege: only the trigger, as the owner, adds.
SELECT access('audit_entry', $$ read anyone: place && (SELECT caller_scope('administrator')) $$);

-- Campaigns. Phases and modules are as visible as their campaign, and their campaign's administrators'.
SELECT access('campaign', $$
	read   anyone: status <> 'draft'
	read   administrator
	create administrator
	change administrator
	delete administrator: status = 'draft' $$);
SELECT access(of_campaign, $$
	read   anyone
	create anyone: refusal_in_campaign(campaign_code) IS NULL
	change anyone: refusal_in_campaign(campaign_code) IS NULL
	delete anyone: refusal_in_campaign(campaign_code) IS NULL $$)
  FROM unnest('{phase,module}'::regclass[]) of_campaign;
SELECT access('recipient', $$
	read   there
	create anyone: refusal_in_campaign(campaign_code) IS NULL
	delete anyone: refusal_in_campaign(campaign_code) IS NULL $$);

-- The work. A draft is its author's alone (and its administrators'); from its first submission on its reviewers see it as it stands.
SELECT access('transition', 'read anyone');
SELECT access('subject');
SELECT access('activity_text');
SELECT access('activity_state');
SELECT access('activity_listed');
SELECT access('plan', $$
	read   submitter, administrator
	read   reviewer, observer: submission_count > 0
	read   reviewer: entered_by IS NOT NULL
	create submitter
	create reviewer: entered_by = caller_id()
	change submitter, reviewer
	delete submitter: status = 'draft' AND submission_count = 0
	delete reviewer: status = 'draft' AND submission_count = 0 AND entered_by IS NOT NULL $$);
SELECT access(w.work, $$
	read   anyone: $$ || w.is_public || $$
	read   submitter, administrator
	read   reviewer, observer: submission_count > 0
	read   reviewer: entered_by IS NOT NULL
	create submitter: kind = 'highlight'
	create administrator: kind <> 'highlight'
	create reviewer: kind = 'highlight' AND entered_by = caller_id()
	change submitter, reviewer: kind = 'highlight'
	change administrator: kind <> 'highlight'
	delete submitter: kind = 'highlight' AND status = 'draft' AND submission_count = 0
	delete administrator: kind <> 'highlight' AND status = 'draft' AND submission_count = 0
	delete reviewer: kind = 'highlight' AND status = 'draft' AND submission_count = 0 AND entered_by IS NOT NULL $$)
  FROM (VALUES ('activity'::regclass, 'is_public'),
               ('summary_report', 'status = ''accepted'' AND is_public_activity(activity_id)')) w (work, is_public);
SELECT access('submission', $$
	read   there
	create submitter: submitted_by = caller_id() AND received_on IS NULL AND submitted_at = now()
	create administrator: submitted_by = caller_id() AND resource = 'summary_report'
	create reviewer: submitted_by = caller_id() AND received_on IS NOT NULL AND entered_at = now() AND submitted_at <= now() $$);
-- History may say only what the table of states allows the caller there, of what it is about and of its kind.
SELECT access('review', $$
	read   there
	create anyone: by_user = caller_id() AND EXISTS (
		SELECT FROM transition t
		 WHERE (t.action, t.from_status, t.to_status) = (review.action, review.from_status, review.to_status)
		   AND t.resource IN (review.resource, CASE review.resource WHEN 'activity' THEN 'execution' END)
		   AND t.kind IS NOT DISTINCT FROM (SELECT l.kind FROM subject_life l WHERE l.resource = review.resource AND l.id = review.subject_id)
		   AND t.role = ANY (roles_at(review.ancestors))) $$);

-- What is owed. The service makes no obligation: opening, adding a recipient and submitting do, by trigger.
SELECT access('obligation', $$
	read   there
	change issuer $$);
SELECT access('obligation_tally', 'read there');
SELECT access('notice_receipt', $$
	read   anyone: EXISTS (SELECT FROM obligation o WHERE o.id = notice_receipt.obligation_id)
	create submitter: acknowledged_by = caller_id() $$);
SELECT access('extension', $$
	read   there
	create issuer: given_by = caller_id()
	change issuer $$);

-- Documents. Who may read what it is attached to may read it. The public reads a campaign's notice and its attachments, and of
-- an activity and its report the photos: a stamped form has the phone numbers that are redacted elsewhere.
SELECT access('document', $$
	read   anyone: campaign_code IS NOT NULL AND EXISTS (
		SELECT FROM campaign c
		 WHERE c.code = document.campaign_code
		   AND (c.ancestors && (SELECT caller_scope('administrator'))
		        OR document.status = 'available' AND (document.kind IN ('notice', 'attachment') OR (SELECT caller_id()) IS NOT NULL)))
	read   anyone: subject_id IS NOT NULL AND EXISTS (
		SELECT FROM subject_life l
		 WHERE l.resource = document.resource AND l.id = document.subject_id
		   AND (document.status = 'available' AND document.kind = 'photo' OR cardinality(roles_at(l.ancestors)) > 0))
	create anyone: uploaded_by = caller_id() AND EXISTS (SELECT FROM document_owner(document) o WHERE o.code IS NULL)
	delete anyone: EXISTS (SELECT FROM document_owner(document) o WHERE o.code IS NULL) $$);
SELECT access('document_content');
SELECT access('document_piece', $$
	read   anyone: EXISTS (SELECT FROM document d WHERE d.content_id = document_piece.content_id AND d.status = 'available') $$);
SELECT access('submission_document', $$
	read   anyone: EXISTS (SELECT FROM submission s WHERE s.id = submission_document.submission_id) $$);

-- What goes to the nation and comes from it. A whole batch is for those who have a role over the campaign; an organization sees
-- which of its own are in it, and the batch that corrects it, also where that leaves theirs out: it would be current to them
-- for ever otherwise. (The first of them by rank: what has an index is not looked for from end to end.)
SELECT access('forwarding', $$
	read   over reviewer, over observer, administrator
	read   anyone: id = (SELECT i.forwarding_id FROM forwarding_item i WHERE i.forwarding_id = forwarding.id ORDER BY i.rank LIMIT 1)
	read   anyone: replaces_id = (SELECT i.forwarding_id FROM forwarding_item i WHERE i.forwarding_id = forwarding.replaces_id ORDER BY i.rank LIMIT 1)
	create over reviewer, administrator: forwarded_by = caller_id() $$);
SELECT access('forwarding_item', 'read there');
-- Who was awarded what is public (how to reach them is not: award_body); what was revoked, only for those concerned.
SELECT access('award', $$
	read   anyone: revoked_at IS NULL
	read   there, issuer
	create issuer: given_by = caller_id()
	change issuer $$);

-- A campaign that is still a draft is its administrators' alone, and so is all that hangs on it: its recipients, what is
-- published of its programme, and the history of that. One policy narrows whatever others allow, writing too. Said by way of
-- NULLIF, because the planner then takes nearly every row to pass, as they do; of NOT and ALL it expects one in a thousand.
CREATE FUNCTION hide_with_campaign(target regclass) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
	EXECUTE format('CREATE POLICY hidden_with_its_campaign ON %s AS RESTRICTIVE'
	               ' USING (NULLIF(campaign_code = ANY ((SELECT hidden_campaigns())::text[]), true) IS NOT NULL)', target);
END
$$;
REVOKE EXECUTE ON FUNCTION hide_with_campaign FROM sciday_service;
SELECT hide_with_campaign(of_campaign)
  FROM unnest('{phase,module,recipient,obligation,obligation_tally,extension,subject,plan,activity,activity_text,activity_listed,summary_report,submission,review,forwarding,forwarding_item,award}'::regclass[]) of_campaign;
