#include "auth/arc_seal.h"

#include <algorithm>

#include "auth/arc_chain.h"
#include "auth/authentication_results.h"
#include "auth/canonical.h"
#include "auth/dkim_verify.h"
#include "auth/lexical.h"
#include "auth/limits.h"
#include "auth/signing_key.h"
#include "auth/tag_text.h"
#include "base/encoding.h"
#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

/// The field's results as they stand, folds and all; empty: it has none.
std::string_view results_text(std::string_view value) {
  Lexer lexer(value);
  do {
    lexer.skip_cfws();
    lexer.run(";");
  } while (!lexer.done() && lexer.peek() != ';');
  lexer.take(';');
  auto text = trim(lexer.rest());
  while (text.ends_with(';')) text = trim(text.substr(0, text.size() - 1));
  return iequals(text, "none") ? std::string_view() : text;
}

/// RFC 8617 §4.1.1: all that this host recorded, in one field; and what it found the chain to be.
std::string results_field(const Message& message, const Arc& chain, const std::string& authserv_id, int instance) {
  std::string field = "ARC-Authentication-Results: i=" + std::to_string(instance) + "; " + authserv_id;
  bool has_arc = false;
  std::size_t seen = 0;
  for (const auto* recorded : message.all("Authentication-Results")) {
    if (++seen > limits::authentication_results) break;
    const auto read = parse_authentication_results(recorded->value);
    if (!read || !iequals(read->field.authserv_id, authserv_id)) continue;
    const auto text = results_text(recorded->value);
    if (text.empty() || field.size() + text.size() > limits::authentication_result_bytes) continue;
    field.append(";\r\n\t").append(text);
    has_arc =
        has_arc || std::ranges::find(read->field.results, "arc", &MethodResult::method) != read->field.results.end();
  }
  if (!has_arc) field.append(";\r\n\tarc=").append(word(chain.result));
  return field + "\r\n";
}

/// In one line, because a fold within b= is a space that the seal covers (RFC 6376 §3.4.2); a key of more than 5000
/// bits needs a second one (RFC 5322 §2.1.1).
std::string folded(std::string_view signature) {
  constexpr std::size_t width = 900;
  auto out = "b=" + std::string(signature);
  for (auto at = width; at < out.size(); at += width + 3) out.insert(at, "\r\n\t");
  return out;
}

/// A field around its b=, which is signed empty.
struct Unsigned {
  std::string before, after;

  [[nodiscard]] std::string text(const std::string& signature = {}) const {
    return before + folded(base64(signature)) + after + "\r\n";
  }
};

Unsigned begin_field(const std::string& name, const SigningKey& key) {
  return {.before = name + ": a=" + key.algorithm() + ";\r\n\t", .after = {}};
}

std::string seconds_of(Time time) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

/// As DKIM's, and over the DKIM signatures, which the next hop may no longer be able to verify.
std::vector<std::string> covered(const Message& message, const SignOptions& options) {
  auto names = header_list(message, options);
  if (options.headers.empty()) names.insert(names.end(), message.all("DKIM-Signature").size(), "dkim-signature");
  return names;
}

// RFC 8617 §4.1.2
std::string message_signature(const Message& message, const SigningKey& key, const SignOptions& options, int instance) {
  const auto names = covered(message, options);
  auto field = begin_field("ARC-Message-Signature", key);
  auto& tags = field.after;
  tags = ";\r\n\tbh=" + base64(sha256(canonical_body(message.body, options.body)));
  append_tag(tags, "c=" + std::string(canon_word(options.header)) + "/" + std::string(canon_word(options.body)));
  append_tag(tags, "d=" + options.domain);
  tags += ";\r\n\th=";
  append_names(tags, names);
  append_tag(tags, "i=" + std::to_string(instance));
  append_tag(tags, "s=" + options.selector);
  append_tag(tags, "t=" + seconds_of(options.time));
  return field.text(key.impl().key.sign(signed_data(signed_fields(message, names), field.text(), options.header)));
}

// RFC 8617 §4.1.3
Unsigned unsigned_seal(const SigningKey& key, const SignOptions& options, std::string_view cv, int instance) {
  auto field = begin_field("ARC-Seal", key);
  field.after = ";\r\n\tcv=" + std::string(cv);
  append_tag(field.after, "d=" + options.domain);
  append_tag(field.after, "i=" + std::to_string(instance));
  append_tag(field.after, "s=" + options.selector);
  append_tag(field.after, "t=" + seconds_of(options.time));
  return field;
}

/// Why no set can follow; empty: one can.
std::string end_of_chain(const ArcChain& chain) {
  if (!chain.sets.empty() && chain.sets.back().seal.cv == "fail")  // RFC 8617 §5.1, step 2
    return "the chain is sealed as failed (cv=fail) already: nothing is added to it";
  if (chain.sets.size() >= limits::arc_instances)  // RFC 8617 §4.2.1
    return "the chain has 50 sets, and no more are allowed";
  return {};
}

bool plain_id(std::string_view id) {
  return !id.empty() && std::ranges::all_of(id, [](char c) {
    return is_alpha(c) || is_digit(c) || std::string_view("-_.:@+").contains(c);
  });
}

/// The bytes that the seal on top of `header` covers: all sets, or of a failed chain that one alone (RFC 8617 §5.1.2).
Result<std::string> covered_by_seal(const std::string& header, bool alone) {
  const auto parts = split_message(header);
  const auto chain = read_arc_chain(parts);
  const auto last = chain.sets.size() - 1;
  const auto first = alone ? last : 0;
  for (auto i = first; i <= last; ++i)
    if (!chain.sets[i].whole()) return fail(Failure::usage, "the header is too large, or its chain is not whole");
  return sealed_bytes(chain.sets, first, last);
}

}  // namespace

Result<std::string> seal_arc(std::string_view raw, const Arc& chain, const SigningKey& key, const SignOptions& options,
                             const std::string& authserv_id) {
  const auto message = split_message(raw);
  const auto before = read_arc_chain(message);
  if (const auto why = end_of_chain(before); !why.empty()) return fail(Failure::usage, why);
  if (!plain_id(authserv_id))
    return fail(Failure::usage, "\"" + safe_text(authserv_id, 80) + "\" is no authserv-id: a host's name belongs here");
  if (message.first("From") == nullptr)
    return fail(Failure::usage, "a message without From cannot be sealed");  // RFC 6376 §5.4
  const auto instance = static_cast<int>(before.sets.size()) + 1;
  const auto results = results_field(message, chain, authserv_id, instance);
  const auto signature = message_signature(message, key, options, instance);
  if (signature.size() > limits::tag_list)
    return fail(Failure::usage, "the message has too many header fields to be sealed: h= would be over 16 KB");
  const auto seal = unsigned_seal(key, options, word(chain.result), instance);
  const auto header = raw.substr(0, raw.size() - message.body.size());
  const auto data =
      covered_by_seal(seal.text() + signature + results + std::string(header), chain.result == ArcOutcome::fail);
  if (!data) return std::unexpected(data.error());
  return seal.text(key.impl().key.sign(*data)) + signature + results;
}

}  // namespace mailprobe::auth
