#include "reflector/reflector.h"

#include <algorithm>

#include "auth/header_block.h"
#include "base/safe_text.h"
#include "probe/compose.h"
#include "probe/identifiers.h"
#include "probe/sent_to.h"
#include "probe/signing.h"
#include "probe/suppression.h"

namespace mailprobe::reflector {

namespace {

constexpr std::size_t max_sessions = 20;  // at once

std::string origin(const Arrival& arrival, const std::string& probe) {
  const auto& session = arrival.session;
  auto text = probe.empty() ? std::string("a message") : "probe " + probe;
  text += " from <" + (session.mail_from ? safe_text(*session.mail_from, 200) : std::string("unknown")) + ">";
  if (!session.address.empty()) text += " (" + safe_text(session.address, 60) + ")";
  return text;
}

/// The DNS failed, and need not the next time. What is not known because too little is said stays so.
bool may_be_known_later(const Arrival& arrival) {
  if (arrival.dmarc.result) return arrival.dmarc.result == auth::DmarcOutcome::temperror;
  return std::ranges::any_of(arrival.dkim,
                             [](const auth::Dkim& dkim) { return dkim.result == auth::DkimOutcome::temperror; });
}

Task<void> after(Pause pause, std::chrono::milliseconds length, std::function<void()> act) {
  co_await pause(length);
  const bool over = co_await probe::cancelled();
  if (!over) act();
}

}  // namespace

/// The order of events of a probe:
///   1 manners   2 for each recipient: not answered yet, within the limits   3 composed, signed, on disk   4 when it is
///   due and a session is free: route, policies, delivery   5 delivered, refused, possibly delivered: the end; else
///   a later time on disk, and again from 4
Task<Result<std::unique_ptr<Reflector>>> Reflector::start(Options options, Post post,
                                                          std::function<void(const std::string&)> log) {
  auto outbox = Outbox::open(options.folder);
  if (!outbox) co_return std::unexpected(outbox.error());
  std::unique_ptr<Reflector> self(
      new Reflector(std::move(options), std::move(post), std::move(log), std::move(*outbox)));
  self->waits_ = co_await probe::Beside::make();
  self->sessions_ = co_await probe::Beside::make();
  self->forget_old();
  self->resume();
  co_return self;
}

Reflector::Reflector(Options options, Post post, std::function<void(const std::string&)> log, Outbox outbox)
    : options_(std::move(options)),
      post_(std::move(post)),
      log_(std::move(log)),
      limits_(options_.folder, options_.most),
      outbox_(std::move(outbox)) {
  options_.ours.push_back(options_.address);
}

void Reflector::resume() {
  for (const auto& name : outbox_.names()) {
    const auto answer = outbox_.read(name);
    if (!answer) {
      log_("an answer cannot be sent: " + answer.error().message);
      continue;
    }
    ++under_way_;
    launch(name, answer->due);
  }
  if (under_way_ > 0) log_(std::to_string(under_way_) + " answers wait from before");
}

// --- the decision ---------------------------------------------------------------------------------------------------

Result<Considered> Reflector::consider(const Arrival& arrival) {
  forget_old();
  const auto message = auth::split_message(arrival.raw);
  const House house{.ours = options_.ours, .suppressed = [this](const Mailbox& whose) { return suppressed(whose); }};
  const auto judgement = judge(
      {.message = message, .reverse_path = arrival.session.mail_from, .dkim = arrival.dkim, .dmarc = arrival.dmarc},
      house);
  if (judgement.refusal) return refuse(arrival, judgement, message.first(probe::id_header) != nullptr);
  const auto from = origin(arrival, judgement.probe);
  for (const auto& [address, why] : judgement.left_out) log_(from + ": " + address + " " + why);
  for (const auto& recipient : judgement.recipients)
    if (auto done = answer(arrival, judgement.probe, recipient); !done) return std::unexpected(done.error());
  return Considered::decided;
}

Considered Reflector::refuse(const Arrival& arrival, const Judgement& judgement, bool probe) {
  const auto from = origin(arrival, judgement.probe);
  const auto why = std::string(word(*judgement.refusal)) + ": " + judgement.detail;
  const bool open = judgement.refusal == Refusal::dmarc_unknown && may_be_known_later(arrival);
  if (open && now() - arrival.received < options_.judge_for) {
    log_(from + ": to be judged again, " + why);
    return Considered::later;
  }
  log_(from + ": not answered, " + why + (open ? ", for " + duration_text(options_.judge_for) : ""));
  return probe ? Considered::decided : Considered::no_probe;
}

Result<void> Reflector::answer(const Arrival& arrival, const std::string& probe, const Mailbox& recipient) {
  const auto name = name_of(probe, recipient);
  const auto from = origin(arrival, probe);
  if (outbox_.knows(name)) {
    log_(from + ": not answered, " + recipient.text() + " has been");
    return {};
  }
  const auto permit = limits_.answer(recipient, now());
  if (!permit) return std::unexpected(permit.error());
  if (!permit->granted) {
    log_(from + ": not answered, limit: " + safe_text(permit->why, 300));
    return {};
  }
  const auto outgoing = written(arrival, probe, recipient);
  if (!outgoing) return std::unexpected(outgoing.error());
  if (auto done = outbox_.keep(name, *outgoing); !done) return done;
  log_(from + ": answering " + recipient.text());
  ++under_way_;
  launch(name, outgoing->due);
  return {};
}

Result<Outgoing> Reflector::written(const Arrival& arrival, const std::string& probe, const Mailbox& recipient) const {
  const Answer answer{.id = probe::new_probe_id(),
                      .probe = probe,
                      .from = options_.address,
                      .to = recipient,
                      .contact = post_.settings.contact,
                      .in_reply_to = message_id_of(arrival.raw),
                      .date = now()};
  const auto reverse_path = probe::tagged(options_.address, answer.id);
  if (!reverse_path) return std::unexpected(reverse_path.error());
  const auto seen = reflect(arrival, probe, options_.host);
  const auto sent_to = probe::SentTo::beside(post_.settings.runs);
  const auto noted = sent_to.note(answer.id, recipient, options_.address.domain(), answer.date);
  if (!noted) return std::unexpected(noted.error());
  auto message =
      probe::sign_with_all(compose(answer, seen, reflected_header(arrival.raw)), post_.identity, answer.date);
  if (!message) return std::unexpected(message.error());
  return Outgoing{.probe = probe,
                  .recipient = recipient.text(),
                  .reverse_path = reverse_path->text(),
                  .created = answer.date,
                  .due = answer.date,
                  .require_tls = arrival.session.require_tls,
                  .message = std::move(*message)};
}

bool Reflector::suppressed(const Mailbox& address) const {
  const auto permitted = probe::Suppression::beside(post_.settings.runs).permits(address);
  if (permitted || permitted.error().kind == Failure::usage) return !permitted;
  log_("nobody is answered: " + permitted.error().message);
  return true;
}

void Reflector::forget_old() {
  if (now() - forgotten_ < std::chrono::hours(1)) return;
  forgotten_ = now();
  outbox_.forget(forgotten_);
}

// --- the delivery ---------------------------------------------------------------------------------------------------

void Reflector::launch(const std::string& name, Time due) {
  const auto length = due - now();
  auto attempt_it = [this, name] {
    queue_.push_back(name);
    attempt_next();
  };
  if (length <= std::chrono::milliseconds(0)) return attempt_it();
  waits_->start(after(post_.network.pause, length, std::move(attempt_it)));
}

void Reflector::attempt_next() {
  while (!stopping_ && !queue_.empty() && open_ < max_sessions) {
    ++open_;
    sessions_->start(attempt(*this, queue_.front()));
    queue_.pop_front();
  }
}

Task<void> Reflector::attempt(Reflector& self, std::string name) {
  auto answer = self.outbox_.read(name);
  if (answer) {
    auto outgoing = *answer;
    const auto tried = co_await try_answer(self.post_, std::move(outgoing), self.outbox_.journal(name));
    self.settle(name, std::move(*answer), tried);
  } else {
    self.log_("an answer cannot be sent: " + answer.error().message);
  }
  --self.open_;
  self.attempt_next();
}

void Reflector::settle(const std::string& name, Outgoing answer, const Tried& tried) {
  const auto what = "answer to " + safe_text(answer.recipient, 300) + " for probe " + safe_text(answer.probe, 100);
  if (tried.fate != Fate::later) {
    log_(what + ": " + tried.words);
    return finish(name, tried.words);
  }
  if (stopping_) return log_(what + ": kept for the next start");
  ++answer.tries;
  const auto pause = pause_after(answer.tries, now() - answer.created);
  if (!pause) {
    log_(what + ": given up, " + tried.words);
    return finish(name, "given up: " + tried.words);
  }
  log_(what + ": again in " + duration_text(*pause) + ", " + tried.words);
  answer.due = now() + *pause;
  if (auto done = outbox_.keep(name, answer); !done) log_(what + ": " + done.error().message);
  launch(name, answer.due);
}

void Reflector::finish(const std::string& name, const std::string& outcome) {
  --under_way_;
  if (auto done = outbox_.finish(name, outcome); !done) log_(done.error().message);
}

Task<void> Reflector::finish() {
  while (!waits_->idle() || !sessions_->idle()) {
    co_await waits_->join();
    co_await sessions_->join();
  }
}

Task<void> Reflector::stop(std::chrono::milliseconds grace) {
  stopping_ = true;
  waits_->cancel();
  co_await waits_->join();
  co_await probe::join_within(grace, *sessions_);
}

}  // namespace mailprobe::reflector
