#include "reports/xml_walk.h"

#include <expat.h>

#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "reports/limits.h"

namespace mailprobe::reports {

namespace {

constexpr char separator = '\n';  // between a namespace and a local name: neither can hold it

struct OpenElement {
  std::size_t path_length = 0;  // of the path that leads to it
  std::string text;
};

class Walk {
 public:
  explicit Walk(XmlHandler& handler) : handler_(handler), parser_(XML_ParserCreateNS(nullptr, separator)) {}

  Result<void> run(std::string_view document) {
    if (!parser_) return fail(Failure::ours, "no memory for a parser of XML");
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(parser_.get(), on_start, on_end);
    XML_SetCharacterDataHandler(parser_.get(), on_text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
    XML_SetUnknownEncodingHandler(parser_.get(), on_encoding, nullptr);
    const auto status = XML_Parse(parser_.get(), document.data(), static_cast<int>(document.size()), XML_TRUE);
    if (!problem_.empty()) return fail(Failure::protocol, problem_ + where());
    if (status == XML_STATUS_OK) return {};
    const auto* words = XML_ErrorString(XML_GetErrorCode(parser_.get()));
    return fail(Failure::protocol, std::string("not XML: ") + (words != nullptr ? words : "error") + where());
  }

 private:
  struct Free {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };

  static Walk& of(void* user) { return *static_cast<Walk*>(user); }
  static void on_start(void* user, const XML_Char* name, const XML_Char**) { of(user).start(name); }
  static void on_end(void* user, const XML_Char*) { of(user).end(); }
  static void on_text(void* user, const XML_Char* text, int length) {
    of(user).add({text, static_cast<std::size_t>(length)});
  }
  static void on_doctype(void* user, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    of(user).stop("a document type declaration, which a report has no use for");
  }

  /// What else than expat's own four is declared. In windows-1252 everything that a report is read for is ASCII.
  static int on_encoding(void*, const XML_Char* name, XML_Encoding* info) {
    constexpr int replacement = 0xFFFD;
    if (!iequals(name, "windows-1252")) return XML_STATUS_ERROR;
    for (int i = 0; i < 256; ++i) info->map[i] = i >= 0x80 && i < 0xA0 ? replacement : i;
    info->data = nullptr;
    info->convert = nullptr;
    info->release = nullptr;
    return XML_STATUS_OK;
  }

  void stop(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  [[nodiscard]] std::string where() const {
    return " (line " + std::to_string(XML_GetCurrentLineNumber(parser_.get())) + ")";
  }

  /// nullopt: of a namespace that is neither the root's nor none.
  std::optional<std::string_view> local(std::string_view name) {
    const auto end = name.find(separator);
    const auto space = end == std::string_view::npos ? std::string_view{} : name.substr(0, end);
    if (open_.empty()) root_space_ = space;
    if (!space.empty() && space != root_space_) return std::nullopt;
    return end == std::string_view::npos ? name : name.substr(end + 1);
  }

  void start(std::string_view name) {
    if (!problem_.empty()) return;
    if (++elements_ > limits::xml_elements) return stop("too many elements");
    if (++depth_ > limits::xml_depth) return stop("elements within elements, too deep");
    const auto own = foreign_ > 0 ? std::nullopt : local(name);
    if (!own) {
      ++foreign_;
      return;
    }
    if (own->size() > limits::xml_name) return stop("an element with an endless name");
    open_.push_back({path_.size(), {}});
    if (!path_.empty()) path_ += '/';
    path_ += *own;
    handler_.opened(path_);
  }

  void end() {
    if (!problem_.empty()) return;
    --depth_;
    if (foreign_ > 0) {
      --foreign_;
      return;
    }
    handler_.closed(path_, trim(open_.back().text));
    path_.resize(open_.back().path_length);
    open_.pop_back();
  }

  void add(std::string_view piece) {
    if (!problem_.empty() || foreign_ > 0 || open_.empty()) return;
    auto& text = open_.back().text;
    if (text.size() < limits::xml_text) text += piece.substr(0, limits::xml_text - text.size());
  }

  XmlHandler& handler_;
  std::unique_ptr<std::remove_pointer_t<XML_Parser>, Free> parser_;
  std::string root_space_, path_, problem_;
  std::vector<OpenElement> open_;
  std::size_t depth_ = 0, elements_ = 0, foreign_ = 0;
};

}  // namespace

Result<void> walk_xml(std::string_view document, XmlHandler& handler) {
  if (document.size() > limits::unpacked) return fail(Failure::protocol, "larger than 10 MB");
  return Walk(handler).run(document);
}

}  // namespace mailprobe::reports
