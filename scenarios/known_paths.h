// Which paths an expectation may name, and what they may be compared with: the evidence's own members, the short names
// of docs/architecture.md ("latency", "dkim"), the ids of the checks. For messages when a file is read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "scenarios/expression.h"

namespace mailprobe::scenarios {

/// What a path leads to in the evidence of a probe, from its root.
struct Meaning {
  std::string check;       // the id of a check; empty: it is no check
  std::vector<Path> ways;  // the first that is there counts: the mailbox's, else the reply's
};
Meaning meaning_of(const Path& path);

/// What a path may begin with: the members of a probe, the short names, the ids of the checks.
std::vector<std::string> known_roots();
/// Whether a check's findings may have a grade.
bool has_grades(std::string_view check);

/// "spf", "dkim", "dmarc", "arc".
bool is_mechanism(std::string_view name);
/// Whether it says something of each probe; else of the target's domain alone, or of several probes together.
bool is_about_each_probe(const Expression& expression);

/// Whether a probe of that name is meant by `of`: with all its combinations and repeats, and to every MX.
bool is_of(std::string_view name, std::string_view of);

/// Grades and TLS versions have an order; the place of a word in it.
std::optional<std::size_t> rank_of(std::string_view word);

/// Failure::usage: an unknown path or word, with the nearest; an order where there is none.
Result<void> check_paths(const Expression& expression);
/// The same where dkim[…] is none of the `signatures` that are sent: "r1 rsa-sha256 relaxed/relaxed".
Result<void> check_signatures(const Expression& expression, const std::vector<std::string>& signatures);

}  // namespace mailprobe::scenarios
