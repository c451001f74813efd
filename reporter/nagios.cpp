#include <algorithm>

#include <fmt/format.h>

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

}  // namespace

std::string nagios(const evidence::Document& document) {
  constexpr std::array<std::string_view, 4> states{"OK", "WARNING", "CRITICAL", "UNKNOWN"};
  const auto status = static_cast<std::size_t>(std::clamp(evidence::nagios_status(document), 0, 3));
  const auto head = headline(document);
  std::string data;
  if (!document.probes.empty()) data = delivery_data(document.probes.front(), document.run.started);
  return fmt::format("MAILPROBE {} - {} {}{}{}\n", states.at(status), plain(head.sentence), plain(head.counts),
                     data.empty() ? "" : " |", data);
}

}  // namespace mailprobe::reporter
