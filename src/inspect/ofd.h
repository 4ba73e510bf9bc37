/*
 * OFD (GB/T 33190-2016), in which offices sign and stamp: a package of XML
 * without scripts. What it may have that acts, or that it carries along, is
 * refused as in a PDF.
 */
#ifndef SCIDAY_INSPECT_OFD_H
#define SCIDAY_INSPECT_OFD_H

struct package;

#define OFD_BEGINNING "OFD.xml" /* the part that says which others there are (section 7.4) */

/* NULL for a document that may be taken, with its media type, else the finding's code. */
const char *ofd_look(const struct package *package, const char **ret_media_type);

#endif
