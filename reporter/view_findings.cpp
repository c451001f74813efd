#include "reporter/gathered.h"
#include "reporter/phrases.h"
#include "reporter/summary.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

using evidence::Finding;
using evidence::Verdict;

std::string times(const Gathered& each) { return each.times > 1 ? std::to_string(each.times) : ""; }

bool quiet(const Finding& finding) { return finding.verdict == Verdict::pass || finding.verdict == Verdict::info; }

View finding_view(const Page& from, const Finding& finding) {
  View view;
  badge(view, finding.verdict)
      .set("check", finding.check)
      .set("subject", finding.subject)
      .set("summary", finding.summary)
      .set("grade", finding.grade ? word(*finding.grade) : "")
      .set("cause", finding.cause ? cause_phrase(*finding.cause) : "")
      .set("cause_word",
           finding.cause && word(*finding.cause) != cause_phrase(*finding.cause) ? word(*finding.cause) : "")
      .set("own_part", own_part(from.document, finding))
      .set("advice", finding.advice)
      .set("reference", finding.reference)
      .set("fix_by", fix_by_phrase(finding.fix_by))
      .set("loud", !quiet(finding));
  return view;
}

constexpr std::size_t most_proven = 150;  // findings with their evidence, of each kind: the document has it of all

/// What stands behind each, as far as the page has room; what is wrong does not wait for what holds.
class Proofs {
 public:
  explicit Proofs(const Page& from) : from_(from) {}
  void add_to(View& view, const Finding& finding) {
    auto& count = quiet(finding) ? quiet_ : loud_;
    auto proofs = count < most_proven ? proof_views(from_, finding) : Views{};
    if (!proofs.empty()) ++count;
    view.set("has_proofs", !proofs.empty()).set("proofs", std::move(proofs));
  }

 private:
  const Page& from_;
  std::size_t loud_ = 0, quiet_ = 0;
};

/// What reads the same of several addresses or probes is one entry, with how many there are.
View gathered_view(const Page& from, const Gathered& each, Proofs& proofs) {
  auto view = finding_view(from, each.first);
  view.set("varied", each.varied);
  proofs.add_to(view, each.first);
  if (from.document.probes.size() < 2)
    return std::move(view.set("subject", some_of(each.subjects)).set("times", times(each)));
  const auto& one = each.probes.size() == 1 ? each.probes.front() : std::string();
  const bool own = each.subjects.size() == 1 || each.probes.empty();
  return std::move(view.set("subject", own ? some_of(each.subjects) : "")
                       .set("probe", one)
                       .set("concerns", each.probes.size() > 1 ? some_of(each.probes) : "")
                       .set("times", times(each)));
}

View group_view(const Page& from, const Group& group, Proofs& proofs) {
  Views loud, rest;
  for (const auto& each : gathered(group.findings, from.document))
    (quiet(each.first) ? rest : loud).push_back(gathered_view(from, each, proofs));
  return View()
      .set("title", direction_title(group.direction))
      .set("count", count_of(group.findings.size(), "check"))
      .set("loud_findings", std::move(loud))
      .set("quiet_findings", std::move(rest));
}

}  // namespace

void view_findings(View& page, const Page& from) {
  Views groups, open;
  Proofs proofs(from);
  for (const auto& group : tested_groups(from.document)) groups.push_back(group_view(from, group, proofs));
  for (const auto& each : gathered(untested(from.document), from.document))
    open.push_back(gathered_view(from, each, proofs));
  page.set("has_findings", !groups.empty()).set("groups", std::move(groups));
  page.set("has_untested", !open.empty()).set("untested", std::move(open));
}

}  // namespace mailprobe::reporter
