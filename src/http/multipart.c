#include "http/multipart.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/text.h"

#define BOUNDARY_MAXIMUM 70 /* characters (RFC 2046, section 5.1.1) */
#define HEADER_MAXIMUM 8192 /* bytes of one part's header */

enum place {
	PLACE_BEFORE,    /* what precedes the first delimiter */
	PLACE_DELIMITER, /* behind a delimiter: "--", or the end of its line */
	PLACE_HEADER,
	PLACE_CONTENT,
	PLACE_AFTER, /* behind the closing delimiter */
	PLACE_BROKEN,
};

struct multipart {
	struct multipart_receiver receiver;
	char delimiter[BOUNDARY_MAXIMUM + 5]; /* CR LF, two hyphens, the boundary */
	size_t delimiter_length;
	size_t matched; /* bytes of the delimiter that have been read */
	enum place place;
	char header[HEADER_MAXIMUM + 1];
	size_t header_length;
	char name[HEADER_MAXIMUM];
	char file_name[HEADER_MAXIMUM];
};

/* The value of the parameter in a header's field value: `name=token` or `name="quoted"`. False if there is none, or it is broken. */
static bool read_parameter(const char *value, const char *name, char *ret_text, size_t room)
{
	size_t name_length = strlen(name);
	for (const char *at = strchr(value, ';'); at; at = strchr(at, ';')) {
		at += 1 + strspn(at + 1, " \t");
		size_t length = strcspn(at, "=;");
		bool is_it = length == name_length && at[length] == '=' && strncasecmp(at, name, length) == 0;
		at += length;
		if (*at != '=')
			continue;
		at++;
		bool quoted = *at == '"';
		size_t written = 0;
		for (at += quoted; *at && (quoted ? *at != '"' : !strchr("; \t", *at)); at++) {
			/* Only what must be escaped is: some send a Windows path as it is. */
			if (quoted && at[0] == '\\' && (at[1] == '"' || at[1] == '\\'))
				at++;
			if (is_it && written + 1 < room)
				ret_text[written++] = *at;
		}
		if (quoted && *at != '"')
			return false;
		if (is_it) {
			ret_text[written] = '\0';
			return true;
		}
	}
	return false;
}

static int digit(char character)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const char *found = character ? strchr(digits, character) : NULL;
	return !found ? -1 : found - digits < 16 ? (int)(found - digits) : (int)(found - digits) - 6;
}

/* What an extended value says (RFC 8187, section 3.2), in its place: of the charsets only UTF-8 must be known. */
static bool decode_extended(char *value)
{
	const char *from = value + strlen("UTF-8'");
	if (strncasecmp(value, "UTF-8'", strlen("UTF-8'")) != 0 || !(from = strchr(from, '\'')))
		return false;
	char *to = value;
	for (from++; *from; from++) {
		if (*from != '%') {
			*to++ = *from;
			continue;
		}
		int high = digit(from[1]);
		int low = high >= 0 ? digit(from[2]) : -1;
		if (low < 0 || high + low == 0) /* broken, or a NUL */
			return false;
		*to++ = (char)(high * 16 + low);
		from += 2;
	}
	*to = '\0';
	return text_is_utf8(value, strlen(value));
}

/* The extended form says it whole where both are there (RFC 6266, section 4.3). */
static bool read_file_name(const char *disposition, char *ret_name, size_t room)
{
	return (read_parameter(disposition, "filename*", ret_name, room) && decode_extended(ret_name)) ||
	       read_parameter(disposition, "filename", ret_name, room);
}

struct multipart *multipart_create(struct arena *arena, const char *content_type, const struct multipart_receiver *receiver)
{
	char boundary[BOUNDARY_MAXIMUM + 2];
	if (!read_parameter(content_type, "boundary", boundary, sizeof boundary))
		return NULL;
	size_t length = strlen(boundary);
	if (length == 0 || length > BOUNDARY_MAXIMUM || boundary[length - 1] == ' ')
		return NULL;
	for (size_t i = 0; i < length; i++)
		if (boundary[i] < ' ' || boundary[i] > '~')
			return NULL;
	struct multipart *multipart = arena_alloc(arena, sizeof *multipart);
	multipart->receiver = *receiver;
	memcpy(multipart->delimiter, "\r\n--", 4);
	memcpy(multipart->delimiter + 4, boundary, length + 1);
	multipart->delimiter_length = length + 4;
	multipart->matched = 2; /* the first delimiter may stand at the very beginning */
	return multipart;
}

/* The value of the part's Content-Disposition, or NULL. The lines of the header end in CR LF; each is cut there. */
static const char *find_disposition(char *header)
{
	static const char field[] = "Content-Disposition:";
	for (char *line = header; *line;) {
		char *end = strstr(line, "\r\n");
		if (!end)
			return NULL;
		*end = '\0';
		if (strncasecmp(line, field, sizeof field - 1) == 0)
			return line + sizeof field - 1 + strspn(line + sizeof field - 1, " \t");
		line = end + 2;
	}
	return NULL;
}

static enum place begin_part(struct multipart *multipart)
{
	const char *disposition = find_disposition(multipart->header);
	if (!disposition || strncasecmp(disposition, "form-data", 9) != 0 || !strchr("; \t", disposition[9]))
		return PLACE_BROKEN;
	if (!read_parameter(disposition, "name", multipart->name, sizeof multipart->name))
		return PLACE_BROKEN;
	bool is_file = read_file_name(disposition, multipart->file_name, sizeof multipart->file_name);
	multipart->receiver.begin(multipart->receiver.context, multipart->name, is_file ? multipart->file_name : NULL);
	return PLACE_CONTENT;
}

/* One byte of a part's header, which ends in an empty line. */
static enum place read_header(struct multipart *multipart, char byte)
{
	if (byte == '\0' || multipart->header_length == HEADER_MAXIMUM)
		return PLACE_BROKEN;
	multipart->header[multipart->header_length++] = byte;
	multipart->header[multipart->header_length] = '\0';
	const char *end = multipart->header + multipart->header_length;
	if (multipart->header_length < 4 || memcmp(end - 4, "\r\n\r\n", 4) != 0)
		return PLACE_HEADER;
	return begin_part(multipart);
}

/* One byte behind a delimiter: white space and CR LF, and a part follows; or "--", and none does. */
static enum place read_delimiter(struct multipart *multipart, char byte)
{
	size_t length = multipart->header_length;
	char last = length > 0 ? multipart->header[length - 1] : '\0';
	bool fits = (length == 0 && byte == '-') || (length == 1 && last == '-' && byte == '-') ||
	            (last != '-' && last != '\r' && (byte == ' ' || byte == '\t' || byte == '\r')) ||
	            (last == '\r' && byte == '\n');
	if (!fits || length == HEADER_MAXIMUM)
		return PLACE_BROKEN;
	multipart->header[multipart->header_length++] = byte;
	if (byte == '-')
		return length == 1 ? PLACE_AFTER : PLACE_DELIMITER;
	if (byte != '\n')
		return PLACE_DELIMITER;
	multipart->header_length = 0;
	return PLACE_HEADER;
}

static void give(struct multipart *multipart, const char *bytes, size_t length)
{
	if (multipart->place == PLACE_CONTENT && length > 0)
		multipart->receiver.bytes(multipart->receiver.context, bytes, length);
}

/*
 * Content up to the next delimiter; how many bytes were read. A delimiter begins with the only CR in it, so
 * after one that did not go on, what was held back is content, and the search begins anew at this byte.
 */
static size_t read_content(struct multipart *multipart, const char *bytes, size_t length)
{
	size_t at = 0;
	size_t from = 0; /* where what is content and not yet given begins */
	while (at < length) {
		if (multipart->matched == 0) {
			const char *begin = memchr(bytes + at, '\r', length - at);
			at = begin ? (size_t)(begin - bytes) : length;
			give(multipart, bytes + from, at - from);
			from = at;
			if (!begin)
				break;
		}
		if (bytes[at] == multipart->delimiter[multipart->matched]) {
			at++;
			if (++multipart->matched < multipart->delimiter_length)
				continue;
			if (multipart->place == PLACE_CONTENT)
				multipart->receiver.end(multipart->receiver.context);
			multipart->matched = 0;
			multipart->header_length = 0;
			multipart->place = PLACE_DELIMITER;
			return at;
		}
		give(multipart, multipart->delimiter, multipart->matched);
		multipart->matched = 0;
		from = at;
	}
	return length;
}

enum multipart_state multipart_read(struct multipart *multipart, const char *bytes, size_t length)
{
	for (size_t at = 0; at < length && multipart->place != PLACE_AFTER && multipart->place != PLACE_BROKEN;) {
		if (multipart->place == PLACE_BEFORE || multipart->place == PLACE_CONTENT)
			at += read_content(multipart, bytes + at, length - at);
		else if (multipart->place == PLACE_DELIMITER)
			multipart->place = read_delimiter(multipart, bytes[at++]);
		else
			multipart->place = read_header(multipart, bytes[at++]);
	}
	return multipart_state(multipart);
}

enum multipart_state multipart_state(const struct multipart *multipart)
{
	switch (multipart->place) {
	case PLACE_AFTER:
		return MULTIPART_WHOLE;
	case PLACE_BROKEN:
		return MULTIPART_BROKEN;
	default:
		return MULTIPART_READING;
	}
}
