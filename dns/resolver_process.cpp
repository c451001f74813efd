#include "dns/resolver_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace mailprobe::dns {

namespace {

constexpr int child_socket = 3;  // beside the three standard streams

/// While the child is forked it must not inherit the wish to be told of signals, which it would pass on to the
/// program's own handlers a second time: it keeps them blocked.
class QuietFork {
 public:
  QuietFork() {
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

/// Neither the program's locks and listeners nor its pipes; standard error stays, for what a library says as it dies.
void drop_descriptors(int socket) {
  if (socket != child_socket) ::dup2(socket, child_socket);
  ::closefrom(child_socket + 1);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return;
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO}) ::dup2(null, standard);
  if (null > child_socket) ::close(null);
}

/// No other program, no privilege, no child, and no core: it has a copy of the program's secrets.
void drop_rights() {
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::setrlimit(RLIMIT_NPROC, &none);
}

[[noreturn]] void be_the_child(int socket, pid_t parent, ub_ctx* context) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);  // where it is too busy to see the end of its input
  if (::getppid() != parent) ::_exit(0);
  drop_descriptors(socket);
  drop_rights();
  serve_questions(child_socket, context);
}

std::string in_words(int status) {
  if (WIFSIGNALED(status)) return "signal " + std::to_string(WTERMSIG(status));
  return "exit status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

Result<ResolverProcess> ResolverProcess::start(UnboundContext context) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
    return fail(Failure::ours, std::string("resolver: no socket: ") + std::strerror(errno));
  const pid_t parent = ::getpid();
  const QuietFork quiet;
  const pid_t child = ::fork();
  if (child == 0) be_the_child(ends[1], parent, context.context.get());
  const int error = errno;
  ::close(ends[1]);
  if (child > 0) return ResolverProcess(child, ends[0]);
  ::close(ends[0]);
  return fail(Failure::ours, std::string("resolver: no process: ") + std::strerror(error));
}

ResolverProcess::ResolverProcess(ResolverProcess&& other) noexcept
    : child_(std::exchange(other.child_, -1)), socket_(std::exchange(other.socket_, -1)) {}

ResolverProcess& ResolverProcess::operator=(ResolverProcess&& other) noexcept {
  std::swap(child_, other.child_);
  std::swap(socket_, other.socket_);
  return *this;
}

std::string ResolverProcess::end() {
  if (child_ < 0) return {};
  ::close(std::exchange(socket_, -1));
  const pid_t child = std::exchange(child_, -1);
  int status = 0;
  // It may have ended by itself: then that is what it is waited for.
  ::kill(child, SIGKILL);
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return "its end was not seen";
  return in_words(status);
}

}  // namespace mailprobe::dns
