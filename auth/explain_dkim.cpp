// What each DKIM signature was computed over, as RFC 6376 §3.7 puts it together.
#include "auth/explain_signed.h"
#include "auth/limits.h"

namespace mailprobe::auth {

namespace {

void explain_one(SignedSteps& steps, const Dkim& dkim, const HeaderField& field, const Known& known) {
  const auto name = "DKIM signature " + std::to_string(dkim.index);
  DkimSignature read;
  const auto signature = parse_dkim_signature(field.value, read);
  if (!signature) {
    steps.add(0, name + ": " + explained(dkim.domain) + " " + explained(dkim.selector));
    return steps.add(1, explained(signature.error().message));
  }
  steps.title(name, *signature);
  steps.body(*signature);
  steps.header(*signature, field);
  steps.verdict(dkim, "these fields");
  for (const auto& words : known.words) steps.add(1, words);
}

}  // namespace

void explain_dkim(const Message& message, const std::vector<Dkim>& dkim, const std::vector<Known>& known,
                  std::vector<ExplainStep>& steps) {
  const auto fields = message.all("DKIM-Signature");
  SignedSteps one(message, ExplainPart::dkim, steps);
  for (std::size_t i = 0; i < dkim.size(); ++i) {
    const auto at = static_cast<std::size_t>(dkim[i].index);
    if (i == limits::signatures) return one.add(0, "… and more signatures");
    if (at >= 1 && at <= fields.size())
      explain_one(one, dkim[i], *fields[at - 1], i < known.size() ? known[i] : Known{});
  }
}

}  // namespace mailprobe::auth
