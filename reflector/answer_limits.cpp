#include "reflector/answer_limits.h"

#include "probe/suppression.h"

namespace mailprobe::reflector {

namespace {

probe::SendingLimits counter(const std::filesystem::path& folder, int a_day) {
  probe::Limits limits;
  limits.per_day_per_recipient = a_day;
  return {folder, limits};
}

}  // namespace

AnswerLimits::AnswerLimits(const std::filesystem::path& folder, DailyAnswers most)
    : recipients_(counter(folder / "recipients", most.per_recipient)),
      domains_(counter(folder / "domains", most.per_domain)),
      all_(counter(folder / "all", most.in_all)) {}

Result<probe::Permit> AnswerLimits::answer(const Mailbox& recipient, Time now) const {
  // The domain first: it bounds the recipients' file. Everybody last: who is over their own limit takes nothing of it.
  auto permit = domains_.message(probe::provider_of(recipient.domain()), now);
  if (permit && permit->granted) permit = recipients_.message(probe::person_of(recipient), now);
  if (permit && permit->granted) permit = all_.message("everybody", now);
  return permit;
}

}  // namespace mailprobe::reflector
