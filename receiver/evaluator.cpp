#include "receiver/evaluator.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>

#include "base/encoding.h"
#include "base/tasks.h"
#include "evidence/json.h"

namespace mailprobe::receiver {

namespace asio = boost::asio;

namespace {

Result<Letter> read_letter(const Spool& spool, std::string name) {
  auto spooled = spool.read(name);
  if (!spooled) return std::unexpected(spooled.error());
  auto session = evidence::session_from_json(spooled->head);
  if (!session) return std::unexpected(session.error());
  Letter letter;
  letter.name = std::move(name);
  letter.session = std::move(*session);
  letter.raw = std::move(spooled->raw);
  return letter;
}

auth::Context context_of(const evidence::Session& session) {
  auth::Context context;
  if (const auto client = IpAddress::parse(session.address)) context.envelope.client = client->unmapped();
  context.envelope.helo = session.helo.value_or("");
  context.envelope.mail_from = session.mail_from;
  context.time = received_at(session);  // RFC 6376 §3.5: x= is held against when it came
  context.spf = session.spf;
  return context;
}

}  // namespace

struct Evaluator::Impl {
  Impl(Spool from, Disk& writes, dns::Resolver& by, Told tell, Failed fail, EvaluatorLimits these, Tasks run,
       const asio::any_io_executor& executor)
      : spool(std::move(from)),
        disk(writes),
        resolver(by),
        told(std::move(tell)),
        failed(std::move(fail)),
        limits(these),
        tasks(std::move(run)),
        idle(executor) {}

  Spool spool;
  Disk& disk;
  dns::Resolver& resolver;
  Told told;
  Failed failed;
  const EvaluatorLimits limits;
  Tasks tasks;
  std::deque<std::string> queue;
  std::size_t running = 0, held = 0;  // letters, octets of them
  asio::steady_timer idle;            // cancelled when nothing is under way any more
};

Time received_at(const evidence::Session& session) {
  return session.started + std::chrono::milliseconds(session.duration_ms);
}

evidence::Reply reply_of(const Letter& letter) {
  evidence::Reply reply;
  reply.session = letter.session;
  reply.raw = {.base64 = {}, .path = Spool::file_name(letter.name), .sha256 = hex(sha256(letter.raw))};
  reply.spf = letter.evaluation.spf;
  reply.dkim = letter.evaluation.dkim;
  reply.dmarc = letter.evaluation.dmarc;
  reply.arc = letter.evaluation.arc;
  return reply;
}

Result<std::optional<evidence::Reply>> read_result(const Spool& spool, const std::string& name) {
  const auto text = spool.note(name);
  if (!text) return std::unexpected(text.error());
  if (!*text) return std::nullopt;
  auto reply = evidence::reply_from_json(**text);
  if (!reply) return std::unexpected(reply.error());
  return std::move(*reply);
}

namespace {

template <class Impl>
Task<void> evaluate_one(std::shared_ptr<Impl> impl, std::string name) {
  auto letter = read_letter(impl->spool, name);
  if (!letter) co_return impl->failed(name, letter.error());
  const auto context = context_of(letter->session);
  letter->evaluation = co_await auth::evaluate(letter->raw, context, impl->resolver);
  if (impl->tasks.stopped()) co_return;  // its look-ups may be cut: the next process has the time
  const auto kept = std::make_shared<Result<void>>();
  std::function<void()> work = [kept, spool = impl->spool, name, json = evidence::to_json(reply_of(*letter))] {
    *kept = spool.annotate(name, json);
  };
  co_await impl->disk.run(std::move(work));
  if (!*kept) co_return impl->failed(name, kept->error());
  impl->told(*letter);
}

template <class Impl>
void start_some(std::shared_ptr<Impl> impl);

/// Counts one letter for as long as it is under way; those that wait come after it.
template <class Impl>
class Working {
 public:
  Working(std::shared_ptr<Impl> impl, std::size_t octets) : impl_(std::move(impl)), octets_(octets) {}
  Working(const Working&) = delete;
  Working& operator=(const Working&) = delete;
  ~Working() {
    --impl_->running;
    impl_->held -= octets_;
    start_some(impl_);
    if (impl_->running == 0) impl_->idle.cancel();
  }

 private:
  std::shared_ptr<Impl> impl_;
  std::size_t octets_;
};

template <class Impl>
Task<void> work(std::shared_ptr<Impl> impl, std::string name, std::shared_ptr<const Working<Impl>>) {
  if (!impl->tasks.stopped()) co_await evaluate_one(impl, std::move(name));
}

/// As many of those that wait as there is room for; one at least.
template <class Impl>
void start_some(std::shared_ptr<Impl> impl) {
  while (!impl->queue.empty() && impl->running < impl->limits.letters && !impl->tasks.stopped()) {
    const auto octets = impl->spool.size(impl->queue.front());
    if (impl->running > 0 && impl->held + octets > impl->limits.octets) return;
    auto name = std::move(impl->queue.front());
    impl->queue.pop_front();
    ++impl->running;
    impl->held += octets;
    auto counted = std::make_shared<const Working<Impl>>(impl, octets);  // also where it never gets to run
    impl->tasks.spawn(work(impl, std::move(name), std::move(counted)));
  }
}

/// True where all have ended.
template <class Impl>
Task<bool> until_idle(std::shared_ptr<Impl> impl, std::chrono::steady_clock::time_point deadline) {
  co_await asio::this_coro::throw_if_cancelled(false);
  while (impl->running > 0 && std::chrono::steady_clock::now() < deadline) {
    impl->idle.expires_at(deadline);
    (void)co_await impl->idle.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_return impl->running == 0;
}

}  // namespace

Task<std::unique_ptr<Evaluator>> Evaluator::make(Spool spool, Disk& disk, dns::Resolver& resolver, Told told,
                                                 Failed failed, EvaluatorLimits limits) {
  auto tasks = co_await Tasks::make();
  const auto executor = co_await asio::this_coro::executor;
  auto impl = std::make_shared<Impl>(std::move(spool), disk, resolver, std::move(told), std::move(failed), limits,
                                     std::move(tasks), executor);
  co_return std::unique_ptr<Evaluator>(new Evaluator(std::move(impl)));
}

Evaluator::~Evaluator() { impl_->tasks.stop(); }

void Evaluator::add(std::string name) {
  impl_->queue.push_back(std::move(name));
  start_some(impl_);
}

void Evaluator::add_unfinished() {
  for (auto& name : impl_->spool.names())
    if (!impl_->spool.is_annotated(name)) add(std::move(name));
}

Task<void> Evaluator::finish(std::chrono::milliseconds grace) {
  const auto impl = impl_;
  const auto deadline = std::chrono::steady_clock::now() + grace;
  if (co_await until_idle(impl, deadline)) co_return;
  impl->queue.clear();
  impl->tasks.stop();
  (void)co_await until_idle(impl, std::chrono::steady_clock::time_point::max());
}

}  // namespace mailprobe::receiver
