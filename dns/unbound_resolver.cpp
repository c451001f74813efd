#include "dns/unbound_resolver.h"

#include <sys/socket.h>
#include <unbound.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <unordered_map>

#include "dns/answer.h"
#include "dns/frames.h"
#include "dns/resolver_process.h"
#include "dns/system_resolver.h"
#include "dns/unbound_context.h"

namespace mailprobe::dns {

namespace asio = boost::asio;

namespace {

// A process that dies again and again is not tried for ever; one that dies once a day is.
constexpr auto between_restarts = std::chrono::minutes(1);
constexpr std::size_t max_name = 1'024;  // as text, every byte of it escaped (RFC 1035 §2.3.4)
constexpr std::size_t read_size = 64 << 10;

/// A query on its way: lives in its coroutine, known by its number until it is done or withdrawn.
struct Pending {
  explicit Pending(const asio::any_io_executor& executor) : wake(executor) {}
  asio::steady_timer wake;  // its deadline; cancelled when the answer is there
  Answer answer;
  bool done = false;
  std::uint32_t id = 0;

  void finish(Answer with) {
    answer = std::move(with);
    done = true;
    wake.cancel();
  }
};

/// The process and the queries that it has.
class Worker : public std::enable_shared_from_this<Worker> {
 public:
  Worker(asio::any_io_executor executor, ResolverOptions options, UnboundContext context)
      : executor_(std::move(executor)), options_(std::move(options)), context_(std::move(context)) {}
  ~Worker() { let_go(); }

  bool submit(Pending& pending, const std::string& name, Type type);
  void withdraw(const Pending& pending);
  [[nodiscard]] const std::string& why() const { return why_; }

 private:
  Result<void> start();
  void flush_soon();
  void flush();
  void watch();
  void readable();
  void answered(AnswerFrame frame);
  void died(const std::string& note = {});
  void let_go() {
    if (descriptor_) descriptor_->release();  // the process's, which closes it
    descriptor_.reset();
  }

  asio::any_io_executor executor_;
  ResolverOptions options_;
  std::optional<UnboundContext> context_;  // until it is used
  std::optional<ResolverProcess> process_;
  std::optional<asio::posix::stream_descriptor> descriptor_;
  std::unordered_map<std::uint32_t, Pending*> pending_;
  Frames in_;
  std::string out_;
  std::string why_;
  std::uint32_t last_id_ = 0;
  std::optional<std::chrono::steady_clock::time_point> restarted_;
  bool watching_ = false, flushing_ = false;
};

/// The first query starts the process; after a death the next one does, now and then.
Result<void> Worker::start() {
  if (process_) return {};
  if (!context_) {
    const auto time = std::chrono::steady_clock::now();
    if (restarted_ && time - *restarted_ < between_restarts) return fail(Failure::ours, why_);
    restarted_ = time;
    auto fresh = unbound_context(options_);  // not the dead one's, whose random numbers would come again
    if (!fresh) return std::unexpected(std::move(fresh.error()));
    context_ = std::move(*fresh);
  }
  auto context = std::move(*context_);
  context_.reset();
  auto process = ResolverProcess::start(std::move(context));
  if (!process) return std::unexpected(std::move(process.error()));
  process_ = std::move(*process);
  descriptor_.emplace(executor_, process_->socket());
  return {};
}

bool Worker::submit(Pending& pending, const std::string& name, Type type) {
  if (auto started = start(); !started) {
    why_ = std::move(started.error().message);
    return false;
  }
  pending.id = ++last_id_;
  pending_.emplace(pending.id, &pending);
  put_frame(out_, QuestionFrame{.id = pending.id, .type = type, .name = name});
  flush_soon();
  watch();
  return true;
}

/// The process is not told: its answer, should it still come, finds nobody.
void Worker::withdraw(const Pending& pending) {
  pending_.erase(pending.id);
  if (pending_.empty() && descriptor_) descriptor_->cancel();
}

/// What is asked within one turn of the event loop goes in one write.
void Worker::flush_soon() {
  if (std::exchange(flushing_, true)) return;
  asio::post(executor_, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->flushing_ = false;
    self->flush();
  });
}

void Worker::flush() {
  if (!process_ || out_.empty()) return;
  const auto count = ::send(process_->socket(), out_.data(), out_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (count < 0 && errno != EAGAIN && errno != EINTR) return died();
  if (count > 0) out_.erase(0, static_cast<std::size_t>(count));
  if (out_.empty() || pending_.empty()) return;
  flushing_ = true;
  descriptor_->async_wait(asio::posix::stream_descriptor::wait_write,
                          [weak = weak_from_this()](const boost::system::error_code&) {
                            const auto self = weak.lock();
                            if (!self) return;
                            self->flushing_ = false;
                            self->flush();
                          });
}

// Only while there is something to wait for: an idle resolver keeps no io_context running.
void Worker::watch() {
  if (watching_ || pending_.empty() || !descriptor_) return;
  watching_ = true;
  descriptor_->async_wait(asio::posix::stream_descriptor::wait_read,
                          [weak = weak_from_this()](const boost::system::error_code& error) {
                            const auto self = weak.lock();
                            if (!self) return;
                            self->watching_ = false;
                            if (!error) self->readable();
                            self->watch();
                          });
}

void Worker::readable() {
  if (!process_) return;
  std::array<char, read_size> buffer;
  const auto count = ::recv(process_->socket(), buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return died();
  in_.add({buffer.data(), static_cast<std::size_t>(count)});
  while (const auto content = in_.next()) {
    auto frame = read_answer(*content);
    if (!frame) return died("it answered nonsense, ");
    answered(std::move(*frame));
  }
  if (in_.broken()) died("it answered nonsense, ");
}

void Worker::answered(AnswerFrame frame) {
  const auto found = pending_.find(frame.id);
  if (found == pending_.end()) return;  // withdrawn
  auto& pending = *found->second;
  pending_.erase(found);
  pending.finish(std::move(frame.answer));
}

void Worker::died(const std::string& note) {
  let_go();
  const auto how = process_->end();
  process_.reset();
  why_ = "the resolver's process has ended (" + note + how + ")";
  in_ = {};
  out_.clear();
  for (const auto& [id, pending] : std::exchange(pending_, {})) pending->finish(failure(Status::servfail, why_));
}

/// Takes the query back when its coroutine ends, however it ends.
class Withdrawal {
 public:
  Withdrawal(std::shared_ptr<Worker> worker, Pending& pending) : worker_(std::move(worker)), pending_(pending) {}
  Withdrawal(const Withdrawal&) = delete;
  Withdrawal& operator=(const Withdrawal&) = delete;
  ~Withdrawal() { worker_->withdraw(pending_); }

 private:
  std::shared_ptr<Worker> worker_;
  Pending& pending_;
};

Task<Answer> ask(std::shared_ptr<Worker> worker, std::string name, Type type, int timeout_seconds) {
  co_await asio::this_coro::throw_if_cancelled(false);
  Pending pending(co_await asio::this_coro::executor);
  const Withdrawal withdrawal(worker, pending);
  if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
    co_return failure(Status::timeout, "interrupted");
  if (name.size() > max_name) co_return failure(Status::servfail, "not a domain name");
  if (!worker->submit(pending, name, type)) co_return failure(Status::servfail, worker->why());
  pending.wake.expires_after(std::chrono::seconds(timeout_seconds));
  if (!pending.done) co_await pending.wake.async_wait(asio::as_tuple(asio::use_awaitable));
  if (pending.done) co_return std::move(pending.answer);
  if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
    co_return failure(Status::timeout, "interrupted");
  co_return failure(Status::timeout, "no answer within " + std::to_string(timeout_seconds) + " s");
}

class UnboundResolver final : public Resolver {
 public:
  UnboundResolver(std::shared_ptr<Worker> worker, int timeout_seconds)
      : worker_(std::move(worker)), timeout_seconds_(timeout_seconds) {}
  Task<Answer> query(std::string name, Type type) override {
    return ask(worker_, std::move(name), type, timeout_seconds_);
  }

 private:
  std::shared_ptr<Worker> worker_;
  int timeout_seconds_;
};

}  // namespace

Result<std::unique_ptr<Resolver>> unbound_resolver(asio::any_io_executor executor, const ResolverOptions& options) {
  if (options.mode == ResolverMode::system) return system_resolver("/etc/resolv.conf", options.timeout_seconds);
  auto context = unbound_context(options);
  if (!context) return std::unexpected(std::move(context.error()));
  auto worker = std::make_shared<Worker>(std::move(executor), options, std::move(*context));
  return std::make_unique<UnboundResolver>(std::move(worker), options.timeout_seconds);
}

std::string unbound_version() { return ub_version(); }

}  // namespace mailprobe::dns
