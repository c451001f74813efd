// A Stream over a TCP socket. Made by tls/network.cpp only.
#pragma once

#include <optional>

#include "tls/session.h"
#include "tls/stream.h"
#include "tls/waiting.h"

namespace mailprobe::tls {

class SocketStream final : public Stream {
 public:
  /// Takes a connected socket.
  SocketStream(std::shared_ptr<SocketWatch> watch, Steady deadline);
  ~SocketStream() override;

  Task<Result<std::size_t>> read_some(char* data, std::size_t size) override;
  Task<Result<void>> write(std::string_view bytes) override;
  Task<Result<TlsFacts>> handshake(Handshake how) override;
  Task<Result<void>> renegotiate() override;
  void deadline(Steady when) override { deadline_ = when; }
  void hurry() override;
  void close() override;
  [[nodiscard]] bool encrypted() const override { return session_.has_value(); }
  [[nodiscard]] std::string local_address() const override { return local_; }
  [[nodiscard]] std::string peer_address() const override { return peer_; }

 private:
  template <class Try>
  Task<Result<std::size_t>> drive(std::string_view what, Try attempt);
  Task<Result<void>> wait(std::string_view what, Next next);
  Task<Result<void>> breathe();

  std::shared_ptr<SocketWatch> watch_;
  std::optional<Session> session_;
  Steady deadline_;
  std::string local_, peer_;
  int at_once_ = 0;  // operations in a row that did not have to wait
};

}  // namespace mailprobe::tls
