#include "probe/command.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/files.h"
#include "probe/beside.h"

namespace mailprobe::probe {

namespace asio = boost::asio;
using std::chrono::milliseconds;

namespace {

constexpr std::size_t max_output = 64 * 1024;  // the longest token seen has some 4 KB
constexpr milliseconds end_pause{2};           // between looks whether it has ended, once its output has

std::unexpected<Error> bad(const std::string& why) {
  return fail(Failure::usage, "the command for the password " + why);
}

/// What posix_spawn is told: standard output into the pipe, signals as a program expects them.
class SpawnOptions {
 public:
  explicit SpawnOptions(int output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawnattr_init(&attributes_);
    sigset_t defaults, none;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);  // we ignore it, which a child would inherit
    posix_spawnattr_setsigdefault(&attributes_, &defaults);
    posix_spawnattr_setsigmask(&attributes_, &none);
    // A group of its own, so that what the shell started ends with it.
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  SpawnOptions(const SpawnOptions&) = delete;
  SpawnOptions& operator=(const SpawnOptions&) = delete;
  ~SpawnOptions() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  Result<pid_t> spawn(const std::string& command) const {
    std::string shell = "/bin/sh", option = "-c", line = command;
    std::array<char*, 4> arguments{shell.data(), option.data(), line.data(), nullptr};
    pid_t child = 0;
    const int error = posix_spawn(&child, shell.c_str(), &actions_, &attributes_, arguments.data(), environ);
    if (error != 0) return bad("cannot be started");
    return child;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// A child that does not outlive this.
class Child {
 public:
  explicit Child(pid_t id) : id_(id) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (id_ <= 0) return;
    ::kill(-id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  /// Its status once it has ended.
  std::optional<int> ended() {
    int status = 0;
    if (::waitpid(id_, &status, WNOHANG) != id_) return std::nullopt;
    id_ = 0;
    return status;
  }

 private:
  pid_t id_;
};

using Pipe = std::shared_ptr<asio::posix::stream_descriptor>;

/// Cancels reading when the time is up; shares the descriptor, so that a late expiry finds it.
void limit(asio::steady_timer& timer, Pipe pipe) {
  timer.async_wait([pipe = std::move(pipe)](const boost::system::error_code& error) {
    boost::system::error_code ignored;
    if (!error) pipe->cancel(ignored);
  });
}

Task<Result<std::string>> read_output(Pipe pipe) {
  std::string output;
  std::array<char, 4096> part{};
  for (;;) {
    const auto buffer = asio::buffer(part);
    const auto [error, count] = co_await pipe->async_read_some(buffer, asio::as_tuple(asio::use_awaitable));
    output.append(part.data(), count);
    part.fill('\0');
    if (error == asio::error::eof) co_return output;
    if (co_await cancelled()) co_return fail(Failure::interrupted, "interrupted", Cause::interrupted);
    if (error) co_return bad("took too long");
    if (output.size() > max_output) co_return bad("prints more than a secret");
  }
}

}  // namespace

Task<Result<Secret>> command_output(std::string command, milliseconds time) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) co_return fail(Failure::ours, "cannot make a pipe", Cause::own_limit);
  auto pipe = std::make_shared<asio::posix::stream_descriptor>(co_await asio::this_coro::executor, ends[0]);
  Result<pid_t> id = pid_t{0};
  {
    const File write_end(ends[1]);
    id = SpawnOptions(write_end.descriptor()).spawn(command);
  }
  if (!id) co_return std::unexpected(id.error());
  Child child(*id);

  asio::steady_timer timer(pipe->get_executor(), time);
  limit(timer, pipe);
  auto output = co_await read_output(pipe);
  if (!output) co_return std::unexpected(output.error());
  Secret secret(std::move(*output));
  std::optional<int> status;
  while (!(status = child.ended())) {
    if (timer.expiry() <= std::chrono::steady_clock::now()) co_return bad("took too long");
    asio::steady_timer pause(pipe->get_executor(), end_pause);
    co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
    if (co_await cancelled()) co_return fail(Failure::interrupted, "interrupted", Cause::interrupted);
  }
  if (!WIFEXITED(*status) || WEXITSTATUS(*status) != 0) {
    co_return bad(WIFEXITED(*status) ? "failed with exit status " + std::to_string(WEXITSTATUS(*status))
                                     : "failed: signal " + std::to_string(WTERMSIG(*status)) + " ended it");
  }
  co_return secret;
}

}  // namespace mailprobe::probe
