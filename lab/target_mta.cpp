#include "lab/target_mta.h"

#include <algorithm>

#include "base/text.h"
#include "lab/responder.h"
#include "lab/trace.h"
#include "tls/network.h"

namespace mailprobe::lab {

using smtp::Reply;
using smtp::ServerState;

namespace {

constexpr std::string_view spam_fields =
    "X-Spam-Flag: YES\r\n"
    "X-Spam-Level: *******\r\n"
    "X-Spam-Status: Yes, score=7.3 required=5.0 tests=LAB_LOOKS_LIKE_A_TEST,\r\n"
    "\tLAB_SENDER_UNKNOWN autolearn=no\r\n";

const Reply policy_refusal{550, "5.7.1", "Rejected, as the DMARC policy of the domain in From asks for"};

struct Address {
  std::string local, domain;  // lower case; the local part without "+detail"
};

Address split_address(const Path& path) {
  const auto text = to_lower(path.text());
  const auto at = text.rfind('@');
  if (at == std::string::npos) return {text, {}};
  return {text.substr(0, std::min(at, text.find('+'))), text.substr(at + 1)};
}

bool takes(const Host& host, const Address& address) {
  return iequals(host.domain, address.domain) && std::ranges::count(host.local_parts, address.local) > 0;
}

auth::Envelope envelope_of(const ServerState& state) {
  return {.client = IpAddress::parse(state.peer_address), .helo = state.helo, .mail_from = state.mail_from.text()};
}

Task<void> file_later(std::shared_ptr<World> world, std::string folder, std::string raw,
                      std::chrono::milliseconds delay) {
  co_await tls::pause(delay);
  world->store.append(folder, std::move(raw));
}

}  // namespace

TargetMta::TargetMta(const Host& host, std::shared_ptr<World> world)
    : host_(host), world_(std::move(world)), greylist_(host.faults.greylist) {}

Task<Reply> TargetMta::connected(const ServerState&) {
  co_await tls::pause(host_.faults.delay);
  if (host_.faults.banner) co_return *host_.faults.banner;
  co_return Reply{220, {}, "ESMTP mailprobe lab"};
}

Task<Reply> TargetMta::rcpt(const ServerState& state, const Path& recipient) {
  co_await tls::pause(host_.faults.delay);
  co_return decide(state, recipient);
}

Reply TargetMta::decide(const ServerState& state, const Path& recipient) {
  const auto address = split_address(recipient);
  const auto candidates = hosts_of(address.domain);
  if (candidates.empty() || !iequals(host_.domain, address.domain)) return {554, "5.7.1", "Relay access denied"};
  if (host_.faults.refusal) return *host_.faults.refusal;
  if (takes(host_, address)) return first_time(state, recipient);
  if (std::ranges::any_of(candidates, [&](const Host* other) { return takes(*other, address); }))
    return {451, "4.4.4", "Another MX of this domain takes mail for " + address.local};
  return {550, "5.1.1", "No such mailbox"};
}

Reply TargetMta::first_time(const ServerState& state, const Path& recipient) {
  const auto key = state.peer_address + " " + state.mail_from.text() + " " + recipient.text();
  const auto left = greylist_.ask(key, std::chrono::steady_clock::now());
  if (left.count() == 0) return {250, "2.1.5", "Recipient ok"};
  const auto seconds = std::to_string(std::chrono::ceil<std::chrono::seconds>(left).count());
  return {451, "4.7.1", "Greylisted, please try again in " + seconds + " seconds"};
}

Task<auth::Evaluation> TargetMta::judge(const ServerState& state, std::string_view raw) {
  auth::Context context;
  context.envelope = envelope_of(state);
  context.time = now();
  co_return co_await auth::evaluate(raw, context, *world_->resolver);
}

/// How that address answers; what it does is done beside.
Answering TargetMta::answer_later(const ServerState& state, const Path& recipient, const std::string& raw,
                                  const std::string& trace) {
  const auto mailbox = Mailbox::parse(recipient.text());
  if (!mailbox) return Answering::none;
  const Question question{
      .raw = raw, .reverse_path = state.mail_from, .recipient = *mailbox, .host = host_.name, .trace = trace};
  const auto how = answering_of(split_address(recipient).local, host_.domain);
  if (how != Answering::none) world_->tasks.spawn(answer(world_, host_, how, question));
  const bool asked = std::ranges::find(state.notified, recipient.text(), &Path::text) != state.notified.end();
  if (asked && how != Answering::bounce)  // whose report is the bounce (RFC 3461 §5.2.5)
    world_->tasks.spawn(answer(world_, host_, Answering::report, question));
  return how;
}

/// Order of events: the footer, the verdict over what is there then, what follows from it, the trace on top, the
/// mailbox.
Task<Reply> TargetMta::message(const ServerState& state, std::string raw) {
  co_await tls::pause(host_.faults.delay);
  raw += host_.faults.footer;
  std::string verdict;
  auto wish = auth::DmarcPolicy::none;
  if (host_.faults.judges) {
    const auto evaluation = co_await judge(state, raw);
    verdict = authentication_results(host_.name, envelope_of(state), evaluation);
    wish = evaluation.dmarc.disposition.value_or(wish);
  }
  if (host_.faults.enforces && wish == auth::DmarcPolicy::reject) co_return policy_refusal;
  const bool quarantined = host_.faults.enforces && wish == auth::DmarcPolicy::quarantine;
  const std::string folder = host_.faults.junk || quarantined ? "Junk" : "INBOX";
  const std::string_view spam = host_.faults.junk ? spam_fields : std::string_view{};
  for (const auto& recipient : state.recipients) {
    const auto trace = verdict + received(state, host_.name, recipient, now());
    const auto how = answer_later(state, recipient, raw, trace);
    if (how == Answering::bounce || how == Answering::forward || how == Answering::forward_badly) continue;
    auto copy = return_path(state.mail_from);
    copy.append(spam).append(trace).append(raw);
    if (host_.faults.delay.count() == 0)
      world_->store.append(folder, std::move(copy));
    else
      world_->tasks.spawn(file_later(world_, folder, std::move(copy), host_.faults.delay));
  }
  co_return Reply{250, "2.0.0", "Accepted"};
}

}  // namespace mailprobe::lab
