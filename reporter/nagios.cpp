#include <algorithm>
#include <array>
#include <ranges>

#include <fmt/format.h>

#include "reporter/comparison.h"
#include "reporter/escape.h"
#include "reporter/measurements.h"
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

std::string delivery_data(const evidence::Probe& probe, Time at) {
  std::string data;
  if (probe.mailbox) {
    data += seconds("latency", std::max<std::int64_t>(probe.mailbox->delay_ms, 0));
    const auto intact = std::ranges::count(probe.mailbox->dkim, auth::DkimOutcome::pass, &auth::Dkim::result);
    data += fmt::format(" dkim_intact={0};;;0;{1}", intact, probe.mailbox->dkim.size());
  }
  if (!probe.smtp) return data;
  data += seconds("session", std::max<std::int64_t>(probe.smtp->duration_ms, 0));
  if (const auto ms = handshake_ms(*probe.smtp)) data += seconds("handshake", std::max<std::int64_t>(*ms, 0));
  if (probe.smtp->tls)
    if (const auto days = certificate_days(*probe.smtp->tls, at)) data += fmt::format(" certificate_days={}", *days);
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
  std::string data;
  if (!document.probes.empty()) data = delivery_data(document.probes.front(), document.run.started);
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
