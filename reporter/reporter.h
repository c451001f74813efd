// What people and machines read of a run: each renderer is a pure function of the document. No I/O.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "evidence/assess.h"
#include "evidence/document.h"

namespace mailprobe::reporter {

/// One self-contained page: inline style and SVG, strict CSP, no script, no remote reference.
std::string html(const evidence::Document& document, const evidence::RawReader& raw);
/// What is a failure to those who count them: as the exit status says, with --fail-on warn or without.
enum class Strictness { failures, warnings_too };
/// JUnit XML: a suite a probe and direction, a case a finding.
std::string junit(const evidence::Document& document, Strictness strictness = Strictness::failures);
/// TAP version 14.
std::string tap(const evidence::Document& document, Strictness strictness = Strictness::failures);
/// One line with performance data.
std::string nagios(const evidence::Document& document);

// The same of several domains, as `inspect` has them.
using Documents = std::vector<evidence::Document>;
std::string html(const Documents& documents);
std::string junit(const Documents& documents, Strictness strictness = Strictness::failures);
std::string tap(const Documents& documents, Strictness strictness = Strictness::failures);
std::string nagios(const Documents& documents);
/// A line a finding (RFC 4180).
std::string csv(const Documents& documents);
/// A summary to paste into a ticket.
std::string markdown(const Documents& documents);
/// The Prometheus text exposition format, of a run or of several domains.
std::string prometheus_text(const Documents& documents);
/// The worst of theirs: CRITICAL, UNKNOWN, WARNING, OK.
int nagios_status(const Documents& documents);

struct TerminalStyle {
  bool color = false;
  bool utf8 = true;
  int width = 80;
  bool verbose = false;              // with transcripts and passed checks' evidence
  std::vector<std::string> written;  // files that were written: named at the end
  std::optional<int> exit{};         // the process's, where it is not what the run's checks came to
};
/// The readable verdict.
std::string terminal(const evidence::Document& document, const TerminalStyle& style,
                     const evidence::RawReader& raw = evidence::embedded);

/// What `diff` says: what has changed until the run `later`.
std::string terminal(const evidence::Comparison& comparison, const evidence::Run& later, const TerminalStyle& style);

/// A copy fit to pass on: local parts, personal addresses and what the mailbox's folders held are masked.
evidence::Document redacted(const evidence::Document& document);

}  // namespace mailprobe::reporter
