// A template of a user's own: whatever is in it, it is taken or refused with a line, and a page by one that is taken
// has no text from outside unescaped.
#include <cstdlib>
#include <string>

#include "reporter/templates.h"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

mailprobe::evidence::Document document() {
  mailprobe::evidence::Document made;
  made.run.target = "<zq7>";
  made.findings = {{.check = "inbound.starttls", .subject = "<zq7>", .verdict = mailprobe::evidence::Verdict::fail}};
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  mailprobe::reporter::Templates templates;
  const auto replaced = templates.replace("findings", text);
  if (!replaced) {
    check(mailprobe::Failure::usage == replaced.error().kind);
    check(replaced.error().message.find(": ") != std::string::npos);
    return 0;
  }
  const auto page = mailprobe::reporter::html(document(), mailprobe::evidence::embedded, templates);
  check(page.find("<zq7>") == std::string::npos ||
        text.find("<zq7>") != std::string::npos);  // or it is the template's own
  return 0;
}
