#include "export/typesetter.h"

#include <pango/pangofc-fontmap.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "export/fontmap.h"

struct typesetter {
	FcConfig *config; /* read by all threads, changed by none (fontconfig 2.10.91 and later) */
	char *fault;
	pthread_mutex_t lock;
	pthread_cond_t given_back;
	PangoFontMap **maps; /* those that are free come first */
	unsigned free_count;
	unsigned map_count;
};

/* What is in the directories, by the machine's cache of it where there is one. */
static FcConfig *read_fonts(const char *const *directories)
{
	FcConfig *config = FcConfigCreate();
	__attribute__((cleanup(arena_cleanup))) struct arena *arena = arena_create();
	struct buffer text = buffer_create(arena);
	buffer_append_string(&text, "<?xml version=\"1.0\"?><fontconfig>"
	                            "<cachedir>/var/cache/fontconfig</cachedir><cachedir prefix=\"xdg\">fontconfig</cachedir>"
	                            "</fontconfig>");
	FcConfigParseAndLoadFromMemory(config, (const FcChar8 *)text.data, FcTrue);
	for (size_t i = 0; directories[i]; i++)
		FcConfigAppFontAddDir(config, (const FcChar8 *)directories[i]);
	return config;
}

/* Whether a face of the family, as heavy as this, has the character. */
static bool has_character(FcConfig *config, const char *family, int weight, FcChar32 character)
{
	FcCharSet *characters = FcCharSetCreate();
	FcCharSetAddChar(characters, character);
	FcPattern *pattern = FcPatternBuild(NULL, FC_CHARSET, FcTypeCharSet, characters, FC_FAMILY, FcTypeString, family,
	                                    FC_WEIGHT, FcTypeInteger, weight, NULL);
	FcObjectSet *objects = FcObjectSetBuild(FC_FILE, NULL);
	FcFontSet *found = FcFontList(config, pattern, objects);
	bool has = found && found->nfont > 0;
	FcFontSetDestroy(found);
	FcObjectSetDestroy(objects);
	FcPatternDestroy(pattern);
	FcCharSetDestroy(characters);
	return has;
}

static char *find_fault(FcConfig *config)
{
	static const struct {
		const char *family;
		int weight;
		FcChar32 character;
		const char *package;
	} needed[] = {
		{TYPESETTER_FAMILY, FC_WEIGHT_REGULAR, 0x79D1, "fonts-noto-cjk"},
		{TYPESETTER_FAMILY, FC_WEIGHT_BOLD, 0x79D1, "fonts-noto-cjk"},
		{"DejaVu Sans", FC_WEIGHT_REGULAR, 0x2611, "fonts-dejavu-core"},
	};
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		char *line = NULL;
		if (!has_character(config, needed[i].family, needed[i].weight, needed[i].character) &&
		    asprintf(&line, "%s %s is missing (Debian's %s)", needed[i].family,
		             needed[i].weight == FC_WEIGHT_BOLD ? "Bold" : "Regular", needed[i].package) > 0)
			return line;
	}
	return NULL;
}

struct typesetter *typesetter_create(const char *const *directories, unsigned maps)
{
	struct typesetter *typesetter = calloc(1, sizeof *typesetter);
	PangoFontMap **list = calloc(maps, sizeof(PangoFontMap *));
	if (!typesetter || !list)
		abort(); /* only memory can have run out */
	*typesetter = (struct typesetter){.config = read_fonts(directories), .maps = list, .map_count = maps, .free_count = maps};
	typesetter->fault = find_fault(typesetter->config);
	pthread_mutex_init(&typesetter->lock, NULL);
	pthread_cond_init(&typesetter->given_back, NULL);
	for (unsigned i = 0; i < maps; i++) {
		list[i] = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
		pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(list[i]), typesetter->config);
	}
	return typesetter;
}

void typesetter_destroy(struct typesetter *typesetter)
{
	if (!typesetter)
		return;
	for (unsigned i = 0; i < typesetter->map_count; i++)
		g_object_unref(typesetter->maps[i]);
	FcConfigDestroy(typesetter->config);
	pthread_cond_destroy(&typesetter->given_back);
	pthread_mutex_destroy(&typesetter->lock);
	free(typesetter->maps);
	free(typesetter->fault);
	free(typesetter);
}

const char *typesetter_fault(const struct typesetter *typesetter)
{
	return typesetter->fault;
}

PangoFontMap *fontmap_take(struct typesetter *typesetter)
{
	pthread_mutex_lock(&typesetter->lock);
	while (typesetter->free_count == 0)
		pthread_cond_wait(&typesetter->given_back, &typesetter->lock);
	PangoFontMap *map = typesetter->maps[--typesetter->free_count];
	pthread_mutex_unlock(&typesetter->lock);
	return map;
}

void fontmap_give_back(struct typesetter *typesetter, PangoFontMap *map)
{
	pthread_mutex_lock(&typesetter->lock);
	typesetter->maps[typesetter->free_count++] = map;
	pthread_cond_signal(&typesetter->given_back);
	pthread_mutex_unlock(&typesetter->lock);
}
