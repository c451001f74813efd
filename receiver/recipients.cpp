#include "receiver/recipients.h"

#include "base/text.h"
#include "receiver/waiting.h"

namespace mailprobe::receiver {

namespace {

struct Tagged {
  std::string base, token;
};

/// "base@domain" and "token" of base+token@domain.
std::optional<Tagged> split_tag(const std::string& address) {
  const auto at = address.rfind('@'), plus = address.rfind('+', at);
  if (at == std::string::npos || plus == std::string::npos) return std::nullopt;
  return Tagged{address.substr(0, plus) + address.substr(at), address.substr(plus + 1, at - plus - 1)};
}

}  // namespace

void Recipients::add_domain(const std::string& domain) {
  known_[to_lower("postmaster@" + domain)] = {.purpose = Purpose::postmaster, .token = {}};
  known_[to_lower("abuse@" + domain)] = {.purpose = Purpose::abuse, .token = {}};
}

void Recipients::add(const Mailbox& address, Purpose purpose) {
  known_[to_lower(address.text())] = {.purpose = purpose, .token = {}};
}

void Recipients::answers(const Mailbox& base, std::function<bool(const std::string& token)> waited_for) {
  bases_[to_lower(base.text())] = std::move(waited_for);
}

std::optional<Recipient> Recipients::find(const Path& address) const {
  const auto text = to_lower(address.text());
  if (const auto found = known_.find(text); found != known_.end()) return found->second;
  const auto tagged = split_tag(text);
  if (!tagged) return std::nullopt;
  // A reflector's answers have a reverse-path of their own, to which bounces go.
  if (const auto reflector = known_.find(tagged->base);
      reflector != known_.end() && reflector->second.purpose == Purpose::reflector && can_be_token(tagged->token))
    return reflector->second;
  const auto base = bases_.find(tagged->base);
  if (base == bases_.end() || !base->second(tagged->token)) return std::nullopt;
  return Recipient{.purpose = Purpose::answer, .token = tagged->token};
}

}  // namespace mailprobe::receiver
