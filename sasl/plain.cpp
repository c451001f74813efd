// PLAIN, RFC 4616.
#include "base/text.h"
#include "sasl/limits.h"
#include "sasl/mechanisms.h"

namespace mailprobe::sasl {

namespace {

// message = [authzid] UTF8NUL authcid UTF8NUL passwd                                                  (RFC 4616 §2)
class PlainClient final : public ClientMechanism {
 public:
  explicit PlainClient(Credentials credentials) : who_(std::move(credentials)) {}

  [[nodiscard]] std::string_view name() const override { return "PLAIN"; }
  std::optional<std::string> initial() override {
    sent_ = true;
    return '\0' + who_.user + '\0' + who_.secret.reveal();
  }
  /// An empty challenge asks for the initial response, where the protocol could not carry it.
  Result<std::string> step(std::string_view challenge) override {
    if (sent_ || !challenge.empty()) return fail(Failure::protocol, "PLAIN has one step only", Cause::protocol_error);
    return *initial();
  }
  Result<void> finish(std::string_view) override {
    if (!sent_) return fail(Failure::protocol, "login succeeded before it was tried", Cause::protocol_error);
    return {};
  }

 private:
  Credentials who_;
  bool sent_ = false;
};

class PlainServer final : public ServerMechanism {
 public:
  explicit PlainServer(PasswordOf password_of) : password_of_(std::move(password_of)) {}

  ServerStep step(std::optional<std::string_view> response) override {
    if (!response) return {ServerStep::Kind::challenge, ""};
    const auto fields = split(*response, '\0');
    if (response->size() > max_message || fields.size() != 3 || fields[1].empty()) return {};
    if (!fields[0].empty() && fields[0] != fields[1]) return {};  // RFC 4616 §2: we let nobody act for another
    const auto password = password_of_(fields[1]);
    if (!password || !same_secret(password->reveal(), fields[2])) return {};
    user_ = fields[1];
    return {ServerStep::Kind::success, ""};
  }
  [[nodiscard]] const std::string& user() const override { return user_; }

 private:
  PasswordOf password_of_;
  std::string user_;
};

}  // namespace

std::unique_ptr<ClientMechanism> plain_client(Credentials credentials) {
  return std::make_unique<PlainClient>(std::move(credentials));
}

std::unique_ptr<ServerMechanism> plain_server(PasswordOf password_of) {
  return std::make_unique<PlainServer>(std::move(password_of));
}

}  // namespace mailprobe::sasl
