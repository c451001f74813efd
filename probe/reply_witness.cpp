#include "probe/reply_witness.h"

#include <algorithm>
#include <map>
#include <ranges>
#include <set>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/safe_text.h"
#include "evidence/answer.h"
#include "evidence/forwarded.h"
#include "evidence/own_refusal.h"
#include "probe/objections.h"
#include "receiver/session_log.h"
#include "receiver/station.h"

namespace mailprobe::probe {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

/// RFC 5321 §4.5.4.1: a sender gives up after four or five days, and then sends its bounce.
constexpr auto token_life = std::chrono::days(7);
constexpr milliseconds look_interval{500};  // into another process's spool
constexpr int vacant_looks = 2;             // a daemon that is being restarted comes first
constexpr std::size_t max_said = 200;
constexpr auto evaluation_time = std::chrono::seconds(10);  // of what came last: some look-ups

void read_kind(evidence::Reply& reply, std::string_view raw) {
  if (reply.session.probe && evidence::forwarded_id(raw) == reply.session.probe) {
    reply.kind = evidence::AnswerKind::forward;
    return;
  }
  auto answer = evidence::read_answer(raw, reply.session.mail_from.value_or(""));
  reply.kind = answer.kind;
  reply.statuses = std::move(answer.statuses);
}

std::vector<receiver::Resident> residents_of(const Settings& settings) {
  std::vector<receiver::Resident> all;
  all.reserve(settings.identities.size());
  for (const auto& [name, identity] : settings.identities) all.push_back({identity.domain, identity.address});
  return all;
}

/// Most are told by the token in the address that they come to. A forwarder has one address for all.
void tell_probe(evidence::Session& session, std::string_view raw) {
  if (!session.probe) session.probe = evidence::forwarded_id(raw);
}

/// Nothing where it is not evaluated yet, or answers no probe.
std::optional<ArrivedAnswer> read_answer_from(const receiver::Spool& spool, const std::string& name) {
  auto result = receiver::read_result(spool, name);
  if (!result || !*result) return std::nullopt;
  const auto spooled = spool.read(name);
  if (!spooled) return std::nullopt;
  tell_probe((*result)->session, spooled->raw);
  if (!(*result)->session.probe) return std::nullopt;
  ArrivedAnswer answer{.spooled = name, .reply = std::move(**result)};
  read_kind(answer.reply, spooled->raw);
  return answer;
}

}  // namespace

std::filesystem::path receiver_folder(const Settings& settings) {
  if (!settings.receiver_folder.empty()) return settings.receiver_folder;
  return receiver::Folder::beside(settings.runs).path;
}

struct ReplyWitness::Impl {
  Impl(const Settings& of, Network net, dns::Resolver& ask, bool want, Beside tasks)
      : settings(of),
        network(std::move(net)),
        resolver(ask),
        wanted(want),
        folder{receiver_folder(of)},
        beside(std::move(tasks)),
        begun(network.steady()),
        started(now()) {}

  void arrived(ReplyWitness& self, ArrivedAnswer answer, Steady at);
  void look(ReplyWitness& self);
  void ended(const evidence::Session& session, bool ours);
  void ring(const std::string& id);
  [[nodiscard]] const receiver::Spool& kept() const;
  [[nodiscard]] receiver::StationHooks hooks(ReplyWitness& self);

  const Settings& settings;
  Network network;
  dns::Resolver& resolver;
  const bool wanted;
  receiver::Folder folder;
  std::multimap<std::string, asio::steady_timer*> bells;  // of who waits, by the probe's id
  Beside beside;
  Steady begun;
  Time started;
  AnswerTable table;
  std::optional<receiver::Waiting> waiting;
  std::optional<receiver::Spool> spool;
  std::optional<receiver::SessionTail> sessions;  // of another process
  std::set<std::string> seen;                     // in the spool
  std::unique_ptr<receiver::Station> station;
  std::optional<Error> error;
  bool may_listen = false;
  int vacant = 0;             // looks at which nobody received
  std::optional<Error> deaf;  // nobody receives, and we cannot
};

void ReplyWitness::Impl::arrived(ReplyWitness& self, ArrivedAnswer answer, Steady at) {
  const auto id = *answer.reply.session.probe;
  const auto kind = answer.reply.kind;
  const bool ends = ends_the_wait(id, answer.reply);
  if (!table.add(id, std::move(answer), at)) return;
  ring(id);
  if (ends) self.on_final(id, kind);
}

receiver::StationHooks ReplyWitness::Impl::hooks(ReplyWitness& self) {
  receiver::StationHooks hooks;
  hooks.letter = [this, &self](const receiver::Letter& letter) {
    if (const auto line = Objections(settings.runs).heed(letter); !line.empty()) self.on_objection(line);
    ArrivedAnswer answer{.spooled = letter.name, .reply = receiver::reply_of(letter)};
    tell_probe(answer.reply.session, letter.raw);
    if (!answer.reply.session.probe) return;
    read_kind(answer.reply, letter.raw);
    arrived(self, std::move(answer), network.steady());
  };
  hooks.session = [this](const evidence::Session& session) { ended(session, true); };
  hooks.pruned = [&self](const std::string& line) { self.on_pruned(line); };
  hooks.trouble = [this](const Error& fault) { error = fault; };
  return hooks;
}

void ReplyWitness::Impl::ended(const evidence::Session& session, bool ours) {
  const auto forwarded = table.add(session, network.steady(), ours);
  if (session.probe) ring(*session.probe);
  if (forwarded) ring(*forwarded);
}

/// Something has come for it.
void ReplyWitness::Impl::ring(const std::string& id) {
  const auto [first, last] = bells.equal_range(id);
  for (auto each = first; each != last; ++each) each->second->cancel();
}

/// What another process has put there since the last look.
void ReplyWitness::Impl::look(ReplyWitness& self) {
  for (const auto& name : spool->names()) {
    if (seen.contains(name) || !spool->is_annotated(name)) continue;
    seen.insert(name);
    if (auto answer = read_answer_from(*spool, name)) arrived(self, std::move(*answer), network.steady());
  }
  if (sessions && !station)
    for (const auto& session : sessions->next()) ended(session, false);
}

ReplyWitness::ReplyWitness(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ReplyWitness::~ReplyWitness() = default;

Task<std::unique_ptr<ReplyWitness>> ReplyWitness::make(const Settings& settings, Network network,
                                                       dns::Resolver& resolver, bool wanted) {
  auto tasks = co_await Beside::make();
  auto impl = std::make_unique<Impl>(settings, std::move(network), resolver, wanted, std::move(tasks));
  co_return std::unique_ptr<ReplyWitness>(new ReplyWitness(std::move(impl)));
}

namespace {

/// Until it is cancelled. GCC 12: a loop must not be the first thing in it (docs/field-notes.md).
Task<void> look_again_and_again(std::function<Task<void>()> look, Pause pause) {
  bool ended = co_await cancelled();
  while (!ended) {
    co_await look();
    co_await pause(look_interval);
    ended = co_await cancelled();
  }
}

}  // namespace

/// What lies there already is of before; what is not evaluated yet has just come.
Result<void> ReplyWitness::watch_spool() {
  auto& it = *impl_;
  auto spool = receiver::Spool::share(it.folder.spool());
  if (!spool) return std::unexpected(spool.error());
  it.spool.emplace(std::move(*spool));
  for (auto& name : it.spool->names())
    if (it.spool->is_annotated(name)) it.seen.insert(std::move(name));
  it.sessions.emplace(it.folder.sessions());
  std::function<Task<void>()> look = [this] {
    impl_->look(*this);
    return stand_in();
  };
  auto pause = it.network.pause;
  it.beside.start(look_again_and_again(std::move(look), std::move(pause)));
  return {};
}

Task<Result<void>> ReplyWitness::listen() {
  auto settings = impl_->settings.receiver;
  auto residents = residents_of(impl_->settings);
  auto hooks = impl_->hooks(*this);
  auto station = co_await receiver::Station::open(std::move(settings), impl_->folder, std::move(residents),
                                                  impl_->resolver, std::move(hooks));
  if (!station) co_return std::unexpected(station.error());
  impl_->station = std::move(*station);
  co_return Result<void>{};
}

/// The other process may have ended with what it waited for, while we still wait.
Task<void> ReplyWitness::stand_in() {
  auto& it = *impl_;
  if (!it.may_listen || it.station) co_return;
  if (receiver::is_held(it.folder)) {
    if (it.deaf) on_change("another process receives again");
    it.deaf.reset();
    it.vacant = 0;
    co_return;
  }
  if (++it.vacant < vacant_looks) co_return;
  const auto taken = co_await listen();
  const bool gone_again = co_await cancelled();
  if (taken || gone_again || receiver::is_held(it.folder)) {
    if (it.station) on_change("the process that received has ended: this run receives from now on");
    if (it.station) it.deaf.reset();
    co_return;
  }
  const auto why = "nobody receives any more, and this run cannot: " + taken.error().message;
  if (!it.deaf) on_change(why);
  it.deaf = Error{Failure::ours, why, Cause::own_limit, {}};
}

Task<Result<void>> ReplyWitness::open(bool listen) {
  auto waiting = receiver::Waiting::open(impl_->folder.waiting());
  if (!waiting) co_return std::unexpected(waiting.error());
  impl_->waiting.emplace(std::move(*waiting));
  impl_->may_listen = listen;
  const bool held = receiver::is_held(impl_->folder);
  if (listen && !held) co_return co_await this->listen();
  co_return watch_spool();
}

Result<void> ReplyWitness::expect(const std::string& id, bool forward) {
  impl_->table.expect(id, Steady::max());
  if (forward) impl_->table.await_forward(id);
  return impl_->waiting->expect(id, now() + token_life);
}

Result<void> ReplyWitness::expect_again(const std::string& id, Steady deadline, bool forward) {
  impl_->table.expect(id, deadline);
  if (forward) impl_->table.await_forward(id);
  return impl_->waiting->expect(id, now() + std::chrono::ceil<milliseconds>(deadline - impl_->network.steady()));
}

void ReplyWitness::set_deadline(const std::string& id, Steady deadline) { impl_->table.expect(id, deadline); }

void ReplyWitness::forget(const std::string& id) {
  impl_->table.forget(id);
  impl_->waiting->forget(id);
}

/// A bell for each: who waits is not woken by what comes for others.
Task<void> ReplyWitness::wait(std::string id) {
  auto& it = *impl_;
  asio::steady_timer bell(co_await asio::this_coro::executor);
  const auto place = it.bells.emplace(id, &bell);
  while (!it.table.settled(id, it.network.steady()) && !co_await cancelled()) {
    bell.expires_at(it.table.due(id));
    (void)co_await bell.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  it.bells.erase(place);
}

bool ReplyWitness::settled(const std::string& id) const { return impl_->table.settled(id, impl_->network.steady()); }

Arrivals ReplyWitness::take(const std::string& id, Time since) {
  if (impl_->spool) impl_->look(*this);  // the last look may be half a second ago
  return impl_->table.take(id, since);
}

void blame_ourselves(evidence::Probe& probe) {
  if (!probe.reply_watch || probe.reply_watch->error || !probe.replies.empty() || probe.forward) return;
  for (const auto& session : probe.sessions) {
    const auto said = session.trap ? std::nullopt : evidence::own_refusal(session);
    if (!said) continue;
    probe.reply_watch->error = "our receiver said \"" + safe_text(*said, max_said) + "\" to " + session.address +
                               (session.probe ? "" : ", which may have come with it");
    probe.reply_watch->cause = Cause::own_limit;
    return;
  }
}

const receiver::Spool& ReplyWitness::Impl::kept() const { return station ? station->spool() : *spool; }

void ReplyWitness::look_back() {
  const auto& spool = impl_->kept();
  for (const auto& name : spool.names())
    if (auto answer = read_answer_from(spool, name)) impl_->arrived(*this, std::move(*answer), Steady::min());
}

namespace {

bool all_evaluated(const receiver::Spool& spool) {
  return std::ranges::all_of(spool.names(), [&](const std::string& name) { return spool.is_annotated(name); });
}

}  // namespace

Task<void> let_evaluate(receiver::Spool spool, Pause pause) {
  constexpr auto looks = evaluation_time / look_interval;
  bool ended = co_await cancelled();
  for (int i = 0; i < looks && !ended && !all_evaluated(spool); ++i) {
    co_await pause(look_interval);
    ended = co_await cancelled();
  }
}

bool is_unevaluated(const receiver::Spool& spool, const std::string& id) {
  return std::ranges::any_of(spool.names(), [&](const std::string& name) {
    if (spool.is_annotated(name)) return false;
    const auto spooled = spool.read(name);
    return spooled && spooled->head.contains(id);
  });
}

Task<void> ReplyWitness::evaluated() {
  auto spool = impl_->kept();
  auto pause = impl_->network.pause;
  co_await let_evaluate(std::move(spool), std::move(pause));
}

Task<Arrivals> ReplyWitness::take_later(std::string id, Time since) {
  co_await evaluated();
  co_return answers_in(impl_->kept(), impl_->folder.path, id, since);
}

std::optional<std::string> ReplyWitness::raw_of(const std::string& spooled) const {
  auto found = impl_->kept().read(spooled);
  return found ? std::optional(std::move(found->raw)) : std::nullopt;
}

void ReplyWitness::remove(const Arrivals& arrivals) {
  for (const auto& answer : arrivals.answers) (void)impl_->kept().remove(answer.spooled);
}

namespace {

/// As the daemon of this configuration has it.
std::vector<std::string> configured_places(const receiver::Settings& settings) {
  std::vector<std::string> all;
  all.reserve(settings.listen.size());
  for (const auto& at : settings.listen) all.push_back(at.address.text() + " port " + std::to_string(at.port));
  return all;
}

}  // namespace

evidence::ReplyWatch ReplyWitness::facts() const {
  evidence::ReplyWatch watch;
  watch.wanted = impl_->wanted;
  if (impl_->station) watch.listening = impl_->station->places();
  watch.places = impl_->station ? watch.listening : configured_places(impl_->settings.receiver);
  const auto& error = impl_->error ? impl_->error : impl_->deaf;
  if (error) watch.error = error->message;
  if (error) watch.cause = error->cause;
  return watch;
}

Task<void> ReplyWitness::close(std::chrono::milliseconds grace) {
  impl_->beside.cancel();
  co_await impl_->beside.join();
  if (impl_->station) co_await impl_->station->stop(grace);
}

std::map<std::string, Arrivals> answers_in(const receiver::Spool& spool, const std::filesystem::path& folder,
                                           const std::map<std::string, Time>& since) {
  std::map<std::string, Arrivals> all;
  if (since.empty()) return all;
  for (const auto& [id, begun] : since) all.emplace(id, Arrivals{});
  for (const auto& name : spool.names()) {
    auto answer = read_answer_from(spool, name);
    const auto found = answer ? all.find(*answer->reply.session.probe) : all.end();
    if (found != all.end()) found->second.answers.push_back(std::move(*answer));
  }
  std::map<std::string, Perhaps> perhaps;
  for (const auto& [id, begun] : since)
    perhaps.emplace(id, Perhaps(begun, all.at(id).answers.empty() ? AnswerTable::max_perhaps : 0));
  const auto first = std::ranges::min(since | std::views::values);
  for (const auto& session : receiver::sessions_since(receiver::Folder{folder}.sessions(), first))
    for (auto& [id, arrivals] : all)
      if ((session.probe == id && session.started >= since.at(id)) || perhaps.at(id).takes(session))
        arrivals.sessions.push_back(session);
  return all;
}

Arrivals answers_in(const receiver::Spool& spool, const std::filesystem::path& folder, const std::string& id,
                    Time since) {
  auto all = answers_in(spool, folder, std::map<std::string, Time>{{id, since}});
  return std::move(all.at(id));
}

}  // namespace mailprobe::probe
