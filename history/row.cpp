#include "history/row.h"

#include <algorithm>

#include "evidence/compare.h"

namespace mailprobe::history {

namespace {

std::string recipient_of(const evidence::Document& document) {
  if (document.probes.empty()) return {};
  const auto& first = document.probes.front().to;
  const bool only = std::ranges::all_of(document.probes, [&](const auto& probe) { return probe.to == first; });
  return only ? first : std::string{};
}

}  // namespace

Kind kind_of(const evidence::Document& document) {
  return {.command = std::string(evidence::command_of(document)),
          .target = document.run.target,
          .recipient = recipient_of(document),
          .scenario = document.run.scenario.value_or("")};
}

Row row_of(const evidence::Document& document) {
  return {.id = document.run.id.value_or(""),
          .kind = kind_of(document),
          .interrupted = document.run.interrupted,
          .point = evidence::trend_point(document)};
}

}  // namespace mailprobe::history
