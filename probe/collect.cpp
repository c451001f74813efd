#include "probe/collect.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/safe_text.h"
#include "evidence/answered.h"
#include "evidence/assess.h"
#include "evidence/json.h"
#include "evidence/own_address.h"
#include "evidence/secrecy.h"
#include "probe/beside.h"
#include "probe/collect_reports.h"
#include "probe/copies.h"
#include "probe/dns_questions.h"
#include "probe/dns_witness.h"
#include "probe/objections.h"
#include "probe/planning.h"
#include "probe/policy_fetches.h"
#include "probe/replies.h"
#include "probe/reply_witness.h"
#include "probe/trap_witness.h"
#include "probe/unfinished.h"
#include "probe/wanted_copies.h"
#include "receiver/folder.h"
#include "receiver/presence.h"
#include "receiver/spool.h"
#include "scenarios/judge.h"
#include "tls/context.h"

namespace mailprobe::probe {

namespace {

using std::chrono::milliseconds;

/// The order of events:
///   1 the run directory, locked   2 reports: those that were named, and then nothing else; else those in the spool
///   3 what the spool has of answers, evaluated where that is not done, stored   4 the mailbox, where a copy is
///   awaited: login, folders, where they stood before the message went out   5 each copy, and the second message of one
///   that is smuggled: searched for, stored, judged
///   6 findings and exit status anew, evidence.json replaced; what is stored of answers goes from the spool
class Collection {
 public:
  Collection(const Settings& settings, evidence::Document document, RunDirectory directory, CollectOptions options,
             dns::Resolver& resolver, dns::Resolver& seen_resolver, Progress progress)
      : settings_(settings),
        document_(std::move(document)),
        directory_(std::move(directory)),
        wanted_(directory_.path()),
        options_(std::move(options)),
        resolver_(resolver),
        seen_resolver_(seen_resolver),
        progress_(std::move(progress)) {}

  Task<Result<Outcome>> go(Network network, std::shared_ptr<const tls::Context> context);
  void mark_reports() const;

 private:
  Task<Result<std::size_t>> join_reports();
  Task<void> evaluate_the_rest();
  Task<void> take_answers(const std::vector<std::size_t>& indices);
  Task<void> take_answer(std::size_t index, Arrivals arrivals, const receiver::Spool& spool);
  void note_absence(evidence::Probe& probe, const receiver::Span& wait, const receiver::Spool& spool) const;
  Task<Result<bool>> search_mailbox(std::vector<std::size_t> indices, std::shared_ptr<const tls::Context> context);
  void take_trap_sessions(const std::vector<std::size_t>& indices);
  Task<bool> look_at_dns();
  void clear_spool();
  Result<const MailboxAccount*> account(const evidence::Probe& probe) const;
  Task<Result<bool>> look(std::size_t index, MailboxWitness& mailbox);
  Task<std::optional<imap::Copy>> look_for_second(std::size_t index, const imap::Copy* copy, MailboxWitness& mailbox,
                                                  Steady deadline);
  Task<void> keep_second(std::size_t index, MailboxWitness& mailbox, const imap::Copy& second);
  Task<void> keep(std::size_t index, MailboxWitness& mailbox, imap::Copy copy);
  void amend_watch(evidence::Probe& probe, const MailboxWitness& mailbox) const;
  [[nodiscard]] std::optional<std::string> raw(const evidence::Raw& which) const;
  [[nodiscard]] Time went_out(const evidence::Probe& probe) const {
    return probe.sent && probe.sent->at ? *probe.sent->at : document_.run.started;
  }
  void note_problem(const std::optional<Error>& error) {
    if (error && !document_.run.problem) document_.run.problem = error->message;
  }
  [[nodiscard]] bool made_good(bool searched_to_the_end) const;
  Task<Outcome> finish(bool searched_to_the_end);
  Outcome unchanged() { return Outcome{std::move(document_), directory_.path().string(), true}; }

  const Settings& settings_;
  evidence::Document document_;
  RunDirectory directory_;
  WantedCopies wanted_;
  CollectOptions options_;
  dns::Resolver& resolver_;
  dns::Resolver& seen_resolver_;  // hides no names of the witness
  Progress progress_;
  Network network_;
  std::optional<Steady> until_;  // --wait, which is that of all probes
  bool looked_at_dns_ = false;
  std::vector<Arrivals> stored_;
  std::vector<std::string> read_reports_;  // names in the spool
};

/// The one that the run watched, where nothing else is said.
Result<const MailboxAccount*> Collection::account(const evidence::Probe& probe) const {
  auto name = options_.mailbox;
  if (!name && probe.watch) name = probe.watch->name;
  const auto to = Mailbox::parse(probe.to);
  if (!to) return fail(Failure::usage, "the evidence has no address that the message went to");
  auto found = mailbox_of(settings_, name, *to);
  if (found && *found == nullptr && !probe.traps && !(probe.reply_watch && probe.reply_watch->wanted))
    return fail(Failure::usage, "no mailbox is configured to look in for what went to " + safe_text(probe.to, 300));
  return found;
}

/// What the run saw stays, and what this look saw comes after it.
void Collection::amend_watch(evidence::Probe& probe, const MailboxWitness& mailbox) const {
  auto facts = mailbox.facts();
  std::int64_t waited_before = 0;
  if (probe.watch) {
    waited_before = probe.watch->waited_ms;
    facts.answers = std::move(probe.watch->answers);
    auto events = std::move(probe.watch->events);
    events.insert(events.end(), facts.events.begin(), facts.events.end());
    facts.events = std::move(events);
    if (!probe.watch->marks.empty()) facts.marks = std::move(probe.watch->marks);
  }
  if (probe.sent && probe.sent->at)
    facts.waited_ms =
        std::max(waited_before, std::chrono::duration_cast<milliseconds>(now() - *probe.sent->at).count());
  probe.watch = std::move(facts);
}

Task<void> Collection::keep(std::size_t index, MailboxWitness& mailbox, imap::Copy copy) {
  auto& probe = document_.probes[index];
  const auto accepted = probe.sent && probe.sent->at ? *probe.sent->at : copy.internal_date;
  // This look came whenever it was asked for.
  copy.seen = std::max(accepted, std::min(copy.internal_date, now()));
  const auto own = evidence::own_address(document_, probe);
  FoundCopy found{.copy = std::move(copy),
                  .expectation = {.sent = probe.sent ? raw(probe.sent->raw).value_or("") : "",
                                  .handover = {.local_address = own ? own->text() : "",
                                               .helo = document_.self.helo.value_or(""),
                                               .reverse_path = probe.reverse_path,
                                               .relayed = probe.via.has_value(),
                                               .target_hosts = target_hosts(document_.target)},
                                  .authserv_ids = mailbox.account().authserv_ids,
                                  .accepted = accepted},
                  .number = index + 1,
                  .late = true,
                  .remove = options_.delete_copy};
  note_problem(co_await examine_copy(std::move(found), directory_, mailbox, resolver_, progress_, probe));
}

/// As the run does. nullopt: it is not there as one of its own, or was not searched for.
Task<std::optional<imap::Copy>> Collection::look_for_second(std::size_t index, const imap::Copy* copy,
                                                            MailboxWitness& mailbox, Steady deadline) {
  auto& probe = document_.probes[index];
  if (!probe.smuggling || probe.smuggling->raw) co_return std::nullopt;
  std::optional<std::string> text;
  if (copy != nullptr) text = copy->raw;
  if (probe.mailbox) text = raw(probe.mailbox->raw);
  const auto* bytes = text ? &*text : nullptr;
  co_return co_await find_second(mailbox, bytes, deadline, *probe.smuggling);
}

Task<void> Collection::keep_second(std::size_t index, MailboxWitness& mailbox, const imap::Copy& second) {
  progress_.say("the second message arrived as one of its own, in " + safe_text(second.folder, 200));
  const auto problem = store_second(second, directory_, document_.probes[index], index + 1);
  note_problem(problem);
  if (options_.delete_copy && !problem) co_await mailbox.remove(second);
}

std::unexpected<Error> not_to_the_end(const MailboxWitness& mailbox) {
  const auto facts = mailbox.facts();
  return fail(Failure::ours,
              "the mailbox could not be searched to the end: " + facts.error.value_or("interrupted") +
                  "; the evidence is as it was",
              facts.cause);
}

/// Whether all was searched to the end. An error: nothing is amended. What is found is kept when all was looked for:
/// keeping may delete it.
Task<Result<bool>> Collection::look(std::size_t index, MailboxWitness& mailbox) {
  auto& probe = document_.probes[index];
  const bool second_only = probe.mailbox.has_value();
  const auto wait =
      until_ ? std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(*until_ - network_.steady()))
             : time_left(settings_, options_, probe);
  const auto deadline = network_.steady() + wait;
  const std::string what = second_only ? "for the second message in " : "for the copy in ";
  if (wait > milliseconds(0)) progress_.announce(what + mailbox.account().address.text(), wait);
  std::optional<imap::Copy> copy;
  if (!second_only) {
    auto id = probe.id;
    copy = co_await mailbox.find(std::move(id), deadline);
    if (!copy && !mailbox.facts().completed) co_return not_to_the_end(mailbox);
    amend_watch(probe, mailbox);
    progress_.say((copy ? "found in " + safe_text(copy->folder, 200) : "not found in the mailbox") + ": " +
                  safe_text(probe.to, 300));
  }
  const auto* first = copy ? &*copy : nullptr;
  const auto second = co_await look_for_second(index, first, mailbox, deadline);
  const bool to_the_end = !probe.smuggling || probe.smuggling->completed;
  if (second_only && !to_the_end) co_return not_to_the_end(mailbox);
  if (second_only) amend_watch(probe, mailbox);
  if (copy) co_await keep(index, mailbox, std::move(*copy));
  if (second) co_await keep_second(index, mailbox, *second);
  const auto known = probe.watch->answers.size();
  note_problem(store_answers(mailbox.answers_to(probe.id), directory_, probe, index + 1));
  evidence::leave_out_late(probe, known);
  co_return to_the_end;
}

std::optional<std::string> Collection::raw(const evidence::Raw& which) const {
  if (auto bytes = directory_.load(which)) return bytes;
  return evidence::embedded(which);
}

/// An interruption that only cut the waiting short is made good by a search to the end.
bool Collection::made_good(bool searched_to_the_end) const {
  const auto undecided = [](const evidence::Probe& probe) {
    return !probe.smtp || probe.smtp->cause == Cause::interrupted;
  };
  return searched_to_the_end && std::ranges::none_of(document_.probes, undecided);
}

/// Whether more has been asked for than was known: a log may be written late (docs/witness.md).
Task<bool> Collection::look_at_dns() {
  if (options_.reports || std::exchange(looked_at_dns_, true)) co_return false;
  co_return co_await note_dns_questions(settings_, seen_resolver_, progress_, network_, document_.probes);
}

Task<Outcome> Collection::finish(bool searched_to_the_end) {
  (void)co_await look_at_dns();
  if (made_good(searched_to_the_end)) document_.run.interrupted = false;
  const evidence::RawReader read = [this](const evidence::Raw& which) { return raw(which); };
  evidence::conclude(document_, read);
  document_.expectations = scenarios::judge_again(document_, read);
  document_.run.exit = evidence::exit_status(document_, false);
  const auto stored = directory_.write_evidence(evidence::to_json(document_));
  if (!stored) {
    note_problem(stored.error());
    document_.run.exit = evidence::exit_status(document_, false);
  }
  co_return Outcome{std::move(document_), directory_.path().string(), stored.has_value()};
}

// --- reports --------------------------------------------------------------------------------------------------------

Task<Result<std::size_t>> Collection::join_reports() {
  const evidence::RawReader read = [this](const evidence::Raw& which) { return raw(which); };
  auto source = options_.reports ? options_.reports : spooled_reports(settings_);
  if (!options_.reports && source)
    source = [this, next = std::move(source)] {
      auto file = next();
      if (file && *file) read_reports_.push_back((*file)->name);
      return file;
    };
  co_return co_await collect_reports(settings_, document_, read, std::move(source), resolver_, progress_);
}

// --- answers --------------------------------------------------------------------------------------------------------

/// Nothing in the spool is no news, and no fault: perhaps nothing received meanwhile.
Task<void> Collection::take_answer(std::size_t index, Arrivals arrivals, const receiver::Spool& spool) {
  auto& probe = document_.probes[index];
  const auto before = probe.replies.size();
  const auto since = went_out(probe);
  stored_.push_back(arrivals);
  SpoolReader read = [&spool](const std::string& name) -> std::optional<std::string> {
    auto found = spool.read(name);
    return found ? std::optional(std::move(found->raw)) : std::nullopt;
  };
  ArrivalsOf what{.arrivals = std::move(arrivals), .number = index + 1, .late = true};
  note_problem(co_await keep_arrivals(std::move(what), std::move(read), directory_, resolver_, probe));
  evidence::leave_out_late(probe, probe.watch ? probe.watch->answers.size() : 0);
  for (auto i = before; i < probe.replies.size(); ++i) progress_.say(told_of(probe.replies[i]));
  if (!probe.reply_watch) co_return;
  auto& watch = *probe.reply_watch;
  watch.completed = true;
  if (watch.cause == Cause::own_limit) watch.error.reset();  // of an earlier look
  if (!watch.error) watch.cause.reset();
  blame_ourselves(probe);
  if (awaits_answer(probe)) note_absence(probe, {since, now()}, spool);
  watch.waited_ms = std::max<std::int64_t>(0, (now() - since).count());
  if (watch.wanted && probe.replies.empty()) progress_.say("no answer has come: " + safe_text(probe.to, 300));
}

/// Silence counts for a time in which somebody was there to hear.
void Collection::note_absence(evidence::Probe& probe, const receiver::Span& wait, const receiver::Spool& spool) const {
  auto& watch = *probe.reply_watch;
  if (watch.error || !probe.replies.empty()) return;
  const auto gaps = receiver::gaps(receiver::presences(receiver::Folder{receiver_folder(settings_)}, wait.until), wait);
  if (is_unevaluated(spool, probe.id))
    watch.error = "a message has come for it, and is not evaluated yet: collect again";
  else if (!gaps.empty())
    watch.error = "our receiver was not there all the time: nobody received here from " + rfc3339(gaps.back().from) +
                  " to " + rfc3339(gaps.back().until) + ", and who called then comes again later, or not at all";
  if (watch.error) watch.cause = Cause::own_limit;
}

/// Where whoever received was interrupted, and nobody receives now.
Task<void> Collection::evaluate_the_rest() {
  Told told = [this](const receiver::Letter& letter) {
    if (const auto line = Objections(settings_.runs).heed(letter); !line.empty()) progress_.say(line);
  };
  auto folder = receiver_folder(settings_);
  const auto done = co_await evaluate_unfinished(std::move(folder), resolver_, std::move(told));
  if (!done) note_problem(done.error());
}

Task<void> Collection::take_answers(const std::vector<std::size_t>& indices) {
  if (settings_.receiver.listen.empty()) co_return;
  co_await evaluate_the_rest();
  const auto spool = receiver::Spool::share(receiver::Folder{receiver_folder(settings_)}.spool());
  if (!spool) co_return note_problem(spool.error());
  auto shared = *spool;
  auto pause = network_.pause;
  co_await let_evaluate(std::move(shared), std::move(pause));
  std::map<std::string, Time> since;
  for (const auto index : indices) since.emplace(document_.probes[index].id, went_out(document_.probes[index]));
  auto arrivals = answers_in(*spool, receiver_folder(settings_), since);
  for (const auto index : indices) {
    auto own = std::move(arrivals.at(document_.probes[index].id));
    co_await take_answer(index, std::move(own), *spool);
  }
}

/// Once the evidence is safe: they stay, for other runs, until there is no room.
void Collection::mark_reports() const {
  if (read_reports_.empty()) return;
  const auto spool = receiver::Spool::share(receiver::Folder{receiver_folder(settings_)}.spool());
  for (const auto& name : read_reports_)
    if (spool) spool->mark_read(name);
}

void Collection::clear_spool() {
  auto spool = receiver::Spool::share(receiver::Folder{receiver_folder(settings_)}.spool());
  for (const auto& arrivals : stored_)
    for (const auto& answer : arrivals.answers)
      if (spool) (void)spool->remove(answer.spooled);
}

// --- the traps ------------------------------------------------------------------------------------------------------

/// What came to them by now; how long that took counts from the final dot's reply.
void Collection::take_trap_sessions(const std::vector<std::size_t>& indices) {
  for (const auto index : indices) {
    auto& probe = document_.probes[index];
    if (!probe.traps) continue;
    const auto since = went_out(probe);
    look_at_traps(settings_, document_.run.started, std::chrono::duration_cast<milliseconds>(now() - since), probe);
    note_policy_fetches(settings_, probe);
    if (const auto line = told_unattended(*probe.traps); !line.empty()) progress_.say(line);
  }
}

// --- all of it ------------------------------------------------------------------------------------------------------

/// Whether it was searched to the end. An error: nothing is amended by it.
Task<Result<bool>> Collection::search_mailbox(std::vector<std::size_t> indices,
                                              std::shared_ptr<const tls::Context> context) {
  std::erase_if(indices, [&](std::size_t index) {
    const auto& probe = document_.probes[index];
    return !wanted_.of(probe) || (probe.mailbox && !awaits_second(probe));
  });
  if (indices.empty()) co_return true;
  const auto& first = document_.probes[indices.front()];
  const auto account = this->account(first);
  if (!account) co_return std::unexpected(account.error());
  if (*account == nullptr) co_return true;
  MailboxWitness mailbox(**account, std::move(context), network_, resolver_, progress_);
  const bool same = first.watch && first.watch->name == (*account)->name;
  mailbox.went_out_at(same ? first.watch->marks : std::vector<evidence::FolderMark>{});
  if (auto opened = co_await mailbox.open(); !opened) co_return std::unexpected(opened.error());
  if (!mailbox.ready())
    co_return fail(Failure::ours,
                   "the mailbox cannot be searched: " + mailbox.facts().error.value_or("no connection") +
                       "; the evidence is as it was",
                   mailbox.facts().cause);
  Result<bool> done = true;
  bool to_the_end = true;
  std::size_t looked = 0;
  for (; looked < indices.size() && done; ++looked) {
    done = co_await look(indices[looked], mailbox);
    to_the_end = to_the_end && done.value_or(false);
  }
  co_await mailbox.close();
  if (!done && looked == 1) co_return std::unexpected(done.error());
  if (!done) progress_.say(done.error().message);
  co_return to_the_end;
}

Task<Result<Outcome>> Collection::go(Network network, std::shared_ptr<const tls::Context> context) {
  network_ = std::move(network);
  if (options_.wait) until_ = network_.steady() + *options_.wait;
  const auto joined = co_await join_reports();
  if (!joined) co_return std::unexpected(joined.error());
  const auto indices = awaited(document_);
  if (options_.reports || indices.empty()) {
    const bool looked_up = co_await look_at_dns();
    if (!options_.reports && !looked_up) progress_.say("the run waits for nothing any more");
    if (*joined > 0 || looked_up) co_return co_await finish(false);
    co_return unchanged();
  }
  co_await take_answers(indices);
  take_trap_sessions(indices);
  const bool answered = std::ranges::any_of(stored_, [](const Arrivals& each) { return !each.answers.empty(); });
  const auto searched = co_await search_mailbox(indices, std::move(context));
  const bool trapped =
      std::ranges::any_of(indices, [&](std::size_t index) { return document_.probes[index].traps.has_value(); });
  if (!searched && !answered && !trapped && *joined == 0) co_return std::unexpected(searched.error());
  if (!searched) progress_.say(searched.error().message);
  auto outcome = co_await finish(searched.value_or(false));
  if (outcome.stored) clear_spool();
  co_return outcome;
}

}  // namespace

std::chrono::milliseconds time_left(const Settings& settings, const CollectOptions& options,
                                    const evidence::Probe& probe) {
  if (options.wait) return *options.wait;
  if (!probe.sent || !probe.sent->at) return milliseconds(0);
  const auto gone = std::chrono::duration_cast<milliseconds>(now() - *probe.sent->at);
  return std::max(milliseconds(0), settings.limits.wait - gone);
}

bool awaits_second(const evidence::Probe& probe) {
  return probe.mailbox && probe.smuggling && !probe.smuggling->completed;
}

bool awaits_answer(const evidence::Probe& probe) {
  const auto& watch = probe.reply_watch;
  if (!watch || probe.forward || !(watch->wanted || watch->forward)) return false;
  return std::ranges::none_of(probe.replies, [&](const evidence::Reply& reply) {
    return ends_the_wait(probe.id, reply) && (!watch->forward || reply.kind == evidence::AnswerKind::bounce);
  });
}

std::vector<std::size_t> awaited(const evidence::Document& document) {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < document.probes.size(); ++i) {
    const auto& probe = document.probes[i];
    const auto outcome = probe.smtp ? probe.smtp->outcome : mailprobe::Outcome::not_sent;
    const bool under_way = outcome == mailprobe::Outcome::accepted || outcome == mailprobe::Outcome::unknown;
    const bool traps_open = probe.traps && !probe.traps->completed;
    if (under_way && (!probe.mailbox || awaits_second(probe) || awaits_answer(probe) || traps_open))
      indices.push_back(i);
  }
  return indices;
}

std::size_t missing(const evidence::Document& document, const std::filesystem::path& directory, bool mailbox) {
  const WantedCopies wanted(directory);
  const auto indices = awaited(document);
  return static_cast<std::size_t>(std::ranges::count_if(indices, [&](std::size_t index) {
    const auto& probe = document.probes[index];
    const bool answer_wanted = probe.reply_watch && (probe.reply_watch->wanted || probe.reply_watch->forward);
    const bool traps_open = probe.traps && !probe.traps->completed;
    const bool copy_open = awaits_second(probe) || (!probe.mailbox && (probe.watch || !answer_wanted));
    return awaits_answer(probe) || traps_open || (mailbox && copy_open && wanted.of(probe));
  }));
}

Task<Result<Outcome>> collect(const Settings& settings, DocumentReader read, std::filesystem::path directory,
                              CollectOptions options, dns::Resolver& resolver, Progress progress, Network network) {
  co_await heed_cancellation();
  const tls::ClientOptions trust{.ca_file = settings.ca_file, .ca_pem = settings.ca_pem};
  auto context = tls::Context::client(trust);
  if (!context) co_return std::unexpected(context.error());
  auto run = RunDirectory::open(directory);
  if (!run) co_return std::unexpected(run.error());
  auto document = read(directory);  // not before it is ours: another process may just have amended it
  if (!document) co_return std::unexpected(document.error());
  const auto unseen = unseen_by_witness(settings, resolver);
  Collection collection(settings, std::move(*document), std::move(*run), std::move(options), *unseen, resolver,
                        std::move(progress));
  auto outcome = co_await collection.go(std::move(network), std::move(*context));
  if (outcome && outcome->stored) collection.mark_reports();
  co_return outcome;
}

}  // namespace mailprobe::probe
