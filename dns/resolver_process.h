// The process in which libunbound resolves: what hostile zones can do to it does not happen to the program, whose
// descriptors and signals it has not. Not asynchronous: who has its socket watches it (dns/unbound_resolver.h). No RFC.
#pragma once

#include <string>

#include "base/error.h"
#include "dns/unbound_context.h"

namespace mailprobe::dns {

/// Ends with its owner, or with the program however that ends.
class ResolverProcess {
 public:
  /// Forks: before threads start. The context is used up. The socket takes question frames and gives answer frames
  /// (dns/frames.h), and does not block.
  static Result<ResolverProcess> start(UnboundContext context);

  ResolverProcess(ResolverProcess&& other) noexcept;
  ResolverProcess& operator=(ResolverProcess&& other) noexcept;
  ~ResolverProcess() { end(); }

  [[nodiscard]] int socket() const { return socket_; }
  /// Kills it where it still runs, and says in words how it ended.
  std::string end();

 private:
  ResolverProcess(int child, int socket) : child_(child), socket_(socket) {}

  int child_ = -1;
  int socket_ = -1;
};

/// In the child: answers until the other end of the socket is closed.
[[noreturn]] void serve_questions(int socket, ub_ctx* context);

}  // namespace mailprobe::dns
