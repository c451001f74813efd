// XOAUTH2, as Google and Microsoft document it: a bearer token, and a refusal in JSON before the protocol's own.
#include "sasl/limits.h"
#include "sasl/mechanisms.h"

namespace mailprobe::sasl {

namespace {

// message = "user=" user ^A "auth=Bearer " token ^A ^A
class Xoauth2Client final : public ClientMechanism {
 public:
  explicit Xoauth2Client(Credentials credentials) : who_(std::move(credentials)) {}

  [[nodiscard]] std::string_view name() const override { return "XOAUTH2"; }
  std::optional<std::string> initial() override {
    sent_ = true;
    return "user=" + who_.user + "\x01" + "auth=Bearer " + who_.secret.reveal() + "\x01\x01";
  }
  /// After the token a challenge is the refusal; an empty response lets the server go on to its error reply.
  Result<std::string> step(std::string_view challenge) override {
    if (!sent_ && challenge.empty()) return *initial();
    if (!sent_ || !refusal_.empty() || challenge.empty())
      return fail(Failure::protocol, "XOAUTH2 has one step and one refusal", Cause::protocol_error);
    refusal_ = challenge.substr(0, max_message);
    return std::string{};
  }
  Result<void> finish(std::string_view) override {
    if (!sent_ || !refusal_.empty())
      return fail(Failure::protocol, "login succeeded although it was not tried or was refused", Cause::protocol_error,
                  refusal_);
    return {};
  }
  [[nodiscard]] std::string refusal() const override { return refusal_; }

 private:
  Credentials who_;
  bool sent_ = false;
  std::string refusal_;
};

}  // namespace

std::unique_ptr<ClientMechanism> xoauth2_client(Credentials credentials) {
  return std::make_unique<Xoauth2Client>(std::move(credentials));
}

}  // namespace mailprobe::sasl
