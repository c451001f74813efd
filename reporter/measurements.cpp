#include "reporter/measurements.h"

#include <algorithm>

#include "base/text.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

std::optional<std::int64_t> handshake_ms(const evidence::Attempt& attempt) {
  std::optional<std::int64_t> begin;
  for (const auto& event : attempt.events) {
    if (begin && event.dir == Direction::note && event.text.starts_with("TLS: ")) return event.t_ms - *begin;
    if (event.dir == Direction::out && istarts_with(event.text, "STARTTLS")) begin = event.t_ms;
    if (begin && event.dir == Direction::in && event.text.starts_with("220")) begin = event.t_ms;
  }
  return std::nullopt;
}

std::optional<std::int64_t> certificate_days(const TlsFacts& tls, Time at) {
  if (tls.certificates.empty()) return std::nullopt;
  return days_between(at, std::ranges::min(tls.certificates, {}, &Certificate::not_after).not_after);
}

}  // namespace mailprobe::reporter
