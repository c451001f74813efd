// The reports of tests/data/reports, and what tests make of them.
#pragma once

#include <string>

#include "reports/report.h"
#include "tests/support/conformance.h"

namespace mailprobe::test {

inline std::string sample(const std::string& name) {
  return read_file(std::filesystem::path(MAILPROBE_SOURCE_DIR) / "tests/data/reports" / name);
}

/// With `from` once replaced by `to`.
inline std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  if (at == std::string::npos) throw std::invalid_argument("not in the sample: " + std::string(from));
  return text.replace(at, from.size(), to);
}

inline reports::Report report_of(const std::string& bytes) {
  auto report = reports::read_report(bytes);
  if (!report) throw std::runtime_error(report.error().message);
  return std::move(*report);
}

}  // namespace mailprobe::test
