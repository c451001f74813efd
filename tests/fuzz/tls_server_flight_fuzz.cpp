// A TLS server's first flight: whatever arrives, in one piece or byte by byte, comes to the same.
#include <cstdint>
#include <cstdlib>

#include "base/tls_registry.h"
#include "tls/server_flight.h"

namespace {

using namespace mailprobe;

void check(bool holds) {
  if (!holds) std::abort();
}

struct Outcome {
  bool good = true, over = false;
  tls::ServerFlight flight;
};

Outcome parse(std::string_view bytes, std::size_t piece) {
  tls::FlightParser parser;
  Outcome outcome;
  for (; !bytes.empty() && outcome.good && !outcome.over; bytes.remove_prefix(std::min(piece, bytes.size()))) {
    const auto over = parser.feed(bytes.substr(0, piece));
    outcome.good = over.has_value();
    outcome.over = over && *over;
  }
  outcome.flight = parser.flight();
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto whole = parse(bytes, size + 1);
  const auto pieces = parse(bytes, 1);
  check(whole.good == pieces.good && whole.over == pieces.over);
  const auto& flight = whole.flight;
  check(flight.hello.has_value() == pieces.flight.hello.has_value());
  check(flight.certificates == pieces.flight.certificates);
  check(flight.certificates.size() <= tls::max_flight_certificates && flight.alerts.size() <= tls::max_warnings);
  check(flight.hello || (!flight.done && !flight.exchange && flight.certificates.empty()));
  for (const auto& alert : flight.alerts) check(!tls::alert_name(alert.description).empty());
  if (flight.hello) check(!tls_name_of(tls_suites(), flight.hello->suite).empty());
  return 0;
}
