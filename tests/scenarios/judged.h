// One line of `expect`, judged over a document with the findings that follow from it.
#pragma once

#include <string>

#include "evidence/assess.h"
#include "scenarios/judge.h"

namespace mailprobe::scenarios {

/// About the first probe, or about all.
inline evidence::Expectation judged(evidence::Document document, const std::string& text, bool of_all = false) {
  document.findings = evidence::assess(document, evidence::embedded);
  const auto probe = of_all ? std::nullopt : std::optional(document.probes.front().id);
  const auto made = judge(document, {{.probe = probe, .text = text}}, evidence::embedded);
  return made.at(0);
}

}  // namespace mailprobe::scenarios
