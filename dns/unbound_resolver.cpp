#include "dns/unbound_resolver.h"

#include <unbound.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <cstdio>
#include <set>

#include "base/text.h"
#include "dns/system_resolver.h"

namespace mailprobe::dns {

namespace asio = boost::asio;

namespace {

// A worker that dies again and again is not tried for ever; one that dies once a day is.
constexpr auto between_restarts = std::chrono::minutes(1);

struct ContextFree {
  void operator()(ub_ctx* context) const { ub_ctx_delete(context); }
};
using ContextPtr = std::unique_ptr<ub_ctx, ContextFree>;

std::unexpected<Error> bad(const std::string& what, int error) {
  return fail(Failure::usage, "resolver: " + what + ": " + ub_strerror(error));
}

Result<void> set_options(ub_ctx* context) {
  constexpr auto options = std::to_array<std::pair<const char*, const char*>>({
      {"do-not-query-localhost:", "no"},  // stubs and forwarders on loopback are asked too
      {"outbound-msg-retry:", "3"},       // a dead server is known before a query's deadline, not long after it
  });
  for (const auto& [name, value] : options)
    if (const int error = ub_ctx_set_option(context, name, value); error != 0) return bad(name, error);
  return {};
}

Result<void> set_servers(ub_ctx* context, const ResolverOptions& options) {
  for (const auto& server : options.forward)
    if (const int error = ub_ctx_set_fwd(context, server.c_str()); error != 0) return bad("forward " + server, error);
  for (const auto& [zone, server] : options.stubs)
    if (const int error = ub_ctx_set_stub(context, zone.empty() ? "." : zone.c_str(), server.c_str(), 0); error != 0)
      return bad("stub " + zone + " at " + server, error);
  return {};
}

Result<void> set_anchors(ub_ctx* context, const ResolverOptions& options) {
  if (const auto& file = options.trust_anchor_file; !file.empty())
    if (const int error = ub_ctx_add_ta_file(context, file.c_str()); error != 0)
      return bad("trust anchor file " + file, error);
  for (const auto& anchor : options.trust_anchors)
    if (const int error = ub_ctx_add_ta(context, anchor.c_str()); error != 0)
      return bad("trust anchor " + anchor, error);
  return {};
}

/// The library answers for some zones itself ("test", private reverse zones; RFC 6303, RFC 6761): not for those that a
/// stub serves.
Result<void> remove_built_in(ub_ctx* context, const ResolverOptions& options) {
  for (const auto& [zone, server] : options.stubs)
    for (std::string name = zone; !name.empty() && name != ".";) {
      if (const int error = ub_ctx_zone_remove(context, name.c_str()); error != 0) return bad("zone " + name, error);
      const auto dot = name.find('.');
      name = dot == std::string::npos ? "" : name.substr(dot + 1);
    }
  return {};
}

/// The library looks at its anchors only when the context is fixed, which taking away a zone that is not there does.
Result<void> fix(ub_ctx* context, const ResolverOptions& options) {
  const int error = ub_ctx_zone_remove(context, "none.invalid.");
  const auto& file = options.trust_anchor_file;
  if (error != 0) return bad("the trust anchors" + (file.empty() ? "" : " in " + file) + " cannot be used", error);
  return {};
}

// The order matters to libunbound: the last step fixes the context.
Result<ContextPtr> make_context(const ResolverOptions& options) {
  ContextPtr context(ub_ctx_create());
  if (!context) return fail(Failure::ours, "resolver: out of memory");
  ub_ctx_debugout(context.get(), nullptr);  // it would write to standard error
  if (auto ok = set_options(context.get()); !ok) return std::unexpected(ok.error());
  if (auto ok = set_servers(context.get(), options); !ok) return std::unexpected(ok.error());
  if (const int error = ub_ctx_async(context.get(), 0); error != 0) return bad("worker", error);  // 0: a process
  if (auto ok = set_anchors(context.get(), options); !ok) return std::unexpected(ok.error());
  if (auto ok = fix(context.get(), options); !ok) return std::unexpected(ok.error());
  if (auto ok = remove_built_in(context.get(), options); !ok) return std::unexpected(ok.error());
  return context;
}

/// While the worker is forked: it must inherit neither unwritten output, which it would write again, nor the wish to
/// be told of signals, which it would pass on to our own handlers a second time.
class QuietFork {
 public:
  QuietFork() {
    std::fflush(nullptr);
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&signals, signal);
    pthread_sigmask(SIG_BLOCK, &signals, &before_);
  }
  QuietFork(const QuietFork&) = delete;
  QuietFork& operator=(const QuietFork&) = delete;
  ~QuietFork() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

std::string without_dot(std::string name) {
  if (name.ends_with('.')) name.pop_back();
  return to_lower(name);
}

Answer failure(Status status, std::string why) {
  Answer answer;
  answer.status = status;
  answer.why = std::move(why);
  return answer;
}

Answer answer_of(const ub_result& result) {
  Answer answer;
  answer.dnssec = result.bogus != 0 ? Dnssec::bogus : result.secure != 0 ? Dnssec::secure : Dnssec::insecure;
  answer.canonical = without_dot(result.canonname != nullptr ? result.canonname : result.qname);
  answer.ttl = result.ttl > 0 ? static_cast<std::uint32_t>(result.ttl) : 0;
  if (result.bogus != 0) {
    answer.why = result.why_bogus != nullptr ? result.why_bogus : "the signatures do not validate";
  } else if (result.havedata != 0) {
    answer.status = Status::ok;
    for (int i = 0; result.data[i] != nullptr; ++i)
      answer.rdata.emplace_back(result.data[i], static_cast<std::size_t>(result.len[i]));
  } else if (result.nxdomain != 0) {
    answer.status = Status::nxdomain;
  } else if (result.rcode == 0) {
    answer.status = Status::nodata;
  } else {
    answer.dnssec = Dnssec::unknown;
    answer.why = "the name servers gave no answer (rcode " + std::to_string(result.rcode) + ")";
  }
  return answer;
}

/// A query on its way: lives in its coroutine, known to libunbound by address until it is done or cancelled.
struct Pending {
  explicit Pending(const asio::any_io_executor& executor) : wake(executor) {}
  asio::steady_timer wake;  // its deadline; cancelled when the answer is there
  Answer answer;
  bool done = false;
  int id = 0;

  void finish(Answer with) {
    answer = std::move(with);
    done = true;
    wake.cancel();
  }
};

void answered(void* data, int error, ub_result* result) {
  const std::unique_ptr<ub_result, decltype(&ub_resolve_free)> owned(result, ub_resolve_free);
  auto& pending = *static_cast<Pending*>(data);
  if (error != 0 || !result)
    pending.finish(failure(Status::servfail, std::string("resolver: ") + ub_strerror(error)));
  else
    pending.finish(answer_of(*result));
}

/// The worker and the queries that it has.
class Worker : public std::enable_shared_from_this<Worker> {
 public:
  Worker(asio::any_io_executor executor, ResolverOptions options, ContextPtr context)
      : executor_(std::move(executor)), options_(std::move(options)), context_(std::move(context)) {}
  ~Worker() { let_go(); }

  bool submit(Pending& pending, const std::string& name, Type type);
  void withdraw(Pending& pending);
  [[nodiscard]] const std::string& why() const { return why_; }

 private:
  bool ready();
  void watch();
  void readable();
  void died(int error);
  void let_go() {
    if (descriptor_) descriptor_->release();  // libunbound owns and closes it
    descriptor_.reset();
  }

  asio::any_io_executor executor_;
  ResolverOptions options_;
  ContextPtr context_;
  std::optional<asio::posix::stream_descriptor> descriptor_;
  std::set<Pending*> pending_;
  std::string why_;
  std::optional<std::chrono::steady_clock::time_point> restarted_;
  bool watching_ = false;
};

/// A context to ask; after a death a new one, now and then.
bool Worker::ready() {
  if (context_) return true;
  const auto time = std::chrono::steady_clock::now();
  if (restarted_ && time - *restarted_ < between_restarts) return false;
  restarted_ = time;
  auto fresh = make_context(options_);
  if (fresh) context_ = std::move(*fresh);
  return context_ != nullptr;
}

bool Worker::submit(Pending& pending, const std::string& name, Type type) {
  if (!ready()) return false;
  int error = 0;
  if (descriptor_) {
    error = ub_resolve_async(context_.get(), name.c_str(), static_cast<int>(type), 1, &pending, answered, &pending.id);
  } else {
    const QuietFork quiet;  // the first query starts the worker
    error = ub_resolve_async(context_.get(), name.c_str(), static_cast<int>(type), 1, &pending, answered, &pending.id);
  }
  if (error != 0) {
    if (error == UB_PIPE) died(error);
    why_ = std::string("resolver: ") + ub_strerror(error);
    return false;
  }
  if (!descriptor_) descriptor_.emplace(executor_, ub_fd(context_.get()));
  pending_.insert(&pending);
  watch();
  return true;
}

void Worker::withdraw(Pending& pending) {
  if (pending_.erase(&pending) > 0 && !pending.done && context_) ub_cancel(context_.get(), pending.id);
  if (pending_.empty() && descriptor_) descriptor_->cancel();
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

/// What is done withdraws itself when its coroutine goes on.
void Worker::readable() {
  if (const int error = ub_process(context_.get()); error != 0) died(error);
}

void Worker::died(int error) {
  why_ = std::string("the resolver's process has ended (") + ub_strerror(error) + ")";
  let_go();
  context_.reset();
  for (auto* one : std::exchange(pending_, {}))
    if (!one->done) one->finish(failure(Status::servfail, why_));
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
  // A worker that was killed is an answer of ours (servfail), not the end of the program.
  struct sigaction pipe{};
  if (sigaction(SIGPIPE, nullptr, &pipe) == 0 && pipe.sa_handler == SIG_DFL) std::signal(SIGPIPE, SIG_IGN);
  auto context = make_context(options);
  if (!context) return std::unexpected(std::move(context.error()));
  auto worker = std::make_shared<Worker>(std::move(executor), options, std::move(*context));
  return std::make_unique<UnboundResolver>(std::move(worker), options.timeout_seconds);
}

std::string unbound_version() { return ub_version(); }

}  // namespace mailprobe::dns
