// The page's templates by name: those that are compiled in, and a user's own in their place. A template is mustache;
// what it cannot do is write text without escaping it. docs/templates.md.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "evidence/assess.h"

namespace mailprobe::reporter {

class Templates {
 public:
  /// Those that are compiled in.
  Templates();

  /// `text` in the place of the template of that name. Failure::usage begins with the line of what is wrong: "12: …".
  Result<void> replace(const std::string& name, std::string text);

  [[nodiscard]] const std::string& text(std::string_view name) const;
  /// Those that can be replaced: "badge", "findings", …, and "style", which is a style sheet.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::map<std::string, std::string, std::less<>> texts_;
};

constexpr std::size_t max_template = 1024UL * 1024;  // a user's file: ours have some thousand bytes

/// Which of many probes the page has in full before all others, by their names.
struct Shown {
  std::vector<std::string> probes;
};

/// As of reporter.h, by those templates.
std::string html(const evidence::Document& document, const evidence::RawReader& raw, const Templates& by,
                 const Shown& shown = {});
std::string html(const std::vector<evidence::Document>& documents, const Templates& by);

}  // namespace mailprobe::reporter
