// For whom a resolver says that it asks: EDNS client subnet, read out of a question. Pure; what is not as specified
// tells nothing. It is no address that asked us, and nobody vouches for it. RFC 7871 §6.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/ip.h"

namespace mailprobe::dns {

struct ClientSubnet {
  IpAddress network;
  unsigned prefix = 0;

  [[nodiscard]] std::string text() const;  // "192.0.2.0/24"
};

/// `options` is the RDATA of an OPT record (RFC 6891 §6.1.2).
std::optional<ClientSubnet> client_subnet_in(std::string_view options);

}  // namespace mailprobe::dns
