#include "probe/deliver.h"

#include <algorithm>

#include "base/safe_text.h"
#include "probe/admission.h"
#include "probe/beside.h"
#include "probe/retry.h"

namespace mailprobe::probe {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds per_address = std::chrono::seconds(10);  // connecting
constexpr milliseconds per_round = std::chrono::seconds(30);
constexpr std::size_t max_attempts = 100;  // a long --wait does not fill the evidence

/// The order of events of a delivery:
///   1 the recipient's limit   2 the host's limit, waited for   3 a connection and a session   4 what follows from it:
///   the end, the next address, the next host   5 after all of them, where one said 4xx: a wait, and again from 2.
/// An attempt is kept before the journal says what came of it: who goes on after a crash has the evidence.
class Courier {
 public:
  Courier(Consignment consignment, Means means) : what_(std::move(consignment)), means_(std::move(means)) {}

  Task<Delivered> deliver();

 private:
  Task<bool> round();
  Task<Next> visit(Place place);
  Task<void> doubt_port25();
  SessionHooks hooks(const Place& place);
  void expect_answer(const Place& place, const std::string& said) const;
  Task<void> rest(milliseconds pause);
  void put_off(Steady::duration time);
  [[nodiscard]] milliseconds retry_left() const;
  void keep(Tried tried);
  Result<void> keep_so_far(const evidence::Attempt& last) const;
  void not_tried(const Place& place, Error error);
  [[nodiscard]] std::optional<Error> other_family(const Place& place) const;
  void blame_source(Tried& tried, const Place& place) const;
  void journal_reply();
  void tell(const Tried& tried, const Place& place);
  [[nodiscard]] bool exempt(const Place& place) const { return !what_.limited || place.address.loopback(); }

  Consignment what_;
  Means means_;
  Delivered out_;
  Steady until_, retry_until_;
  milliseconds connecting_{0};        // in this round
  std::optional<Tried> waiting_for_;  // the 4xx to come back for
  std::size_t timeouts_ = 0;
  bool answered_ = false;  // by any address, in any way
  bool accepted_ = false;  // a connection; a refusal may be a firewall's on our side
};

/// By the host, or by somebody on the way.
bool refused(const Tried& tried) { return tried.attempt.phase == "connect" && tried.attempt.cause == Cause::refused; }

/// The bytes of a message go out with a note.
bool is_message(std::string_view said) { return said == "final dot" || said.starts_with("BDAT "); }

/// What was said last is what an answer is awaited to.
void Courier::expect_answer(const Place& place, const std::string& said) const {
  const auto& limits = what_.delivery.timeouts;
  const bool message = is_message(said);
  means_.progress->expect(
      "for " + place.host + " to answer " + (message ? "the message" : said.substr(0, said.find_first_of(" :"))),
      std::chrono::seconds(message ? limits.dot : limits.command));
}

SessionHooks Courier::hooks(const Place& place) {
  SessionHooks hooks;
  hooks.before_mail = [this] { return means_.journal->intend(what_.id, what_.recipient); };
  hooks.before_dot = [this](const evidence::Attempt& so_far) -> Result<void> {
    if (auto done = keep_so_far(so_far); !done) return done;
    if (auto done = means_.journal->dot(what_.id); !done) return done;
    out_.at = now();
    if (means_.at_dot) means_.at_dot();
    return {};
  };
  hooks.after_dot = [this] {
    out_.at = now();
    if (means_.at_reply) means_.at_reply();
  };
  hooks.dialogue = [this, place](const Event& event) {
    if (event.dir == Direction::out || is_message(event.text)) expect_answer(place, event.text);
    if (means_.progress->dialogue) means_.progress->dialogue(event);
  };
  return hooks;
}

void Courier::not_tried(const Place& place, Error error) {
  Tried tried;
  tried.attempt = begin_attempt(place, what_.delivery.helo);
  tried.attempt.error = error.message;
  tried.attempt.cause = error.cause;
  tried.error = std::move(error);
  means_.progress->say(place.text() + ": " + tried.error->message);
  keep(std::move(tried));
}

/// --source-ip cannot send there: skipped, and no failure of the target.
std::optional<Error> Courier::other_family(const Place& place) const {
  if (!what_.source_asked || what_.sources.front().v6 == place.address.v6) return std::nullopt;
  return Error{Failure::ours,
               "not tried: --source-ip " + what_.sources.front().text() + " is of the other family",
               place.address.v6 ? Cause::no_ipv6 : Cause::own_limit,
               {}};
}

/// A source that cannot be bound, or does not lead there, is our fault whatever the system calls it.
void Courier::blame_source(Tried& tried, const Place& place) const {
  if (tried.connected || !tried.error) return;
  auto& error = *tried.error;
  const bool leads_nowhere = what_.source_asked && error.kind == Failure::connection &&
                             what_.sources.front().loopback() != place.address.loopback();
  if (leads_nowhere)
    error = {Failure::ours, "cannot send from " + what_.sources.front().text() + ": " + error.message, {}, {}};
  if (error.kind != Failure::ours) return;
  if (!error.cause) error.cause = Cause::own_limit;
  tried.attempt.error = error.message;
  tried.attempt.cause = error.cause;
}

Result<void> Courier::keep_so_far(const evidence::Attempt& last) const {
  if (!means_.keep) return {};
  auto attempts = out_.attempts;
  attempts.push_back(last);
  return means_.keep(attempts);
}

void Courier::keep(Tried tried) {
  if (tried.attempt.local_address) out_.local_address = *tried.attempt.local_address;
  out_.error = tried.error;
  out_.further = std::move(tried.further);
  out_.attempts.push_back(std::move(tried.attempt));
  if (means_.keep) (void)means_.keep(out_.attempts);
}

void Courier::journal_reply() {
  const auto& attempt = out_.attempts.back();
  if (attempt.outcome == mailprobe::Outcome::unknown || !attempt.reply) return;
  (void)means_.journal->write(what_.id, JournalEvent::reply,
                              {{"outcome", std::string(word(attempt.outcome))},
                               {"code", std::to_string(attempt.reply->code)},
                               {"text", attempt.reply->text}});
}

void Courier::tell(const Tried& tried, const Place& place) {
  const auto& attempt = tried.attempt;
  auto line = place.text() + ": ";
  if (attempt.tls) line += attempt.tls->version + ", ";
  if (attempt.outcome == mailprobe::Outcome::accepted)
    line += "accepted in " + duration_text(milliseconds(attempt.duration_ms));
  else
    line += tried.error ? tried.error->message : std::string(word(attempt.outcome));
  if (attempt.reply && attempt.outcome != mailprobe::Outcome::accepted)
    line += " (" + safe_text(attempt.reply->text, 200) + ")";
  means_.progress->say(line);
}

/// One address.
Task<Next> Courier::visit(Place place) {
  if (auto error = other_family(place)) {
    not_tried(place, std::move(*error));
    co_return Next::address;
  }
  if (place.policy.barred) {
    not_tried(place, *place.policy.barred);
    co_return Next::host;
  }
  File held;
  if (!exempt(place)) {
    const auto begun = means_.network.steady();
    const WaitUntil until{.place = until_, .turn = Steady::max()};  // a rate is kept, and nothing is lost by it
    auto error = co_await admit(place.host, until, *means_.limits, means_.network, *means_.progress, held);
    put_off(means_.network.steady() - begun);
    if (error) {
      not_tried(place, std::move(*error));
      co_return Next::stop;
    }
  }
  std::optional<IpAddress> source = source_for(place.address, what_.sources);
  if (what_.source_asked) source = what_.sources.front();
  const auto time = std::min(per_address, per_round - connecting_);
  auto session_hooks = hooks(place);
  means_.progress->expect("for " + place.text() + " to connect and greet",
                          time + std::chrono::seconds(what_.delivery.timeouts.banner));
  auto tried = co_await try_delivery(means_.network, place, source, what_.delivery, time, std::move(session_hooks));
  blame_source(tried, place);
  connecting_ += tried.connecting;
  answered_ = answered_ || tried.connected;
  if (!tried.connected && tried.error && tried.error->kind == Failure::timeout) ++timeouts_;
  accepted_ = accepted_ || (tried.connected && !refused(tried));
  if (worth_waiting(tried)) waiting_for_ = tried;
  const auto next = next_after(tried);
  tell(tried, place);
  keep(std::move(tried));
  journal_reply();
  co_return next;
}

/// Every place once, or until one decides. True: it is decided.
Task<bool> Courier::round() {
  connecting_ = milliseconds(0);
  std::optional<std::string> skipped;  // the host that said "not now"
  for (const auto& place : what_.places) {
    if (skipped == place.host) continue;
    if (connecting_ >= per_round) break;
    if (co_await cancelled()) co_return true;
    const auto next = co_await visit(place);
    if (next == Next::stop) co_return true;
    if (next == Next::host) skipped = place.host;
    if (!answered_ && timeouts_ == 2) co_await doubt_port25();
  }
  co_return false;
}

/// Nobody answered: the network that we are in may keep port 25 closed.
Task<void> Courier::doubt_port25() {
  const bool strangers = std::ranges::none_of(
      what_.places, [](const Place& place) { return place.address.loopback() || place.port != 25; });
  if (!strangers || out_.port25 || !means_.port25) co_return;
  auto found = co_await means_.port25();
  if (answered_ && found != "closed") co_return;  // a refusal is believed, unless nobody answers the control either
  out_.port25 = std::move(found);
  if (*out_.port25 == "closed")
    means_.progress->say(
        "our own port 25 is closed: the control host does not answer either; --via a submission server gets out");
  if (*out_.port25 == "presumed-closed")
    means_.progress->say(
        "nobody answers on port 25: it is presumably closed in our own network; --via a submission server gets out");
}

/// Others may go meanwhile; that they took longer is not charged to this one.
Task<void> Courier::rest(milliseconds pause) {
  if (!means_.rest) {
    co_await means_.network.pause(pause);
    co_return;
  }
  const auto begun = means_.network.steady();
  co_await means_.rest(pause);
  const auto longer = means_.network.steady() - begun - pause;
  if (longer > longer.zero()) put_off(longer);
}

/// Who waits for a turn of ours has not begun to wait for the target.
void Courier::put_off(Steady::duration time) {
  until_ += time;
  retry_until_ += time;
}

milliseconds Courier::retry_left() const {
  return std::chrono::duration_cast<milliseconds>(retry_until_ - means_.network.steady());
}

Task<Delivered> Courier::deliver() {
  retry_until_ = means_.network.steady() + what_.retry.value_or(what_.wait);
  until_ = std::max(retry_until_, means_.network.steady() + what_.wait);
  const auto counts = [&](const Place& place) { return !exempt(place) && !place.policy.barred; };
  const bool strangers = std::ranges::any_of(what_.places, counts);  // to whom something may be sent
  if (strangers) {
    const auto permit = means_.limits->message(what_.recipient, now());
    if (!permit || !permit->granted) {
      not_tried(what_.places.front(),
                permit ? Error{Failure::ours, "our own limit is reached: " + permit->why, Cause::own_limit, {}}
                       : permit.error());
      co_return std::move(out_);
    }
  }
  for (int round_number = 0; !co_await round(); ++round_number) {
    if (!waiting_for_ || out_.attempts.size() >= max_attempts) break;
    const auto pause = back_off(*waiting_for_, round_number);
    if (pause > retry_left()) break;
    means_.progress->announce("to try again, because " + waiting_for_->attempt.host + " said " +
                                  std::to_string(waiting_for_->attempt.reply ? waiting_for_->attempt.reply->code : 0),
                              pause);
    waiting_for_.reset();
    co_await rest(pause);
  }
  if (!accepted_ && (timeouts_ > 0 || answered_)) co_await doubt_port25();
  if (out_.port25 && *out_.port25 != "open" && !out_.attempts.empty() && !accepted_)
    out_.attempts.back().cause = Cause::our_port_25;
  if (strangers && out_.outcome() != mailprobe::Outcome::not_sent && out_.outcome() != mailprobe::Outcome::temporary) {
    const bool refused = out_.outcome() == mailprobe::Outcome::rejected && out_.attempts.back().phase == "rcpt";
    if (!refused || !what_.wrong) (void)means_.limits->recipient_answered(what_.recipient, refused, now());
  }
  co_return std::move(out_);
}

}  // namespace

std::optional<IpAddress> source_for(const IpAddress& destination, const std::vector<IpAddress>& sources) {
  for (const auto& source : sources)
    if (source.v6 == destination.v6 && source.loopback() == destination.loopback()) return source;
  return std::nullopt;
}

Task<Delivered> deliver(Consignment consignment, Means means) {
  Courier courier(std::move(consignment), std::move(means));
  co_return co_await courier.deliver();
}

}  // namespace mailprobe::probe
