/* What stands in a header: the input is one, "Name: value". */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include <openssl/evp.h>

#include "auth/basic.h"
#include "base/buffer.h"
#include "base/text.h"
#include "fuzz.h"
#include "http/address.h"
#include "http/conditional.h"
#include "http/range.h"
#include "server/accept.h"

/* The list's elements, the last first. */
static const char *reverse(struct arena *arena, const char *list)
{
	const char *reversed = "";
	while (*list) {
		size_t length = strcspn(list, ",");
		reversed = arena_printf(arena, "%.*s,%s", (int)length, list, reversed);
		list += length + (list[length] == ',');
	}
	return reversed;
}

/* One of those that there are, and the same whatever the order of the list. */
static void check_accept(struct arena *arena, const char *value)
{
	const char *reversed = reverse(arena, value);
	for (unsigned formats = 1; formats < 1u << FORMAT_COUNT; formats = formats * 2 + 1) {
		enum format format = FORMAT_COUNT, again = FORMAT_COUNT;
		bool found = accept_format(value, formats, &format);
		HOLDS(found == accept_format(reversed, formats, &again) || !*value);
		HOLDS(format == again || !*value);
		HOLDS(found == (format < FORMAT_COUNT) && (!found || formats >> format & 1));
	}
}

static void check_accept_language(struct arena *arena, const char *value)
{
	HOLDS(accept_locale(value) == accept_locale(reverse(arena, value)));
}

static void check_accept_encoding(struct arena *arena, const char *value)
{
	bool gzip = accept_gzip(value);
	HOLDS(!gzip || strcasestr(value, "gzip") || strchr(value, '*'));
	HOLDS(accept_gzip(arena_printf(arena, "identity, %s", value)) == gzip);
}

/* A version is the one that the tag names, and as PostgreSQL's integer is written. */
static void check_if_match(struct arena *arena, const char *value)
{
	const char *version = NULL, *again;
	if (!etag_version(arena, value, &version))
		return;
	HOLDS(strspn(version, "0123456789") == strlen(version) && version[0] != '0' && strlen(version) <= 9);
	HOLDS(strstr(value, arena_printf(arena, "\"%s-", version)));
	HOLDS(etag_version(arena, etag_make(arena, version, "", 0), &again) && strcmp(version, again) == 0);
}

/* Only the tag itself and "*" match. */
static void check_if_none_match(struct arena *arena, const char *value)
{
	const char *tag = etag_make(arena, "3", value, strlen(value));
	bool is_any = value[strspn(value, " \t")] == '*';
	HOLDS(!etag_matches(value, tag) || is_any || strstr(value, tag));
	HOLDS(etag_matches(arena_printf(arena, "\"x\", W/%s, %s", tag, value), tag));
	HOLDS(!etag_matches(arena_printf(arena, "x%s", tag), tag));
}

/* What is sent lies within what there is, and is what the plain form of the same range says. */
static void check_range(struct arena *arena, const char *value)
{
	static const unsigned long long lengths[] = {0, 1, 2, 1000, 1ull << 32, ~0ull};
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		unsigned long long first = 7, last = 3, first_again, last_again;
		if (range_read(value, lengths[i], &first, &last) != RANGE_ONE) {
			HOLDS(first == 7 && last == 3);
			continue;
		}
		HOLDS(first <= last && last < lengths[i]);
		const char *plain = arena_printf(arena, "bytes=%llu-%llu", first, last);
		HOLDS(range_read(plain, lengths[i], &first_again, &last_again) == RANGE_ONE);
		HOLDS(first == first_again && last == last_again);
	}
}

static void append_form(struct buffer *out, const char *text)
{
	for (; *text; text++)
		buffer_printf(out, "%%%02X", (unsigned char)*text);
}

/* Credentials that are written anew, as RFC 6749 says, are read as the same. */
static void check_authorization(struct arena *arena, const char *value)
{
	const char *name, *secret, *name_again, *secret_again;
	if (!basic_read(arena, value, &name, &secret))
		return;
	HOLDS(basic_is_used(value));
	HOLDS(text_is_utf8(name, strlen(name)) && text_is_utf8(secret, strlen(secret)));
	struct buffer form = buffer_create(arena);
	append_form(&form, name);
	buffer_append_string(&form, ":");
	append_form(&form, secret);
	unsigned char *base64 = arena_alloc(arena, form.length * 2 + 8);
	EVP_EncodeBlock(base64, (const unsigned char *)form.data, (int)form.length);
	HOLDS(basic_read(arena, arena_printf(arena, "basic %s", (const char *)base64), &name_again, &secret_again));
	HOLDS(strcmp(name, name_again) == 0 && strcmp(secret, secret_again) == 0);
}

/* A word, or a network with its last bits left out: never the address itself. */
static void check_forwarded_for(struct arena *arena, const char *value)
{
	const char *class = address_class(arena, value);
	bool is_word = strcmp(class, "loopback") == 0 || strcmp(class, "private") == 0 || strcmp(class, "unknown") == 0;
	const char *end = strchr(class, '/');
	HOLDS(is_word || (end && (strcmp(end - 2, ".0/24") == 0 || strcmp(end - 2, "::/48") == 0)));
	HOLDS(strspn(class, "0123456789abcdef.:/") == strlen(class) || is_word);
}

static const struct {
	const char *name;
	void (*check)(struct arena *arena, const char *value);
} headers[] = {
	{"Accept", check_accept},
	{"Accept-Language", check_accept_language},
	{"Accept-Encoding", check_accept_encoding},
	{"If-Match", check_if_match},
	{"If-None-Match", check_if_none_match},
	{"Range", check_range},
	{"Authorization", check_authorization},
	{"X-Forwarded-For", check_forwarded_for},
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	char *value = fuzz_line(arena, &bytes, &size), *name = strsep(&value, ":");
	for (size_t i = 0; value && i < sizeof headers / sizeof *headers; i++)
		if (strcasecmp(headers[i].name, name) == 0)
			headers[i].check(arena, value + strspn(value, " \t"));
	return 0;
}
