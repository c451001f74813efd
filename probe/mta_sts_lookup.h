// A domain's MTA-STS policy: the TXT record, the file by HTTPS, the copy that was kept. Applies nothing
// (probe/transport_policy.h does). RFC 8461 §3.1, §3.3, §5.1.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "dns/resolver.h"
#include "evidence/document.h"
#include "probe/network.h"
#include "probe/policy_cache.h"
#include "probe/progress.h"
#include "probe/settings.h"
#include "tls/context.h"

namespace mailprobe::probe {

/// What it takes. The references outlive the call.
struct StsMeans {
  const Settings& settings;  // ports, private_policy_hosts
  dns::Resolver& resolver;
  Network network;
  std::shared_ptr<const tls::Context> context;
  const PolicyCache* cache = nullptr;  // nullptr: nothing is kept
  bool fresh = false;                  // the file is fetched, whatever is kept
  const Progress* progress = nullptr;
  std::chrono::milliseconds patience = std::chrono::minutes(1);  // with the policy host (RFC 8461 §3.3)
};

struct StsFound {
  evidence::MtaSts sts;
  /// For target.policies: the record as found; a null inside: there is none; null outside: the look-up failed.
  std::optional<std::optional<std::string>> record;
};

/// At most `patience`.
Task<StsFound> look_up_mta_sts(std::string domain, StsMeans means);

/// Into the target, with the MX hosts that the policy does not list. The record is for the caller to put beside the
/// target's other policies, when those are known.
void keep_mta_sts(evidence::Target& target, evidence::MtaSts sts);

/// The policy of the document again; nullopt: none is known.
std::optional<tls::StsPolicy> policy_of(const evidence::MtaSts& sts);

/// Where the cache lies: beside the runs.
std::filesystem::path policy_folder(const Settings& settings);

/// Whether a policy may be fetched from there: no private, link-local or otherwise special address, unless the settings
/// say so; loopback only where `ports` maps 443.
bool may_fetch_from(const IpAddress& address, const Settings& settings);

}  // namespace mailprobe::probe
