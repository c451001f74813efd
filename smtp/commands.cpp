#include "smtp/commands.h"

#include "base/encoding.h"
#include "base/ip.h"
#include "base/text.h"

namespace mailprobe::smtp {

namespace {

// ehlo = "EHLO" SP ( Domain / address-literal ) CRLF                                              (RFC 5321 §4.1.1.1)
Result<std::string> host_name(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) {
    auto inner = host.substr(1, host.size() - 2);
    const bool v6 = istarts_with(inner, "IPv6:");  // RFC 5321 §4.1.3
    if (v6) inner.remove_prefix(5);
    const auto address = IpAddress::parse(inner);
    if (address && address->v6 == v6) return "[" + std::string(v6 ? "IPv6:" : "") + address->text() + "]";
  } else if (const auto name = DomainName::parse(host)) {
    return name->text();
  }
  return fail(Failure::usage, "the HELO name is neither a domain name nor an address literal");
}

/// xtext: printable ASCII, "+" and "=" as "+2B" and "+3D" (RFC 3461 §4).
std::string xtext(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = c > ' ' && c <= '~' && c != '+' && c != '=';
    const auto octet = static_cast<unsigned char>(c);
    out += plain ? std::string{c} : std::string{'+', digits[octet / digits.size()], digits[octet % digits.size()]};
  }
  return out;
}

}  // namespace

Result<Command> Command::ehlo(std::string_view host) {
  const auto name = host_name(host);
  if (!name) return std::unexpected(name.error());
  return Command("EHLO " + *name);
}

Result<Command> Command::helo(std::string_view host) {
  const auto name = host_name(host);
  if (!name) return std::unexpected(name.error());
  return Command("HELO " + *name);
}

// mail = "MAIL FROM:" Reverse-path [SP Mail-parameters] CRLF                                      (RFC 5321 §4.1.1.2)
Command Command::mail(const Path& reverse_path, const MailParameters& parameters) {
  auto line = "MAIL FROM:<" + reverse_path.text() + ">";
  if (parameters.size) line += " SIZE=" + std::to_string(*parameters.size);
  if (parameters.body == Body::eight_bit) line += " BODY=8BITMIME";
  if (parameters.body == Body::binary) line += " BODY=BINARYMIME";
  if (parameters.smtputf8) line += " SMTPUTF8";
  if (parameters.requiretls) line += " REQUIRETLS";                             // RFC 8689 §4
  if (parameters.envid) line += " RET=HDRS ENVID=" + xtext(*parameters.envid);  // RFC 3461 §4.3, §4.4
  return Command(std::move(line));
}

Command Command::rcpt(const Path& forward_path, bool notify) {
  auto line = "RCPT TO:<" + forward_path.text() + ">";
  if (!notify) return Command(std::move(line));
  line += " NOTIFY=SUCCESS,FAILURE,DELAY";
  // RFC 6533 §3: of an address that is not ASCII it would be the type "utf-8".
  if (!forward_path.needs_smtputf8()) line += " ORCPT=rfc822;" + xtext(forward_path.text());
  return Command(std::move(line));
}

// bdat-cmd = "BDAT" SP chunk-size [ SP end-marker ] CR LF                                               (RFC 3030 §2)
Command Command::bdat_last(std::size_t size) { return Command("BDAT " + std::to_string(size) + " LAST"); }

// RFC 4954 §4: an empty initial response is "=".
Command Command::auth(std::string_view mechanism, std::optional<std::string_view> initial) {
  const auto line = "AUTH " + std::string(mechanism);
  if (!initial) return Command(line);
  return Command(line + " " + (initial->empty() ? "=" : base64(*initial)), line + " ***");
}

Command Command::auth_response(std::string_view response) { return Command(base64(response), "***"); }

}  // namespace mailprobe::smtp
