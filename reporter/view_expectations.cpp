#include "reporter/gathered.h"
#include "reporter/phrases.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

void view_expectations(View& page, const Page& from) {
  Views views;
  for (const auto& [row, probes] : gathered(expectation_rows(from.document))) {
    View view;
    std::string pointers;
    if (probes.size() < 2)
      for (const auto& pointer : row.evidence) pointers += (pointers.empty() ? "" : " ") + pointer;
    badge(view, row.verdict)
        .set("probe", some_of(probes))
        .set("times", probes.size() > 1 ? count_of(probes.size(), "probe") : "")
        .set("text", row.text)
        .set("expected", row.expected)
        .set("found", row.found)
        .set("cause", row.cause)
        .set("evidence", pointers);
    views.push_back(std::move(view));
  }
  page.set("expectation_counts", expectation_counts(from.document));
  page.set("has_expectations", !views.empty()).set("expectations", std::move(views));
}

}  // namespace mailprobe::reporter
