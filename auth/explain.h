// The steps behind an Evaluation, for people: what was looked up, what was hashed, what was compared. Reads results and
// the record of the DNS; judges nothing and looks nothing up. All text from outside is escaped and cut.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/arc_verify.h"
#include "auth/evaluate.h"
#include "auth/header_block.h"
#include "auth/recording_resolver.h"
#include "auth/single_message.h"
#include "auth/spf.h"

namespace mailprobe::auth {

enum class ExplainPart { dns, dkim, arc, spf, dmarc, authentication_results };

struct ExplainStep {
  ExplainPart part = ExplainPart::dns;
  int depth = 0;  // of indentation
  std::string text;
};

/// What evaluate() leaves behind for it.
struct Traces {
  std::vector<Recorded> dns;
  std::vector<SpfEvent> spf;
  std::vector<ArcCheck> arc;
  std::vector<Known> known;  // of each signature
};

Task<std::vector<ExplainStep>> explain(std::string_view message, const Evaluation& evaluation, const Traces& traces);

// The parts, each in the order of its RFC.
void explain_dns(const std::vector<Recorded>& dns, std::vector<ExplainStep>& steps);
void explain_dkim(const Message& message, const std::vector<Dkim>& dkim, const std::vector<Known>& known,
                  std::vector<ExplainStep>& steps);
void explain_arc(const Message& message, const std::optional<Arc>& arc, const std::vector<ArcCheck>& checks,
                 std::vector<ExplainStep>& steps);
void explain_spf(const Evaluation& evaluation, const std::vector<SpfEvent>& spf, std::vector<ExplainStep>& steps);
Task<void> explain_dmarc(const Evaluation& evaluation, const std::vector<Recorded>& dns,
                         std::vector<ExplainStep>& steps);
void explain_recorded(const Evaluation& evaluation, std::vector<ExplainStep>& steps);

}  // namespace mailprobe::auth

namespace mailprobe {

template <>
struct Words<auth::ExplainPart> {
  static constexpr std::array table{
      std::pair{auth::ExplainPart::dns, std::string_view{"dns"}},
      std::pair{auth::ExplainPart::dkim, std::string_view{"dkim"}},
      std::pair{auth::ExplainPart::arc, std::string_view{"arc"}},
      std::pair{auth::ExplainPart::spf, std::string_view{"spf"}},
      std::pair{auth::ExplainPart::dmarc, std::string_view{"dmarc"}},
      std::pair{auth::ExplainPart::authentication_results, std::string_view{"authentication-results"}},
  };
};

}  // namespace mailprobe
