/*
 * The files of a DOCX that are the same in all of them, and the frames of those that are nearly so.
 */
#ifndef SCIDAY_EXPORT_DOCX_FILES_H
#define SCIDAY_EXPORT_DOCX_FILES_H

#define SYMBOL_FONT "Segoe UI Symbol" /* Windows' own; elsewhere another that has the boxes stands in */

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define WORD_XMLNS "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define OFFICE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/"
#define WORD_TYPE "application/vnd.openxmlformats-officedocument.wordprocessingml."

#define CONTENT_TYPES_BEGIN \
	XML "<Types xmlns=\"" PACKAGE "content-types\">" \
	    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>" \
	    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>" \
	    "<Override PartName=\"/docProps/core.xml\" " \
	    "ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>" \
	    "<Override PartName=\"/word/document.xml\" ContentType=\"" WORD_TYPE "document.main+xml\"/>" \
	    "<Override PartName=\"/word/styles.xml\" ContentType=\"" WORD_TYPE "styles+xml\"/>" \
	    "<Override PartName=\"/word/settings.xml\" ContentType=\"" WORD_TYPE "settings+xml\"/>" \
	    "<Override PartName=\"/word/fontTable.xml\" ContentType=\"" WORD_TYPE "fontTable+xml\"/>"
#define CONTENT_TYPE_OF_FOOTER "<Override PartName=\"/word/footer%zu.xml\" ContentType=\"" WORD_TYPE "footer+xml\"/>"
#define CONTENT_TYPES_END "</Types>"

#define PACKAGE_RELATIONSHIPS \
	XML "<Relationships xmlns=\"" PACKAGE "relationships\">" \
	    "<Relationship Id=\"rId1\" Type=\"" OFFICE "officeDocument\" Target=\"word/document.xml\"/>" \
	    "<Relationship Id=\"rId2\" Type=\"" PACKAGE \
	    "relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>" \
	    "</Relationships>"

#define RELATIONSHIPS_BEGIN \
	XML "<Relationships xmlns=\"" PACKAGE "relationships\">" \
	    "<Relationship Id=\"rIdStyles\" Type=\"" OFFICE "styles\" Target=\"styles.xml\"/>" \
	    "<Relationship Id=\"rIdSettings\" Type=\"" OFFICE "settings\" Target=\"settings.xml\"/>" \
	    "<Relationship Id=\"rIdFonts\" Type=\"" OFFICE "fontTable\" Target=\"fontTable.xml\"/>"
#define RELATIONSHIP_OF_FOOTER "<Relationship Id=\"rIdFooter%zu\" Type=\"" OFFICE "footer\" Target=\"footer%zu.xml\"/>"
#define RELATIONSHIPS_END "</Relationships>"

#define SETTINGS \
	XML "<w:settings " WORD_XMLNS "><w:zoom w:percent=\"100\"/><w:defaultTabStop w:val=\"420\"/>" \
	    "<w:characterSpacingControl w:val=\"compressPunctuation\"/>" \
	    "<w:compat><w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" " \
	    "w:val=\"15\"/></w:compat><w:themeFontLang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:settings>"

/* 宋体 is SimSun by its Chinese name; where neither is, a serif of the same make. */
#define FONT_TABLE \
	XML "<w:fonts " WORD_XMLNS "><w:font w:name=\"宋体\"><w:altName w:val=\"SimSun;Noto Serif CJK SC\"/>" \
	    "<w:panose1 w:val=\"02010600030101010101\"/><w:charset w:val=\"86\"/><w:family w:val=\"roman\"/><w:pitch " \
	    "w:val=\"variable\"/>" \
	    "</w:font><w:font w:name=\"Times New Roman\"><w:panose1 w:val=\"02020603050405020304\"/><w:charset w:val=\"00\"/>" \
	    "<w:family w:val=\"roman\"/><w:pitch w:val=\"variable\"/></w:font></w:fonts>"

#define STYLE(id_, name_, paragraph_, run_) \
	"<w:style w:type=\"paragraph\" w:styleId=\"" id_ "\"><w:name w:val=\"" name_ \
	"\"/><w:basedOn w:val=\"Normal\"/><w:qFormat/>" \
	"<w:pPr>" paragraph_ "</w:pPr><w:rPr>" run_ "</w:rPr></w:style>"
#define BOLD "<w:b/><w:bCs/>"
#define SIZE(half_points_) "<w:sz w:val=\"" half_points_ "\"/><w:szCs w:val=\"" half_points_ "\"/>"
#define SPACING(before_, after_) "<w:spacing w:before=\"" before_ "\" w:after=\"" after_ "\"/>"
#define CENTRED "<w:jc w:val=\"center\"/>"
#define EDGE(side_) "<w:" side_ " w:val=\"single\" w:sz=\"5\" w:space=\"0\" w:color=\"000000\"/>"

#define STYLES \
	XML "<w:styles " WORD_XMLNS ">" \
	    "<w:docDefaults><w:rPrDefault><w:rPr>" \
	    "<w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:eastAsia=\"宋体\" w:cs=\"Times New " \
	    "Roman\"/>" SIZE( \
		    "23") "<w:lang w:val=\"en-US\" w:eastAsia=\"zh-CN\" w:bidi=\"ar-SA\"/></w:rPr></w:rPrDefault>" \
			  "<w:pPrDefault><w:pPr><w:spacing w:after=\"0\"/></w:pPr></w:pPrDefault></w:docDefaults>" \
			  "<w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name " \
			  "w:val=\"Normal\"/><w:qFormat/></w:style>" \
			  "<w:style w:type=\"table\" w:default=\"1\" w:styleId=\"TableNormal\"><w:name w:val=\"Normal " \
			  "Table\"/><w:tblPr>" \
			  "<w:tblInd w:w=\"0\" w:type=\"dxa\"/></w:tblPr></w:style>" STYLE( \
				  "FormSupertitle", "Form Supertitle", "<w:keepNext/>" SPACING("0", "120") CENTRED, \
				  BOLD SIZE("28")) STYLE("Title", "Title", \
	                                                 "<w:keepNext/>" SPACING("0", "120") CENTRED \
	                                                 "<w:outlineLvl w:val=\"0\"/>", \
	                                                 BOLD SIZE("38")) \
				  STYLE("Heading1", "heading 1", \
	                                "<w:keepNext/>" SPACING("160", "60") "<w:outlineLvl w:val=\"1\"/>", \
	                                BOLD SIZE("25")) STYLE("BodyText", "Body Text", \
	                                                       "<w:spacing w:after=\"40\" w:line=\"340\" " \
	                                                       "w:lineRule=\"atLeast\"/><w:ind w:firstLineChars=\"200\" " \
	                                                       "w:firstLine=\"460\"/>", \
	                                                       "") STYLE("FormPair", "Form Pair", \
	                                                                 "<w:keepNext/><w:tabs><w:tab w:val=\"right\" " \
	                                                                 "w:pos=\"8946\"/></w:tabs>" SPACING("120", "100"), \
	                                                                 SIZE("22")) STYLE("FormLabel", "Form Label", CENTRED, \
	                                                                                   BOLD SIZE("22")) \
					  STYLE("FormCell", "Form Cell", "<w:wordWrap w:val=\"0\"/>", SIZE("22")) STYLE( \
						  "FormEntry", "Form Entry", \
						  "<w:tabs><w:tab w:val=\"right\" w:leader=\"dot\" " \
						  "w:pos=\"8946\"/></w:tabs>" SPACING("0", "60"), \
						  "") STYLE("FormNote", "Form Note", SPACING("80", "0"), \
	                                                    SIZE("17")) STYLE("FormGap", "Form Gap", "", SIZE("10")) \
						  STYLE("FormEnd", "Form End", \
	                                                "<w:spacing w:line=\"20\" w:lineRule=\"exact\"/>", SIZE("2")) \
							  STYLE("Footer", "footer", \
	                                                        "<w:pBdr><w:top w:val=\"single\" w:sz=\"4\" w:space=\"4\" " \
	                                                        "w:color=\"000000\"/></w:pBdr>" \
	                                                        "<w:tabs><w:tab w:val=\"center\" w:pos=\"4473\"/><w:tab " \
	                                                        "w:val=\"right\" w:pos=\"8946\"/></w:tabs>", \
	                                                        SIZE("17")) "<w:style w:type=\"table\" " \
									    "w:styleId=\"FormTable\"><w:name w:val=\"Form " \
									    "Table\"/><w:basedOn " \
									    "w:val=\"TableNormal\"/><w:tblPr>" \
									    "<w:tblBorders>" EDGE("top") EDGE("left") EDGE( \
										    "bottom") EDGE("right") EDGE("insideH") \
										    EDGE("insideV") "</w:tblBorders>" \
												    "<w:tblCellMar><w:top " \
												    "w:w=\"85\" " \
												    "w:type=\"dxa\"/><w:left " \
												    "w:w=\"100\" " \
												    "w:type=\"dxa\"/><w:bottom " \
												    "w:w=\"85\" " \
												    "w:type=\"dxa\"/>" \
												    "<w:right w:w=\"100\" " \
												    "w:type=\"dxa\"/></" \
												    "w:tblCellMar></w:tblPr></" \
												    "w:style></w:styles>"

#endif
