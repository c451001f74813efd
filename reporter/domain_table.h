// Many domains at a glance, for a terminal: a row a domain as it comes, and below it what is wrong. Pure; who prints
// it is app/inspect_output.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "reporter/reporter.h"

namespace mailprobe::reporter {

class DomainTable {
 public:
  /// All domains that are to come: the widest decides about the first column.
  DomainTable(TerminalStyle style, const std::vector<std::string>& domains);

  [[nodiscard]] std::string head() const;
  std::string row(const evidence::Document& document);
  /// How many came to what.
  [[nodiscard]] std::string foot() const;

 private:
  TerminalStyle style_;
  std::size_t columns_;  // as many as fit
  std::size_t first_;    // the first column's width
  std::array<std::size_t, 4> counts_{};
};

}  // namespace mailprobe::reporter
