/*
 * A font map of the typesetter's, for the renderer: taken, used by one thread, given back.
 */
#ifndef SCIDAY_EXPORT_FONTMAP_H
#define SCIDAY_EXPORT_FONTMAP_H

#include <pango/pangocairo.h>

struct typesetter;

#define FONTMAP_FAMILIES "Noto Serif CJK SC,DejaVu Sans" /* the second has the boxes ☑ and ☐, which the first has not */

/* Waits until one is free, as one is for whoever sets a form in a slot (base/gate.h). */
PangoFontMap *fontmap_take(struct typesetter *typesetter);
void fontmap_give_back(struct typesetter *typesetter, PangoFontMap *map);

#endif
