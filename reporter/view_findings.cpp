#include "reporter/phrases.h"
#include "reporter/summary.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

using evidence::Finding;
using evidence::Verdict;

bool quiet(const Finding& finding) { return finding.verdict == Verdict::pass || finding.verdict == Verdict::info; }

View finding_view(const Page& from, const Finding& finding) {
  View view;
  badge(view, finding.verdict)
      .set("check", finding.check)
      .set("subject", finding.subject)
      .set("probe", from.document.probes.size() > 1 ? probe_name(from.document, finding) : "")
      .set("summary", finding.summary)
      .set("grade", finding.grade ? word(*finding.grade) : "")
      .set("cause", finding.cause ? cause_phrase(*finding.cause) : "")
      .set("cause_word",
           finding.cause && word(*finding.cause) != cause_phrase(*finding.cause) ? word(*finding.cause) : "")
      .set("advice", finding.advice)
      .set("reference", finding.reference)
      .set("fix_by", fix_by_phrase(finding.fix_by))
      .set("loud", !quiet(finding));
  return view;
}

View group_view(const Page& from, const Group& group) {
  Views loud, rest;
  for (const Finding& finding : group.findings) (quiet(finding) ? rest : loud).push_back(finding_view(from, finding));
  return View()
      .set("title", direction_title(group.direction))
      .set("count", count_of(group.findings.size(), "check"))
      .set("loud_findings", std::move(loud))
      .set("quiet_findings", std::move(rest));
}

}  // namespace

void view_findings(View& page, const Page& from) {
  Views groups, open;
  for (const auto& group : tested_groups(from.document)) groups.push_back(group_view(from, group));
  for (const Finding& finding : untested(from.document)) open.push_back(finding_view(from, finding));
  page.set("has_findings", !groups.empty()).set("groups", std::move(groups));
  page.set("has_untested", !open.empty()).set("untested", std::move(open));
}

}  // namespace mailprobe::reporter
