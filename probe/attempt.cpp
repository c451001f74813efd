#include "probe/attempt.h"

#include "base/safe_text.h"
#include "smtp/starttls_injection.h"

namespace mailprobe::probe {

namespace {

/// Tells of the answer to the final dot once, whatever else is in the dialogue.
class DotWatch {
 public:
  explicit DotWatch(SessionHooks hooks) : hooks_(std::move(hooks)) {}

  Result<void> before_dot(const evidence::Attempt& so_far) {
    if (hooks_.before_dot)
      if (auto done = hooks_.before_dot(so_far); !done) return done;
    dot_ = true;
    return {};
  }
  void event(const Event& event) {
    if (dot_ && event.dir == Direction::in) {
      dot_ = false;
      if (hooks_.after_dot) hooks_.after_dot();
    }
    if (hooks_.dialogue) hooks_.dialogue(event);
  }

 private:
  SessionHooks hooks_;
  bool dot_ = false;
};

evidence::ReplyFacts facts_of(const smtp::Reply& reply) { return {reply.code, reply.enhanced, reply.text}; }

void record(Tried& tried, const smtp::Session& session) {
  auto& attempt = tried.attempt;
  attempt.tls = session.tls;
  attempt.starttls_offered = session.starttls_offered;
  attempt.capabilities = session.capabilities;
  attempt.outcome = session.outcome;
  attempt.phase = word(session.phase);
  attempt.duration_ms = session.decided_ms;
  if (session.reply) attempt.reply = facts_of(*session.reply);
  for (const auto& reply : session.further) tried.further.push_back(facts_of(reply));
  tried.error = session.error;
}

/// What would be known of it if we ended now, and the dot had gone out.
evidence::Attempt so_far(const Tried& tried, const smtp::Session& session, const Transcript& transcript) {
  Tried now;
  now.attempt = tried.attempt;
  record(now, session);
  now.attempt.events = transcript.events();
  now.attempt.outcome = mailprobe::Outcome::unknown;
  now.attempt.cause = Cause::interrupted;
  now.attempt.error = "we were interrupted at the final dot";
  now.attempt.duration_ms = transcript.elapsed_ms();
  return std::move(now.attempt);
}

Task<StreamResult> connect(Tried& tried, Network network, Place place, std::optional<IpAddress> source,
                           std::chrono::milliseconds time) {
  if (place.address.in(IpAddress{.v6 = place.address.v6}, place.address.v6 ? 128 : 8)) {  // RFC 1122 §3.2.1.3 (a), (b)
    tried.error =
        Error{Failure::connection, place.address.text() + " is no address of a server", Cause::protocol_error, {}};
    co_return std::unexpected(*tried.error);
  }
  const auto begun = network.steady();
  auto stream = co_await network.connect(place.address, place.port, source, begun + time);
  tried.connecting = std::chrono::duration_cast<std::chrono::milliseconds>(network.steady() - begun);
  tried.connected = stream || stream.error().cause == Cause::refused;
  if (stream && !(*stream)->local_address().empty()) tried.attempt.local_address = (*stream)->local_address();
  if (!stream) tried.error = stream.error();
  co_return stream;
}

void finish(Tried& tried, const Transcript& transcript) {
  auto& attempt = tried.attempt;
  attempt.events = transcript.events();
  if (!tried.error) return;
  attempt.error = tried.error->message;
  attempt.cause = tried.error->cause;
}

/// What the target's own policy forbade is that policy's doing; what was wrong with the certificate is in the TLS
/// facts.
void blame_policy(Tried& tried, const HostPolicy& policy) {
  if (!tried.error || !ended_by(policy, policy.applied.floor, tried.attempt)) return;
  tried.error->cause = Cause::policy;
  tried.attempt.cause = Cause::policy;
  const auto& dane = tried.attempt.tls->dane;
  const auto by = policy.dane && dane && dane->result != "pass" ? " (DANE)" : " (MTA-STS)";
  tried.attempt.error = tried.error->message += by;
}

/// "[192.0.2.1]", "[IPv6:2001:db8::1]" (RFC 5321 §4.1.3).
std::string literal_of(const std::string& address) {
  const auto ip = IpAddress::parse(address);
  return ip && ip->v6 ? "[IPv6:" + address + "]" : "[" + address + "]";
}

}  // namespace

evidence::Attempt begin_attempt(const Place& place, const std::string& helo) {
  evidence::Attempt attempt;
  attempt.host = place.host;
  attempt.address = place.address.text();
  attempt.port = place.port;
  attempt.helo = helo;
  attempt.started = now();
  attempt.phase = word(smtp::Phase::connect);
  return attempt;
}

Task<Tried> try_delivery(Network network, Place place, std::optional<IpAddress> source, smtp::Delivery delivery,
                         std::chrono::milliseconds connect_time, SessionHooks hooks) {
  Tried tried;
  tried.attempt = begin_attempt(place, delivery.helo);
  Transcript transcript;
  DotWatch watch(hooks);
  transcript.observer = [&watch](const Event& event) { watch.event(event); };
  transcript.note("connecting to " + place.text() + " port " + std::to_string(place.port));
  const auto stream = co_await connect(tried, std::move(network), place, source, connect_time);
  tried.attempt.duration_ms = transcript.elapsed_ms();
  if (stream) {
    delivery.implicit_tls = place.implicit_tls;
    delivery.handshake.server_name = place.host;
    apply(place.policy, delivery);
    delivery.before_mail = hooks.before_mail;
    delivery.before_dot = [&](const smtp::Session& session) {
      return watch.before_dot(so_far(tried, session, transcript));
    };
    record(tried, co_await smtp::deliver(**stream, std::move(delivery), transcript));
  }
  finish(tried, transcript);
  blame_policy(tried, place.policy);
  co_return tried;
}

Task<Tried> try_look(Network network, Place place, std::optional<IpAddress> source, smtp::Delivery conditions,
                     std::chrono::milliseconds connect_time, std::function<void(const Event&)> dialogue) {
  Tried tried;
  tried.attempt = begin_attempt(place, conditions.helo);
  Transcript transcript;
  transcript.observer = std::move(dialogue);
  transcript.note("connecting to " + place.text() + " port " + std::to_string(place.port));
  const auto stream = co_await connect(tried, std::move(network), place, source, connect_time);
  tried.attempt.duration_ms = transcript.elapsed_ms();
  if (stream) {
    if (conditions.helo.empty()) conditions.helo = literal_of(tried.attempt.local_address.value_or(""));
    tried.attempt.helo = conditions.helo;
    conditions.handshake.server_name = place.host;
    record(tried, co_await smtp::look(**stream, std::move(conditions), transcript));
  }
  finish(tried, transcript);
  co_return tried;
}

Task<evidence::StarttlsInjection> try_injection(Network network, Place place, std::optional<IpAddress> source,
                                                smtp::Delivery conditions, std::chrono::milliseconds connect_time) {
  evidence::StarttlsInjection out;
  out.command = smtp::injected_command;
  Tried tried;
  tried.attempt = begin_attempt(place, conditions.helo);
  Transcript transcript;
  transcript.note("connecting to " + place.text() + " port " + std::to_string(place.port));
  const auto stream = co_await connect(tried, std::move(network), place, source, connect_time);
  if (stream) {
    if (conditions.helo.empty()) conditions.helo = literal_of(tried.attempt.local_address.value_or(""));
    tried.attempt.helo = conditions.helo;
    conditions.handshake.server_name = place.host;
    auto injection = co_await smtp::try_injection(**stream, std::move(conditions), transcript);
    out.executed = injection.executed;
    if (injection.plain_mail) out.plain_mail = *injection.plain_mail;
    record(tried, injection.session);
  }
  finish(tried, transcript);
  out.session = std::move(tried.attempt);
  co_return out;
}

}  // namespace mailprobe::probe
