#include <algorithm>
#include <set>

#include "base/safe_text.h"
#include "dns/records.h"
#include "evidence/assess.h"
#include "evidence/json.h"
#include "evidence/secrecy.h"
#include "probe/consent.h"
#include "probe/dns_questions.h"
#include "probe/identifiers.h"
#include "probe/policies.h"
#include "probe/port25.h"
#include "probe/published.h"
#include "probe/running.h"
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
constexpr std::chrono::milliseconds farewell{10};   // for the answers to QUIT and LOGOUT, where all else is done
constexpr std::chrono::milliseconds hang_up{1000};  // for sessions that are open when all is done

/// That of the host that decided.
evidence::AppliedPolicy policy_at(const std::vector<Place>& places, const evidence::Attempt& attempt,
                                  const evidence::AppliedPolicy& otherwise) {
  const auto place = std::ranges::find(places, attempt.host, &Place::host);
  return place == places.end() ? otherwise : place->policy.applied;
}

}  // namespace

// --- beside the delivery --------------------------------------------------------------------------------------------

namespace {

Task<void> keep_policies(dns::Resolver& resolver, Preflight& into) {
  co_await look_up_policies(into.target, resolver);
  if (into.sts_record) into.target.policies["mta_sts"] = *into.sts_record;
}

/// What judging the copy will ask for.
Task<void> warm(std::string name, dns::Resolver& resolver) {
  (void)co_await resolver.query(std::move(name), dns::Type::txt);
}

}  // namespace

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

Means Execution::means(Dispatch& dispatch, CopySearch& search) {
  Means means;
  means.network = around_.network;
  means.journal = &directory_->journal();
  means.limits = &*limits_;
  means.progress = &around_.progress;
  means.rest = [this](std::chrono::milliseconds pause) { return let_others(pause); };
  means.keep = [this, &dispatch](const std::vector<evidence::Attempt>& attempts) {
    auto probe = told(dispatch);
    probe.attempts.insert(probe.attempts.end(), attempts.begin(), attempts.end());
    probe.smtp = probe.attempts.back();
    if (probe.sent) probe.sent->at = now();
    return keep_on_disk(std::move(probe));
  };
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

namespace {

/// The login that the relay refuses is a fault of the configuration: nothing was sent.
bool refused_login(const Delivered& delivered) {
  if (delivered.attempts.empty() || !delivered.error || delivered.error->kind != Failure::refused) return false;
  const auto& last = delivered.attempts.back();
  return last.phase == "auth" && last.reply && last.reply->code >= 500;
}

}  // namespace

Task<void> Execution::hand_over(Dispatch& dispatch, Consignment consignment, CopySearch& search) {
  auto with = means(dispatch, search);
  dispatch.delivered = co_await deliver(std::move(consignment), std::move(with));
}

Task<Result<void>> Execution::send_one(Dispatch& dispatch, CopySearch& search) {
  if (dispatch.places.empty()) {
    dispatch.end_search();
    co_return Result<void>{};
  }
  auto consignment = consignment_of(around_, preflight_, dispatch);
  if (!consignment) co_return std::unexpected(consignment.error());
  if (replies_) {
    const auto done = replies_->expect(dispatch.probe.id, dispatch.planned->forward);
    if (!done) co_return std::unexpected(done.error());
    dispatch.awaited = true;
  }
  // Known before it goes out: who complains of it must be found.
  const auto sent_to = SentTo::beside(around_.settings.runs);
  const auto& from = dispatch.probe.from;
  const auto from_domain = from.substr(std::min(from.rfind('@') + 1, from.size()));
  if (auto done = sent_to.note(dispatch.probe.id, around_.options.to, from_domain, now()); !done) co_return done;
  if (dispatch.probe.smuggling)
    if (auto done = sent_to.note(dispatch.probe.smuggling->id, around_.options.to, from_domain, now()); !done)
      co_return done;
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

/// What an earlier life of the run has handed over: what comes of it is looked after.
Result<void> Execution::follow(Dispatch& dispatch, CopySearch& search) {
  const auto& delivered = dispatch.delivered;
  if (!delivered.on_its_way() || !delivered.at) {
    dispatch.end_search();
    return {};
  }
  const auto gone = std::chrono::duration_cast<std::chrono::milliseconds>(now() - *delivered.at);
  const auto left = std::max(std::chrono::milliseconds(0), around_.wait(*dispatch.planned) - gone);
  dispatch.deadline = around_.network.steady() + left;
  if (replies_) {
    if (auto done = replies_->expect(dispatch.probe.id, dispatch.planned->forward); !done) return done;
    dispatch.awaited = true;
    replies_->set_deadline(dispatch.probe.id, dispatch.deadline);
  }
  if (watched(dispatch) && !dispatch.examined)
    search.expect(dispatch);
  else
    dispatch.end_search();
  return {};
}

/// Towards strangers no more at once than they get connections: who waits for a turn has not begun to wait.
std::size_t Execution::at_once() const {
  const auto stranger = [](const Place& place) { return !place.address.loopback(); };
  const bool strangers = around_.submission() == nullptr && std::ranges::any_of(dispatches_, [&](const auto& each) {
                           return std::ranges::any_of(each.places, stranger);
                         });
  const auto most = static_cast<std::size_t>(std::max(1, around_.settings.limits.connections_per_mx));
  const auto wanted = std::max<std::size_t>(1, around_.options.jobs);
  return strangers ? std::min(wanted, most) : wanted;
}

Task<void> Execution::let_others(std::chrono::milliseconds pause) {
  slots_->give();
  co_await around_.network.pause(pause);
  (void)co_await slots_->take();  // where that is not to be had, nothing more is done with it
}

Task<void> Execution::send_in_turn(Dispatch& dispatch, CopySearch& search) {
  Result<void> done;
  if (dispatch.decided)
    done = follow(dispatch, search);
  else
    done = co_await send_one(dispatch, search);
  if (!done && !error_) error_ = done.error();
  if (around_.options.fail_fast && done) co_await look_after(dispatch);
  slots_->give();
}

/// That it was not sent is our doing.
void Execution::leave_out(Dispatch& dispatch) const {
  if (dispatch.decided || dispatch.places.empty()) return;
  auto attempt = begin_attempt(dispatch.places.front(), around_.settings.helo);
  attempt.error = "not sent, because an expectation had failed before (--fail-fast)";
  attempt.cause = Cause::own_limit;
  dispatch.delivered.attempts.push_back(std::move(attempt));
}

/// With nothing sent the error is the run's end. Else what went out is looked after, and the rest is for who goes on
/// with the run.
std::optional<Error> Execution::cut_short(Error error) {
  const auto went_out = [](const Dispatch& each) {
    return !each.decided && each.delivered.outcome() != mailprobe::Outcome::not_sent && !refused_login(each.delivered);
  };
  if (std::ranges::none_of(dispatches_, went_out)) return error;
  around_.progress.say("nothing more is sent: " + safe_text(error.message, 300));
  note_problem(error);
  cut_short_ = true;
  return std::nullopt;
}

Task<Result<void>> Execution::send(CopySearch& search) {
  auto messages = co_await Beside::make();
  slots_ = std::make_unique<Slots>(at_once());
  auto next = dispatches_.begin();
  for (; next != dispatches_.end(); ++next) {
    const bool mine = co_await slots_->take();
    if (!mine || error_ || stopped_ || co_await cancelled()) break;
    if (around_.options.fail_fast && watched(*next)) next->searched = co_await Gate::make();
    messages.start(send_in_turn(*next, search));
  }
  for (; stopped_ && next != dispatches_.end(); ++next) leave_out(*next);
  co_await messages.join();
  if (error_) co_return std::unexpected(*error_);
  co_return Result<void>{};
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

/// What is known of it by now, and may be shown.
evidence::Probe Execution::told(const Dispatch& dispatch) const {
  auto probe = dispatch.probe;
  probe.attempts = dispatch.before;
  const auto& attempts = dispatch.delivered.attempts;
  probe.attempts.insert(probe.attempts.end(), attempts.begin(), attempts.end());
  if (!probe.attempts.empty()) {
    probe.smtp = probe.attempts.back();
    probe.policy = policy_at(dispatch.places, *probe.smtp, probe.policy);
  }
  probe.sent->at = dispatch.delivered.at;
  if (probe.smuggling && !dispatch.delivered.further.empty()) probe.smuggling->replies = dispatch.delivered.further;
  evidence::leave_out_message(probe);
  return probe;
}

Result<void> Execution::keep_on_disk(evidence::Probe probe) const {
  evidence::mask_quotes(probe, around_.hidden);
  return directory_->keep_probe(probe);
}

void Execution::add_probe(Dispatch& dispatch) {
  auto probe = told(dispatch);
  if (watched(dispatch) && !probe.watch) probe.watch = preflight_.mailbox->facts();
  if (dispatch.found_before && !probe.mailbox && probe.watch) {  // and deleted, before that was written down
    probe.watch->completed = false;
    probe.watch->cause = Cause::interrupted;
    probe.watch->error = "its copy was found, and the run cut off before it was judged";
  }
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

/// What is read of messages and said of them holds what they hold.
void Execution::judge() {
  const evidence::RawReader read = [this](const evidence::Raw& which) { return raw(which); };
  evidence::conclude(document_, read);
  judge_expectations(read);
  evidence::mask_quotes(document_, around_.hidden);
}

/// Of what was planned, also where it did not come to a message: that is not known then.
void Execution::judge_expectations(const evidence::RawReader& read) {
  if (!plan_.scenario) return;
  std::vector<scenarios::Awaited> awaited;
  for (std::size_t i = 0; i < document_.probes.size(); ++i)
    for (const auto& line : dispatches_[i].planned->expect) awaited.push_back({document_.probes[i].id, line});
  for (const auto& line : plan_.expect) awaited.push_back({std::nullopt, line});
  document_.expectations = scenarios::judge(document_, awaited, read);
  document_.run.exit = evidence::exit_status(document_, false);
}

Task<Outcome> Execution::finish() {
  document_.run.interrupted = cut_short_ || co_await cancelled();
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
  if (!error && !co_await cancelled())
    error = co_await missing_consent(around_.settings, plan_, around_.resolver, preflight_.target);
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
      if (auto done = co_await send(search); !done) error = cut_short(done.error());
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
    if (!earlier_) directory_->discard();
    error->message = around_.hidden.masked(error->message);
    error->peer = around_.hidden.masked(error->peer);
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
  Hidden hidden;
  for (const auto& secret : plan.secrets) hidden.add(secret.reveal());
  Surroundings around{.settings = settings,
                      .options = options,
                      .resolver = *unseen,
                      .progress = hiding(std::move(progress), hidden),
                      .network = std::move(network),
                      .context = std::move(*context),
                      .hidden = std::move(hidden)};
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
