#include "reporter/reporter.h"

#include "reporter/escape.h"
#include "reporter/summary.h"

namespace mailprobe::reporter {

std::string html(const evidence::Document& document, const evidence::RawReader&) {
  const auto head = headline(document);
  return "<!doctype html><html lang=\"en\"><title>" + markup_text(document.run.target) + "</title><h1>" +
         markup_text(head.sentence) + "</h1></html>\n";
}

}  // namespace mailprobe::reporter
