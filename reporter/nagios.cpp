#include <algorithm>
#include <array>
#include <optional>
#include <ranges>

#include <fmt/format.h>

#include "reporter/comparison.h"
#include "reporter/escape.h"
#include "reporter/measurements.h"
#include "reporter/phrases.h"
#include "reporter/reporter.h"
#include "reporter/summary.h"

namespace mailprobe::reporter {

namespace {

/// `|` begins the performance data (Nagios plugin guidelines, "Plugin Output").
std::string plain(std::string_view text) {
  auto line = one_line(text, 300);
  std::ranges::replace(line, '|', '/');
  return line;
}

std::string seconds(std::string_view label, std::int64_t ms) {
  return fmt::format(" {}={}.{:03}s;;;0", label, ms / 1000, ms % 1000);
}

/// Of several messages the slowest, and sums.
struct Numbers {
  std::size_t messages = 0, arrived = 0, junk = 0, intact = 0, signatures = 0;
  std::optional<std::int64_t> latency, session, handshake;
};

void keep_most(std::optional<std::int64_t>& most, std::optional<std::int64_t> value) {
  if (value) most = std::max({most.value_or(0), *value, std::int64_t{0}});
}

void add_session(Numbers& all, const evidence::Attempt& session) {
  keep_most(all.session, session.duration_ms);
  keep_most(all.handshake, handshake_ms(session));
}

void add_copy(Numbers& all, const evidence::MailboxCopy& copy) {
  keep_most(all.latency, copy.delay_ms);
  all.junk += evidence::in_junk(copy) ? 1U : 0U;
  all.signatures += copy.dkim.size();
  all.intact += static_cast<std::size_t>(std::ranges::count(copy.dkim, auth::DkimOutcome::pass, &auth::Dkim::result));
}

/// What is wrong on purpose says nothing of the way of mail; where there is nothing else, it is what was asked for.
Numbers numbers_of(const evidence::Document& document) {
  const bool alone = document.probes.size() == 1;
  Numbers all;
  for (const auto& probe : document.probes) {
    if (probe.fault && !alone) continue;
    ++all.messages;
    all.arrived += probe.mailbox || probe.forward ? 1U : 0U;
    if (probe.mailbox) add_copy(all, *probe.mailbox);
    if (probe.smtp) add_session(all, *probe.smtp);
  }
  return all;
}

std::string share(std::string_view label, std::size_t part, std::size_t whole) {
  return fmt::format(" {}={};;;0;{}", label, part, whole);
}

std::string performance_data(const evidence::Document& document) {
  const auto all = numbers_of(document);
  std::string data;
  if (!document.expectations.empty())
    data += share("expectations",
                  static_cast<std::size_t>(std::ranges::count(document.expectations, evidence::Verdict::pass,
                                                              &evidence::Expectation::verdict)),
                  document.expectations.size());
  if (document.probes.size() > 1)
    data += share("arrived", all.arrived, all.messages) + share("junk", all.junk, all.messages);
  if (all.latency) data += seconds("latency", *all.latency) + share("dkim_intact", all.intact, all.signatures);
  if (all.session) data += seconds("session", *all.session);
  if (all.handshake) data += seconds("handshake", *all.handshake);
  if (const auto expiry = earliest_expiry(document))
    data += fmt::format(" certificate_days={}", days_between(document.run.started, *expiry));
  return data;
}

/// Worse, better and otherwise changed since the last run of the kind.
std::string since(const evidence::Document& document) {
  if (!document.comparison) return {};
  return "; since the last run " + difference_counts(*document.comparison);
}

constexpr std::array<std::string_view, 4> states{"OK", "WARNING", "CRITICAL", "UNKNOWN"};
constexpr std::array worst_first{2, 3, 1, 0};

}  // namespace

std::string nagios(const evidence::Document& document) {
  const auto status = static_cast<std::size_t>(std::clamp(evidence::nagios_status(document), 0, 3));
  const auto head = headline(document);
  const auto data = performance_data(document);
  return fmt::format("MAILPROBE {} - {} {}{}{}{}\n", states.at(status), plain(head.sentence), plain(head.counts),
                     plain(since(document)), data.empty() ? "" : " |", data);
}

int nagios_status(const Documents& documents) {
  constexpr int unknown = 3;
  if (documents.empty()) return unknown;
  const auto rank = [](const evidence::Document& document) {
    return std::ranges::find(worst_first, evidence::nagios_status(document));
  };
  return *std::ranges::min(std::views::transform(documents, rank));
}

/// How many are in which state, and which ones are in the worst.
std::string nagios(const Documents& documents) {
  if (documents.size() == 1) return nagios(documents.front());
  const int worst = nagios_status(documents);
  std::array<std::size_t, 4> counts{};
  std::string names;
  for (const auto& document : documents) {
    const int status = evidence::nagios_status(document);
    ++counts.at(static_cast<std::size_t>(status));
    if (status == worst && worst != 0) names += (names.empty() ? ": " : ", ") + document.run.target;
  }
  std::string text = fmt::format("{} domains", documents.size());
  for (const int state : worst_first) {
    const auto at = static_cast<std::size_t>(state);
    if (counts.at(at) > 0) text += fmt::format(", {} {}", counts.at(at), states.at(at));
  }
  return fmt::format("MAILPROBE {} - {} | ok={} warning={} critical={} unknown={}\n",
                     states.at(static_cast<std::size_t>(worst)), plain(text + names), counts[0], counts[1], counts[2],
                     counts[3]);
}

}  // namespace mailprobe::reporter
