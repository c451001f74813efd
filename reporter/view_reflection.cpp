#include "reporter/escape.h"
#include "reporter/reflection.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

void view_reflection(View& probe, const evidence::Probe& of) {
  Views rows;
  for (const auto& row : seen_rows(of))
    rows.push_back(View()
                       .set("what", row.what)
                       .set("result", row.result)
                       .set("result_tone", tone_of_result(row.result))
                       .set("theirs", row.theirs)
                       .set("ours", row.ours)
                       .set("agree", row.agree.has_value() && *row.agree)
                       .set("differ", row.agree.has_value() && !*row.agree));
  probe.set("has_reflection", of.reflection.has_value())
      .set("reflector", of.reflection ? reflector_text(*of.reflection) : "")
      .set("seen", std::move(rows))
      .set("seen_headers", of.reflection ? shown_lines(of.reflection->headers) : "");
}

}  // namespace mailprobe::reporter
