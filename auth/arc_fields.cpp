#include "auth/arc_fields.h"

#include <algorithm>

#include "auth/lexical.h"
#include "auth/limits.h"
#include "auth/tag_list.h"
#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

std::unexpected<Error> bad(std::string why) { return fail(Failure::protocol, std::move(why), Cause::protocol_error); }

// instance = [CFWS] "i" [CFWS] "=" [CFWS] 1*2DIGIT [CFWS]; from 1 to 50 (RFC 8617 §4.2.1)
int instance_of(std::string_view digits) {
  const auto number = digits.size() <= 2 ? parse_number(digits) : std::nullopt;
  return number && *number <= limits::arc_instances ? static_cast<int>(*number) : 0;
}

std::unexpected<Error> bad_instance(std::string_view text) {
  return bad(text.empty() ? "it has no i=" : "its i=" + safe_text(text, 20) + " is no number from 1 to 50");
}

Result<void> read_instance(const TagList& tags, int& instance) {
  const auto text = tags.get("i").value_or("");
  instance = instance_of(text);
  if (instance == 0) return bad_instance(text);
  return {};
}

}  // namespace

// arc-authres = "ARC-Authentication-Results:" [CFWS] instance [CFWS] ";" authres-payload
Result<void> parse_arc_authentication_results(std::string_view value, ArcAuthenticationResults& read) {
  if (value.size() > limits::authentication_result_bytes) return bad("it is longer than 32 KB");
  Lexer lexer(value);
  lexer.skip_cfws();
  if (lexer.run("=;") != "i") return bad_instance("");
  lexer.skip_cfws();
  if (!lexer.take('=')) return bad_instance("");
  lexer.skip_cfws();
  const auto digits = lexer.run(";");
  read.instance = instance_of(digits);
  if (read.instance == 0) return bad_instance(digits);
  lexer.skip_cfws();
  if (!lexer.take(';')) return bad("its i= is not followed by a semicolon");
  if (auto claims = parse_authentication_results(lexer.rest())) read.claims = std::move(*claims);
  return {};
}

Result<void> parse_arc_message_signature(std::string_view value, ArcMessageSignature& read) {
  const auto tags = TagList::parse(value);
  if (!tags) return bad("it is not a tag list: " + tags.error().message);
  if (auto instance = read_instance(*tags, read.instance); !instance) return instance;
  if (auto signer = read_signer(*tags, read.signature); !signer) return signer;
  if (auto coverage = read_coverage(*tags, read.signature); !coverage) return coverage;
  // RFC 8617 §4.1.2: never over seals, which come after it
  if (std::ranges::find(read.signature.headers, "arc-seal") != read.signature.headers.end())
    return bad("its h= names ARC-Seal");
  return {};
}

Result<void> parse_arc_seal(std::string_view value, ArcSeal& read) {
  const auto tags = TagList::parse(value);
  if (!tags) return bad("it is not a tag list: " + tags.error().message);
  if (auto instance = read_instance(*tags, read.instance); !instance) return instance;
  read.cv = to_lower(tags->get("cv").value_or(""));
  if (auto signer = read_signer(*tags, read.signature); !signer) return signer;
  if (read.cv != "none" && read.cv != "pass" && read.cv != "fail")  // RFC 8617 §4.1.3
    return bad(read.cv.empty() ? "it has no cv=" : "its cv=" + safe_text(read.cv, 20) + " is not known");
  for (const auto* tag : {"h", "bh"})  // RFC 8617 §4.1.3: what a seal covers is fixed
    if (tags->get(tag)) return bad(std::string("it has a ") + tag + "=, which no seal has");
  return {};
}

}  // namespace mailprobe::auth
