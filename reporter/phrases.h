// The words that people read: of verdicts, causes, durations, dates, mutations. Not the words of the evidence document,
// which are its vocabulary (base/words.h) and do not change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/cause.h"
#include "base/time.h"
#include "base/tls_facts.h"
#include "evidence/finding.h"

namespace mailprobe::reporter {

/// "7 ms", "1.2 s", "5 min 10 s", "2 h 5 min", "3 d 4 h".
std::string duration(std::int64_t ms);
/// "31 Jan 2026, 12:00:00 UTC"
std::string moment(Time time);
/// "31 Jan 2026"
std::string day(Time time);
/// "12:00:00"
std::string clock_time(Time time);
/// Whole days from one to the other; negative when it is past.
std::int64_t days_between(Time from, Time to);
/// "29 days left", "1 day ago", "less than a day ago".
std::string distance_phrase(Time from, Time to);
/// "1,234 bytes", "12 kB"
std::string size_text(std::size_t bytes);

/// "TLSv1.3" is "TLS 1.3" to people.
std::string tls_name(std::string_view version);
/// "pass: 3 1 1 ab… matches the certificate", "fail: no TLSA record matches …"
std::string dane_text(const DaneFacts& dane);
/// "1 check", "3 checks"
std::string count_of(std::size_t count, std::string_view one, std::string_view many = {});

std::string_view verdict_label(evidence::Verdict verdict);
std::string_view cause_phrase(Cause cause);
std::string_view fix_by_phrase(evidence::FixBy who);
/// "published" and its like as headings; anything else as it is.
std::string direction_title(std::string_view direction);

/// What a kind of mutation (docs/mutations.md) is called, what it means, and what would have survived it.
struct MutationPhrase {
  std::string title, meaning, remedy;
};
MutationPhrase mutation_phrase(std::string_view kind, std::string_view part);

}  // namespace mailprobe::reporter
