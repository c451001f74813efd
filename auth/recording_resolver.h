// A resolver that remembers what it was asked and what came back, in order, each question once: what `--explain` shows
// of the DNS. Asks another resolver; a question that was answered is answered out of memory.
#pragma once

#include <string>
#include <vector>

#include "dns/resolver.h"

namespace mailprobe::auth {

struct Recorded {
  std::string name;  // as it was asked first
  dns::Type type = dns::Type::txt;
  dns::Answer answer;
};

class RecordingResolver : public dns::Resolver {
 public:
  explicit RecordingResolver(dns::Resolver& resolver) : resolver_(resolver) {}
  Task<dns::Answer> query(std::string name, dns::Type type) override;
  [[nodiscard]] const std::vector<Recorded>& all() const { return all_; }

 private:
  dns::Resolver& resolver_;
  std::vector<Recorded> all_;
};

/// Answers out of a record alone: what was not asked is Status::servfail, so that explaining looks nothing up.
class ReplayResolver : public dns::Resolver {
 public:
  explicit ReplayResolver(const std::vector<Recorded>& all) : all_(all) {}
  Task<dns::Answer> query(std::string name, dns::Type type) override;

 private:
  const std::vector<Recorded>& all_;
};

/// Null where it was not asked.
const Recorded* find_recorded(const std::vector<Recorded>& all, const std::string& name, dns::Type type);

}  // namespace mailprobe::auth
