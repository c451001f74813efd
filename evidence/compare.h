// Two evidence documents side by side, and one as a point in a line of them. Pure; judges nothing anew: it reads the
// findings that are there. What counts as better, worse or only changed: docs/history.md.
#pragma once

#include <string>
#include <string_view>

#include "evidence/document.h"

namespace mailprobe::evidence {

/// A time is slower where it is at least twice what it was and this much more; faster likewise. Less is how busy either
/// side was, or when the mailbox was looked at.
constexpr std::int64_t slower_factor = 2;
constexpr std::int64_t least_arrival_change_ms = 10'000;  // until a copy or an answer was there: queues, polling
constexpr std::int64_t least_session_change_ms = 2'000;   // of a session: the network, a busy server

/// Runs before that are kept beside a comparison: a month of a daily one.
constexpr std::size_t trend_length = 30;

/// What is not in `after` as it was in `before`. The trend is of `before` alone.
Comparison compare(const Document& before, const Document& after);

TrendPoint trend_point(const Document& document);

/// "send", "run", "inspect" or "doctor", as run.command says it; empty: none of them.
std::string_view command_of(const Document& document);

/// 1: something came to fail; 3: something can no longer be told; else 0. With `fail_on_warn` all that is worse is 1,
/// and what is new with a warning.
int comparison_status(const Comparison& comparison, bool fail_on_warn);

/// The verdict that begins `state`, "fail: expired" for one, where `difference` is about a finding or an expectation.
std::optional<Verdict> verdict_in(const Difference& difference, const std::optional<std::string>& state);

}  // namespace mailprobe::evidence
