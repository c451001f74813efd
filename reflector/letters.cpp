#include "reflector/letters.h"

#include <algorithm>

#include "auth/header_block.h"
#include "base/text.h"
#include "probe/compose.h"

namespace mailprobe::reflector {

namespace {

constexpr auto recent = std::chrono::hours(24);

/// A probe that was judged by an earlier process so long ago that nobody waits for its answer any more.
bool too_late(const Arrival& arrival, Time now) {
  const bool judged = arrival.dmarc.result && *arrival.dmarc.result != auth::DmarcOutcome::temperror;
  return judged && now - arrival.received > recent;
}

bool is_probe(std::string_view raw) { return auth::split_message(raw).first(probe::id_header) != nullptr; }

std::optional<Arrival> read(const receiver::Spool& spool, const std::string& name) {
  auto result = receiver::read_result(spool, name);
  if (!result || !*result) return std::nullopt;
  auto spooled = spool.read(name);
  if (!spooled) return std::nullopt;
  return arrival_of(**result, std::move(spooled->raw));
}

/// Read when it is time: what waits holds only its name.
Task<std::optional<Arrival>> read_and_evaluate(receiver::Spool spool, std::string name, dns::Resolver& resolver) {
  auto arrival = read(spool, name);
  if (!arrival) co_return std::nullopt;
  auto known = std::move(*arrival);
  co_return co_await evaluate_again(std::move(known), resolver);
}

}  // namespace

Arrival arrival_of(const evidence::Reply& result, std::string raw) {
  return {.raw = std::move(raw),
          .received = receiver::received_at(result.session),
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

bool Letters::consider(const std::string& name, const Arrival& arrival) {
  const auto done = reflector_.consider(arrival);
  if (!done) log_("message " + name + " is left for the next start: " + done.error().message);
  if (done && *done == Considered::later) return false;
  const bool ours_alone = for_us(arrival.session) == arrival.session.recipients.size();
  if (!done || *done == Considered::no_probe || spool_ == nullptr || !ours_alone) return true;
  if (auto removed = spool_->remove(name); !removed) log_(removed.error().message);
  return true;
}

void Letters::look_again(const std::string& name) {
  if (spool_ == nullptr) return;  // attach() finds it
  undecided_.add([spool = *spool_, name, this] { return read_and_evaluate(spool, name, resolver_); },
                 [name, this](const Arrival& arrival) { return consider(name, arrival); });
}

void Letters::take(const std::string& name, const Arrival& arrival) {
  if (!consider(name, arrival)) look_again(name);
}

void Letters::take(const receiver::Letter& letter) {
  if (for_us(letter.session) > 0) take(letter.name, arrival_of(letter));
}

void Letters::attach(receiver::Spool& spool, Time now) {
  spool_ = &spool;
  for (const auto& name : spool.names()) {
    const auto arrival = read(spool, name);
    if (!arrival || for_us(arrival->session) == 0 || !is_probe(arrival->raw)) continue;
    if (!too_late(*arrival, now)) take(name, *arrival);
  }
}

}  // namespace mailprobe::reflector
