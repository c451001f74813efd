#include "reporter/senders.h"

#include <algorithm>

namespace mailprobe::reporter {

namespace {

constexpr std::size_t most_networks = 8;

std::string networks_text(const auth::SpfSender& sender) {
  if (sender.networks.empty()) return "depends on the sender, or nobody";
  if (sender.networks.size() == 1 && sender.term.contains(sender.networks.front())) return {};
  std::string text;
  const auto shown = std::min(sender.networks.size(), most_networks);
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : ", ") + sender.networks[i];
  return sender.networks.size() == shown ? text
                                         : text + " and " + std::to_string(sender.networks.size() - shown) + " more";
}

}  // namespace

SenderRows sender_rows(const evidence::Target& target, std::size_t most) {
  SenderRows out;
  if (!target.spf_survey) return out;
  const auto& survey = *target.spf_survey;
  for (const auto& sender : survey.senders) {
    if (out.rows.size() == most) {
      ++out.left;
      continue;
    }
    const bool passes = sender.outcome == auth::SpfOutcome::pass;
    out.rows.push_back(
        {sender.term, sender.domain, networks_text(sender), passes ? "" : std::string(word(sender.outcome))});
  }
  out.rest = "Everybody else: " + (survey.rest ? std::string(word(*survey.rest)) : "not known");
  return out;
}

}  // namespace mailprobe::reporter
