// SASL mechanisms as pure steps: a challenge in, a response out, both ends. No stream, no base64, no framing: those are
// the protocol's (smtp/, imap/). Not a password store: a server step asks for the password that it is given.
// RFC 4422; PLAIN RFC 4616, SCRAM-SHA-256 RFC 5802 and 7677, LOGIN draft-murchison-sasl-login, XOAUTH2 as Google has
// it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "sasl/credentials.h"

namespace mailprobe::sasl {

/// The client's end. Everything that it returns is secret: it goes to the wire and into no transcript.
class ClientMechanism {
 public:
  virtual ~ClientMechanism() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;  // "SCRAM-SHA-256"
  /// The initial response; nullopt: the server speaks first.
  virtual std::optional<std::string> initial() = 0;
  /// The response to a challenge, both decoded. Failure::protocol: the server breaks the mechanism or failed to prove
  /// itself; Failure::refused: it said no in the mechanism's own words (Error::peer). Send "*" then.
  virtual Result<std::string> step(std::string_view challenge) = 0;
  /// The protocol said that the login succeeded. An error: the server had not proved itself (SCRAM), so it did not.
  [[nodiscard]] virtual Result<void> finish(std::string_view additional_data = {}) = 0;
  /// The server's refusal in the mechanism's own words (XOAUTH2's JSON), where there was one.
  [[nodiscard]] virtual std::string refusal() const { return {}; }
};

/// The strongest of the `announced` names that fits: SCRAM-SHA-256, PLAIN, LOGIN for a password; XOAUTH2 for a token.
/// Failure::unsupported where there is none.
Result<std::unique_ptr<ClientMechanism>> choose(const std::vector<std::string>& announced,
                                                const Credentials& credentials);

/// By name; nullptr where there is no such mechanism for these credentials.
std::unique_ptr<ClientMechanism> client_mechanism(std::string_view name, const Credentials& credentials);

/// The password of a user; nullopt: no such user.
using PasswordOf = std::function<std::optional<Secret>(std::string_view user)>;

/// What a server step came to: exactly one of a challenge to send and an end.
struct ServerStep {
  enum class Kind { challenge, success, failure };
  Kind kind = Kind::failure;
  std::string challenge;
};

/// The server's end.
class ServerMechanism {
 public:
  virtual ~ServerMechanism() = default;
  /// The client's message, decoded; nullopt only first, where it sent no initial response.
  virtual ServerStep step(std::optional<std::string_view> response) = 0;
  /// Who logged in, after success.
  [[nodiscard]] virtual const std::string& user() const = 0;
};

/// PLAIN, LOGIN, SCRAM-SHA-256; nullptr where the name is another.
std::unique_ptr<ServerMechanism> server_mechanism(std::string_view name, PasswordOf password_of);
/// What a server announces, strongest first.
inline constexpr std::string_view server_mechanisms = "SCRAM-SHA-256 PLAIN LOGIN";

}  // namespace mailprobe::sasl
