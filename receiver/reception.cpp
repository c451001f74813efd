#include "receiver/reception.h"

#include <algorithm>

#include "auth/spf.h"
#include "base/text.h"
#include "dns/reverse.h"
#include "evidence/answered_ids.h"
#include "evidence/json.h"

namespace mailprobe::receiver {

using smtp::Reply;
using smtp::ServerState;

namespace {

constexpr std::string_view id_field = "X-Mailprobe-Id";  // probe/compose.h writes it
constexpr std::size_t max_objections = 100;              // of one session: then all is put off

Task<Result<std::string>> keep(const Office& office, std::string head, std::string raw) {
  const auto name = std::make_shared<Result<std::string>>();
  std::function<void()> work = [name, spool = office.spool, head = std::move(head), raw = std::move(raw)] {
    *name = spool.keep(head, raw);
  };
  co_await office.disk.run(std::move(work));
  co_return std::move(*name);
}

bool is_for_people(Purpose purpose) {
  return purpose == Purpose::identity || purpose == Purpose::postmaster || purpose == Purpose::abuse;
}

}  // namespace

Reception::Reception(const Office& office, const Transcript& transcript, std::optional<std::string> trap,
                     std::optional<Reply> refusal)
    : office_(office), transcript_(transcript), refusal_(std::move(refusal)) {
  session_.trap = std::move(trap);
  session_.started = now();
}

Task<Reply> Reception::connected(const ServerState& state) {
  session_.address = state.peer_address;
  if (refusal_) co_return *refusal_;
  co_return Reply{220, {}, "ESMTP mailprobe receiver"};
}

/// What is known by now: the session may end with any command.
void Reception::note(const ServerState& state) {
  if (!state.helo.empty()) session_.helo = state.helo;
  session_.tls = state.tls;
  session_.tls_alert = state.tls_alert;
}

void Reception::greeted(const ServerState& state) { note(state); }

// RFC 7208 §2.4: the identities are checked when they are given, with the answers that the DNS has then.
Task<Reply> Reception::mail(const ServerState& state) {
  note(state);
  envelopes_.begin(state);
  to_probe_ = to_others_ = false;
  for_people_ = true;
  co_await look_up_name();
  const auto client = IpAddress::parse(state.peer_address);
  if (client) {
    auth::SpfQuestion question{.client = client->unmapped(),
                               .helo = state.helo,
                               .mail_from = state.mail_from.text(),
                               .time = now(),
                               .receiver = office_.host};
    auto spf = co_await auth::check_spf(std::move(question), office_.resolver);
    envelopes_.judged(std::move(spf));
  }
  co_return Reply{250, "2.1.0", "Sender noted"};
}

/// To ask twice in one session is not to come again (RFC 6647 §5.2).
std::optional<Reply> Reception::objection(const Path& recipient) {
  const auto key = to_lower(recipient.text());
  if (const auto said = objections_.find(key); said != objections_.end()) return said->second;
  if (objections_.size() == max_objections) return objections_.begin()->second;
  auto reply = office_.objection(session_, recipient);
  if (reply) objections_.emplace(key, *reply);
  return reply;
}

/// Whose mail it is counts where it is put off, too: it names the session.
Task<Reply> Reception::rcpt(const ServerState&, const Path& recipient) {
  const auto found = office_.recipients.find(recipient);
  if (!found) co_return Reply{550, "5.1.1", "Nobody of that name takes mail here"};
  const auto probe = found->purpose == Purpose::answer ? std::optional(found->token) : std::nullopt;
  if (!envelopes_.name(probe)) co_return Reply{452, "4.5.3", "Too many recipients in one session"};
  if (auto against = objection(recipient)) co_return *against;
  to_probe_ = to_probe_ || probe;
  to_others_ = to_others_ || (!probe && found->purpose != Purpose::reflector);
  for_people_ = for_people_ && is_for_people(found->purpose);
  envelopes_.accept(probe, recipient.text());
  co_return Reply{250, "2.1.5", "Recipient ok"};
}

/// Many answer From, and a bounce may have lost its token: the message that it is about names the probe then. What is
/// said is the same for any id, so that nobody learns which ones live.
bool Reception::tell_probe(const ServerState& state, const auth::Message& message) {
  if (!for_people_) return false;
  const auto ids = evidence::answered_ids(message, state.mail_from.text());
  const auto live = std::ranges::find_if(ids, office_.waited_for);
  if (live == ids.end()) return false;
  envelopes_.answers(*live);
  return true;
}

/// What is no probe stays when the reflector has seen it, and so does what is to others as well.
AwaitedBy Reception::awaited_by(const ServerState& state, std::string_view raw) {
  if (to_probe_) return AwaitedBy::probe;
  const auto message = auth::split_message(raw);
  if (tell_probe(state, message)) return AwaitedBy::probe;
  const bool is_probe = !to_others_ && message.first(id_field) != nullptr;
  return is_probe ? AwaitedBy::reflector : AwaitedBy::nobody;
}

/// On disk first: what a 250 has been given for is never lost. No room left is the sender's to try again later
/// (RFC 5321 §4.2.2, RFC 3463 §3.4: 4.3.1).
Task<Reply> Reception::message(const ServerState& state, std::string raw) {
  note(state);
  if (!office_.room(raw.size(), awaited_by(state, raw))) co_return Reply{452, "4.3.1", "No room left"};
  auto head = envelopes_.current(session_);
  head.events = transcript_.events();
  head.duration_ms = transcript_.elapsed_ms();
  auto json = evidence::to_json(head);
  const auto name = co_await keep(office_, std::move(json), std::move(raw));
  if (!name) {
    const bool full = name.error().cause == Cause::own_limit;
    co_return Reply{full ? 452 : 451, full ? "4.3.1" : "4.3.0", full ? "No room left" : "Cannot store it for now"};
  }
  office_.kept(*name);
  co_return Reply{250, "2.0.0", "Kept as " + *name};
}

void Reception::ended(const ServerState& state, smtp::ServerEnd end) {
  note(state);
  session_.events = transcript_.events();
  session_.duration_ms = transcript_.elapsed_ms();
  session_.end = word(end);
}

/// Once a session: after the banner, which waits for no DNS.
Task<void> Reception::look_up_name() {
  if (std::exchange(name_looked_up_, true)) co_return;
  const auto client = IpAddress::parse(session_.address);
  if (!client) co_return;
  auto found = co_await dns::reverse_name(client->unmapped(), office_.resolver);
  session_.ptr_confirmed = found.confirmed;
  (found.confirmed == true ? session_.ptr : session_.ptr_claimed) = std::move(found.name);
}

Task<std::vector<evidence::Session>> Reception::records() {
  co_await look_up_name();
  co_return envelopes_.records(session_);
}

}  // namespace mailprobe::receiver
