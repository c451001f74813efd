// ARC: the three fields, a header's chain, a set sealed on top of whatever is there, and what explains it.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "auth/arc_chain.h"
#include "auth/arc_seal.h"
#include "auth/crypto.h"
#include "auth/explain.h"
#include "auth/limits.h"

using namespace mailprobe::auth;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

const SigningKey& key() {
  static const auto made = SigningKey::from_pem(PrivateKey::generate(KeyType::ed25519).value()).value();
  return made;
}

void check_fields(const std::string& value) {
  ArcAuthenticationResults results;
  ArcMessageSignature signature;
  ArcSeal seal;
  if (parse_arc_authentication_results(value, results)) check(results.instance >= 1 && results.instance <= 50);
  if (parse_arc_message_signature(value, signature))
    check(signature.instance >= 1 && !signature.signature.headers.empty());
  if (parse_arc_seal(value, seal)) check(seal.instance <= 50 && !seal.cv.empty() && !seal.signature.domain.empty());
}

void check_chain(const ArcChain& chain) {
  check(chain.sets.size() <= limits::arc_instances);
  if (!chain.present || !chain.objection.empty()) return;
  check(std::ranges::all_of(chain.sets, &ArcSet::whole));
  check(!sealed_bytes(chain.sets, 0, chain.sets.size() - 1).empty());
}

/// As if all of it had been verified.
void check_explained(const Message& message, const ArcChain& chain) {
  std::vector<ArcCheck> checks;
  for (std::size_t i = 0; i < chain.sets.size(); ++i)
    for (const bool seal : {false, true}) checks.push_back({static_cast<int>(i) + 1, seal, {}});
  std::vector<ExplainStep> steps;
  explain_arc(message, Arc{}, checks, steps);
  check(steps.empty() == !chain.present);
  for (const auto& step : steps) check(step.text.find_first_of("\r\n\x1b") == std::string::npos);
}

/// A set on top is the next instance, and all that is below stays.
void check_seal(const std::string& message, std::size_t before, bool whole) {
  SignOptions options;
  options.domain = "example.org";
  options.selector = "s1";
  const Arc claimed{.result = !whole        ? ArcOutcome::fail
                              : before == 0 ? ArcOutcome::none
                                            : ArcOutcome::pass,
                    .reason = {},
                    .oldest_pass = {},
                    .instances = {}};
  const auto set = seal_arc(message, claimed, key(), options, "mx.example.org");
  if (!set) return;
  const auto sealed = *set + message;
  const auto parts = split_message(sealed);
  const auto chain = read_arc_chain(parts);
  check(chain.sets.size() == before + 1 && chain.sets.back().whole());
  if (whole) check(chain.objection.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_fields(text);
  const auto parts = split_message(text);
  for (const auto& field : parts.fields) check_fields(std::string(field.value));
  const auto chain = read_arc_chain(parts);
  check_chain(chain);
  check_explained(parts, chain);
  check_seal(text, chain.sets.size(), chain.objection.empty());
  return 0;
}
