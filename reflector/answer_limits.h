// How often anybody is answered, over all processes of one configuration: a person, their domain, everybody together,
// each a day. Counted by probe/sending_limits, in folders of our own. RFC 3834 §2 and §4; docs/threats.md, Manners.
#pragma once

#include <filesystem>
#include <string>

#include "base/address.h"
#include "base/error.h"
#include "probe/sending_limits.h"

namespace mailprobe::reflector {

struct DailyAnswers {
  int per_recipient = 50;  // as many as probe/settings.h sends
  int per_domain = 500;    // the registrable one
  int in_all = 10'000;
};

class AnswerLimits {
 public:
  explicit AnswerLimits(const std::filesystem::path& folder, DailyAnswers most = {});
  /// Counted where it is granted. An error: the files cannot be read or written, so nobody is answered.
  Result<probe::Permit> answer(const Mailbox& recipient, Time now) const;

 private:
  probe::SendingLimits recipients_, domains_, all_;
};

}  // namespace mailprobe::reflector
