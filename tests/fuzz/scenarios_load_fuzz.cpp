// A scenario file: whatever it holds, reading it ends soon, within the bounds of the format; what is wrong is told with
// a place, and no secret of it is.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>

#include "scenarios/expression.h"
#include "scenarios/load.h"

namespace {

using namespace mailprobe;

constexpr std::string_view secret = "Zq7-canary-Zq7";  // no input comes upon it

void require(bool holds) {
  if (!holds) std::abort();
}

scenarios::Outside outside() {
  return {.given = {{"target", "reflector@target.test"}},
          .environment = [](const std::string&) { return std::optional(Secret(std::string(secret))); },
          .file = [](const std::string&) -> Result<Secret> { return Secret(std::string(secret)); }};
}

std::size_t depth_of(const scenarios::Part& part) {
  std::size_t deepest = 0;
  for (const auto& below : part.parts) deepest = std::max(deepest, depth_of(below));
  return deepest + 1;
}

void check_expected(const std::vector<scenarios::Expected>& expected) {
  for (const auto& one : expected) {
    require(one.line > 0);
    const auto expression = scenarios::parse_expression(one.text);
    require(expression && scenarios::to_text(*expression) == one.text);
  }
}

bool in_part(const scenarios::Part& part) {
  return (part.body && part.body->contains(secret)) || std::ranges::any_of(part.parts, in_part);
}

bool in_message(const scenarios::Send& send) {
  const auto in_header = [](const scenarios::Header& header) { return header.second.contains(secret); };
  return (send.subject && send.subject->contains(secret)) || std::ranges::any_of(send.headers, in_header) ||
         in_part(send.content) || std::ranges::any_of(send.attachments, in_part);
}

void check_scenario(const scenarios::Scenario& scenario) {
  require(!scenario.name.empty() && !scenario.probes.empty());
  require(scenario.probes.size() <= scenarios::max_probes);
  std::set<std::string> names;
  for (const auto& probe : scenario.probes) {
    require(names.insert(probe.name).second);
    require(depth_of(probe.send.content) <= scenarios::max_nesting);
    require(probe.repeat >= 1 && probe.repeat <= scenarios::max_repeats);
    check_expected(probe.expect);
    require(probe.secret == in_message(probe.send));
    require(!probe.secret || !scenario.secrets.empty());
  }
  check_expected(scenario.expect);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto scenario = scenarios::load({reinterpret_cast<const char*>(data), size}, "f", outside());
  if (scenario) {
    check_scenario(*scenario);
    return 0;
  }
  const auto& message = scenario.error().message;
  require(message.starts_with("f:") && scenario.error().kind == Failure::usage);
  require(message.find('\x1b') == std::string::npos && message.find(secret) == std::string::npos);
  return 0;
}
