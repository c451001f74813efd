// Wire-format record data made readable. Pure; a malformed record is left out, never guessed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip.h"
#include "dns/resolver.h"

namespace mailprobe::dns {

struct Mx {
  unsigned preference = 0;
  std::string exchange;  // without the final dot; empty for a null MX (RFC 7505)
};

/// An uncompressed wire-format name, escaped as in RFC 1035 §5.1, lower case, without the final dot.
std::optional<std::string> name_from_wire(std::string_view wire);
/// The character-strings of a TXT record joined without a space (RFC 7208 §3.3, RFC 6376 §3.6.2.2).
std::optional<std::string> txt_from_wire(std::string_view wire);
std::optional<Mx> mx_from_wire(std::string_view wire);
std::optional<IpAddress> address_from_wire(std::string_view wire);

std::vector<std::string> txt(const Answer& answer);
std::vector<Mx> mx(const Answer& answer);  // by preference, then as they came
std::vector<IpAddress> addresses(const Answer& answer);
std::vector<std::string> names(const Answer& answer);  // NS, CNAME, PTR

/// The other way, for fakes and the responder. A name that cannot be is the empty string.
std::string name_to_wire(std::string_view name);
std::string txt_to_wire(std::string_view text);  // split into strings of 255
std::string mx_to_wire(const Mx& mx);
std::string address_to_wire(const IpAddress& address);

}  // namespace mailprobe::dns
