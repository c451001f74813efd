// SCRAM-SHA-256, the server's end. RFC 5802 §5, RFC 7677.
#include "base/encoding.h"
#include "sasl/limits.h"
#include "sasl/mechanisms.h"
#include "sasl/scram.h"

namespace mailprobe::sasl {

namespace {

class ScramServer final : public ServerMechanism {
 public:
  ScramServer(PasswordOf password_of, std::string nonce, std::string salt)
      : password_of_(std::move(password_of)), nonce_(std::move(nonce)), salt_(std::move(salt)) {}

  ServerStep step(std::optional<std::string_view> response) override {
    if (!response && state_ == State::client_first) return {ServerStep::Kind::challenge, ""};
    if (!response || response->size() > max_message) return {};
    switch (state_) {
      case State::client_first: return first(*response);
      case State::client_final: return final(*response);
      case State::acknowledged:  // the client's empty answer to our proof
        if (!response->empty()) return {};
        user_ = name_;
        return {ServerStep::Kind::success, ""};
    }
    return {};
  }
  [[nodiscard]] const std::string& user() const override { return user_; }

 private:
  enum class State { client_first, client_final, acknowledged };

  // gs2-header = gs2-cbind-flag "," [authzid] ",";  authzid = "a=" saslname                              (RFC 5802 §7)
  // "y": the client can bind channels and sees that we cannot. false: malformed, or a binding that we do not have.
  bool take_gs2(std::string_view& message) {
    if (!message.starts_with("n,") && !message.starts_with("y,")) return false;
    const auto end = message.find(',', 2);
    if (end == std::string_view::npos) return false;
    auto authzid = message.substr(2, end - 2);
    gs2_ = message.substr(0, end + 1);
    message.remove_prefix(end + 1);
    if (authzid.empty()) return true;
    const auto name = take_attribute(authzid, 'a');
    acts_for_ = name ? from_saslname(*name) : std::nullopt;
    return acts_for_.has_value();
  }

  // client-first-message = gs2-header [reserved-mext ","] username "," nonce ["," extensions]          (RFC 5802 §7)
  ServerStep first(std::string_view message) {
    if (!take_gs2(message)) return {};
    const auto bare = std::string(message);
    const auto name = take_attribute(message, 'n');
    const auto nonce = take_attribute(message, 'r');
    const auto user = name ? from_saslname(*name) : std::nullopt;
    if (!user || !nonce || !is_nonce(*nonce)) return {};
    if (acts_for_ && acts_for_ != user) return {};  // we let nobody act for another
    name_ = *user;
    nonce_ = std::string(*nonce) + nonce_;
    const auto challenge = "r=" + nonce_ + ",s=" + base64(salt_) + ",i=" + std::to_string(our_iterations);
    exchanged_ = bare + "," + challenge;
    state_ = State::client_final;
    return {ServerStep::Kind::challenge, challenge};
  }

  // client-final-message = channel-binding "," nonce ["," extensions] "," proof                        (RFC 5802 §7)
  ServerStep final(std::string_view message) {
    const auto proof_at = message.rfind(",p=");
    if (proof_at == std::string_view::npos) return {};
    const auto proof = from_base64(message.substr(proof_at + 3));
    message = message.substr(0, proof_at);
    const auto auth_message = exchanged_ + "," + std::string(message);
    if (take_attribute(message, 'c') != base64(gs2_) || take_attribute(message, 'r') != nonce_) return {};
    const auto password = password_of_(name_);  // asked only now: an unknown user looks like a wrong password
    const auto salted = salted_password(password ? password->reveal() : nonce_, salt_, our_iterations);
    const auto proofs = scram_proofs(salted, auth_message);
    if (!password || !proof || !same_secret(*proof, proofs.client_proof)) return {};
    state_ = State::acknowledged;
    return {ServerStep::Kind::challenge, "v=" + base64(proofs.server_signature)};
  }

  PasswordOf password_of_;
  std::string nonce_, salt_, name_, exchanged_, user_, gs2_;
  std::optional<std::string> acts_for_;
  State state_ = State::client_first;
};

}  // namespace

std::unique_ptr<ServerMechanism> scram_server(PasswordOf password_of, std::string nonce, std::string salt) {
  return std::make_unique<ScramServer>(std::move(password_of), std::move(nonce), std::move(salt));
}

}  // namespace mailprobe::sasl
