#include "auth/explain_signed.h"

#include <algorithm>
#include <map>

#include "auth/canonical.h"
#include "auth/dkim_verify.h"
#include "auth/limits.h"
#include "base/encoding.h"
#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

std::string line(std::string_view canonical) { return explained(trim(canonical)); }

}  // namespace

std::string explained(std::string_view text) { return safe_text(text, limits::explained_bytes); }

void SignedSteps::title(std::string_view name, const DkimSignature& signature) {
  add(0, std::string(name) + ": " + explained(signature.domain) + " " + explained(signature.selector) + ", " +
             explained(signature.algorithm) + ", " + signature.canonicalization());
}

void SignedSteps::body(const DkimSignature& signature) {
  const auto form = bodies_.canonical(signature.body);
  const auto covered = std::min<std::uint64_t>(signature.length.value_or(form.size()), form.size());
  const auto hash = sha256(form.substr(0, covered));
  add(1, "body, " + std::string(canon_word(signature.body)) + ": " + std::to_string(form.size()) + " bytes" +
             (signature.length ? ", of which l= covers " + std::to_string(*signature.length) : ""));
  const bool same = hash == signature.body_hash && covered == signature.length.value_or(covered);
  add(2, "hash " + base64(hash));
  add(2, "bh=  " + explained(base64(signature.body_hash)) + (same ? ", the same" : ", another"));
}

void SignedSteps::header(const DkimSignature& signature, const HeaderField& own) {
  add(1, "header fields of h=, " + std::string(canon_word(signature.header)) + ":");
  std::map<std::string, std::size_t> left;
  for (const auto& field : message_.fields) ++left[to_lower(field.name)];
  const auto chosen = signed_fields(message_, signature.headers);
  auto next = chosen.begin();
  for (std::size_t i = 0; i < signature.headers.size(); ++i) {
    if (i == limits::explained_fields) return add(2, "… and " + std::to_string(signature.headers.size() - i) + " more");
    const auto& name = signature.headers[i];
    if (auto& count = left[name]; count > 0 && next != chosen.end()) {
      --count;
      add(2, line(canonical_header(*next++, signature.header)));
    } else {
      add(2, explained(name) + ": absent");
    }
  }
  add(2, line(canonical_header(without_signature(own.raw), signature.header)));
}

void SignedSteps::verdict(const Dkim& dkim, std::string_view over) {
  const auto what = "b= over " + std::string(over);
  if (!dkim.header_ok) return add(1, what + " was not verified: " + explained(dkim.reason));
  add(1, what + (*dkim.header_ok ? " verifies with the key" : " does not verify with the key"));
}

}  // namespace mailprobe::auth
