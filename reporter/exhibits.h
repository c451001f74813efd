// What stands behind a finding, as a reader understands it: the lines of the transcript, the DNS answer, the header
// field, the certificate that its JSON Pointers lead to, cut short, and which section of the page has the whole. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct ExhibitLine {
  std::string_view kind;  // "out", "in", "note" of a session; "added", "removed" of a diff; "" of all else
  std::string text;
};
using ExhibitLines = std::vector<ExhibitLine>;

struct Exhibit {
  std::string title;                 // "The session with mx.example.org"
  std::string pointer;               // RFC 6901
  std::string section;               // the anchor of the whole; of a probe's without its number: "sessions"; or empty
  std::optional<std::size_t> probe;  // whose section that is
  ExhibitLines lines;
};

constexpr std::size_t most_exhibits = 3;        // of one finding
constexpr std::size_t most_exhibit_lines = 7;   // of one exhibit
constexpr std::size_t most_exhibit_text = 240;  // bytes of a line

/// Those that lead to something to be shown.
std::vector<Exhibit> exhibits(const evidence::Document& document, const evidence::Finding& finding);

}  // namespace mailprobe::reporter
