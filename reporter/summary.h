// What a document comes to, for every renderer alike: the verdict in one sentence, the counts, the order of findings,
// and how each finding bears on the exit status. No judgement of its own: evidence/assess has made it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/assess.h"
#include "evidence/document.h"
#include "reporter/reporter.h"

namespace mailprobe::reporter {

struct Headline {
  evidence::Verdict verdict = evidence::Verdict::info;
  std::string sentence;  // for somebody who does not know the field; ends with a full stop
  std::string counts;    // "1 check failed, 2 warnings, 14 passed; 3 not tested"
};

Headline headline(const evidence::Document& document);

/// Whom the run is about: the recipient of its one message, else the target.
std::string addressee(const evidence::Document& document);

std::string counts_text(const evidence::Document& document);
/// Without the expectations.
std::string finding_counts(const evidence::Document& document);

/// pass, warn, fail or inconclusive: what the exit status says, softened by nothing, with warnings told apart.
evidence::Verdict overall_verdict(const evidence::Document& document);

/// "inbound" of "inbound.starttls".
std::string_view direction_of(const evidence::Finding& finding);

using FindingRefs = std::vector<std::reference_wrapper<const evidence::Finding>>;

struct Group {
  std::string direction;
  FindingRefs findings;  // the worst first, otherwise in the document's order
};
/// Those that were tested (and our errors), by direction: path, inbound, published, outbound, self, others.
std::vector<Group> tested_groups(const evidence::Document& document);
/// not-tested, not-applicable and inconclusive: "what this run did not test".
FindingRefs untested(const evidence::Document& document);

/// Findings of one check that say the same of several subjects.
struct Alike {
  std::reference_wrapper<const evidence::Finding> first;
  std::vector<std::string> subjects;
};
/// In the order of the first of each.
std::vector<Alike> alike(const FindingRefs& findings);

/// A check's findings about several subjects, as one: the worst of them.
struct Merged {
  std::reference_wrapper<const evidence::Finding> worst;
  std::size_t subjects = 1, as_bad = 1;  // how many it stands for, and how many of them are like it
};
/// In the document's order; of several that are alike the first.
std::vector<Merged> merged(const evidence::Document& document);

/// How a finding bears on the exit status.
enum class Bearing { none, failure, error };
/// Of a verdict that is expected.
Bearing bearing_of(evidence::Verdict verdict, Strictness strictness);
/// One for each finding of the document, in its order: taken from evidence::exit_status, so that machine-readable
/// reports and the exit status cannot disagree.
std::vector<Bearing> bearings(const evidence::Document& document, Strictness strictness = Strictness::failures);

/// What is wrong with the run as a whole where no finding says it, else "".
std::string run_problem(const evidence::Document& document, const std::vector<Bearing>& bearing);

/// The name of a finding's probe, or its id, or "".
std::string probe_name(const evidence::Document& document, const evidence::Finding& finding);

/// What of our own may be behind it: "self.clock (Our clock is 900 s ahead); …", or "".
std::string own_part(const evidence::Document& document, const evidence::Finding& finding);

}  // namespace mailprobe::reporter
