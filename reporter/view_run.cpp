#include <fmt/format.h>

#include "reporter/phrases.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

std::string exit_phrase(const std::optional<int>& status) {
  if (!status) return {};
  constexpr std::array<std::string_view, 4> meanings{"every expected check held", "an expected check failed",
                                                     "usage or configuration error",
                                                     "something expected is inconclusive"};
  const auto known = *status >= 0 && *status < static_cast<int>(meanings.size());
  return fmt::format("{}{}{}", *status, known ? ": " : "", known ? meanings.at(static_cast<std::size_t>(*status)) : "");
}

std::string skew_phrase(const std::optional<std::int64_t>& seconds) {
  if (!seconds) return {};
  return *seconds == 0 ? "right" : fmt::format("{} s off", *seconds);
}

}  // namespace

void view_run(View& page, const Page& from) {
  const auto& run = from.document.run;
  const auto& self = from.document.self;
  page.set("run_terms", terms({{"Run", run.id.value_or(""), true},
                               {"Command", run.command, true},
                               {"Scenario", run.scenario.value_or("")},
                               {"Target", run.target},
                               {"Started", moment(run.started)},
                               {"Finished", run.finished ? moment(*run.finished) : "not finished"},
                               {"Exit status", exit_phrase(run.exit)},
                               {"Interrupted", run.interrupted ? "yes" : ""},
                               {"Our address", self.address.value_or("")},
                               {"Our name (HELO)", self.helo.value_or("")},
                               {"Our reverse name (PTR)", self.ptr.value_or("")},
                               {"Our port 25", self.port25.value_or("")},
                               {"Our clock", skew_phrase(self.clock_skew)},
                               {"Program", "mailprobe " + run.version},
                               {"Evidence", from.document.schema}}));
}

}  // namespace mailprobe::reporter
