"""The generated campaign is what the service would have made: tests/generate.sql writes out what triggers do, and must not
drift from them. What obligations keep is compared by `sciday recount`, after all tests."""

import json
import re
import unittest

import harness

CAMPAIGN = harness.GENERATED
# An accepted highlight that was handed in once and of which nothing else came.
SAMPLE = f"""
    SELECT a.*, activity_content(a) AS content
      FROM activity a
     WHERE a.campaign_code = '{CAMPAIGN}' AND a.status = 'accepted' AND a.submission_count = 1 AND a.execution = 'planned' AND a.modules <> '{{}}'
       AND (SELECT count(*) FROM document d WHERE d.subject_id = a.id AND d.owner_digest IS DISTINCT FROM repeat('0', 64)) = 2
     ORDER BY a.id LIMIT 1"""
# What has to do with an activity, each in an order of its own.
ROWS = """
    SELECT t.name, t.r AS row
      FROM (SELECT 'activity' AS name, 1 AS at, to_jsonb(a) AS r FROM activity a WHERE a.id = '{0}'
            UNION ALL SELECT 'subject', 1, to_jsonb(s) FROM subject s WHERE s.id = '{0}'
            UNION ALL SELECT 'submission', s.number, to_jsonb(s) FROM submission s WHERE s.subject_id = '{0}'
            UNION ALL SELECT 'review ' || r.action, 1, to_jsonb(r) FROM review r WHERE r.subject_id = '{0}'
            UNION ALL SELECT 'document ' || d.kind, 1, to_jsonb(d) FROM document d WHERE d.subject_id = '{0}'
            UNION ALL SELECT 'copy', row_number() OVER (), to_jsonb(c) FROM submission_document c JOIN submission s ON s.id = c.submission_id WHERE s.subject_id = '{0}'
            UNION ALL SELECT 'obligation', 1, to_jsonb(o) FROM obligation o WHERE o.activity_id = '{0}') t
     ORDER BY t.name, t.at"""
# The two copies, by the owner's hand and through the triggers: what a file is, the tests of documents ask.
COPIES = """
    INSERT INTO document (id, subject_id, organization_id, kind, name, media_type, size, sha256, content_id, status, owner_digest, uploaded_by)
    SELECT uuid_v7(), a.id, a.organization_id, d.kind, d.name, d.media_type, d.size, d.sha256, d.content_id, d.status,
           CASE d.kind WHEN 'stamped_pdf' THEN content_digest(activity_content(a)) END, d.uploaded_by
      FROM document d JOIN activity a ON a.id = '{1}' WHERE d.subject_id = '{0}'"""
# When and by whom it was made is another's, and how often it was saved.
OTHERS = {"id", "subject_id", "activity_id", "submission_id", "created_at", "updated_at", "submitted_at", "reviewed_at", "waiting_since", "submitted_by", "submitted_by_name",
          "by_user", "by_name", "request_id", "version", "document_id",
          "uploaded_at"}
UNLIKE = re.compile(r'"(id|[a-z]+_at)" : "[^"]*"')  # in what is kept as text


class Generated(unittest.TestCase):
    def test_foreign_keys(self):
        """There is whatever a row refers to."""
        keys = harness.query("""
            SELECT k.conrelid::regclass::text AS child, k.confrelid::regclass::text AS parent, k.conname AS name,
                   array_agg(format('p.%I = c.%I', p.attname, c.attname)) AS pairs, array_agg(format('c.%I IS NOT NULL', c.attname)) AS given
              FROM pg_constraint k
             CROSS JOIN unnest(k.conkey, k.confkey) AS u (child, parent)
              JOIN pg_attribute c ON c.attrelid = k.conrelid AND c.attnum = u.child
              JOIN pg_attribute p ON p.attrelid = k.confrelid AND p.attnum = u.parent
             WHERE k.contype = 'f'
             GROUP BY k.oid""")
        broken = harness.query("\nUNION ALL ".join(
            f"SELECT '{one['child']}: {one['name']}' AS key, count(*) AS rows FROM {one['child']} c"
            f" WHERE {' AND '.join(one['given'])} AND NOT EXISTS (SELECT FROM {one['parent']} p WHERE {' AND '.join(one['pairs'])})" for one in keys))
        self.assertGreater(len(broken), 50)
        self.assertEqual([], [one for one in broken if one["rows"]])

    def test_ancestors(self):
        """Each row has the ancestors of what it is under."""
        tracked = harness.query("""
            SELECT t.tgrelid::regclass::text AS carrier, (string_to_array(encode(t.tgargs, 'escape'), '\\000'))[1:2] AS arguments
              FROM pg_trigger t WHERE t.tgname = 'tracks_ancestors'""")
        broken = harness.query("\nUNION ALL ".join(
            f"SELECT '{one['carrier']}' AS carrier, count(*) AS rows FROM {one['carrier']} r JOIN {one['arguments'][0]} s ON s.id = r.{one['arguments'][1]}"
            f" WHERE s.ancestors <> r.ancestors" for one in tracked))
        self.assertGreater(len(broken), 8)
        self.assertEqual([], [one for one in broken if one["rows"]])

    def test_places(self):
        """Organizations stand where they would be placed, and accounts belong to what theirs are below."""
        self.assertEqual([], harness.query("""
            SELECT o.code FROM organization o JOIN organization p ON p.id = o.parent_id
             WHERE o.ancestors <> o.id || p.ancestors OR o.path_ordinal <> p.path_ordinal || ' ' || lpad(o.ordinal::text, 6, '0') || '.' || o.code"""))
        self.assertEqual([], harness.query("""
            SELECT a.username FROM account a
             WHERE EXISTS (SELECT FROM membership m WHERE m.account_id = a.id)
               AND a.belongs_to <> ARRAY(SELECT DISTINCT unnest(m.ancestors) AS id FROM membership m WHERE m.account_id = a.id ORDER BY id)"""))

    def test_listed(self):
        """Activities are listed where lists look for them."""
        self.assertEqual([], harness.query("""
            SELECT s.activity_id, s.way, s.place
              FROM ((TABLE activity_listed EXCEPT ALL TABLE activity_listing) UNION ALL (TABLE activity_listing EXCEPT ALL TABLE activity_listed)) s"""))

    def test_same_by_the_api(self):
        """A highlight that is written, submitted and accepted through the API leaves the rows that a generated one has."""
        (sample,) = harness.query(SAMPLE)
        administrator, reviewer = harness.caller("administrator"), harness.caller("reviewer")
        self.change(administrator, "/v1/users", {
            "username": "generated-author", "name": "报送员", "password": "correct-horse-battery",
            "memberships": [{"role": "submitter", "organization_id": sample["organization_id"]}]}, 201)
        author = harness.Caller("generated-author", "correct-horse-battery")
        self.addCleanup(author.connection.close)
        content = {name: value for name, value in sample["content"].items() if value is not None}
        for name in ("contact", "proposal"):
            content[name] = {part: words for part, words in content[name].items() if words is not None}
        made = self.change(author, f"/v1/campaigns/{CAMPAIGN}/activities", {"organization_id": sample["organization_id"], "kind": "highlight", **content}, 201)
        harness.owner_sql(COPIES.format(sample["id"], made["id"]))
        for who, action in ((author, "submit"), (reviewer, "accept")):
            made = self.change(who, f"/v1/activities/{made['id']}/{action}", None, 200, made["version"])
        self.assertEqual(self.rows_of(sample["id"]), self.rows_of(made["id"]))

    def change(self, who, path, body, wanted, version=None):
        status, answer = who.post(path, body, version)
        self.assertEqual(wanted, status, answer)
        return answer

    def rows_of(self, activity_id):
        rows = harness.query(ROWS.format(activity_id))
        self.assertEqual(10, len(rows), [one["name"] for one in rows])
        return [(one["name"], {name: UNLIKE.sub(r"\1", value) if isinstance(value, str) else json.dumps(value, sort_keys=True)
                               for name, value in one["row"].items() if name not in OTHERS}) for one in rows]


if __name__ == "__main__":
    unittest.main()
