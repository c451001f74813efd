// DMARC Policy Records found in DNS: the record at one name, and the tree walk (RFC 9989 §4.10).
// Each name is asked once for a message. Does not judge alignment or policy.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/dmarc_record.h"
#include "base/task.h"
#include "dns/resolver.h"

namespace mailprobe::auth {

/// What stands at _dmarc.DOMAIN.
struct PolicyAt {
  std::string domain;
  std::optional<DmarcRecord> record;
  std::string bad;       // there is one record, and this is why it cannot be used
  std::string failure;   // the look-up failed: not absence
  bool several = false;  // all are discarded (RFC 9989 §4.10, step 2)

  [[nodiscard]] bool present() const { return record || !bad.empty(); }
};

struct TreeWalk {
  std::string organisational_domain;
  std::optional<PolicyAt> policy;  // of the organisational domain, else of the public suffix domain (§4.10.1)
  std::string failure;             // a look-up failed: nothing is known
};

class DmarcLookup {
 public:
  explicit DmarcLookup(dns::Resolver& resolver) : resolver_(resolver) {}
  Task<PolicyAt> at(std::string domain);
  Task<TreeWalk> walk(std::string domain);

 private:
  dns::Resolver& resolver_;
  std::map<std::string, PolicyAt> known_;
};

/// The names that a walk asks, the domain itself first: eight at most.
std::vector<std::string> walk_targets(const std::string& domain);

}  // namespace mailprobe::auth
