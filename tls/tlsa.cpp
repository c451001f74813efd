#include "tls/tlsa.h"

#include <openssl/err.h>
#include <openssl/x509.h>

#include "base/encoding.h"
#include "base/text.h"

namespace mailprobe::tls {

namespace {

constexpr std::size_t max_data = 16UL * 1024;  // a whole certificate; rdata may have 64 KiB (RFC 1035 §3.2.1)
constexpr std::size_t sha256_size = 32, sha512_size = 64;

std::unexpected<Error> unusable(std::string why) { return fail(Failure::unsupported, std::move(why)); }

/// Matching type 0 holds the thing itself: nothing but a whole one can match. How it is encoded is OpenSSL's knowledge.
bool holds_what_it_selects(const Tlsa& record) {
  const auto* start = reinterpret_cast<const unsigned char*>(record.data.data());
  const auto* at = start;
  const auto size = static_cast<long>(record.data.size());
  bool parsed = false;
  if (record.selector == 0) {
    X509* certificate = d2i_X509(nullptr, &at, size);
    parsed = certificate != nullptr && X509_get0_pubkey(certificate) != nullptr;
    X509_free(certificate);
  } else {
    EVP_PKEY* key = d2i_PUBKEY(nullptr, &at, size);
    parsed = key != nullptr;
    EVP_PKEY_free(key);
  }
  ERR_clear_error();
  return parsed && at == start + size;
}

}  // namespace

std::string Tlsa::text() const {
  return std::to_string(usage) + " " + std::to_string(selector) + " " + std::to_string(matching) + " " + hex(data);
}

// usage, selector, matching type: an octet each; certificate association data                        (RFC 6698 §2.1)
Result<Tlsa> tlsa_from_wire(std::string_view rdata) {
  constexpr std::size_t fixed = 3;
  if (rdata.size() < fixed)
    return fail(Failure::protocol, "a TLSA record of " + std::to_string(rdata.size()) + " bytes");
  if (rdata.size() - fixed > max_data)
    return fail(Failure::protocol, "a TLSA record of over " + std::to_string(max_data) + " bytes");
  const auto octet = [&](std::size_t i) { return static_cast<std::uint8_t>(rdata[i]); };
  return Tlsa{octet(0), octet(1), octet(2), std::string(rdata.substr(fixed))};
}

Result<Tlsa> tlsa_from_text(std::string_view text) {
  const auto words = split(text, ' ');
  if (words.size() != 4) return fail(Failure::protocol, "a TLSA record has four fields");
  std::string wire;
  for (std::size_t i = 0; i < 3; ++i) {
    const auto number = parse_number(words[i]);
    if (!number || *number > 0xff) return fail(Failure::protocol, "a TLSA record begins with three numbers");
    wire += static_cast<char>(*number);
  }
  const auto data = from_hex(words[3]);
  if (!data) return fail(Failure::protocol, "the data of a TLSA record is hexadecimal");
  return tlsa_from_wire(wire + *data);
}

std::string tlsa_to_wire(const Tlsa& record) {
  std::string wire;
  for (const auto octet : {record.usage, record.selector, record.matching}) wire += static_cast<char>(octet);
  return wire + record.data;
}

Result<void> usable_for_smtp(const Tlsa& record) {
  switch (record.usage) {
    case 0: return unusable("usage 0 (PKIX-TA) is not for SMTP (RFC 7672 §3.1.3)");
    case 1: return unusable("usage 1 (PKIX-EE) is not for SMTP (RFC 7672 §3.1.3)");
    case 2:
    case 3: break;
    default: return unusable("usage " + std::to_string(record.usage) + " is unknown");
  }
  if (record.selector > 1) return unusable("selector " + std::to_string(record.selector) + " is unknown");
  const auto size = record.data.size();
  switch (record.matching) {
    case 0:
      if (holds_what_it_selects(record)) return {};
      return unusable(record.selector == 0 ? "it holds no certificate" : "it holds no public key");
    case 1:
      if (size == sha256_size) return {};
      return unusable("a SHA-256 digest has 32 bytes, not " + std::to_string(size));
    case 2:
      if (size == sha512_size) return {};
      return unusable("a SHA-512 digest has 64 bytes, not " + std::to_string(size));
    default: return unusable("matching type " + std::to_string(record.matching) + " is unknown");
  }
}

}  // namespace mailprobe::tls
