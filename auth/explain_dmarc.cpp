// How DMARC came to its result (RFC 9989 §5.3): the names asked, the policy, each identifier and its alignment.
#include "auth/dmarc_identifiers.h"
#include "auth/dmarc_lookup.h"
#include "auth/explain.h"
#include "auth/limits.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "dns/records.h"

namespace mailprobe::auth {

namespace {

std::string shown(std::string_view text) { return safe_text(text, limits::explained_bytes); }

class Explainer {
 public:
  Explainer(const Evaluation& evaluation, const std::vector<Recorded>& dns, std::vector<ExplainStep>& steps)
      : evaluation_(evaluation), dmarc_(evaluation.dmarc), dns_(dns), steps_(steps), replay_(dns), lookup_(replay_) {}

  Task<void> run() {
    if (dmarc_.domain.empty()) co_return add(0, "DMARC: " + shown(dmarc_.reason));
    add(0, "DMARC: author domain " + shown(dmarc_.domain));
    walked(dmarc_.domain);
    if (dmarc_.policy)
      add(1, "the record of " + shown(dmarc_.record_domain) + " asks for " + std::string(word(*dmarc_.policy)));
    const auto policy = co_await lookup_.at(dmarc_.record_domain);
    if (policy.record) co_await compare(*policy.record);
    const auto result = dmarc_.result ? word(*dmarc_.result) : std::string_view{"no result"};
    add(1, std::string(result) + (dmarc_.reason.empty() ? "" : ", " + shown(dmarc_.reason)) +
               (dmarc_.disposition ? "; disposition " + std::string(word(*dmarc_.disposition)) : ""));
  }

 private:
  void add(int depth, std::string text) { steps_.push_back({ExplainPart::dmarc, depth, std::move(text)}); }

  /// The names of a tree walk (RFC 9989 §4.10) that were asked.
  void walked(const std::string& domain) {
    for (const auto& target : walk_targets(domain)) {
      const auto name = "_dmarc." + target;
      const auto* asked = find_recorded(dns_, name, dns::Type::txt);
      if (!asked) continue;
      std::string found = asked->answer.found() || asked->answer.absent() ? "no record" : "look-up failed";
      for (const auto& text : dns::txt(asked->answer))
        if (is_dmarc_record(text)) found = "\"" + shown(text) + "\"";
      add(1, shown(name) + ": " + found);
    }
  }

  Task<void> compare(DmarcRecord record) {
    if (evaluation_.spf && !dmarc_.aligned_spf) {  // RFC 9989 §4.4.2
      add(1, "SPF: does not count, because the reverse-path is not known");
    } else if (evaluation_.spf) {
      const auto& spf = *evaluation_.spf;
      co_await identifier("SPF", spf.domain, word(spf.result), record.strict_spf);
    } else {
      add(1, "SPF: not judged");
    }
    if (evaluation_.dkim.empty()) add(1, "DKIM: no signature");
    for (std::size_t i = 0; i < evaluation_.dkim.size() && i < limits::signatures; ++i) {
      const auto& dkim = evaluation_.dkim[i];
      co_await identifier("DKIM " + std::to_string(dkim.index), dkim.domain, word(dkim.result), record.strict_dkim);
    }
  }

  Task<void> identifier(std::string what, std::string domain, std::string_view result, bool strict) {
    const auto alignment = co_await aligned(to_lower(domain), strict);
    add(1, what + ": " + shown(domain) + " " + std::string(result) + ", " + alignment +
               (result == "pass" ? "" : "; counts only with pass"));
  }

  /// RFC 9989 §4.10.2.
  Task<std::string> aligned(std::string domain, bool strict) {
    if (domain == dmarc_.domain) co_return "aligned: it is the author domain";
    if (strict) co_return "not aligned: strict asks for the author domain itself";
    if (unrelated(domain, dmarc_.domain)) co_return "not aligned: nothing in common";
    const auto ours = co_await lookup_.walk(dmarc_.domain);
    const auto theirs = co_await lookup_.walk(domain);
    if (!ours.failure.empty() || !theirs.failure.empty()) co_return "alignment was not looked up, or could not be";
    const auto found = shown(theirs.organisational_domain) + " and " + shown(ours.organisational_domain);
    if (ours.organisational_domain == theirs.organisational_domain)
      co_return "aligned: the organisational domain of both is " + shown(ours.organisational_domain);
    co_return "not aligned: the organisational domains are " + found;
  }

  const Evaluation& evaluation_;
  const Dmarc& dmarc_;
  const std::vector<Recorded>& dns_;
  std::vector<ExplainStep>& steps_;
  ReplayResolver replay_;
  DmarcLookup lookup_;
};

}  // namespace

Task<void> explain_dmarc(const Evaluation& evaluation, const std::vector<Recorded>& dns,
                         std::vector<ExplainStep>& steps) {
  Explainer explainer(evaluation, dns, steps);
  co_await explainer.run();
}

}  // namespace mailprobe::auth
