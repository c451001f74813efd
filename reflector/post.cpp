#include "reflector/post.h"

#include "base/safe_text.h"
#include "probe/beside.h"
#include "probe/execution.h"
#include "probe/suppression.h"
#include "receiver/folder.h"

namespace mailprobe::reflector {

using evidence::MxShape;
using mailprobe::Outcome;

namespace {

/// For our own limits towards the host; under the minute after which a 4xx is tried again: that is the outbox's.
constexpr std::chrono::milliseconds admission = std::chrono::seconds(20);

std::string place_of(const evidence::Attempt& attempt) {
  return safe_text(attempt.host, 255) + (attempt.address.empty() ? "" : " (" + attempt.address + ")");
}

std::string words_of(const probe::Delivered& delivered) {
  const auto& last = delivered.attempts.back();
  auto text = std::string(word(last.outcome)) + " by " + place_of(last);
  if (last.tls) text += ", " + last.tls->version;
  if (last.outcome == Outcome::accepted) return text;
  if (last.error) text += ": " + safe_text(*last.error, 200);
  if (last.reply) text += ": " + std::to_string(last.reply->code) + " " + safe_text(last.reply->text, 200);
  return text;
}

Tried judge(const probe::Delivered& delivered) {
  Tried tried{Fate::later, words_of(delivered)};
  if (delivered.outcome() == Outcome::accepted) tried.fate = Fate::delivered;
  if (delivered.outcome() == Outcome::unknown) tried.fate = Fate::possibly;
  if (delivered.outcome() == Outcome::rejected) tried.fate = Fate::refused;
  const auto& cause = delivered.attempts.back().cause;
  if (cause == Cause::possibly_delivered) tried.fate = Fate::possibly;
  return tried;
}

/// No address to go to. Only what DNS denies is for good.
Tried without_route(const evidence::Target& target) {
  const bool denied =
      target.shape == MxShape::null_mx || target.shape == MxShape::none || target.shape == MxShape::nxdomain;
  return {denied ? Fate::refused : Fate::later,
          safe_text(target.domain, 255) + ": " + safe_text(target.problem.value_or("no address to deliver to"), 200)};
}

Tried not_now(const Error& error) { return {Fate::later, safe_text(error.message, 300)}; }

probe::SendOptions options_for(const Post& post, const Mailbox& recipient) {
  probe::SendOptions options{.to = recipient};
  options.via = post.via;
  options.floor = post.floor;
  options.wait = admission;
  return options;
}

/// One message, of which only the way is planned: it is written already.
/// RFC 8689 §6: what tells of a message that requires TLS requires it, too.
scenarios::Plan plan_for(const Post& post, const Mailbox& recipient, bool require_tls) {
  scenarios::PlannedProbe planned;
  planned.identity = post.identity.name;
  planned.to = recipient.text();
  planned.floor = post.floor;
  planned.require_tls = require_tls;
  return {.target = recipient.domain(), .scenario = {}, .each_mx = false, .probes = {std::move(planned)}, .expect = {}};
}

/// What it goes with.
struct Ready {
  const probe::Surroundings& around;
  const scenarios::PlannedProbe& planned;
  const probe::Preflight& preflight;
};

Task<Tried> hand_over(const Post& post, Ready ready, const Outgoing& answer, std::filesystem::path journal_path) {
  const auto& [around, planned, preflight] = ready;
  probe::Dispatch dispatch;
  dispatch.planned = &planned;
  dispatch.places = probe::places_of(around, planned, preflight);
  if (dispatch.places.empty()) co_return without_route(preflight.target);
  dispatch.probe.id = answer.probe;
  dispatch.probe.reverse_path = answer.reverse_path;
  dispatch.sent = answer.message;
  auto consignment = probe::consignment_of(around, preflight, dispatch);
  if (!consignment) co_return not_now(consignment.error());
  consignment->recipient = probe::person_of(around.options.to);  // who refuses three times is asked no more
  auto journal = probe::Journal::open(journal_path);
  if (!journal) co_return not_now(journal.error());
  probe::SendingLimits limits(receiver::home_of(post.settings.runs), post.settings.limits);
  probe::Means means;
  means.network = post.network;
  means.journal = &*journal;
  means.limits = &limits;
  means.progress = &around.progress;
  const auto delivered = co_await probe::deliver(std::move(*consignment), std::move(means));
  co_return judge(delivered);
}

}  // namespace

Task<Tried> try_answer(const Post& post, Outgoing answer, std::filesystem::path journal) {
  const auto recipient = Mailbox::parse(answer.recipient);
  if (!recipient) co_return Tried{Fate::refused, "its address is damaged"};
  const auto options = options_for(post, *recipient);
  const probe::Surroundings around{.settings = post.settings,
                                   .options = options,
                                   .resolver = post.resolver,
                                   .progress = post.progress,
                                   .network = post.network,
                                   .context = post.context};
  probe::Preflight preflight;
  const auto plan = plan_for(post, *recipient, answer.require_tls);
  co_await probe::prepare(around, plan, preflight);
  if (co_await probe::cancelled()) co_return Tried{Fate::later, "interrupted"};  // an empty route says nothing then
  if (preflight.usage) co_return not_now(*preflight.usage);
  const Ready ready{around, plan.probes.front(), preflight};
  co_return co_await hand_over(post, ready, answer, std::move(journal));
}

}  // namespace mailprobe::reflector
