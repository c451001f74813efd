// The validating resolver: libunbound in its own forked process (dns/resolver_process.h), watched from Asio.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "base/error.h"
#include "dns/resolver.h"

namespace mailprobe::dns {

enum class ResolverMode { validate, system };

struct ResolverOptions {
  ResolverMode mode = ResolverMode::validate;
  std::vector<std::string> forward;          // "192.0.2.53", "192.0.2.53@5300"; empty: recurse from the root
  std::map<std::string, std::string> stubs;  // zone → "127.0.0.53@5300"
  std::vector<std::string> source_ips;       // that it asks from; empty: the system's choice
  std::string trust_anchor_file;             // empty: none
  std::vector<std::string> trust_anchors;    // DS records as text
  int timeout_seconds = 10;                  // a query's own deadline
};

/// The first query forks: before threads start.
Result<std::unique_ptr<Resolver>> unbound_resolver(boost::asio::any_io_executor executor,
                                                   const ResolverOptions& options);

/// "1.17.1", for doctor.
std::string unbound_version();

}  // namespace mailprobe::dns
