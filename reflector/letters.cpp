#include "reflector/letters.h"

#include <algorithm>

#include "base/text.h"

namespace mailprobe::reflector {

namespace {

constexpr auto recent = std::chrono::hours(24);  // nobody waits longer for an answer

Time received_at(const evidence::Session& session) {
  return session.started + std::chrono::milliseconds(session.duration_ms);
}

}  // namespace

Arrival arrival_of(const evidence::Reply& result, std::string raw) {
  return {.raw = std::move(raw),
          .received = received_at(result.session),
          .session = result.session,
          .spf = result.spf,
          .dkim = result.dkim,
          .dmarc = result.dmarc,
          .arc = result.arc};
}

Arrival arrival_of(const receiver::Letter& letter) { return arrival_of(receiver::reply_of(letter), letter.raw); }

std::size_t Letters::for_us(const evidence::Session& session) const {
  return static_cast<std::size_t>(std::ranges::count_if(session.recipients, [&](const std::string& recipient) {
    return std::ranges::any_of(addresses_, [&](const Mailbox& ours) { return iequals(ours.text(), recipient); });
  }));
}

void Letters::take(const std::string& name, const evidence::Session& session, const Arrival& arrival) {
  if (auto done = reflector_.consider(arrival); !done) {
    log_("message " + name + " is left for the next start: " + done.error().message);
    return;
  }
  if (spool_ == nullptr || for_us(session) < session.recipients.size()) return;
  if (auto done = spool_->remove(name); !done) log_(done.error().message);
}

void Letters::take(const receiver::Letter& letter) {
  if (for_us(letter.session) > 0) take(letter.name, letter.session, arrival_of(letter));
}

void Letters::attach(receiver::Spool& spool, Time now) {
  spool_ = &spool;
  for (const auto& name : spool.names()) {
    auto result = receiver::read_result(spool, name);
    if (!result || !*result || for_us((*result)->session) == 0) continue;
    if (now - (*result)->session.started > recent) continue;
    auto spooled = spool.read(name);
    if (spooled) take(name, (*result)->session, arrival_of(**result, std::move(spooled->raw)));
  }
}

}  // namespace mailprobe::reflector
