#include "reporter/measurements.h"

#include <algorithm>

#include "base/text.h"
#include "evidence/tried.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

void keep_earliest(std::optional<Time>& earliest, const std::vector<Certificate>& chain) {
  for (const auto& certificate : chain)
    earliest = std::min(certificate.not_after, earliest.value_or(certificate.not_after));
}

}  // namespace

std::optional<std::pair<std::int64_t, std::int64_t>> handshake_span(const evidence::Attempt& attempt) {
  const auto& events = attempt.events;
  if (!attempt.tls) return std::nullopt;
  auto at = std::ranges::find_if(
      events, [](const Event& e) { return e.dir == Direction::out && istarts_with(e.text, "STARTTLS"); });
  at = std::find_if(at, events.end(), [](const Event& e) { return e.dir == Direction::in; });
  if (at == events.end() || at + 1 == events.end()) return std::nullopt;
  return std::pair{at->t_ms, (at + 1)->t_ms};
}

std::optional<std::int64_t> handshake_ms(const evidence::Attempt& attempt) {
  const auto span = handshake_span(attempt);
  if (!span) return std::nullopt;
  return span->second - span->first;
}

std::optional<std::int64_t> certificate_days(const TlsFacts& tls, Time at) {
  if (tls.certificates.empty()) return std::nullopt;
  return days_between(at, std::ranges::min(tls.certificates, {}, &Certificate::not_after).not_after);
}

std::optional<Time> earliest_expiry(const evidence::Document& document) {
  std::optional<Time> earliest;
  for (const auto& tried : evidence::tried_addresses(document))
    if (tried.attempt.tls) keep_earliest(earliest, tried.attempt.tls->certificates);
  for (const auto& host : document.target.mx)
    for (const auto& address : host.addresses)
      if (address.survey)
        for (const auto& chain : address.survey->chains) keep_earliest(earliest, chain.certificates);
  return earliest;
}

}  // namespace mailprobe::reporter
