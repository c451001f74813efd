#include "tls/server_flight.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/tls_registry.h"

namespace mailprobe::tls {

namespace {

constexpr std::uint8_t change_cipher_spec = 20, alert_record = 21, handshake_record = 22;
constexpr std::uint8_t server_hello = 2, certificate = 11, server_key_exchange = 12, server_hello_done = 14,
                       certificate_status = 22;
constexpr std::uint16_t supported_versions = 43, key_share = 51;
constexpr std::uint16_t tls13 = 0x0304, tls12 = 0x0303;
constexpr std::size_t record_header = 5, message_header = 4;
constexpr std::size_t max_record = (1U << 14U) + 2048;  // RFC 5246 §6.2.3: the longest that any version has

// RFC 8446 §4.1.3: the random of a ServerHello that is a HelloRetryRequest.
constexpr std::array<unsigned char, 32> retry_random{0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                                                     0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                                                     0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

/// Numbers and counted bytes off the front. Past the end everything is zero and empty, and good() false.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}

  std::size_t number(std::size_t bytes) {
    std::size_t value = 0;
    for (const char c : take(bytes)) value = value << 8U | static_cast<unsigned char>(c);
    return value;
  }
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::string_view take(std::size_t count) {
    if (count > rest_.size()) {
      good_ = false;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::string_view counted(std::size_t length_bytes) { return take(number(length_bytes)); }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::unexpected<Error> malformed(std::string_view what) {
  return fail(Failure::protocol, "malformed " + std::string(what), Cause::protocol_error);
}

bool is_retry(std::string_view random) {
  return std::ranges::equal(random, retry_random, {}, [](char c) { return static_cast<unsigned char>(c); });
}

/// Of a big-endian number.
std::size_t bits_of(std::string_view number) {
  while (!number.empty() && number.front() == '\0') number.remove_prefix(1);
  if (number.empty()) return 0;
  return (number.size() - 1) * 8 + static_cast<std::size_t>(std::bit_width(static_cast<unsigned char>(number.front())));
}

void read_extension(std::uint16_t type, std::string_view body, ServerHello& hello) {
  hello.extensions.push_back(type);
  Bytes bytes(body);
  const auto first = bytes.u16();
  if (!bytes.good()) return;
  if (type == supported_versions) hello.version = first;  // RFC 8446 §4.2.1: selected_version
  if (type == key_share) hello.group = first;             // RFC 8446 §4.2.8: the share's group, or selected_group
}

// ServerHello: version, random, session id, suite, compression, extensions                       (RFC 5246 §7.4.1.3)
Result<ServerHello> read_hello(std::string_view body) {
  Bytes bytes(body);
  ServerHello hello;
  hello.version = bytes.u16();
  hello.retry = is_retry(bytes.take(retry_random.size()));
  (void)bytes.counted(1);
  hello.suite = bytes.u16();
  hello.compression = bytes.u8();
  if (!bytes.good() || hello.version >> 8U != 3) return malformed("ServerHello");
  if (bytes.empty()) return hello;
  Bytes extensions(bytes.counted(2));
  while (bytes.good() && extensions.good() && !extensions.empty()) {
    const auto type = extensions.u16();
    const auto data = extensions.counted(2);
    if (extensions.good()) read_extension(type, data, hello);
  }
  if (!bytes.good() || !extensions.good() || !bytes.empty()) return malformed("extensions of ServerHello");
  return hello;
}

// Certificate: certificate_list<0..2^24-1> of ASN.1Cert<1..2^24-1>                                  (RFC 5246 §7.4.2)
Result<std::vector<std::string>> read_certificates(std::string_view body) {
  Bytes bytes(body);
  Bytes list(bytes.counted(3));
  std::vector<std::string> out;
  while (bytes.good() && list.good() && !list.empty()) {
    if (out.size() == max_flight_certificates)
      return fail(Failure::protocol, "more than " + std::to_string(max_flight_certificates) + " certificates",
                  Cause::protocol_error);
    out.emplace_back(list.counted(3));
  }
  if (!bytes.good() || !list.good() || !bytes.empty()) return malformed("Certificate");
  return out;
}

// struct { CertificateStatusType status_type; opaque OCSPResponse<1..2^24-1>; }                        (RFC 6066 §8)
std::string stapled_ocsp(std::string_view body) {
  Bytes bytes(body);
  if (bytes.u8() != 1) return {};
  return std::string(bytes.counted(3));
}

/// The signature at the end of a ServerKeyExchange: from TLS 1.2 on its scheme comes before it.
bool read_signature(Bytes& bytes, const ServerHello& hello, KeyExchange& exchange) {
  if (hello.version >= tls12) exchange.scheme = bytes.u16();
  exchange.signature = !bytes.counted(2).empty();
  return bytes.good() && bytes.empty();
}

// ServerECDHParams: ECCurveType named_curve(3), NamedCurve, ECPoint<1..2^8-1>                          (RFC 8422 §5.4)
bool read_curve(Bytes& bytes, KeyExchange& exchange) {
  if (bytes.u8() != 3) return false;
  exchange.group = bytes.u16();
  return !bytes.counted(1).empty();
}

// ServerDHParams: dh_p, dh_g, dh_Ys, each <1..2^16-1>                                               (RFC 5246 §7.4.3)
bool read_prime(Bytes& bytes, KeyExchange& exchange) {
  exchange.dh_bits = bits_of(bytes.counted(2));
  return !bytes.counted(2).empty() && !bytes.counted(2).empty();
}

// ServerRSAParams: rsa_modulus, rsa_exponent, each <1..2^16-1>                                      (RFC 2246 §7.4.3)
bool read_export_key(Bytes& bytes, KeyExchange& exchange) {
  exchange.export_bits = bits_of(bytes.counted(2));
  return !bytes.counted(2).empty();
}

Result<KeyExchange> read_exchange(std::string_view body, const ServerHello& hello) {
  const auto name = tls_name_of(tls_suites(), hello.suite);
  const auto traits = tls_suite_traits(name);
  Bytes bytes(body);
  KeyExchange exchange;
  bool good = true;
  switch (traits.exchange) {
    case TlsExchange::ecdhe:
    case TlsExchange::ecdh_anon: good = read_curve(bytes, exchange); break;
    case TlsExchange::dhe:
    case TlsExchange::dh_anon: good = read_prime(bytes, exchange); break;
    case TlsExchange::rsa: good = read_export_key(bytes, exchange); break;
    default: return exchange;  // of a suite that we did not ask for: nothing is known of its shape
  }
  if (good && traits.authentication != TlsAuthentication::anonymous) good = read_signature(bytes, hello, exchange);
  if (!good || !bytes.good()) return malformed("ServerKeyExchange");
  return exchange;
}

struct AlertName {
  std::uint8_t description;
  std::string_view name;
};
constexpr std::array<AlertName, 35> alert_names{{
    {0, "close_notify"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {21, "decryption_failed"},
    {22, "record_overflow"},
    {30, "decompression_failure"},
    {40, "handshake_failure"},
    {41, "no_certificate"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {60, "export_restriction"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {111, "certificate_unobtainable"},
    {112, "unrecognized_name"},
    {113, "bad_certificate_status_response"},
    {114, "bad_certificate_hash_value"},
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {120, "no_application_protocol"},
    {121, "ech_required"},
}};

}  // namespace

std::string alert_name(std::uint8_t description) {
  const auto row = std::ranges::find(alert_names, description, &AlertName::description);
  return row == alert_names.end() ? std::to_string(description) : std::string(row->name);
}

bool ServerHello::has(std::uint16_t extension) const {
  return std::ranges::find(extensions, extension) != extensions.end();
}

std::optional<Alert> ServerFlight::fatal() const {
  const auto found = std::ranges::find(alerts, true, &Alert::fatal);
  if (found == alerts.end()) return std::nullopt;
  return *found;
}

/// TLS 1.3 goes on encrypted after the ServerHello.
bool FlightParser::over() const {
  return flight_.done || flight_.fatal() || flight_.alerts.size() >= max_warnings ||
         (flight_.hello && flight_.hello->version >= tls13);
}

// struct { ContentType type; ProtocolVersion version; uint16 length; opaque fragment; }            (RFC 8446 §5.1)
Result<bool> FlightParser::feed(std::string_view bytes) {
  fed_ += bytes.size();
  if (fed_ > max_flight)
    return fail(Failure::protocol, "a flight of over " + std::to_string(max_flight) + " bytes", Cause::protocol_error);
  pending_ += bytes;
  while (!over() && pending_.size() >= record_header) {
    Bytes header(std::string_view(pending_).substr(0, record_header));
    const auto type = header.u8();
    const auto version = header.u16();
    const std::size_t length = header.u16();
    if (type < change_cipher_spec || type > handshake_record || version >> 8U != 3)
      return fail(Failure::protocol, "the server does not speak TLS", Cause::protocol_error);
    if (length > max_record) return fail(Failure::protocol, "a record is too long", Cause::protocol_error);
    if (pending_.size() < record_header + length) break;
    const auto body = pending_.substr(record_header, length);
    pending_.erase(0, record_header + length);
    if (auto read = record(type, body); !read || *read) return read;
  }
  return over();
}

Result<bool> FlightParser::record(std::uint8_t type, std::string_view body) {
  if (type == alert_record) return alert(body);
  if (type == change_cipher_spec) return over();  // RFC 8446 §D.4: means nothing here
  handshake_ += body;
  return messages();
}

Result<bool> FlightParser::alert(std::string_view body) {
  Bytes bytes(body);
  const auto level = bytes.u8();
  const auto description = bytes.u8();
  if (!bytes.good()) return malformed("alert");
  // RFC 8446 §6: closure alerts end the session whatever their level says.
  flight_.alerts.push_back({.fatal = level != 1 || description == 0, .description = description});
  return over();
}

// struct { HandshakeType msg_type; uint24 length; body }, over as many records as it likes         (RFC 8446 §4)
Result<bool> FlightParser::messages() {
  while (!over() && handshake_.size() >= message_header) {
    Bytes header(std::string_view(handshake_).substr(0, message_header));
    const auto type = header.u8();
    const auto length = header.number(3);
    if (length > max_handshake_message)
      return fail(Failure::protocol, "a handshake message of over " + std::to_string(max_handshake_message) + " bytes",
                  Cause::protocol_error);
    if (handshake_.size() < message_header + length) return false;
    const auto body = handshake_.substr(message_header, length);
    handshake_.erase(0, message_header + length);
    if (auto read = message(type, body); !read) return read;
  }
  return over();
}

Result<bool> FlightParser::message(std::uint8_t type, std::string_view body) {
  if (type == server_hello) {
    auto hello = flight_.hello ? malformed("second ServerHello") : read_hello(body);
    if (!hello) return std::unexpected(hello.error());
    flight_.hello = std::move(*hello);
    return true;
  }
  if (!flight_.hello) return malformed("flight: the first message is not ServerHello");
  if (type == certificate) {
    auto chain = read_certificates(body);
    if (!chain) return std::unexpected(chain.error());
    flight_.certificates = std::move(*chain);
  }
  if (type == certificate_status) flight_.ocsp = stapled_ocsp(body);
  if (type == server_key_exchange) {
    auto exchange = read_exchange(body, *flight_.hello);
    if (!exchange) return std::unexpected(exchange.error());
    flight_.exchange = *exchange;
  }
  if (type == server_hello_done) flight_.done = true;
  return true;
}

}  // namespace mailprobe::tls
