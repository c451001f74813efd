// Evidence documents: what can be read comes back as it was, and is judged without a fault: every pointer of every
// finding resolves to text that is safe to print, and the exit status is one of three.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "evidence/assess.h"
#include "evidence/json.h"

using namespace mailprobe;
using namespace mailprobe::evidence;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

bool printable(const std::string& text) {
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return true;
}

void judge(Document document) {
  document.findings = assess(document, embedded);
  for (const auto& finding : document.findings) {
    check(printable(finding.subject) && printable(finding.summary) && printable(finding.advice));
    check(!finding.summary.empty());
    for (const auto& pointer : finding.evidence) check(pointer.starts_with('/'));
  }
  const auto status = exit_status(document, false);
  check(status == 0 || status == 1 || status == 3);
  check(from_json(to_json(document)).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto document = from_json(text);
  if (!document) {
    check(!document.error().message.empty() && printable(document.error().message));
    return 0;
  }
  const auto once = to_json(*document);
  const auto again = from_json(once);
  check(again.has_value());
  check(to_json(*again) == once);
  judge(*document);
  return 0;
}
