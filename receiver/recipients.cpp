#include "receiver/recipients.h"

#include "base/text.h"

namespace mailprobe::receiver {

namespace {

std::string tagged(const Mailbox& base, const std::string& token) {
  return to_lower(base.local_part() + "+" + token + "@" + base.domain());
}

}  // namespace

void Recipients::add_domain(const std::string& domain) {
  known_[to_lower("postmaster@" + domain)] = {.purpose = Purpose::postmaster, .token = {}};
  known_[to_lower("abuse@" + domain)] = {.purpose = Purpose::abuse, .token = {}};
}

void Recipients::add(const Mailbox& address, Purpose purpose) {
  known_[to_lower(address.text())] = {.purpose = purpose, .token = {}};
}

void Recipients::expect(const Mailbox& base, const std::string& token) {
  known_[tagged(base, token)] = {.purpose = Purpose::answer, .token = token};
}

void Recipients::forget(const Mailbox& base, const std::string& token) { known_.erase(tagged(base, token)); }

std::optional<Recipient> Recipients::find(const Path& address) const {
  const auto found = known_.find(to_lower(address.text()));
  if (found == known_.end()) return std::nullopt;
  return found->second;
}

}  // namespace mailprobe::receiver
