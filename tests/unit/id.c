/* Identifiers, digests and secrets; and what is made of them: entity tags and cursors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/id.h"
#include "http/conditional.h"
#include "http/page.h"

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_create();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_destroy(arena);
	return 0;
}

static void an_id_is_a_uuid_of_version_7(void **state)
{
	(void)state;
	char id[ID_SIZE];
	int64_t before = clock_wall_milliseconds();
	id_create(id);
	int64_t after = clock_wall_milliseconds();
	assert_true(id_is_valid(id));
	assert_int_equal(id[14], '7');
	assert_non_null(strchr("89ab", id[19]));
	for (const char *character = id; *character; character++)
		assert_non_null(strchr("0123456789abcdef-", *character));

	char time[13] = "";
	memcpy(time, id, 8);
	memcpy(time + 8, id + 9, 4);
	int64_t made = strtoll(time, NULL, 16);
	assert_true(made >= before && made <= after);
}

static void ids_differ(void **state)
{
	(void)state;
	char ids[200][ID_SIZE];
	for (size_t i = 0; i < 200; i++) {
		id_create(ids[i]);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(ids[i] + 14, ids[j] + 14); /* by their randomness alone */
	}
}

static void only_uuids_are_valid(void **state)
{
	(void)state;
	assert_true(id_is_valid("0196b1d4-7c00-7000-8000-000000000001"));
	assert_true(id_is_valid("0196B1D4-7C00-4000-8000-00000000000F"));
	assert_false(id_is_valid(""));
	assert_false(id_is_valid("0196b1d4-7c00-7000-8000-00000000000"));
	assert_false(id_is_valid("0196b1d4-7c00-7000-8000-0000000000011"));
	assert_false(id_is_valid("0196b1d4-7c00-7000-8000-00000000000g"));
	assert_false(id_is_valid("0196b1d47c00-7000-8000-0000000000001"));
	assert_false(id_is_valid("0196b1d4-7c00-7000-80000-00000000001"));
	assert_false(id_is_valid("{196b1d4-7c00-7000-8000-00000000000}"));
}

static void a_digest_is_sha_256(void **state)
{
	(void)state;
	char digest[DIGEST_SIZE];
	digest_hex("abc", 3, digest);
	assert_string_equal(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	digest_hex("", 0, digest);
	assert_string_equal(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void base64url_goes_there_and_back(void **state)
{
	(void)state;
	static const struct {
		const char *bytes, *text;
	} pairs[] = {{"", ""}, {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"\xFB\xFF\xBF", "-_-_"}};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		size_t length = 99;
		assert_string_equal(base64url_encode(arena, pairs[i].bytes, strlen(pairs[i].bytes)), pairs[i].text);
		const char *bytes = base64url_decode(arena, pairs[i].text, &length);
		assert_int_equal(length, strlen(pairs[i].bytes));
		assert_string_equal(bytes, pairs[i].bytes);
	}
	static const char *const bad[] = {
		"Zg==", "Z", "Zh", "Zm9v+", "+/+/", "Zm 8", "Zm8\n", "中文", "\x80g", "e30\xFF", "Zm9v\xB3\xBB\xBE\x80"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		size_t length = 99;
		assert_null(base64url_decode(arena, bad[i], &length));
		assert_int_equal(length, 99);
	}
}

static void base64_is_padded(void **state)
{
	(void)state;
	size_t length = 99;
	assert_memory_equal(base64_decode(arena, "Zm8=", &length), "fo", 2);
	assert_int_equal(length, 2);
	assert_memory_equal(base64_decode(arena, "+/+/", &length), "\xFB\xFF\xBF", 3);
	static const char *const bad[] = {"Zm8", "Zm8==", "Zm9=", "Zm9v=", "-_-_", "Zm 8=", "Zm8=\n", "Zg=", "Zg===", "="};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_null(base64_decode(arena, bad[i], &length));
	assert_int_equal(length, 3);
}

static void a_secret_is_random(void **state)
{
	(void)state;
	size_t length;
	const char *secret = secret_create(arena, 32);
	assert_int_equal(strlen(secret), 43);
	assert_non_null(base64url_decode(arena, secret, &length));
	assert_int_equal(length, 32);
	assert_string_not_equal(secret, secret_create(arena, 32));
}

static void a_secret_is_derived_by_hmac(void **state)
{
	(void)state;
	size_t length;
	const char *derived = secret_derive(arena, "Jefe", "what do ya want for nothing?"); /* RFC 4231, section 4.3 */
	assert_memory_equal(base64url_decode(arena, derived, &length), "\x5b\xdc\xc1\x46\xbf\x60\x75\x4e", 8);
	assert_int_equal(length, 32);
}

static void a_fingerprint_is_half_of_blake2b_128(void **state)
{
	(void)state;
	char fingerprint[FINGERPRINT_SIZE];
	fingerprint_hex("abc", 3, fingerprint);
	assert_string_equal(fingerprint, "cf4ab791c62b8d2b");
	fingerprint_hex("", 0, fingerprint);
	assert_string_equal(fingerprint, "cae66941d9efbd40");
}

static void an_etag_is_version_and_digest(void **state)
{
	(void)state;
	assert_string_equal(etag_make(arena, "3", "abc", 3), "\"3-cf4ab791c62b8d2b\"");
	assert_string_equal(etag_make(arena, NULL, "abc", 3), "\"cf4ab791c62b8d2b\"");
}

static void if_match_names_a_version(void **state)
{
	(void)state;
	static const struct {
		const char *header, *version;
	} good[] = {{"\"3-4f53cda18c2baa0c\"", "3"},
	            {" \"12-x\"\t", "12"},
	            {"\"999999999-\"", "999999999"},
	            {"\"3-4f53cda18c2baa0c-gzip\"", "3"}};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		const char *version;
		assert_true(etag_version(arena, good[i].header, &version));
		assert_string_equal(version, good[i].version);
	}
	static const char *const bad[] = {
		"",
		"*",
		"3",
		"3-abc",
		"\"3\"",
		"\"-abc\"",
		"\"4f53cda18c2baa0c\"",
		"W/\"3-abc\"",
		"\"3-abc",
		"3-abc\"",
		"\"0-abc\"",
		"\"03-abc\"",
		"\"1234567890-abc\"",
		"\"-3-abc\"",
		"\"+3-abc\"",
		"\"3-a b\"",
		"\"3-abc\", \"4-abc\"",
		"\"3-abc\" x",
		"\"\"",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *version = "untouched";
		assert_false(etag_version(arena, bad[i], &version));
		assert_string_equal(version, "untouched");
	}
}

static void if_none_match_is_a_list(void **state)
{
	(void)state;
	const char *etag = "\"3-abc\"";
	assert_true(etag_matches("\"3-abc\"", etag));
	assert_true(etag_matches("W/\"3-abc\"", etag));
	assert_true(etag_matches("\"3-abc\"", "W/\"3-abc\""));
	assert_true(etag_matches("\"x\", ,W/\"y,z\" ,\t\"3-abc\"", etag));
	assert_true(etag_matches(" * ", etag));
	assert_false(etag_matches(NULL, etag));
	assert_false(etag_matches("*", NULL));
	assert_false(etag_matches("", etag));
	assert_false(etag_matches("\"3-ab\"", etag));
	assert_false(etag_matches("\"3-abcd\"", etag));
	assert_false(etag_matches("3-abc", etag));
	assert_false(etag_matches("\"3-abc", etag));
	assert_false(etag_matches("w/\"3-abc\"", etag));
	assert_false(etag_matches("nonsense, \"3-abc\"", etag));
	assert_false(etag_matches("*, \"3-ab\"", etag));
}

#define DIGEST "0123456789abcdef0000"

static void a_cursor_goes_there_and_back(void **state)
{
	(void)state;
	const char *values[] = {"2021-05-30", "0196b1d4-7c00-7000-8000-000000000001", "“全国\"科技\\工作者日\n"};
	const char *cursor = cursor_encode(arena, DIGEST, values, 3);
	assert_int_equal(strspn(cursor, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), strlen(cursor));
	const char *read[3];
	assert_true(cursor_decode(arena, cursor, DIGEST, 3, read));
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(read[i], values[i]);
}

static void other_cursors_are_refused(void **state)
{
	(void)state;
	const char *values[] = {"a", "b"};
	const char *read[2] = {"untouched", "untouched"};
	const char *cursor = cursor_encode(arena, DIGEST, values, 2);
	assert_false(cursor_decode(arena, cursor, "0123456789abcdee0000", 2, read));
	assert_false(cursor_decode(arena, cursor, "", 2, read));
	assert_false(cursor_decode(arena, cursor, DIGEST, 1, read));
	static const char *const forged[] = {
		"",
		"null",
		"{}",
		"[]",
		"[\"0123456789abcdef\"]",
		"[\"0123456789abcdef\",\"a\",1]",
		"[\"0123456789abcdef\",null,\"b\"]",
		"[\"0123456789abcdef\",\"a\",\"b\"",
		"[\"0123456789abcdef\",\"a\",\"\\u0000\"]",
		"[\"0123456789abcdef\",\"a\",\"\xFF\"]",
		"[\"0123456789abcdef0\",\"a\",\"b\"]",
		"[\"\",\"a\",\"b\"]",
	};
	for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++)
		assert_false(cursor_decode(arena, base64url_encode(arena, forged[i], strlen(forged[i])), DIGEST, 2, read));
	assert_false(cursor_decode(arena, "not base64url!", DIGEST, 2, read));
	for (const char *end = "= .!+/\t\n"; *end; end++)
		assert_false(cursor_decode(arena, arena_printf(arena, "%s%c", cursor, *end), DIGEST, 2, read));
	static const char followed_by_nul[] = "[\"0123456789abcdef\",\"a\",\"b\"]";
	assert_false(cursor_decode(arena, base64url_encode(arena, followed_by_nul, sizeof(followed_by_nul)), DIGEST, 2, read));
	assert_string_equal(read[0], "untouched");
	assert_string_equal(read[1], "untouched");
}

static void a_cursor_is_bounded(void **state)
{
	(void)state;
	const char *read[1];
	char text[CURSOR_LIMIT];
	for (size_t length = 700; length < 800; length++) {
		memset(text, 'x', length);
		text[length] = '\0';
		const char *cursor = cursor_encode(arena, DIGEST, (const char *const[]){text}, 1);
		assert_true(cursor_decode(arena, cursor, DIGEST, 1, read) == (strlen(cursor) <= CURSOR_LIMIT));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_id_is_a_uuid_of_version_7, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ids_differ, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_uuids_are_valid, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_digest_is_sha_256, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_fingerprint_is_half_of_blake2b_128, set_up, tear_down),
		cmocka_unit_test_setup_teardown(base64url_goes_there_and_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(base64_is_padded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_secret_is_random, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_secret_is_derived_by_hmac, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_etag_is_version_and_digest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(if_match_names_a_version, set_up, tear_down),
		cmocka_unit_test_setup_teardown(if_none_match_is_a_list, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_cursor_goes_there_and_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(other_cursors_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_cursor_is_bounded, set_up, tear_down),
	};
	return cmocka_run_group_tests_name("id", tests, NULL, NULL);
}
