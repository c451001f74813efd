// LOGIN, draft-murchison-sasl-login: two prompts, whose words differ from server to server and are not read.
#include "sasl/limits.h"
#include "sasl/mechanisms.h"

namespace mailprobe::sasl {

namespace {

class LoginClient final : public ClientMechanism {
 public:
  explicit LoginClient(Credentials credentials) : who_(std::move(credentials)) {}

  [[nodiscard]] std::string_view name() const override { return "LOGIN"; }
  std::optional<std::string> initial() override { return std::nullopt; }
  Result<std::string> step(std::string_view) override {
    switch (steps_++) {
      case 0: return who_.user;
      case 1: return who_.secret.reveal();
      default: return fail(Failure::protocol, "LOGIN has two steps only", Cause::protocol_error);
    }
  }
  Result<void> finish(std::string_view) override {
    if (steps_ != 2) return fail(Failure::protocol, "login succeeded before it was tried", Cause::protocol_error);
    return {};
  }

 private:
  Credentials who_;
  int steps_ = 0;
};

class LoginServer final : public ServerMechanism {
 public:
  explicit LoginServer(PasswordOf password_of) : password_of_(std::move(password_of)) {}

  ServerStep step(std::optional<std::string_view> response) override {
    if (!response) return {ServerStep::Kind::challenge, "Username:"};
    if (response->empty() || response->size() > max_message) return {};
    if (name_.empty()) {
      name_ = *response;
      return {ServerStep::Kind::challenge, "Password:"};
    }
    const auto password = password_of_(name_);
    if (!password || !same_secret(password->reveal(), *response)) return {};
    user_ = name_;
    return {ServerStep::Kind::success, ""};
  }
  [[nodiscard]] const std::string& user() const override { return user_; }

 private:
  PasswordOf password_of_;
  std::string name_, user_;
};

}  // namespace

std::unique_ptr<ClientMechanism> login_client(Credentials credentials) {
  return std::make_unique<LoginClient>(std::move(credentials));
}

std::unique_ptr<ServerMechanism> login_server(PasswordOf password_of) {
  return std::make_unique<LoginServer>(std::move(password_of));
}

}  // namespace mailprobe::sasl
