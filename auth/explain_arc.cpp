// How ARC came to its result, in the order of RFC 8617 §5.2: the sets and what their seals say, the newest
// ARC-Message-Signature, the seals from the newest down, the older signatures.
#include "auth/arc_chain.h"
#include "auth/canonical.h"
#include "auth/explain_signed.h"
#include "auth/limits.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

std::string numbered(std::string_view what, int instance) {
  return std::string(what) + " i=" + std::to_string(instance);
}

class Explainer {
 public:
  Explainer(const Message& message, std::vector<ExplainStep>& steps)
      : chain_(read_arc_chain(message)), steps_(message, ExplainPart::arc, steps) {}

  void run(const Arc& arc, const std::vector<ArcCheck>& checks) {
    if (!chain_.present) return;
    const auto count = chain_.sets.size();
    steps_.add(0, "ARC: the fields make " + (count == 1 ? "one set" : std::to_string(count) + " sets"));
    for (std::size_t i = 0; i < count; ++i) set(i);
    structure();
    if (chain_.objection.empty()) verified(checks);
    result(arc);
  }

 private:
  /// Who sealed it and what it says of the chain before it, or what it lacks.
  void set(std::size_t index) {
    const auto& set = chain_.sets[index];
    std::string text = numbered("", static_cast<int>(index) + 1).substr(1) + ": ";
    if (set.results_field == nullptr && set.signature_field == nullptr && set.seal_field == nullptr)
      return steps_.add(1, text + "there is none");
    if (set.seal_field != nullptr)
      text += explained(set.seal.signature.domain) + " " + explained(set.seal.signature.selector) +
              ", cv=" + explained(set.seal.cv);
    else
      text += "no ARC-Seal";
    if (set.signature_field == nullptr) text += ", no ARC-Message-Signature";
    if (set.results_field == nullptr) text += ", no ARC-Authentication-Results";
    steps_.add(1, text);
  }

  /// RFC 8617 §5.2, steps 1 to 3.
  void structure() {
    if (!chain_.objection.empty()) return steps_.add(1, "structure: " + explained(chain_.objection));
    steps_.add(1, "structure: three fields in each set, none missing from i=1 up; cv=none first, then cv=pass");
  }

  void verified(const std::vector<ArcCheck>& checks) {
    for (const auto& check : checks) {
      const auto index = static_cast<std::size_t>(check.instance) - 1;
      if (index >= chain_.sets.size()) continue;
      if (check.seal)
        seal(index, check.dkim);
      else
        signature(index, check.dkim);
    }
  }

  void signature(std::size_t index, const Dkim& dkim) {
    const auto& set = chain_.sets[index];
    steps_.title(numbered("ARC-Message-Signature", static_cast<int>(index) + 1), set.signature.signature);
    steps_.body(set.signature.signature);
    steps_.header(set.signature.signature, *set.signature_field);
    steps_.verdict(dkim, "these fields");
  }

  /// RFC 8617 §5.1.1. The fields are shown once, with the newest seal: what another covers is among them.
  void seal(std::size_t index, const Dkim& dkim) {
    const auto& signature = chain_.sets[index].seal.signature;
    const auto number = static_cast<int>(index) + 1;
    steps_.add(0, numbered("ARC-Seal", number) + ": " + explained(signature.domain) + " " +
                      explained(signature.selector) + ", " + explained(signature.algorithm));
    const auto covered = number == 1 ? std::string("the set i=1") : numbered("the sets i=1 to", number);
    steps_.add(1, covered + ", relaxed: " + std::to_string(sealed_bytes(chain_.sets, 0, index).size()) + " bytes");
    if (!fields_shown_) fields(index);
    fields_shown_ = true;
    steps_.verdict(dkim, number == 1 ? "this set" : "these sets");
  }

  void fields(std::size_t last) {
    std::size_t shown = 0;
    for (std::size_t i = 0; i <= last; ++i) {
      const auto& set = chain_.sets[i];
      for (const auto* field : {set.results_field, set.signature_field, set.seal_field}) {
        if (++shown > limits::explained_fields) return steps_.add(2, "… and more");
        const bool own = i == last && field == set.seal_field;
        const auto raw = own ? without_signature(field->raw) : std::string(field->raw);
        steps_.add(2, explained(trim(canonical_header(raw, Canon::relaxed))));
      }
    }
  }

  void result(const Arc& arc) {
    auto text = "ARC: " + std::string(word(arc.result));
    if (!arc.reason.empty()) text += ", " + explained(arc.reason);
    steps_.add(0, text);
    if (!arc.oldest_pass) return;  // RFC 8617 §5.2, step 5
    steps_.add(1, *arc.oldest_pass == 0
                      ? "oldest-pass=0: every ARC-Message-Signature verifies, the message is as at i=1"
                      : "oldest-pass=" + std::to_string(*arc.oldest_pass) +
                            ": the message was changed, or is not known "
                            "to be the same, before i=" +
                            std::to_string(*arc.oldest_pass));
  }

  ArcChain chain_;
  SignedSteps steps_;
  bool fields_shown_ = false;
};

}  // namespace

void explain_arc(const Message& message, const std::optional<Arc>& arc, const std::vector<ArcCheck>& checks,
                 std::vector<ExplainStep>& steps) {
  if (arc) Explainer(message, steps).run(*arc, checks);
}

}  // namespace mailprobe::auth
