// The resolver of the machine, where it is on loopback, taken at its word about DNSSEC: its AD bit is believed. Not a
// validator and not for a resolver over the network. RFC 6840 §5.7 (AD in queries), RFC 7766 (TCP).
#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "base/ip.h"
#include "dns/resolver.h"

namespace mailprobe::dns {

/// `resolv_conf` names the servers; port 53 unless `port` says otherwise.
Result<std::unique_ptr<Resolver>> system_resolver(const std::string& resolv_conf, int timeout_seconds,
                                                  std::uint16_t port = 53);

/// One server that is asked directly, from an address of ours: what a stub resolver does, and nothing is believed
/// secure but what it says. For the lab and tests.
std::unique_ptr<Resolver> stub_resolver(const IpAddress& server, std::uint16_t port, const IpAddress& from,
                                        int timeout_seconds);

}  // namespace mailprobe::dns
