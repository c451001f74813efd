#include <algorithm>
#include <utility>

#include "base/safe_text.h"
#include "evidence/secrecy.h"
#include "probe/copies.h"
#include "probe/early_verdict.h"
#include "probe/own_traps.h"
#include "probe/policy_fetches.h"
#include "probe/replies.h"
#include "probe/running.h"
#include "probe/trap_witness.h"

namespace mailprobe::probe {

namespace {

constexpr std::chrono::milliseconds dns_time = std::chrono::seconds(30);  // several look-ups of some seconds each

bool has_final_answer(const evidence::Probe& probe) {
  return probe.forward ||
         std::ranges::any_of(probe.replies, [](const evidence::Reply& reply) { return is_final(reply.kind); });
}

}  // namespace

// --- the copies -----------------------------------------------------------------------------------------------------

void Execution::note_problem(const std::optional<Error>& error) {
  if (error && !document_.run.problem) document_.run.problem = error->message;
}

void Execution::tell_copy(const Dispatch& dispatch) const {
  const auto& probe = dispatch.probe;
  if (dispatch.copy) {
    const auto delay = dispatch.copy->seen - dispatch.delivered.at.value_or(dispatch.copy->seen);
    around_.progress.say("found in " + safe_text(around_.hidden.masked(dispatch.copy->folder), 200) + " after " +
                         duration_text(std::max(delay, Time::duration(0))));
  } else if (dispatch.withdrawn && dispatch.delivered.on_its_way()) {
    around_.progress.say("the mailbox is searched no more: a bounce came");
  } else if (dispatch.delivered.on_its_way() && watched(dispatch)) {
    const auto watch = probe.watch ? *probe.watch : preflight_.mailbox->facts();
    const bool bounced = std::ranges::any_of(dispatch.answers, &imap::Answer::bounce);
    around_.progress.say(watch.completed ? "not found in the mailbox" + std::string(bounced ? "; a bounce came" : "")
                                         : "the mailbox could not be searched: " + watch.error.value_or("interrupted"));
  }
}

Task<std::optional<Error>> Execution::examine(Dispatch& dispatch) {
  FoundCopy found{.copy = *dispatch.copy,
                  .expectation = {.sent = dispatch.sent,
                                  .handover = {.local_address = dispatch.delivered.local_address,
                                               .helo = around_.settings.helo,
                                               .reverse_path = dispatch.probe.reverse_path,
                                               .relayed = around_.submission() != nullptr,
                                               .target_hosts = target_hosts(preflight_.target)},
                                  .authserv_ids = preflight_.mailbox->account().authserv_ids,
                                  .accepted = dispatch.delivered.at.value_or(dispatch.copy->seen)},
                  .number = dispatch.number,
                  .remove = around_.options.delete_copy};
  co_return co_await examine_copy(std::move(found), *directory_, *preflight_.mailbox, around_.resolver,
                                  around_.progress, dispatch.probe);
}

Task<void> Execution::examine_second(Dispatch& dispatch) {
  around_.progress.say("the second message arrived as one of its own, in " +
                       safe_text(around_.hidden.masked(dispatch.second->folder), 200));
  const auto problem = store_second(*dispatch.second, *directory_, dispatch.probe, dispatch.number);
  note_problem(problem);
  if (around_.options.delete_copy && !problem) co_await preflight_.mailbox->remove(*dispatch.second);
}

Task<void> Execution::examine_one(Dispatch& dispatch) {
  if (dispatch.examined || std::exchange(dispatch.examining, true)) co_return;
  correct_arrival(dispatch);
  tell_copy(dispatch);
  if (dispatch.copy) around_.progress.expect("for the keys and policies in DNS that judging needs", dns_time);
  if (dispatch.copy) note_problem(co_await examine(dispatch));
  if (dispatch.second) co_await examine_second(dispatch);
  if (dispatch.copy) (void)keep_on_disk(told(dispatch));
  if (dispatch.probe.watch) note_problem(store_answers(dispatch.answers, *directory_, dispatch.probe, dispatch.number));
  dispatch.examined = true;  // not before it is judged: who belongs to it would miss its copy
}

Task<void> Execution::examine_copies() {
  for (auto& dispatch : dispatches_) co_await examine_one(dispatch);
}

// --- one after the other --------------------------------------------------------------------------------------------

/// All that comes of one message, before the next goes out.
Task<void> Execution::look_after(Dispatch& dispatch) {
  if (dispatch.searched) co_await dispatch.searched->wait();
  if (co_await cancelled()) co_return;
  co_await examine_one(dispatch);
  co_await collect_reply(dispatch);
  const auto failed = failed_at(dispatch);
  if (!failed || stopped_) co_return;
  stopped_ = failed;
  around_.progress.say("nothing more is sent, because an expectation failed: " + safe_text(*failed, 300));
}

std::optional<std::string> Execution::failed_at(const Dispatch& dispatch) const {
  evidence::Document document;
  document.run = document_.run;
  document.self.records = preflight_.keys;
  document.target = preflight_.target;
  std::vector<scenarios::Awaited> awaited;
  for (const auto& other : dispatches_) {
    if (&other != &dispatch && (!other.examined || !belong_together(other.probe, dispatch.probe))) continue;
    document.probes.push_back(told(other));
    for (const auto& line : other.planned->expect) awaited.push_back({other.probe.id, line});
  }
  const evidence::RawReader read = [this](const evidence::Raw& which) { return directory_->load(which); };
  return failed_already(std::move(document), awaited, read);
}

// --- the answers ----------------------------------------------------------------------------------------------------

/// Without --reply and --traps nothing listens: a bounce is seen where another process of ours receives.
Task<Result<void>> Execution::open_receiver() {
  if (around_.settings.receiver.listen.empty()) co_return Result<void>{};
  const bool reply =
      std::ranges::any_of(plan_.probes, [](const auto& planned) { return planned.reply || planned.forward; });
  const bool wanted = reply || traps_wanted();
  replies_ = co_await ReplyWitness::make(around_.settings, around_.network, around_.resolver, reply);
  replies_->on_objection = [this](const std::string& line) { around_.progress.say(line); };
  replies_->on_change = [this](const std::string& line) { around_.progress.say(line); };
  replies_->on_pruned = [this](const std::string& line) { around_.progress.say(line); };
  auto opened = co_await replies_->open(wanted && !around_.options.no_wait);
  if (opened || wanted) co_return opened;
  replies_.reset();  // it would have been a gift
  co_return Result<void>{};
}

/// A bounce says that no copy comes.
void Execution::heed_bounces(Beside& helpers) {
  if (!replies_) return;
  replies_->on_final = [this, &helpers](const std::string& id, evidence::AnswerKind kind) {
    if (kind != evidence::AnswerKind::bounce || search_ == nullptr) return;
    for (auto& dispatch : dispatches_)
      if (dispatch.probe.id == id) helpers.start(search_->withdraw(dispatch));
  };
}

void Execution::note_watch(Dispatch& dispatch) {
  auto& watch = dispatch.probe.reply_watch.emplace(replies_->facts());
  watch.wanted = dispatch.planned->reply;
  watch.forward = dispatch.planned->forward;
  const auto own = tagged(around_.identity(*dispatch.planned).address, dispatch.probe.id);
  if (own) watch.address = own->text();
}

Task<void> Execution::keep(Arrivals arrivals, Dispatch& dispatch) {
  spooled_.push_back(arrivals);
  SpoolReader read = [this](const std::string& spooled) { return replies_->raw_of(spooled); };
  ArrivalsOf what{.arrivals = std::move(arrivals), .number = dispatch.number};
  note_problem(co_await keep_arrivals(std::move(what), std::move(read), *directory_, around_.resolver, dispatch.probe));
  evidence::leave_out_message(dispatch.probe);  // before anything is said of it
}

/// Those of an earlier life of the run lie in the spool.
Task<void> Execution::take_replies(Dispatch& dispatch, bool waiting) {
  auto id = dispatch.probe.id;
  if (dispatch.decided) {
    auto later = id;
    co_await keep(co_await replies_->take_later(std::move(later), document_.run.started), dispatch);
    waiting = waiting && !has_final_answer(dispatch.probe);
  }
  if (waiting && !replies_->settled(id))
    around_.progress.announce(
        (dispatch.planned->forward ? "for what is forwarded by " : "for an answer from ") + dispatch.probe.to,
        around_.wait(*dispatch.planned));
  if (waiting) co_await replies_->wait(id);
  if (waiting) co_await replies_->evaluated();
  auto arrivals = replies_->take(id, dispatch.delivered.at.value_or(document_.run.started));
  co_await keep(std::move(arrivals), dispatch);
}

Task<void> Execution::collect_reply(Dispatch& dispatch) {
  if (!dispatch.awaited || std::exchange(dispatch.collected, true)) co_return;
  const bool waiting = (dispatch.planned->reply || dispatch.planned->forward) && !around_.options.no_wait;
  dispatch.probe.sent->at = dispatch.delivered.at;
  co_await take_replies(dispatch, waiting);
  note_watch(dispatch);
  auto& watch = *dispatch.probe.reply_watch;
  const bool cut_short = co_await cancelled();
  watch.completed = waiting && !cut_short;
  blame_ourselves(dispatch.probe);
  if (waiting && cut_short) watch.cause = Cause::interrupted;
  if (dispatch.delivered.at) watch.waited_ms = std::max<std::int64_t>(0, (now() - *dispatch.delivered.at).count());
  for (const auto& reply : dispatch.probe.replies) around_.progress.say(told_of(reply));
  if (dispatch.probe.forward) around_.progress.say(told_of(*dispatch.probe.forward));
  if (waiting && dispatch.probe.replies.empty() && !dispatch.probe.forward)
    around_.progress.say(dispatch.planned->forward ? "nothing was forwarded to us" : "no answer came");
}

Task<void> Execution::collect_replies() {
  if (!replies_) co_return;
  for (auto& dispatch : dispatches_) co_await collect_reply(dispatch);
}

// --- the traps ------------------------------------------------------------------------------------------------------

/// What is not in place on our side would be charged to the target.
Task<Result<void>> Execution::leave_out_traps() {
  if (!traps_wanted()) co_return Result<void>{};
  if (auto held = somebody_receives(around_.settings); !held) co_return held;
  TrapMeans means{.settings = around_.settings,
                  .resolver = around_.resolver,
                  .network = around_.network,
                  .context = around_.context};
  trap_records_ = co_await check_traps(std::move(means));
  around_.traps_left_out = left_out(trap_records_);
  std::erase_if(trap_records_, [](const auto& record) { return record.cause == Cause::own_limit; });  // not wanted
  bool any = false;
  for (const auto& record : trap_records_) {
    any = any || record.holds;
    if (!record.holds)
      around_.progress.say(record.what + " is left out: " + record.name + " " +
                           record.problem.value_or("is not right"));
  }
  if (any) co_return Result<void>{};
  co_return fail(
      Failure::usage,
      "no trap is in place: \"mailprobe traps\" prints the records, \"mailprobe doctor\" says what is missing");
}

/// The mail that came there is the run's too: it does not stay in the spool.
Task<void> Execution::watch_all_traps() {
  for (auto& dispatch : dispatches_) {
    if (!dispatch.probe.traps || dispatch.probe.traps->completed || !dispatch.delivered.on_its_way() ||
        around_.options.no_wait)
      continue;
    const auto wait = around_.options.wait.value_or(around_.settings.limits.trap_wait);
    around_.progress.announce("for answers to the traps", wait);
    dispatch.probe.sent->at = dispatch.delivered.at;
    co_await watch_traps(around_.settings, around_.network, document_.run.started, wait, dispatch.probe);
    note_policy_fetches(around_.settings, dispatch.probe);
    if (const auto line = told_unattended(*dispatch.probe.traps); !line.empty()) around_.progress.say(line);
    if (!replies_) continue;
    auto arrivals = co_await replies_->take_later(dispatch.probe.id, document_.run.started);
    co_await keep(std::move(arrivals), dispatch);
  }
}

}  // namespace mailprobe::probe
