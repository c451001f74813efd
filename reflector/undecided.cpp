#include "reflector/undecided.h"

#include "auth/evaluate.h"
#include "reflector/outbox.h"

namespace mailprobe::reflector {

namespace {

constexpr std::size_t at_once = 16;  // each may wait for the DNS, and holds one message
constexpr auto place_pause = std::chrono::seconds(1);

auth::Context context_of(const Arrival& arrival) {
  const auto& session = arrival.session;
  auth::Context context;
  if (const auto client = IpAddress::parse(session.address)) context.envelope.client = client->unmapped();
  context.envelope.helo = session.helo.value_or("");
  context.envelope.mail_from = session.mail_from;
  context.time = arrival.received;
  if (arrival.spf && arrival.spf->result != auth::SpfOutcome::temperror) context.spf = arrival.spf;
  return context;
}

}  // namespace

Task<std::unique_ptr<Undecided>> Undecided::make(Pause pause) {
  auto tasks = co_await probe::Beside::make();
  co_return std::unique_ptr<Undecided>(new Undecided(std::move(pause), std::move(tasks)));
}

void Undecided::add(Again again, Decide decide) {
  ++waiting_;
  tasks_.start(look_again(*this, std::move(again), std::move(decide)));
}

Task<void> Undecided::look_again(Undecided& self, Again again, Decide decide) {
  int tries = 0;
  bool over = co_await probe::cancelled();
  while (!over) {
    const auto length = pause_after(++tries, {}).value();
    co_await self.pause_(length);
    while (self.evaluating_ >= at_once && !co_await probe::cancelled()) co_await self.pause_(place_pause);
    over = co_await probe::cancelled();
    if (over) break;
    ++self.evaluating_;
    const auto arrival = co_await again();
    --self.evaluating_;
    over = co_await probe::cancelled();  // what was evaluated without DNS says nothing
    if (!over) over = !arrival || decide(*arrival);
  }
  --self.waiting_;
}

Task<void> Undecided::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

Task<std::optional<Arrival>> evaluate_again(Arrival arrival, dns::Resolver& resolver) {
  const auto context = context_of(arrival);
  auto found = co_await auth::evaluate(arrival.raw, context, resolver);
  arrival.spf = std::move(found.spf);
  arrival.dkim = std::move(found.dkim);
  arrival.dmarc = std::move(found.dmarc);
  arrival.arc = std::move(found.arc);
  co_return arrival;
}

}  // namespace mailprobe::reflector
