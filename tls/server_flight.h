// The first flight of a TLS server, read off the wire as far as it is in the clear: ServerHello or HelloRetryRequest,
// and up to TLS 1.2 certificates, stapled OCSP, key exchange. Verifies and judges nothing. Pure and bounded. RFC 8446
// §4.1.3, §5.1, §6; RFC 5246 §7.4; RFC 8422 §5.4; RFC 6066 §8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace mailprobe::tls {

/// Against hostile servers: more than any that means well sends.
constexpr std::size_t max_flight = 512 * 1024;             // bytes, records and all
constexpr std::size_t max_handshake_message = 256 * 1024;  // OpenSSL takes 100 KiB of certificates
constexpr std::size_t max_flight_certificates = 32;
constexpr std::size_t max_warnings = 8;  // alerts of level warning before we look no further

struct Alert {
  bool fatal = true;
  std::uint8_t description = 0;
};
/// "handshake_failure"; "200" for one that has no name. RFC 8446 §6, RFC 5246 §7.2.
std::string alert_name(std::uint8_t description);

struct ServerHello {
  std::uint16_t version = 0;  // negotiated: of supported_versions where there is one
  std::uint16_t suite = 0;
  std::uint8_t compression = 0;
  bool retry = false;                     // a HelloRetryRequest
  std::optional<std::uint16_t> group;     // of key_share
  std::vector<std::uint16_t> extensions;  // their types, in order

  [[nodiscard]] bool has(std::uint16_t extension) const;
};

struct KeyExchange {
  std::optional<std::uint16_t> group;      // ECDHE's named curve
  std::optional<std::size_t> dh_bits;      // of DHE's prime
  std::optional<std::size_t> export_bits;  // of the short-lived RSA key of an export suite
  std::optional<std::uint16_t> scheme;     // of its signature, TLS 1.2
  bool signature = false;                  // there is one; before TLS 1.2 it is MD5 and SHA-1, or SHA-1 (ECDSA)
};

struct ServerFlight {
  std::vector<Alert> alerts;
  std::optional<ServerHello> hello;
  std::vector<std::string> certificates;  // DER, as sent
  std::string ocsp;                       // the stapled OCSP response, DER; empty: none
  std::optional<KeyExchange> exchange;
  bool done = false;  // ServerHelloDone

  [[nodiscard]] std::optional<Alert> fatal() const;
};

class FlightParser {
 public:
  /// Takes what arrived. True: nothing more is in the clear (the flight is done, refused, or goes on encrypted), and
  /// nothing more is to be fed. Failure::protocol for what is not TLS.
  Result<bool> feed(std::string_view bytes);
  [[nodiscard]] const ServerFlight& flight() const { return flight_; }

 private:
  Result<bool> record(std::uint8_t type, std::string_view body);
  Result<bool> alert(std::string_view body);
  Result<bool> messages();
  Result<bool> message(std::uint8_t type, std::string_view body);
  [[nodiscard]] bool over() const;

  std::string pending_;    // of a record that is not whole
  std::string handshake_;  // of a message that is not whole
  std::size_t fed_ = 0;
  ServerFlight flight_;
};

}  // namespace mailprobe::tls
