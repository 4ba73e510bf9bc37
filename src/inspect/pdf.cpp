#include "inspect/pdf.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#define POINTERHOLDER_TRANSITION 4 /* what std::shared_ptr does is not asked of qpdf's own */
#include <qpdf/QPDF.hh>

#include "inspect/xml.h"

namespace
{
/* Of objects, arrays and dictionaries within others included. A page of text has some tens. */
constexpr size_t visits_maximum = 2'000'000;

/* What an object is to the one that led to it. An action is one only where a reader looks for actions. */
enum class role {
	plain,
	clicked,    /* an action that somebody asks for by a click on what they see */
	unasked,    /* an action of the document's own accord */
	additional, /* a dictionary of such (section 12.6.3) */
};

struct step {
	QPDFObjectHandle object;
	enum role role;
};

/* Running out of memory ends the process: qpdf would take what did not fit for null, and go on. */
[[noreturn]] void give_up()
{
	std::abort();
}

bool is_one_of(QPDFObjectHandle name, std::set<std::string> const &names)
{
	return name.isName() && names.count(name.getName()) > 0;
}

/* Actions (section 12.6.4) */

bool is_script_address(QPDFObjectHandle address)
{
	static const std::string scheme = "javascript:";
	if (!address.isString())
		return false;
	std::string text = address.getUTF8Value();
	const char *at = text.c_str() + strspn(text.c_str(), " \t\r\n\f\v");
	return strncasecmp(at, scheme.c_str(), scheme.size()) == 0;
}

bool acts(QPDFObjectHandle action, role role)
{
	static const std::set<std::string> ever = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData",      "/Rendition",
	                                           "/Movie",      "/Sound",  "/GoTo3DView", "/RichMediaExecute"};
	static const std::set<std::string> unasked = {"/URI", "/GoToR", "/GoToE", "/Thread"};
	QPDFObjectHandle kind = action.getKey("/S");
	return is_one_of(kind, ever) || action.hasKey("/JS") || is_script_address(action.getKey("/URI")) ||
	       (role == role::unasked && is_one_of(kind, unasked));
}

/* What a dictionary is, wherever it stands. */
const char *judge_dictionary(QPDFObjectHandle dictionary)
{
	static const std::set<std::string> active = {"/RichMedia", "/3D", "/Movie", "/Sound"};
	QPDFObjectHandle subtype = dictionary.getKey("/Subtype");
	if (is_one_of(subtype, active))
		return "active_content";
	if (subtype.isNameAndEquals("/FileAttachment") || dictionary.getKey("/EF").isDictionary())
		return "embedded_file";
	return nullptr;
}

/* The walk over all that the catalogue reaches */

class walk
{
      public:
	explicit walk(QPDF &document) : pdf(document)
	{
	}

	const char *from(QPDFObjectHandle const &root)
	{
		push(root, role::plain);
		while (!code && !steps.empty()) {
			step next = steps.back();
			steps.pop_back();
			visit(next.object, next.role);
		}
		return code;
	}

      private:
	void push(QPDFObjectHandle object, role role)
	{
		size_t warnings = pdf.numWarnings();
		if (object.isNull() && object.isIndirect() && pdf.numWarnings() > warnings)
			code = "damaged_file"; /* there is something, and it cannot be read */
		if (!object.isDictionary() && !object.isArray() && !object.isStream())
			return;
		if (object.isIndirect() && !seen.emplace(object.getObjGen(), role).second)
			return;
		steps.push_back({object, role});
		if (++visits > visits_maximum)
			code = "file_too_complex";
	}

	void visit(QPDFObjectHandle object, role role)
	{
		if (object.isArray()) {
			for (auto const &item : object.getArrayAsVector())
				push(item, role);
			return;
		}
		QPDFObjectHandle dictionary = object.isStream() ? object.getDict() : object;
		for (auto const &[key, value] : dictionary.getDictAsMap())
			push(value, role_of(key, role));
		if (code)
			return;
		code = judge_dictionary(dictionary);
		if ((role == role::clicked || role == role::unasked) && acts(dictionary, role))
			code = "active_content";
	}

	static role role_of(std::string const &key, role of)
	{
		static const std::set<std::string> clicked = {"/A", "/PA", "/NA"};
		static const std::set<std::string> clicks = {"/D", "/U"}; /* a button of the mouse, down and up */
		if (of == role::additional)
			return clicks.count(key) > 0 ? role::clicked : role::unasked;
		if (key == "/OpenAction")
			return role::unasked;
		if (key == "/AA")
			return role::additional;
		if (key == "/Next" && of != role::plain)
			return of;
		return clicked.count(key) > 0 ? role::clicked : role::plain;
	}

	QPDF &pdf;
	std::vector<step> steps;
	std::set<std::tuple<QPDFObjGen, role>> seen;
	size_t visits = 0;
	const char *code = nullptr;
};

/* Of a name tree (section 7.9.6): whether there is anything in it. The walk has seen to its depth. */
bool has_entries(QPDFObjectHandle const &tree)
{
	std::vector<QPDFObjectHandle> nodes = {tree};
	std::set<QPDFObjGen> seen;
	while (!nodes.empty()) {
		QPDFObjectHandle node = nodes.back();
		nodes.pop_back();
		if (!node.isDictionary() || (node.isIndirect() && !seen.insert(node.getObjGen()).second))
			continue;
		QPDFObjectHandle names = node.getKey("/Names"), kids = node.getKey("/Kids");
		if (names.isArray() && names.getArrayNItems() > 0)
			return true;
		if (kids.isArray())
			for (auto const &kid : kids.getArrayAsVector())
				nodes.push_back(kid);
	}
	return false;
}

/* Forms in XML (section 12.7.8) */

bool take_element(void *context, const struct xml_element *element)
{
	static const std::set<std::string> active = {"script", "submit", "execute"};
	bool is_active = strstr(xml_namespace(element), "xfa-template") && active.count(xml_name(element)) > 0;
	*static_cast<bool *>(context) = is_active;
	return !is_active;
}

/* Its packets are one document. They are read before anything is begun that would be left behind when one cannot be unpacked. */
std::string read_form(QPDFObjectHandle form)
{
	std::string text;
	for (auto packet : form.isArray() ? form.getArrayAsVector() : std::vector<QPDFObjectHandle>{form}) {
		if (!packet.isStream())
			continue;
		auto content = packet.getStreamData(qpdf_dl_all);
		text.append(reinterpret_cast<const char *>(content->getBuffer()), content->getSize());
	}
	return text;
}

const char *judge_form(QPDFObjectHandle form)
{
	static const struct xml_receiver receiver = {take_element, nullptr, nullptr};
	if (!form.isStream() && !form.isArray())
		return nullptr;
	std::string text = read_form(form);
	bool is_active = false;
	struct xml *xml = xml_create(&receiver, &is_active);
	xml_read(xml, text.data(), text.size());
	bool is_read = xml_finish(xml);
	if (is_active)
		return "active_content";
	return is_read ? nullptr : "damaged_file";
}

/* The file */

/*
 * Its length up to its last %%EOF, whatever padding follows. Nothing if there is none, or an object after it: what was
 * cut off was the end of an update, or most of a file whose first page comes first (annex F).
 */
std::optional<size_t> length_of(const unsigned char *bytes, size_t length)
{
	static const std::string marker = "%%EOF", object = " obj";
	for (size_t at = length; at >= marker.size(); at--) {
		if (memcmp(bytes + at - marker.size(), marker.data(), marker.size()) != 0)
			continue;
		if (memmem(bytes + at, length - at, object.data(), object.size()))
			return std::nullopt;
		return at;
	}
	return std::nullopt;
}

/* NULL for one that opens without a password. Its trailer is read before its encryption is understood, if it is at all. */
const char *open(QPDF &pdf, const unsigned char *bytes, size_t length)
{
	try {
		pdf.processMemoryFile("document", reinterpret_cast<const char *>(bytes), length, "");
		return nullptr;
	} catch (std::exception const &) {
		QPDFObjectHandle trailer = pdf.getTrailer();
		bool is_encrypted = trailer.isInitialized() && trailer.isDictionary() && trailer.hasKey("/Encrypt");
		return is_encrypted ? "encrypted_file" : "damaged_file";
	}
}

const char *judge(QPDF &pdf)
{
	QPDFObjectHandle root = pdf.getRoot();
	if (const char *code = walk(pdf).from(root)) /* first, since what cannot be read is warned of once */
		return code;
	if (pdf.getAllPages().empty())
		return "damaged_file";
	QPDFObjectHandle names = root.getKeyIfDict("/Names");
	if (has_entries(names.getKeyIfDict("/JavaScript")))
		return "active_content";
	if (has_entries(names.getKeyIfDict("/EmbeddedFiles")))
		return "embedded_file";
	return judge_form(root.getKeyIfDict("/AcroForm").getKeyIfDict("/XFA"));
}
} // namespace

const char *pdf_look(const unsigned char *bytes, size_t length, const char **ret_media_type)
{
	std::set_new_handler(give_up);
	*ret_media_type = "application/pdf";
	std::optional<size_t> used = length_of(bytes, length);
	if (!used)
		return "damaged_file";
	QPDF pdf;
	pdf.setSuppressWarnings(true);
	if (const char *code = open(pdf, bytes, *used))
		return code;
	try {
		return judge(pdf);
	} catch (std::exception const &) {
		return "damaged_file";
	}
}
