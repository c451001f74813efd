// SCRAM-SHA-256, the client's end: three messages and the server's proof. RFC 5802 §5, RFC 7677.
#include "base/encoding.h"
#include "base/text.h"
#include "sasl/limits.h"
#include "sasl/mechanisms.h"
#include "sasl/scram.h"

namespace mailprobe::sasl {

namespace {

std::unexpected<Error> broken(std::string what) {
  return fail(Failure::protocol, "SCRAM: " + std::move(what), Cause::protocol_error);
}

struct ServerFirst {
  std::string nonce, salt;
  unsigned long long iterations = 0;
};

// server-first-message = [reserved-mext ","] nonce "," salt "," iteration-count ["," extensions]      (RFC 5802 §7)
Result<ServerFirst> parse_server_first(std::string_view message, std::string_view our_nonce) {
  const auto nonce = take_attribute(message, 'r');
  const auto salt = take_attribute(message, 's');
  const auto count = take_attribute(message, 'i');
  if (!nonce || !salt || !count) return broken("the server's first message is malformed");  // m= too: §5.1
  // RFC 5802 §5.1, r: the client MUST verify that the initial part is its own nonce.
  if (!nonce->starts_with(our_nonce) || nonce->size() == our_nonce.size() || !is_nonce(*nonce))
    return broken("the server's nonce does not begin with ours");
  const auto raw_salt = from_base64(*salt);
  if (!raw_salt || raw_salt->empty()) return broken("the salt is not base64");
  const auto iterations = parse_number(*count);
  if (!iterations || *iterations < least_iterations || *iterations > most_iterations)
    return broken("an iteration count out of bounds (" + std::to_string(least_iterations) + " to " +
                  std::to_string(most_iterations) + ")");
  return ServerFirst{std::string(*nonce), *raw_salt, *iterations};
}

class ScramClient final : public ClientMechanism {
 public:
  ScramClient(Credentials credentials, std::string nonce) : who_(std::move(credentials)), nonce_(std::move(nonce)) {}

  [[nodiscard]] std::string_view name() const override { return "SCRAM-SHA-256"; }

  std::optional<std::string> initial() override {
    state_ = State::server_first;
    first_bare_ = "n=" + to_saslname(who_.user) + ",r=" + nonce_;
    return std::string(gs2_header) + first_bare_;
  }

  Result<std::string> step(std::string_view challenge) override {
    if (challenge.size() > max_message) return broken("a message of over " + std::to_string(max_message) + " bytes");
    switch (state_) {
      case State::start:
        if (!challenge.empty()) return broken("the server spoke first");
        return *initial();
      case State::server_first: return answer(challenge);
      case State::server_final:
        if (auto verified = verify(challenge); !verified) return std::unexpected(verified.error());
        return std::string{};
      case State::verified: break;
    }
    return broken("a message after the last");
  }

  /// RFC 5802 §5: without the server's signature the exchange has not succeeded, whatever the protocol says.
  Result<void> finish(std::string_view additional_data) override {
    if (state_ == State::server_final && !additional_data.empty()) return verify(additional_data);
    if (state_ != State::verified) return broken("the server did not prove that it knows the password");
    return {};
  }

  [[nodiscard]] std::string refusal() const override { return refusal_; }

 private:
  enum class State { start, server_first, server_final, verified };

  Result<std::string> answer(std::string_view challenge) {
    const auto first = parse_server_first(challenge, nonce_);
    if (!first) return std::unexpected(first.error());
    const auto without_proof = "c=" + std::string(gs2_in_base64) + ",r=" + first->nonce;
    const auto auth_message = first_bare_ + "," + std::string(challenge) + "," + without_proof;
    const auto salted = salted_password(who_.secret.reveal(), first->salt, first->iterations);
    const auto proofs = scram_proofs(salted, auth_message);
    server_signature_ = proofs.server_signature;
    state_ = State::server_final;
    return without_proof + ",p=" + base64(proofs.client_proof);
  }

  // server-final-message = (server-error / verifier) ["," extensions]                                 (RFC 5802 §7)
  Result<void> verify(std::string_view message) {
    if (const auto error = take_attribute(message, 'e')) {
      refusal_ = *error;
      return fail(Failure::refused, "SCRAM: the server refused the login", Cause::refused, refusal_);
    }
    const auto verifier = take_attribute(message, 'v');
    const auto signature = verifier ? from_base64(*verifier) : std::nullopt;
    if (!signature || !same_secret(*signature, server_signature_)) return broken("the server's signature is wrong");
    state_ = State::verified;
    return {};
  }

  Credentials who_;
  std::string nonce_, first_bare_, server_signature_, refusal_;
  State state_ = State::start;
};

}  // namespace

std::unique_ptr<ClientMechanism> scram_client(Credentials credentials, std::string nonce) {
  return std::make_unique<ScramClient>(std::move(credentials), std::move(nonce));
}

}  // namespace mailprobe::sasl
