#!/usr/bin/env bash
# What two people at once must not be able to do. Each case has two sessions: one has done its
# part and not yet committed when the other begins.

source "$(dirname "${BASH_SOURCE[0]}")/scratch.bash"
scratch_create concurrency
session_open one
session_open two

sql "$scratch_url" <<'SQL'
CREATE FUNCTION o(code text) RETURNS uuid LANGUAGE sql STABLE RETURN (SELECT id FROM organization WHERE organization.code = o.code);
INSERT INTO organization (id, code, kind, name) VALUES (uuid_v7(), 'su', 'provincial_association', '江苏');
INSERT INTO organization (id, code, kind, name, parent_id)
SELECT uuid_v7(), code, 'city_association', code, o('su') FROM unnest(ARRAY['a', 'b', 'c', 'd']) code;
INSERT INTO organization (id, code, kind, name, parent_id) VALUES (uuid_v7(), 'a-1', 'district_association', 'a-1', o('a'));
INSERT INTO account (id, kind, username, name)
SELECT ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'user', 'person' || n, 'person' FROM generate_series(1, 2) n;
INSERT INTO campaign (code, title, issuer_id, starts_on, ends_on, plan_due_on, highlight_due_on, summary_due_on)
SELECT code, code, o('su'), '2021-05-10', '2021-06-30', '2021-05-12', '2021-05-12', '2021-06-30' FROM unnest(ARRAY['t-1', 't-2']) code;
SQL

move() { printf "UPDATE organization SET parent_id = o('%s') WHERE code = '%s'" "$2" "$1"; }
ancestors() { sql "$scratch_url" --command="SELECT string_agg(o.code, ' ' ORDER BY n.at) FROM unnest(($1)) WITH ORDINALITY n (id, at) JOIN organization o USING (id)"; }

# A cycle needs two moves that are harmless alone.
is "$(turns one "$(move a b)" two "$(move b a)" | grep -o organization_cycle | head -n 1)" organization_cycle \
  'two moves at once make no cycle'
is "$(ancestors "SELECT ancestors FROM organization WHERE code = 'a-1'")" 'a-1 a b su' 'and the first one holds'

# Two moves at once of a branch and of what it goes below.
is "$(turns one "$(move b c)" two "$(move d a)")" '' 'a branch goes below one that is moving'
is "$(ancestors "SELECT ancestors FROM organization WHERE code = 'd'")" 'd a b c su' 'and ends where that one does'

# A new row under a branch that is moving, and a move of a branch under which a row is new.
turns one "$(move a su)" two "INSERT INTO membership (account_id, organization_id, role) VALUES ('00000000-0000-7000-8000-000000000001', o('a-1'), 'submitter')" >/dev/null
is "$(ancestors "SELECT ancestors FROM membership WHERE organization_id = o('a-1')")" 'a-1 a su' 'a row made while its branch moves is where the branch is'
turns two "INSERT INTO membership (account_id, organization_id, role) VALUES ('00000000-0000-7000-8000-000000000002', o('a-1'), 'submitter')" one "$(move a c)" >/dev/null
is "$(ancestors "SELECT ancestors FROM membership WHERE account_id = '00000000-0000-7000-8000-000000000002'")" 'a-1 a c su' \
  'and so is one that was made just before'

# A recipient added while the notice is issued, either way round.
add() { printf "INSERT INTO recipient (id, campaign_code, organization_id) VALUES (uuid_v7(), '%s', o('%s'))" "$1" "$2"; }
open() { printf "UPDATE campaign SET status = 'open', opened_at = now() WHERE code = '%s'" "$1"; }
owed() { sql "$scratch_url" --command="SELECT string_agg(kind, ' ' ORDER BY kind) FROM obligation WHERE campaign_code = '$1'"; }
turns one "$(open t-1)" two "$(add t-1 a)" >/dev/null
is "$(owed t-1)" 'highlights plan' 'a recipient added during the opening owes'
turns two "$(add t-2 a)" one "$(open t-2)" >/dev/null
is "$(owed t-2)" 'highlights plan' 'and so does one added just before, once'

# Two who add and remove recipients at once take turns, and each is counted.
kept_and_there() { sql "$scratch_url" --command="SELECT c.recipient_count || ' ' || count(*) FROM campaign c JOIN recipient r ON r.campaign_code = c.code WHERE c.code = 't-2' GROUP BY c.code"; }
turns one "$(add t-2 b)" two "$(add t-2 c)" >/dev/null
is "$(kept_and_there)" '3 3' 'recipients that two add at once are counted'
turns one "DELETE FROM recipient WHERE campaign_code = 't-2' AND organization_id = o('b')" two "DELETE FROM recipient WHERE campaign_code = 't-2' AND organization_id = o('c')" >/dev/null
is "$(kept_and_there)" '1 1' 'and those that they remove'

# Phases
phase() { printf "INSERT INTO phase (id, campaign_code, ordinal, name, starts_on, ends_on) VALUES (uuid_v7(), 't-1', %d, 'x', '%s', '%s')" "$@"; }
is "$(turns one "$(phase 1 2021-05-10 2021-05-20)" two "$(phase 2 2021-05-20 2021-05-30)" | grep -o 'exclusion constraint "[a-z_]*"')" 'exclusion constraint "phases_overlap"' 'phases do not overlap by two at once'

# One version, two changes
change() { printf "UPDATE campaign SET title = '%s' WHERE code = 't-1' AND version = 2 RETURNING code" "$1"; }
is "$(tell one "BEGIN; $(change first)")" t-1 'the first of two changes of one version is made'
start two "$(change second)"
wait_blocked
tell one COMMIT >/dev/null
is "$(hear two)" '' 'the second touches nothing'
is "$(sql "$scratch_url" --command="SELECT title || ' ' || version FROM campaign WHERE code = 't-1'")" 'first 3' 'and overwrites nothing'

# One key, two requests
claim() { printf "SELECT claim_idempotency_key('00000000-0000-7000-8000-000000000001', 'key', 'create_plan', 'digest')"; }
tell one "BEGIN; $(claim)" >/dev/null
is "$(tell two "$(claim)" | grep -o 'idempotency_[a-z_]*' | head -n 1)" idempotency_in_progress 'a key that is being used is refused at once'
tell one ROLLBACK >/dev/null
is "$(tell two "$(claim)")" '' 'and free again when its request came to nothing'

# A document attached while its plan is submitted, either way round; and bytes that come again while the last of their kind go.
sql "$scratch_url" <<'SQL'
INSERT INTO plan (id, campaign_code, organization_id, title, text) SELECT uuid_v7(), 't-1', o(code), code, 'text' FROM unnest(ARRAY['a', 'b']) code;
INSERT INTO document_content (id, sha256) VALUES ('00000000-0000-7000-8000-000000000001', repeat('a', 64));
INSERT INTO document_content (id, organization_id, uploaded_by)
VALUES ('00000000-0000-7000-8000-000000000002', o('a'), '00000000-0000-7000-8000-000000000001');
SQL
attach() {
  printf "INSERT INTO document (id, subject_id, organization_id, kind, name, media_type, size, sha256, content_id, status, uploaded_by)
    SELECT uuid_v7(), id, organization_id, 'other', 'a.pdf', 'application/pdf', 1, repeat('a', 64), '00000000-0000-7000-8000-000000000001', 'available',
           '00000000-0000-7000-8000-000000000001' FROM plan WHERE title = '%s'" "$1"
}
submit() {
  printf "WITH changed AS (UPDATE plan SET status = 'submitted', submission_count = 1 WHERE title = '%s' RETURNING id)
    INSERT INTO submission (subject_id, number, submitted_by, content) SELECT id, 1, '00000000-0000-7000-8000-000000000001', '{}' FROM changed" "$1"
}
turns one "$(attach a)" two "$(submit a)" >/dev/null
is "$(sql "$scratch_url" --command='SELECT count(*) FROM submission_document')" 1 'a submission has the document that was being attached'
is "$(turns one "$(submit b)" two "$(attach b)" | grep -o not_editable | head -n 1)" not_editable 'and what is submitted takes no more'
sql "$scratch_url" --command="INSERT INTO activity (id, campaign_code, organization_id, kind, title)
  VALUES (uuid_v7(), 't-1', o('a'), 'highlight', 'begun and deleted')"
is "$(turns one "DELETE FROM activity WHERE title = 'begun and deleted'" two "$(attach 'begun and deleted' | sed 's/FROM plan/FROM activity/')" | grep -o not_found | head -n 1)" not_found 'and what is deleted meanwhile is not found'
tell one "UPDATE plan SET status = 'draft'; DELETE FROM submission_document; BEGIN; DELETE FROM document" >/dev/null
start two "BEGIN; SELECT identify('00000000-0000-7000-8000-000000000001', '', '', '', '', '', '');
  SELECT complete_content('00000000-0000-7000-8000-000000000002', repeat('a', 64)); COMMIT"
wait_blocked
tell one COMMIT >/dev/null
is "$(hear two | grep -o '[0-9a-f-]*2$')" 00000000-0000-7000-8000-000000000002 'bytes that come again while the last of their kind go are kept'

# Highlights are forwarded while one of them is retracted, either way round, and twice at once.
sql "$scratch_url" <<'SQL'
INSERT INTO activity (id, campaign_code, organization_id, kind, title, status, submission_count, nomination_rank, nomination_reason)
SELECT uuid_v7(), 't-1', o('a'), 'highlight', title, 'nominated', 1, ascii(title), 'reason' FROM unnest(ARRAY['x', 'y', 'z']) title;
INSERT INTO submission (subject_id, number, submitted_by, content)
SELECT id, 1, '00000000-0000-7000-8000-000000000001', '{}' FROM activity WHERE campaign_code = 't-1';
SQL
retract() { printf "UPDATE activity SET status = 'accepted', nomination_rank = NULL WHERE title = '%s' AND status = 'nominated'" "$1"; }
forward() {
  printf "INSERT INTO forwarding (id, campaign_code, document_number, forwarded_on, forwarded_by)
    VALUES (uuid_v7(), 't-1', '%s', '2021-05-17', '00000000-0000-7000-8000-000000000001')" "$1"
}
forwarded() {
  sql "$scratch_url" --command="SELECT string_agg(a.title, ' ' ORDER BY a.title) FROM forwarding_item i JOIN activity a ON a.id = i.activity_id
    JOIN forwarding f ON f.id = i.forwarding_id WHERE f.document_number = '$1'"
}
turns one "$(retract x)" two "$(forward first)" >/dev/null
is "$(forwarded first)" 'y z' 'what was being retracted is not forwarded'
sql "$scratch_url" --command="UPDATE activity SET status = 'nominated', nomination_rank = 1 WHERE title = 'x'"
is "$(turns one "$(forward second)" two "$(retract x)" | grep -o transition_not_allowed | head -n 1)" transition_not_allowed 'what was being forwarded is not retracted'
is "$(forwarded second)" x 'and the second batch has it'
sql "$scratch_url" --command="INSERT INTO activity (id, campaign_code, organization_id, kind, title, status, submission_count, nomination_rank, nomination_reason)
  VALUES (uuid_v7(), 't-1', o('a'), 'highlight', 'w', 'nominated', 1, 1, 'reason')"
sql "$scratch_url" --command="INSERT INTO submission (subject_id, number, submitted_by, content)
  SELECT id, 1, '00000000-0000-7000-8000-000000000001', '{}' FROM activity WHERE title = 'w'"
is "$(turns one "$(forward third)" two "$(forward fourth)" | grep -o nothing_to_forward | head -n 1)" nothing_to_forward 'nothing is forwarded twice by two at once'

# What one organization owes, counted by two at once: each waits, and counts what the other has done.
sql "$scratch_url" --command="INSERT INTO activity (id, campaign_code, organization_id, kind, title)
  SELECT uuid_v7(), 't-2', o('a'), 'highlight', title FROM unnest(ARRAY['p', 'q', 'r', 's']) title"
hand_in() {
  printf "WITH changed AS (UPDATE activity SET status = 'submitted', submission_count = submission_count + 1 WHERE title = '%s' RETURNING id, submission_count)
    INSERT INTO submission (subject_id, number, submitted_by, content) SELECT id, submission_count, '00000000-0000-7000-8000-000000000001', '{}' FROM changed" "$1"
}
take_back() {
  printf "WITH changed AS (UPDATE activity SET status = 'draft' WHERE title = '%s' RETURNING id)
    INSERT INTO review (subject_id, action, from_status, to_status, by_user) SELECT id, 'withdraw', 'submitted', 'draft', '00000000-0000-7000-8000-000000000001' FROM changed" "$1"
}
accept() { printf "UPDATE activity SET status = 'accepted' WHERE title = '%s'" "$1"; }
put_off() {
  printf "INSERT INTO extension (campaign_code, organization_id, kind, due_at, reason, given_by)
    VALUES ('t-2', o('a'), 'summary_report', '%s', 'reason', '00000000-0000-7000-8000-000000000001')" "$1"
}
# at_once FIRST SECOND COUNTED WHAT: what is counted after both, and that neither that nor any sum is miscounted.
at_once() {
  tell one "BEGIN; $1" >/dev/null
  start two "$2"
  wait_blocked
  tell one COMMIT >/dev/null
  hear two >/dev/null
  is "$(sql "$scratch_url" --command="SELECT concat_ws(' ', o.submitted, o.accepted, (
      SELECT string_agg(r.effective_due_at::date::text, ' ' ORDER BY r.effective_due_at) FROM obligation r
       WHERE r.campaign_code = 't-2' AND r.effective_due_at > r.due_at), (SELECT string_agg(m.differences, ' ') FROM obligation_miscounted m), (SELECT string_agg(m.differences, ' ') FROM obligation_mistallied m))
    FROM obligation o WHERE o.campaign_code = 't-2' AND o.kind = 'highlights'")" "$3" "$4"
}
at_once "$(hand_in p)" "$(hand_in q)" '2 0' 'two highlights handed in at once are two'
at_once "$(hand_in r)" "$(take_back p)" '2 0' 'one handed in while another is withdrawn'
at_once "$(take_back r)" "$(hand_in p)" '2 0' 'and the other way round'
at_once "$(accept p)" "$(hand_in r)" '3 1' 'one accepted while another is handed in'
at_once "$(take_back r)" "$(accept q)" '2 2' 'one withdrawn while another is accepted'
at_once "$(put_off '2021-07-10 12:00')" "$(hand_in r)" '3 2 2021-07-10 2021-07-10 2021-07-10' 'a report owed while reports are put off is put off'
at_once "$(hand_in s)" "$(put_off '2021-07-11 12:00')" '4 2 2021-07-11 2021-07-11 2021-07-11 2021-07-11' 'and so is one owed just before'
waive() { printf "UPDATE obligation SET waived_at = now(), waived_reason = 'x' WHERE activity_id = (SELECT id FROM activity WHERE title = '%s')" "$1"; }
at_once "$(waive p)" "$(waive s)" '4 2 2021-07-11 2021-07-11 2021-07-11 2021-07-11' 'two reports of one organization waived at once'

# Who is told when someone's roles or sessions end
notified() { tell one 'SELECT 1' | grep -o 'payload "[^"]*"' | sort -u; }
tell one 'LISTEN sciday_account' >/dev/null
tell two "DELETE FROM membership WHERE account_id = '00000000-0000-7000-8000-000000000002'" >/dev/null
is "$(notified)" 'payload "00000000-0000-7000-8000-000000000002"' 'a membership that ends is told'
tell two "INSERT INTO session (id, account_id, expires_at) VALUES (uuid_v7(), '00000000-0000-7000-8000-000000000001', now() + interval '1 day')" >/dev/null
tell two "UPDATE account SET is_active = false WHERE username = 'person1'" >/dev/null
is "$(notified)" 'payload "00000000-0000-7000-8000-000000000001"' 'and so is an account that is locked'
tell two "DELETE FROM account WHERE username = 'person2'" >/dev/null
is "$(notified)" 'payload "00000000-0000-7000-8000-000000000002"' 'or deleted'

# Two administrators who remove each other: the second finds that they would be the last.
sql "$scratch_url" <<'SQL'
INSERT INTO account (id, kind, username, name) SELECT uuid_v7(), 'user', 'administrator' || n, 'administrator' FROM generate_series(1, 4) n;
INSERT INTO membership (account_id, organization_id, role)
SELECT a.id, o('su'), 'administrator' FROM account a WHERE a.username LIKE 'administrator%';
SQL
last() { sql "$scratch_url" --command="SELECT string_agg(a.username, ' ') FROM membership m JOIN account a ON a.id = m.account_id
  WHERE m.role = 'administrator' AND a.is_active"; }
# remove_each_other FIRST SECOND WHAT: two statements, each of which is harmless alone.
remove_each_other() {
  tell one "BEGIN; $1" >/dev/null
  start two "$2"
  wait_blocked
  tell one COMMIT >/dev/null
  is "$(hear two | grep -o last_administrator | head -n 1)" last_administrator "$3"
}
take() { printf "DELETE FROM membership WHERE account_id = (SELECT id FROM account WHERE username = 'administrator%s')" "$1"; }
lock() { printf "UPDATE account SET is_active = false WHERE username = 'administrator%s'" "$1"; }
delete() { printf "DELETE FROM account WHERE username = 'administrator%s'" "$1"; }
tell one "$(take 4)" >/dev/null
tell one "$(take 3)" >/dev/null
remove_each_other "$(take 1)" "$(lock 2)" 'of two administrators who remove each other at once, one stays'
is "$(last)" administrator2 'and is the other one'
sql "$scratch_url" --command="INSERT INTO membership (account_id, organization_id, role) SELECT id, o('su'), 'administrator' FROM account WHERE username = 'administrator1'"
remove_each_other "$(lock 1)" "$(delete 2)" 'also if one locks and the other deletes'
is "$(last)" administrator2 'the second is refused'

finish
