// What one message alone tells of its signatures, and what explains them: ranges lie within the body, a part that was
// added leaves another part, texts are escaped.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "auth/explain.h"
#include "auth/single_message.h"

using namespace mailprobe::auth;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_text(std::string_view text) { check(text.find_first_of("\r\n\x1b") == std::string_view::npos); }

void check_known(const Known& known, std::string_view message, std::string_view body) {
  for (const auto& words : known.words) check_text(words);
  for (const auto& mutation : known.mutation) {
    check(mutation.part == "body" && !mutation.sent);
    if (!mutation.received) continue;
    const auto [from, to] = *mutation.received;
    check(from < to && static_cast<std::size_t>(to) <= message.size());
    check(static_cast<std::size_t>(from) >= message.size() - body.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto message = split_message(input);
  std::vector<Dkim> all(2);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].index = static_cast<int>(i) + 1;
    all[i].result = DkimOutcome::fail;
    all[i].header_ok = i == 0;
  }
  const auto known = known_alone(input, message, all);
  for (const auto& one : known) check_known(one, input, message.body);
  std::vector<ExplainStep> steps;
  explain_dkim(message, all, known, steps);
  for (const auto& step : steps) check_text(step.text);
  return 0;
}
