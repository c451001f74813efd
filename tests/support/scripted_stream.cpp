#include "tests/support/scripted_stream.h"

#include <algorithm>
#include <stdexcept>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::test {

namespace {

using Kind = Step::Kind;
constexpr std::size_t most_operations = 200'000;  // a session that goes on after this never ends
constexpr std::size_t most_after_fault = 20;      // tries at a dead connection

Error fault_error(Fault::Kind kind, std::string_view what) {
  const std::string name(what);
  if (kind == Fault::Kind::timeout) return {Failure::timeout, name + " timed out", Cause::timed_out, {}};
  if (kind == Fault::Kind::interrupted) return {Failure::interrupted, "interrupted", Cause::interrupted, {}};
  return {Failure::connection, name + ": connection reset", Cause::unreachable, {}};
}

}  // namespace

TlsFacts fake_facts(std::optional<Cause> cause) {
  TlsFacts facts;
  facts.version = "TLSv1.3";
  facts.cipher = "TLS_AES_256_GCM_SHA384";
  facts.group = "x25519";
  Verification verified{"pass", {}, {}};
  if (cause) verified = {"fail", cause, "certificate is " + std::string(word(*cause))};
  facts.verified = verified;
  return facts;
}

std::string Fault::text() const {
  static constexpr std::array names{"none", "connection error", "timeout", "end of stream", "interrupt"};
  if (bytewise) return "byte by byte";
  if (cut != never) return "cut after byte " + std::to_string(cut);
  if (kind == Kind::none) return "no fault";
  return std::string(names.at(static_cast<std::size_t>(kind))) + " at operation " + std::to_string(operation);
}

ScriptedStream::ScriptedStream(Dialogue dialogue, Fault fault, TlsFacts facts)
    : steps_(std::move(dialogue.steps)), fault_(fault), facts_(std::move(facts)) {}

bool ScriptedStream::finished() const {
  const bool at_end = at(Kind::close) || at(Kind::reset) || at(Kind::timeout);
  return next_ == steps_.size() || (at_end && next_ + 1 == steps_.size());
}

std::string ScriptedStream::position() const {
  if (next_ == steps_.size()) return "the end";
  return "step " + std::to_string(next_ + 1) + ": " + safe_text(steps_[next_].bytes, 200);
}

Error ScriptedStream::mismatch(std::string what) {
  if (problem_.empty()) problem_ = what + " at " + position();
  return {Failure::ours, "script: " + std::move(what), {}, {}};
}

std::optional<Error> ScriptedStream::begin(std::string_view what) {
  if (++operations_ > most_operations) throw std::runtime_error("the session does not end");
  if (fault_.kind != Fault::Kind::none && operations_ > fault_.operation + most_after_fault)
    throw std::runtime_error("the session does not end on a dead connection");
  if (fault_.kind != Fault::Kind::none && operations_ > fault_.operation && fault_.kind != Fault::Kind::end)
    return fault_error(fault_.kind, what);
  if (closed_) return mismatch(std::string(what) + " after close");
  if (!deadline_) return mismatch(std::string(what) + " without a deadline");
  return std::nullopt;
}

void ScriptedStream::skip_empty() {
  if (next_ < steps_.size() && steps_[next_].bytes.empty()) {
    ++next_;
    step_begun_ = false;
  }
}

Task<Result<std::size_t>> ScriptedStream::read_some(char* data, std::size_t size) {
  if (auto error = begin("read")) co_return std::unexpected(*error);
  if (operations_ > fault_.operation || given_ >= fault_.cut) co_return 0;
  if (next_ == steps_.size() || at(Kind::close)) co_return 0;
  if (at(Kind::reset)) co_return std::unexpected(fault_error(Fault::Kind::connection, "read"));
  if (at(Kind::timeout)) co_return std::unexpected(fault_error(Fault::Kind::timeout, "read"));
  if (at(Kind::quiet)) {
    ++next_;
    co_return std::unexpected(fault_error(Fault::Kind::timeout, "read"));
  }
  if (!at(Kind::peer)) co_return std::unexpected(mismatch("read where the peer has nothing to say"));
  auto& bytes = steps_[next_].bytes;
  const auto count = std::min({size, bytes.size(), fault_.bytewise ? 1 : bytes.size(), fault_.cut - given_});
  std::copy_n(bytes.begin(), count, data);
  bytes.erase(0, count);
  given_ += count;
  step_begun_ = true;
  skip_empty();
  co_return count;
}

/// A line that begins with the step's text; it may come in pieces.
std::optional<Error> ScriptedStream::match_prefix(std::string_view& bytes, Step& step) {
  const auto end = bytes.find('\n');
  const auto count = end == std::string_view::npos ? bytes.size() : end + 1;
  partial_ += bytes.substr(0, count);
  bytes.remove_prefix(count);
  if (end == std::string_view::npos) return std::nullopt;
  if (!partial_.starts_with(step.bytes)) return mismatch("wrote '" + safe_text(partial_, 200) + "'");
  partial_.clear();
  ++next_;
  return std::nullopt;
}

/// Writes may run ahead of what the peer has already begun to send (pipelined commands read in pieces), of nothing
/// else.
std::optional<Error> ScriptedStream::match(std::string_view bytes) {
  auto at_step = next_;
  if (at(Kind::peer) && step_begun_) ++at_step;
  while (!bytes.empty()) {
    if (at_step >= steps_.size()) return mismatch("wrote '" + safe_text(bytes, 200) + "' after the end");
    auto& step = steps_[at_step];
    if (step.kind == Kind::ours_prefix && at_step == next_) {
      if (auto error = match_prefix(bytes, step)) return error;
      at_step = next_;
      continue;
    }
    const auto count = std::min(bytes.size(), step.bytes.size());
    if (step.kind != Kind::ours || bytes.substr(0, count) != std::string_view(step.bytes).substr(0, count))
      return mismatch("wrote '" + safe_text(bytes, 200) + "'");
    step.bytes.erase(0, count);
    bytes.remove_prefix(count);
    if (!step.bytes.empty()) break;
    if (at_step == next_)
      at_step = ++next_;
    else
      steps_.erase(steps_.begin() + static_cast<std::ptrdiff_t>(at_step));
  }
  step_begun_ = step_begun_ && at(Kind::peer);
  return std::nullopt;
}

Task<Result<void>> ScriptedStream::write(std::string_view bytes) {
  if (auto error = begin("write")) co_return std::unexpected(*error);
  if (operations_ > fault_.operation) co_return std::unexpected(fault_error(Fault::Kind::connection, "write"));
  writes_.emplace_back(bytes);
  (encrypted_ ? cipher_text_ : clear_text_) += bytes;
  if (given_ >= fault_.cut) co_return Result<void>{};
  if (at(Kind::ours_any)) {
    ++next_;
    co_return Result<void>{};
  }
  if (auto error = match(bytes)) co_return std::unexpected(*error);
  co_return Result<void>{};
}

Task<Result<TlsFacts>> ScriptedStream::handshake(tls::Handshake) {
  if (auto error = begin("TLS handshake")) co_return std::unexpected(*error);
  if (operations_ > fault_.operation || given_ >= fault_.cut)
    co_return std::unexpected(fault_error(Fault::Kind::connection, "TLS handshake"));
  if (at(Kind::peer))  // what OpenSSL says of text where a ServerHello should be
    co_return fail(Failure::protocol, "TLS handshake: wrong version number", Cause::protocol_error);
  if (at(Kind::tls_fail))
    co_return fail(Failure::protocol, "TLS handshake: " + steps_[next_++].bytes, Cause::protocol_error);
  if (!at(Kind::tls)) co_return std::unexpected(mismatch("TLS handshake"));
  auto facts = steps_[next_].cause ? fake_facts(steps_[next_].cause) : facts_;
  ++next_;
  step_begun_ = false;
  encrypted_ = true;
  co_return facts;
}

bool ScriptedStream::in_the_clear(std::string_view secret) const {
  if (clear_text_.find(secret) != std::string::npos) return true;
  std::string words = clear_text_;
  std::ranges::replace_if(words, is_space, ' ');
  return std::ranges::any_of(split(words, ' '), [&](std::string_view each) {
    const auto decoded = from_base64(each);
    return decoded && decoded->find(secret) != std::string::npos;
  });
}

namespace {

void run_kept(const Dialogue& dialogue, Fault fault, const Session& session) {
  SCOPED_TRACE(fault.text());
  ScriptedStream stream(dialogue, fault);
  session(stream, fault);
  EXPECT_EQ(stream.problem(), "");
  EXPECT_TRUE(stream.finished()) << "stopped at " << stream.position();
}

void run_faulty(const Dialogue& dialogue, Fault fault, const Session& session) {
  SCOPED_TRACE(fault.text());
  ScriptedStream stream(dialogue, fault);
  EXPECT_NO_THROW(session(stream, fault));
  EXPECT_EQ(stream.problem(), "");
}

}  // namespace

void play(const Dialogue& dialogue, const Session& session) { run_kept(dialogue, {}, session); }

void play_bytewise(const Dialogue& dialogue, const Session& session) {
  Fault fault;
  fault.bytewise = true;
  run_kept(dialogue, fault, session);
}

void play_every_fault(const Dialogue& dialogue, const Session& session) {
  ScriptedStream whole(dialogue);
  session(whole, {});
  for (const auto kind : {Fault::Kind::connection, Fault::Kind::timeout, Fault::Kind::end, Fault::Kind::interrupted})
    for (std::size_t operation = 0; operation < whole.operations(); ++operation)
      run_faulty(dialogue, {kind, operation, Fault::never, false}, session);
  for (std::size_t cut = 0; cut < dialogue.peer_bytes(); ++cut)
    run_faulty(dialogue, {Fault::Kind::none, Fault::never, cut, false}, session);
}

}  // namespace mailprobe::test
