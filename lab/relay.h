// The lab's submission server: takes mail from who has logged in and hands it to the target's MTA while the client
// waits, so that it queues nothing and the target's reply is its own. RFC 6409.
#pragma once

#include "smtp/server.h"
#include "tls/context.h"

namespace mailprobe::lab {

struct RelayOptions {
  std::string user;
  Secret password;
  std::uint16_t smtp_port = 0;                  // of the targets
  std::shared_ptr<const tls::Context> context;  // trusts the lab's authority
};

class Relay final : public smtp::Handler {
 public:
  explicit Relay(RelayOptions options) : options_(std::move(options)) {}

  Task<smtp::Reply> mail(const smtp::ServerState& state) override;
  Task<smtp::Reply> rcpt(const smtp::ServerState& state, const Path& recipient) override;
  Task<smtp::Reply> message(const smtp::ServerState& state, std::string raw) override;
  std::optional<Secret> password(std::string_view user) override;

 private:
  RelayOptions options_;
};

}  // namespace mailprobe::lab
