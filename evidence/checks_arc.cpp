// path.arc: the chain of ARC sets on the delivered copy, and what each instance says (RFC 8617 §5.2). Whom of the
// sealers to believe is not judged.
#include "evidence/checks_copy.h"

namespace mailprobe::evidence {

namespace {

std::string claims_of(const auth::ArcInstance& set) {
  std::string text = "i=" + std::to_string(set.instance) + " " + set.domain + ":";
  for (const auto& result : set.results) text += " " + result.method + "=" + result.result;
  return plain(text, 160);
}

std::string all_claims(const auth::Arc& arc) {
  std::vector<std::string> words;
  words.reserve(arc.instances.size());
  for (const auto& set : arc.instances) words.push_back(claims_of(set));
  return plain(listed(words), 400);
}

}  // namespace

void judge_arc(const Copy& it, Findings& findings) {
  constexpr std::string_view check = "path.arc";
  if (!it.copy.arc || it.copy.arc->result == auth::ArcOutcome::none) {
    it.add(findings, check, Verdict::not_applicable, "The copy carries no ARC set", "arc");
    return;
  }
  const auto& arc = *it.copy.arc;
  const auto sets = count_of(arc.instances.size(), "ARC set");
  if (arc.result == auth::ArcOutcome::pass) {
    it.add(findings, check, Verdict::pass, "The chain of " + sets + " is valid: " + all_claims(arc), "arc");
    return;
  }
  if (arc.temporary) {
    it.add(findings, check, Verdict::inconclusive, "We could not verify the ARC chain: " + plain(arc.reason, 300),
           "arc")
        .cause = Cause::dns_failure;
    return;
  }
  it.add(findings, check, Verdict::fail, "The ARC chain is broken: " + plain(arc.reason, 300), "arc").advice =
      "Let each host seal last, after every change that it makes to the message";
}

}  // namespace mailprobe::evidence
