// A tls::Stream that plays a Dialogue: gives the session under test what the peer says, holds it to what it must
// write, and fails wherever it is told to. No socket, no clock.
#pragma once

#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/dialogue.h"
#include "tls/stream.h"

namespace mailprobe::test {

/// TLS 1.3 with a certificate that verifies, or does not for `cause`.
TlsFacts fake_facts(std::optional<Cause> cause = {});

struct Fault {
  enum class Kind { none, connection, timeout, end, interrupted };
  static constexpr std::size_t never = std::numeric_limits<std::size_t>::max();

  Kind kind = Kind::none;
  std::size_t operation = never;  // the read, write or handshake (counted together) that fails, and all after it
  std::size_t cut = never;        // the peer's stream ends after so many bytes
  bool bytewise = false;          // a read gives one byte

  [[nodiscard]] std::string text() const;
};

class ScriptedStream final : public tls::Stream {
 public:
  explicit ScriptedStream(Dialogue dialogue, Fault fault = {}, TlsFacts facts = fake_facts());

  Task<Result<std::size_t>> read_some(char* data, std::size_t size) override;
  Task<Result<void>> write(std::string_view bytes) override;
  Task<Result<TlsFacts>> handshake(tls::Handshake how) override;
  void deadline(Steady at) override { deadline_ = at; }
  void close() override { closed_ = true; }
  [[nodiscard]] bool encrypted() const override { return encrypted_; }
  [[nodiscard]] std::string local_address() const override { return "192.0.2.1"; }
  [[nodiscard]] std::string peer_address() const override { return "192.0.2.2"; }

  /// What did not go by the dialogue, first thing first; empty: nothing.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  /// Every byte was read, every line written, every handshake made.
  [[nodiscard]] bool finished() const;
  /// Where the dialogue stopped, for messages.
  [[nodiscard]] std::string position() const;

  [[nodiscard]] const std::vector<std::string>& writes() const { return writes_; }  // call by call
  [[nodiscard]] const std::string& clear_text() const { return clear_text_; }       // all that was written before TLS
  [[nodiscard]] const std::string& cipher_text() const { return cipher_text_; }     // … and after
  [[nodiscard]] std::size_t operations() const { return operations_; }
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] std::optional<Steady> last_deadline() const { return deadline_; }
  /// `secret` went before TLS: as it is, or inside a word of base64.
  [[nodiscard]] bool in_the_clear(std::string_view secret) const;

 private:
  [[nodiscard]] std::optional<Error> begin(std::string_view what);
  Error mismatch(std::string what);
  std::optional<Error> match(std::string_view bytes);
  std::optional<Error> match_prefix(std::string_view& bytes, Step& step);
  [[nodiscard]] bool at(Step::Kind kind) const { return next_ < steps_.size() && steps_[next_].kind == kind; }
  void skip_empty();

  std::vector<Step> steps_;
  std::size_t next_ = 0;     // the step under way; its bytes shrink as they go
  bool step_begun_ = false;  // some of the peer's bytes of this step were read
  std::string partial_;      // of a line that `>*` matches
  Fault fault_;
  TlsFacts facts_;
  std::size_t operations_ = 0, given_ = 0;
  std::string problem_, clear_text_, cipher_text_;
  std::vector<std::string> writes_;
  bool encrypted_ = false, closed_ = false;
  std::optional<Steady> deadline_;
};

/// One session over a stream, with the assertions that hold for any end of it. Must run it to its end.
using Session = std::function<void(ScriptedStream& stream, const Fault& fault)>;

/// The dialogue as written: the script must be kept and come to its end.
void play(const Dialogue& dialogue, const Session& session);
/// The same, byte by byte.
void play_bytewise(const Dialogue& dialogue, const Session& session);
/// Fails every operation in turn in every way, and ends the peer's stream after every byte. What is written until then
/// must follow the script; afterwards the session must end by itself, soon, without an exception.
void play_every_fault(const Dialogue& dialogue, const Session& session);

}  // namespace mailprobe::test
