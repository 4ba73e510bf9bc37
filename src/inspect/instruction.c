#include "inspect/instruction.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* Addresses */

static bool is_slash(char byte)
{
	return byte == '/' || byte == '\\';
}

/* A path of this machine: file:///C:/… */
static bool is_drive(const char *path)
{
	return isalpha((unsigned char)path[0]) && (path[1] == ':' || path[1] == '|');
}

/* Behind "file:": any number of slashes, and then a drive, or a machine. */
static bool is_file_elsewhere(const char *path)
{
	size_t slashes = 0;
	while (is_slash(path[slashes]))
		slashes++;
	return slashes >= 2 && path[slashes] && !is_drive(path + slashes);
}

/* Not a drive's: a scheme is of two letters and more, and its slashes are read either way, and be it one. */
static bool ends_scheme(const char *text, const char *at)
{
	return *at == ':' && is_slash(at[1]) && at - text >= 2 && isalnum((unsigned char)at[-1]) &&
	       isalnum((unsigned char)at[-2]);
}

static bool begins_word(const char *text, const char *at)
{
	return at == text || isspace((unsigned char)at[-1]) || at[-1] == '"' || at[-1] == '\'';
}

bool address_is_elsewhere(const char *text)
{
	static const char file[] = "file:";
	for (const char *at = text; *at; at++) {
		if (strncasecmp(at, file, strlen(file)) == 0) {
			if (is_file_elsewhere(at + strlen(file)))
				return true;
			at += strlen(file);
			while (is_slash(*at))
				at++;
			at--;
		} else if (ends_scheme(text, at) || (is_slash(at[0]) && is_slash(at[1]) && begins_word(text, at))) {
			return true;
		}
	}
	return false;
}

/* Fields */

static const struct {
	const char *name;
	const char *code;
	bool if_elsewhere; /* only where it names an address */
} fields[] = {
	{"DDE", "active_content", false},
	{"DDEAUTO", "active_content", false},
	{"LINK", "external_reference", false},
	{"DATABASE", "external_reference", false},
	{"INCLUDE", "external_reference", true},
	{"INCLUDEPICTURE", "external_reference", true},
	{"INCLUDETEXT", "external_reference", true},
	{"IMPORT", "external_reference", true},
	{"RD", "external_reference", true},
};

const char *field_judge(const char *code)
{
	while (isspace((unsigned char)*code) || *code == '"')
		code++;
	size_t length = 0;
	while (isalpha((unsigned char)code[length]))
		length++;
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (strlen(fields[i].name) == length && strncasecmp(code, fields[i].name, length) == 0)
			return !fields[i].if_elsewhere || address_is_elsewhere(code + length) ? fields[i].code : NULL;
	return NULL;
}

/* Formulas */

static const struct {
	const char *name;
	const char *code;
} functions[] = {
	{"WEBSERVICE", "external_reference"},
	{"IMAGE", "external_reference"},
	{"SQL.REQUEST", "external_reference"},
	{"DDE", "active_content"},
	{"RTD", "active_content"},
	{"CALL", "active_content"},
	{"REGISTER.ID", "active_content"},
	{"EXEC", "active_content"},
};

/* Behind a text or a sheet's name, in which its quote stands twice. */
static const char *skip_quoted(const char *at)
{
	const char *end = strchr(at + 1, *at);
	return end ? end + 1 : at + strlen(at);
}

/* Behind a column's name, or another workbook's; a quote is in front of what means itself. */
static const char *skip_bracketed(const char *at)
{
	unsigned depth = 0;
	for (; *at; at++) {
		if (*at == '\'' && at[1])
			at++;
		else if (*at == '[')
			depth++;
		else if (*at == ']' && --depth == 0)
			return at + 1;
	}
	return at;
}

static bool is_of_name(char byte)
{
	return isalnum((unsigned char)byte) || byte == '_' || byte == '.';
}

/* Excel writes the names of newer functions with prefixes: _xlfn.WEBSERVICE. */
static const char *judge_function(const char *name, size_t length)
{
	while (length > 0 && *name == '_') {
		const char *dot = memchr(name, '.', length);
		if (!dot)
			return NULL;
		length -= (size_t)(dot + 1 - name);
		name = dot + 1;
	}
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (strlen(functions[i].name) == length && strncasecmp(name, functions[i].name, length) == 0)
			return functions[i].code;
	return NULL;
}

const char *formula_judge(const char *formula)
{
	for (const char *at = formula; *at;) {
		if (*at == '"' || *at == '\'') {
			at = skip_quoted(at);
		} else if (*at == '[') {
			at = skip_bracketed(at);
		} else if (*at == '|') { /* program|topic!item: no operator is written so */
			return "active_content";
		} else if (is_of_name(*at)) {
			const char *name = at;
			while (is_of_name(*at))
				at++;
			size_t length = (size_t)(at - name);
			while (isspace((unsigned char)*at))
				at++;
			const char *code = *at == '(' ? judge_function(name, length) : NULL;
			if (code)
				return code;
		} else {
			at++;
		}
	}
	return NULL;
}
