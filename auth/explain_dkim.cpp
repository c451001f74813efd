// What each DKIM signature was computed over, as RFC 6376 §3.7 puts it together: the body hash, then the header hash.
#include <algorithm>
#include <map>
#include <optional>

#include "auth/canonical.h"
#include "auth/dkim_signature.h"
#include "auth/dkim_verify.h"
#include "auth/explain.h"
#include "auth/limits.h"
#include "base/encoding.h"
#include "base/safe_text.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

class Explainer {
 public:
  Explainer(const Message& message, std::vector<ExplainStep>& steps) : message_(message), steps_(steps) {}

  void explain(const Dkim& dkim, const HeaderField& field, const Known& known) {
    add(0, "DKIM signature " + std::to_string(dkim.index) + ": " + shown(dkim.domain) + " " + shown(dkim.selector) +
               ", " + shown(dkim.algorithm) + ", " + shown(dkim.canonicalization));
    DkimSignature read;
    const auto signature = parse_dkim_signature(field.value, read);
    if (!signature) return add(1, shown(signature.error().message));
    explain_body(*signature);
    explain_header(*signature, field);
    add(1, "b= over these fields " + header_verdict(dkim));
    for (const auto& words : known.words) add(1, words);
  }

 private:
  static std::string shown(std::string_view text) { return safe_text(text, limits::explained_bytes); }
  static std::string header_verdict(const Dkim& dkim) {
    if (!dkim.header_ok) return "was not verified: " + shown(dkim.reason);
    return *dkim.header_ok ? "verifies with the key" : "does not verify with the key";
  }
  void add(int depth, std::string text) { steps_.push_back({ExplainPart::dkim, depth, std::move(text)}); }

  void explain_body(const DkimSignature& signature) {
    const auto& body = form(signature.body);
    const auto covered = std::min<std::uint64_t>(signature.length.value_or(body.size()), body.size());
    const auto hash = sha256(std::string_view(body).substr(0, covered));
    add(1, "body, " + std::string(canon_word(signature.body)) + ": " + std::to_string(body.size()) + " bytes" +
               (signature.length ? ", of which l= covers " + std::to_string(*signature.length) : ""));
    const bool same = hash == signature.body_hash && covered == signature.length.value_or(covered);
    add(2, "hash " + base64(hash));
    add(2, "bh=  " + shown(base64(signature.body_hash)) + (same ? ", the same" : ", another"));
  }

  /// h= in its order, each name from the bottom up (RFC 6376 §5.4.2); a name too many is signed as absent.
  void explain_header(const DkimSignature& signature, const HeaderField& own) {
    add(1, "header fields of h=, " + std::string(canon_word(signature.header)) + ":");
    std::map<std::string, std::size_t> left;
    for (const auto& field : message_.fields) ++left[to_lower(field.name)];
    const auto chosen = signed_fields(message_, signature.headers);
    auto next = chosen.begin();
    for (std::size_t i = 0; i < signature.headers.size(); ++i) {
      if (i == limits::explained_fields)
        return add(2, "… and " + std::to_string(signature.headers.size() - i) + " more");
      const auto& name = signature.headers[i];
      if (auto& count = left[name]; count > 0 && next != chosen.end()) {
        --count;
        add(2, line(canonical_header(*next++, signature.header)));
      } else {
        add(2, shown(name) + ": absent");
      }
    }
    add(2, line(canonical_header(without_signature(own.raw), signature.header)));
  }

  const std::string& form(Canon canon) {
    auto& known = forms_[canon];
    if (!known) known = canonical_body(message_.body, canon);
    return *known;
  }

  static std::string line(std::string_view canonical) { return shown(trim(canonical)); }

  const Message& message_;
  std::vector<ExplainStep>& steps_;
  std::map<Canon, std::optional<std::string>> forms_;
};

}  // namespace

void explain_dkim(const Message& message, const std::vector<Dkim>& dkim, const std::vector<Known>& known,
                  std::vector<ExplainStep>& steps) {
  const auto fields = message.all("DKIM-Signature");
  Explainer explainer(message, steps);
  for (std::size_t i = 0; i < dkim.size(); ++i) {
    const auto at = static_cast<std::size_t>(dkim[i].index);
    if (i == limits::signatures) return steps.push_back({ExplainPart::dkim, 0, "… and more signatures"});
    if (at >= 1 && at <= fields.size())
      explainer.explain(dkim[i], *fields[at - 1], i < known.size() ? known[i] : Known{});
  }
}

}  // namespace mailprobe::auth
