#include "probe/run.h"

#include <algorithm>
#include <set>

#include "base/safe_text.h"
#include "dns/records.h"
#include "evidence/assess.h"
#include "evidence/json.h"
#include "probe/copies.h"
#include "probe/dns_questions.h"
#include "probe/execution.h"
#include "probe/identifiers.h"
#include "probe/own_traps.h"
#include "probe/policies.h"
#include "probe/port25.h"
#include "probe/published.h"
#include "probe/replies.h"
#include "probe/reply_witness.h"
#include "probe/sent_to.h"
#include "probe/suppression.h"
#include "probe/target_survey.h"
#include "probe/trap_witness.h"
#include "probe/version.h"
#include "receiver/folder.h"
#include "scenarios/judge.h"
#include "tls/context.h"

namespace mailprobe::probe {

namespace {

constexpr std::chrono::milliseconds dns_time = std::chrono::seconds(30);  // several look-ups of some seconds each
constexpr std::chrono::milliseconds survey_time = std::chrono::seconds(60);
constexpr std::chrono::milliseconds farewell{10};  // for the answers to QUIT and LOGOUT, where all else is done

/// The order of events of a run:
///   1 the run directory   2 at once: our key records, the route, the logins; our receiver; a usage error ends the run,
///   the directory goes, nothing was sent   3 each probe: composed, signed, stored   4 delivered; before that its
///   answers are taken, from the final dot on its copy is looked for   5 beside all that: the target's records, and
///   ours so that the resolver knows them   6 the copy stored, deleted where asked, judged   7 the answers waited for,
///   stored 8 findings, exit status, evidence.json; what is stored goes from the spool
class Execution {
 public:
  /// `seen_resolver` hides no names of the witness.
  Execution(Surroundings around, const scenarios::Plan& plan, dns::Resolver& seen_resolver)
      : around_(std::move(around)), plan_(plan), seen_resolver_(seen_resolver) {}

  Task<Result<Outcome>> go();

 private:
  Result<void> begin();
  Task<Result<void>> open_receiver();
  void heed_bounces(Beside& helpers);
  Task<void> collect_replies();
  void note_watch(Dispatch& dispatch);
  Task<void> keep(Arrivals arrivals, Dispatch& dispatch, std::size_t number);
  Task<void> look_up_records(Beside& beside);
  Result<void> make_dispatches();
  Result<void> make_dispatch_to(const scenarios::PlannedProbe& planned, const std::string& suffix,
                                std::vector<Place> places);
  Task<Result<void>> send(CopySearch& search);
  Task<void> hand_over(Dispatch& dispatch, Consignment consignment, CopySearch& search);
  Task<Result<void>> send_one(Dispatch& dispatch, CopySearch& search);
  Means means(Dispatch& dispatch, CopySearch& search);
  void tell_copy(const Dispatch& dispatch) const;
  Task<std::optional<Error>> examine(Dispatch& dispatch, std::size_t number);
  Task<void> examine_copies();
  Task<Result<void>> leave_out_traps();
  Task<void> watch_all_traps();
  Task<void> survey_servers();
  void note_problem(const std::optional<Error>& error);
  Task<Outcome> finish();
  void add_probe(Dispatch& dispatch);
  void judge();
  void judge_expectations();
  [[nodiscard]] bool watched(const Dispatch& dispatch) const { return preflight_.mailbox && dispatch.planned->mailbox; }
  [[nodiscard]] std::optional<std::string> raw(const evidence::Raw& which) const;

  Surroundings around_;
  const scenarios::Plan& plan_;
  dns::Resolver& seen_resolver_;
  evidence::Document document_;
  std::optional<RunDirectory> directory_;
  std::optional<SendingLimits> limits_;
  Preflight preflight_;
  std::vector<evidence::OwnRecord> trap_records_;
  std::unique_ptr<ReplyWitness> replies_;  // null: no receiver is configured
  std::vector<Arrivals> spooled_;          // stored elsewhere by now
  CopySearch* search_ = nullptr;           // while it goes on
  std::deque<Dispatch> dispatches_;        // their addresses are kept
};

Result<void> Execution::begin() {
  auto& run = document_.run;
  run.started = now();
  run.id = new_run_id(run.started);
  run.version = version;
  run.command = around_.options.command;
  run.scenario = plan_.scenario;
  run.target = plan_.target;
  document_.self.helo = around_.settings.helo;
  const std::filesystem::path runs(around_.settings.runs);
  for (const auto& planned : plan_.probes) {
    const auto to = Mailbox::parse(planned.to);
    if (!to) return std::unexpected(to.error());
    if (auto allowed = Suppression::beside(runs).permits(*to); !allowed) return allowed;
  }
  auto directory = RunDirectory::make(runs, *run.id, scenarios::to_json(plan_));
  if (!directory) return std::unexpected(directory.error());
  directory_.emplace(std::move(*directory));
  limits_.emplace(receiver::home_of(runs), around_.settings.limits);
  return {};
}

// --- beside the delivery --------------------------------------------------------------------------------------------

Task<void> keep_policies(dns::Resolver& resolver, Preflight& into) {
  co_await look_up_policies(into.target, resolver);
  if (into.sts_record) into.target.policies["mta_sts"] = *into.sts_record;
}

/// What judging the copy will ask for.
Task<void> warm(std::string name, dns::Resolver& resolver) {
  (void)co_await resolver.query(std::move(name), dns::Type::txt);
}

Task<void> Execution::look_up_records(Beside& beside) {
  if (!plan_.target.starts_with('[')) {
    beside.start(keep_policies(around_.resolver, preflight_));
    beside.start(look_up_published(preflight_.target, around_.resolver));
  }
  std::set<std::string> domains;
  for (const auto& planned : plan_.probes) domains.insert(around_.identity(planned).domain);
  for (const auto& own : domains) {
    beside.start(warm(own, around_.resolver));
    beside.start(warm("_dmarc." + own, around_.resolver));
  }
  co_return;
}

// --- the probes -----------------------------------------------------------------------------------------------------

Result<void> Execution::make_dispatch_to(const scenarios::PlannedProbe& planned, const std::string& suffix,
                                         std::vector<Place> places) {
  auto dispatch = make_dispatch(around_, *directory_, planned, std::move(places), dispatches_.size() + 1);
  if (!dispatch) return std::unexpected(dispatch.error());
  dispatch->probe.name += suffix;
  dispatches_.push_back(std::move(*dispatch));
  const auto& probe = dispatches_.back().probe;
  return directory_->journal().write(probe.id, JournalEvent::planned,
                                     {{"name", probe.name}, {"to", probe.to}, {"message_id", probe.message_id}});
}

/// One a planned probe, or one an address with --each-mx.
Result<void> Execution::make_dispatches() {
  for (const auto& planned : plan_.probes) {
    auto places = places_of(around_, planned, preflight_);
    if (!plan_.each_mx || places.empty()) {
      if (auto done = make_dispatch_to(planned, {}, std::move(places)); !done) return done;
      continue;
    }
    for (const auto& place : places)
      if (auto done = make_dispatch_to(planned, " " + place.host + " " + place.address.text(), {place}); !done)
        return done;
  }
  return {};
}

Means Execution::means(Dispatch& dispatch, CopySearch& search) {
  Means means;
  means.network = around_.network;
  means.journal = &directory_->journal();
  means.limits = &*limits_;
  means.progress = &around_.progress;
  means.at_dot = [this, &dispatch, &search] {
    dispatch.deadline = around_.network.steady() + around_.wait(*dispatch.planned);
    if (dispatch.awaited) replies_->set_deadline(dispatch.probe.id, dispatch.deadline);
    if (dispatch.planned->mailbox) search.expect(dispatch);
  };
  means.at_reply = [&dispatch] {
    dispatch.answered = true;
    dispatch.settle();
  };
  means.port25 = [this] { return examine_port25(around_.settings.control, around_.network, around_.resolver); };
  return means;
}

/// The login that the relay refuses is a fault of the configuration: nothing was sent.
bool refused_login(const Delivered& delivered) {
  if (delivered.attempts.empty() || !delivered.error || delivered.error->kind != Failure::refused) return false;
  const auto& last = delivered.attempts.back();
  return last.phase == "auth" && last.reply && last.reply->code >= 500;
}

Task<void> Execution::hand_over(Dispatch& dispatch, Consignment consignment, CopySearch& search) {
  auto with = means(dispatch, search);
  dispatch.delivered = co_await deliver(std::move(consignment), std::move(with));
}

Task<Result<void>> Execution::send_one(Dispatch& dispatch, CopySearch& search) {
  if (dispatch.places.empty()) co_return Result<void>{};
  auto consignment = consignment_of(around_, preflight_, dispatch);
  if (!consignment) co_return std::unexpected(consignment.error());
  if (replies_) {
    if (const auto done = replies_->expect(dispatch.probe.id); !done) co_return std::unexpected(done.error());
    dispatch.awaited = true;
  }
  // Known before it goes out: who complains of it must be found.
  const auto sent_to = SentTo::beside(around_.settings.runs);
  if (auto done = sent_to.note(dispatch.probe.id, around_.options.to, now()); !done) co_return done;
  if (dispatch.probe.traps)
    if (auto done = expect_at_traps(around_.settings, dispatch.probe.id); !done) co_return done;
  auto session = co_await Beside::make();
  auto clock = co_await Beside::make();
  dispatch.settled = [&session, &clock] { clock.start(cancel_after(farewell, session)); };
  session.start(hand_over(dispatch, std::move(*consignment), search));
  co_await session.join();
  dispatch.settled = nullptr;
  clock.cancel();
  co_await clock.join();
  const auto& delivered = dispatch.delivered;
  if (refused_login(delivered))
    co_return fail(Failure::usage, "submission server " + *around_.options.via + ": " + delivered.error->message +
                                       ": " + safe_text(delivered.error->peer, 300));
  if (!delivered.on_its_way()) co_await search.withdraw(dispatch);
  if (!delivered.on_its_way() && dispatch.awaited) {
    replies_->forget(dispatch.probe.id);
    dispatch.awaited = false;
  }
  if (delivered.on_its_way() && watched(dispatch) && preflight_.mailbox->ready() && !dispatch.copy)
    around_.progress.announce("for the copy in " + preflight_.mailbox->account().address.text(),
                              around_.wait(*dispatch.planned));
  co_return Result<void>{};
}

Task<Result<void>> Execution::send(CopySearch& search) {
  for (auto& dispatch : dispatches_) {
    if (co_await cancelled()) break;
    if (auto done = co_await send_one(dispatch, search); !done) co_return done;
  }
  co_return Result<void>{};
}

// --- the copies -----------------------------------------------------------------------------------------------------

void Execution::note_problem(const std::optional<Error>& error) {
  if (error && !document_.run.problem) document_.run.problem = error->message;
}

void Execution::tell_copy(const Dispatch& dispatch) const {
  const auto& probe = dispatch.probe;
  if (dispatch.copy) {
    const auto delay = dispatch.copy->seen - dispatch.delivered.at.value_or(dispatch.copy->seen);
    around_.progress.say("found in " + safe_text(dispatch.copy->folder, 200) + " after " +
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

Task<std::optional<Error>> Execution::examine(Dispatch& dispatch, std::size_t number) {
  FoundCopy found{.copy = *dispatch.copy,
                  .expectation = {.sent = dispatch.sent,
                                  .handover = {.local_address = dispatch.delivered.local_address,
                                               .helo = around_.settings.helo,
                                               .reverse_path = dispatch.probe.reverse_path,
                                               .relayed = around_.submission() != nullptr,
                                               .target_hosts = target_hosts(preflight_.target)},
                                  .authserv_ids = preflight_.mailbox->account().authserv_ids,
                                  .accepted = dispatch.delivered.at.value_or(dispatch.copy->seen)},
                  .number = number,
                  .remove = around_.options.delete_copy};
  co_return co_await examine_copy(std::move(found), *directory_, *preflight_.mailbox, around_.resolver,
                                  around_.progress, dispatch.probe);
}

Task<void> Execution::examine_copies() {
  for (std::size_t i = 0; i < dispatches_.size(); ++i) {
    auto& dispatch = dispatches_[i];
    correct_arrival(dispatch);
    tell_copy(dispatch);
    if (dispatch.copy) around_.progress.expect("for the keys and policies in DNS that judging needs", dns_time);
    if (dispatch.copy) note_problem(co_await examine(dispatch, i + 1));
    if (dispatch.probe.watch) note_problem(store_answers(dispatch.answers, *directory_, dispatch.probe, i + 1));
  }
}

// --- the answers ----------------------------------------------------------------------------------------------------

constexpr std::chrono::milliseconds hang_up{1000};  // for sessions that are open when all is done

/// Without --reply and --traps nothing listens: a bounce is seen where another process of ours receives.
Task<Result<void>> Execution::open_receiver() {
  if (around_.settings.receiver.listen.empty()) co_return Result<void>{};
  const bool reply = std::ranges::any_of(plan_.probes, &scenarios::PlannedProbe::reply);
  const bool wanted = reply || around_.options.traps;
  replies_ = co_await ReplyWitness::make(around_.settings, around_.network, around_.resolver, reply);
  replies_->on_objection = [this](const std::string& line) { around_.progress.say(line); };
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
  const auto own = tagged(around_.identity(*dispatch.planned).address, dispatch.probe.id);
  if (own) watch.address = own->text();
}

Task<void> Execution::keep(Arrivals arrivals, Dispatch& dispatch, std::size_t number) {
  spooled_.push_back(arrivals);
  SpoolReader read = [this](const std::string& spooled) { return replies_->raw_of(spooled); };
  ArrivalsOf what{.arrivals = std::move(arrivals), .number = number};
  note_problem(co_await keep_arrivals(std::move(what), std::move(read), *directory_, around_.resolver, dispatch.probe));
}

Task<void> Execution::collect_replies() {
  for (std::size_t i = 0; replies_ && i < dispatches_.size(); ++i) {
    auto& dispatch = dispatches_[i];
    if (!dispatch.awaited) continue;
    const auto id = dispatch.probe.id;
    const bool waiting = dispatch.planned->reply && !around_.options.no_wait;
    if (waiting && !replies_->settled(id))
      around_.progress.announce("for an answer from " + dispatch.probe.to, around_.wait(*dispatch.planned));
    if (waiting) co_await replies_->wait(id);
    note_watch(dispatch);
    auto& watch = *dispatch.probe.reply_watch;
    const bool cut_short = co_await cancelled();
    watch.completed = waiting && !cut_short;
    if (waiting && cut_short) watch.cause = Cause::interrupted;
    if (dispatch.delivered.at) watch.waited_ms = std::max<std::int64_t>(0, (now() - *dispatch.delivered.at).count());
    auto arrivals = replies_->take(id);
    dispatch.probe.sent->at = dispatch.delivered.at;
    co_await keep(std::move(arrivals), dispatch, i + 1);
    for (const auto& reply : dispatch.probe.replies) around_.progress.say(told_of(reply));
    if (waiting && dispatch.probe.replies.empty()) around_.progress.say("no answer came");
  }
}

// --- the traps ------------------------------------------------------------------------------------------------------

/// What is not in place on our side would be charged to the target.
Task<Result<void>> Execution::leave_out_traps() {
  if (!around_.options.traps) co_return Result<void>{};
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
  for (std::size_t i = 0; i < dispatches_.size(); ++i) {
    auto& dispatch = dispatches_[i];
    if (!dispatch.probe.traps || !dispatch.delivered.on_its_way() || around_.options.no_wait) continue;
    const auto wait = around_.options.wait.value_or(around_.settings.limits.trap_wait);
    around_.progress.announce("for answers to the traps", wait);
    co_await watch_traps(around_.settings, around_.network, document_.run.started, wait, dispatch.probe);
    if (!replies_) continue;
    auto arrivals = co_await replies_->take_later(dispatch.probe.id, document_.run.started);
    co_await keep(std::move(arrivals), dispatch, i + 1);
  }
}

/// After the mail, whose deliveries the limits are for first of all.
Task<void> Execution::survey_servers() {
  const auto& asked = around_.options;
  const InspectOptions options{.source_ip = asked.source_ip,
                               .ipv4_only = asked.ipv4_only,
                               .ipv6_only = asked.ipv6_only,
                               .deadline = survey_time,
                               .intrusive = {}};
  VisitMeans means{.settings = around_.settings,
                   .options = options,
                   .network = around_.network,
                   .progress = around_.progress,
                   .context = around_.context};
  std::vector<const evidence::Attempt*> attempts;
  for (const auto& dispatch : dispatches_)
    for (const auto& attempt : dispatch.delivered.attempts) attempts.push_back(&attempt);
  around_.progress.expect("for what TLS the servers accept", survey_time);
  const auto until = around_.network.steady() + survey_time;
  co_await survey_tried(preflight_.target, std::move(attempts), std::move(means), until);
}

// --- the end --------------------------------------------------------------------------------------------------------

/// That of the host that decided.
evidence::AppliedPolicy policy_at(const std::vector<Place>& places, const evidence::Attempt& attempt,
                                  const evidence::AppliedPolicy& otherwise) {
  const auto place = std::ranges::find(places, attempt.host, &Place::host);
  return place == places.end() ? otherwise : place->policy.applied;
}

void Execution::add_probe(Dispatch& dispatch) {
  auto& probe = dispatch.probe;
  probe.attempts = std::move(dispatch.delivered.attempts);
  if (!probe.attempts.empty()) {
    probe.smtp = probe.attempts.back();
    probe.policy = policy_at(dispatch.places, *probe.smtp, probe.policy);
  }
  probe.sent->at = dispatch.delivered.at;
  if (watched(dispatch) && !probe.watch) probe.watch = preflight_.mailbox->facts();
  if (dispatch.delivered.port25) document_.self.port25 = dispatch.delivered.port25;
  if (!dispatch.delivered.local_address.empty()) document_.self.address = dispatch.delivered.local_address;
  document_.probes.push_back(std::move(probe));
}

/// Bytes that are still at hand are not read again.
std::optional<std::string> Execution::raw(const evidence::Raw& which) const {
  for (std::size_t i = 0; i < document_.probes.size(); ++i) {
    const auto& probe = document_.probes[i];
    const auto& dispatch = dispatches_[i];
    if (probe.sent && probe.sent->raw.path == which.path) return dispatch.sent;
    if (probe.mailbox && dispatch.copy && probe.mailbox->raw.path == which.path) return dispatch.copy->raw;
  }
  return directory_->load(which);
}

void Execution::judge() {
  evidence::conclude(document_, [this](const evidence::Raw& which) { return raw(which); });
  judge_expectations();
}

/// Of what was planned, also where it did not come to a message: that is not known then.
void Execution::judge_expectations() {
  if (!plan_.scenario) return;
  std::vector<scenarios::Awaited> awaited;
  for (std::size_t i = 0; i < document_.probes.size(); ++i)
    for (const auto& line : dispatches_[i].planned->expect) awaited.push_back({document_.probes[i].id, line});
  for (const auto& line : plan_.expect) awaited.push_back({std::nullopt, line});
  document_.expectations = scenarios::judge(document_, awaited);
  document_.run.exit = evidence::exit_status(document_, false);
}

Task<Outcome> Execution::finish() {
  document_.run.interrupted = co_await cancelled();
  document_.run.finished = now();
  document_.self.records = preflight_.keys;
  document_.self.records.insert(document_.self.records.end(), trap_records_.begin(), trap_records_.end());
  document_.target = std::move(preflight_.target);
  for (auto& dispatch : dispatches_) add_probe(dispatch);
  (void)co_await note_dns_questions(around_.settings, seen_resolver_, around_.progress, around_.network,
                                    document_.probes);
  judge();
  auto stored = directory_->write_evidence(evidence::to_json(document_));
  if (stored)
    stored = directory_->journal().write({}, JournalEvent::done, {{"exit", std::to_string(*document_.run.exit)}});
  if (!stored) {
    note_problem(stored.error());
    judge();
  }
  co_return Outcome{std::move(document_), directory_->path().string(), stored.has_value()};
}

Task<Result<Outcome>> Execution::go() {
  if (auto done = begin(); !done) co_return std::unexpected(done.error());
  co_await prepare(around_, plan_, preflight_);
  std::optional<Error> error = preflight_.usage;
  auto records = co_await Beside::make();
  CopySearch search(co_await Beside::make(), preflight_.mailbox.get());
  search_ = &search;
  auto helpers = co_await Beside::make();
  if (!error && !co_await cancelled())
    if (auto done = co_await open_receiver(); !done) error = done.error();
  if (!error && !co_await cancelled()) {
    heed_bounces(helpers);
    if (auto done = co_await leave_out_traps(); !done) error = done.error();
  }
  if (!error && !co_await cancelled()) {
    if (auto done = make_dispatches(); !done) error = done.error();
    co_await look_up_records(records);
    if (!error)
      if (auto done = co_await send(search); !done) error = done.error();
    co_await search.finish();
    co_await helpers.join();
    co_await search.finish();  // that a withdrawal began anew
    if (!error) co_await examine_copies();
    if (!error) co_await collect_replies();
    co_await helpers.join();
    if (!error) co_await watch_all_traps();
    if (!error && around_.options.survey && !co_await cancelled()) co_await survey_servers();
    if (!records.idle()) around_.progress.expect("for the policies that " + plan_.target + " publishes", dns_time);
    co_await records.join();
  }
  auto closing = co_await Beside::make();
  if (preflight_.mailbox && !co_await cancelled()) closing.start(preflight_.mailbox->close());
  search_ = nullptr;
  const auto grace = co_await cancelled() ? farewell : hang_up;
  if (error && error->kind == Failure::usage) {
    co_await join_within(farewell, closing);
    if (replies_) co_await replies_->close(farewell);
    directory_->discard();
    co_return std::unexpected(std::move(*error));
  }
  note_problem(error);
  auto outcome = co_await finish();
  co_await join_within(farewell, closing);
  for (const auto& arrivals : spooled_)
    if (outcome.stored) replies_->remove(arrivals);
  if (replies_) co_await replies_->close(grace);
  co_return outcome;
}

}  // namespace

Task<Result<Outcome>> run(const Settings& settings, const scenarios::Plan& plan, const SendOptions& options,
                          dns::Resolver& resolver, Progress progress, Network network) {
  co_await heed_cancellation();
  const auto known = [&](const auto& planned) { return settings.identities.contains(planned.identity); };
  if (plan.probes.empty() || !std::ranges::all_of(plan.probes, known))
    co_return fail(Failure::usage, "the plan has no probe of a configured identity");
  const tls::ClientOptions trust{.ca_file = settings.ca_file, .ca_pem = settings.ca_pem};
  auto context = tls::Context::client(trust);
  if (!context) co_return std::unexpected(context.error());
  const auto unseen = unseen_by_witness(settings, resolver);
  Surroundings around{.settings = settings,
                      .options = options,
                      .resolver = *unseen,
                      .progress = std::move(progress),
                      .network = std::move(network),
                      .context = std::move(*context)};
  for (const auto& planned : plan.probes) {
    if (around.dns_witnesses.contains(planned.identity)) continue;
    auto witness = co_await DnsWitness::open(settings, around.identity(planned), resolver, around.progress);
    around.dns_witnesses.emplace(planned.identity, std::move(witness));
  }
  Execution execution(std::move(around), plan, resolver);
  co_return co_await execution.go();
}

Task<Result<Outcome>> run(const Settings& settings, const scenarios::Plan& plan, const SendOptions& options,
                          dns::Resolver& resolver, Progress progress) {
  return run(settings, plan, options, resolver, std::move(progress), real_network());
}

}  // namespace mailprobe::probe
