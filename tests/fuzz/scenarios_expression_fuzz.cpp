// A line of `expect`: what is read is printed, read again and printed the same; judging it ends with a verdict.
#include <cstdint>
#include <cstdlib>

#include "evidence/document.h"
#include "scenarios/expression.h"
#include "scenarios/judge.h"
#include "scenarios/known_paths.h"

namespace {

using namespace mailprobe;

void require(bool holds) {
  if (!holds) std::abort();
}

evidence::Document document() {
  evidence::Document made;
  auto& probe = made.probes.emplace_back();
  probe.id = probe.name = "plain";
  probe.mailbox.emplace();
  probe.mailbox->folder = "INBOX";
  probe.mailbox->dkim.emplace_back();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto expression = scenarios::parse_expression({reinterpret_cast<const char*>(data), size});
  if (!expression) {
    require(expression.error().message.find('\x1b') == std::string::npos);
    return 0;
  }
  const auto text = scenarios::to_text(*expression);
  const auto again = scenarios::parse_expression(text);
  require(again && scenarios::to_text(*again) == text);
  if (!scenarios::check_paths(*expression)) return 0;
  static const auto known = document();
  for (const auto& of : {std::optional<std::string>("plain"), std::optional<std::string>()}) {
    const auto made = scenarios::judge(known, {{.probe = of, .text = text}}, evidence::embedded);
    require(made.size() == 1 && made.front().verdict != evidence::Verdict::error);
  }
  return 0;
}
