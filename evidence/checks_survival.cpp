// path.dkim-survival: whether our signatures still verify in the delivered copy, and what broke them. A signature that
// could not be judged (its key was not to be had) is no broken one: that is our own record's fault, or DNS's.
#include <algorithm>

#include "evidence/checks_copy.h"
#include "evidence/our_signatures.h"

namespace mailprobe::evidence {

namespace {

constexpr std::string_view check = "path.dkim-survival";

bool holds(const OurSignature& each) {
  return each.found != nullptr && each.found->result == auth::DkimOutcome::pass && !each.found->partial;
}

/// Neither verified nor shown to be changed: the key's fault, or the look-up's.
bool undecided(const OurSignature& each) {
  if (each.found == nullptr || holds(each) || !each.found->mutation.empty()) return false;
  return each.found->result != auth::DkimOutcome::fail && each.found->result != auth::DkimOutcome::pass;
}

/// Over our own limit of signatures: the verifier read it and left it at that.
bool limited(const OurSignature& each) {
  return each.found != nullptr && each.found->result == auth::DkimOutcome::neutral;
}

/// Each change once, those of the body or those of header fields.
void collect(std::vector<auth::Mutation>& into, const std::vector<OurSignature>& ours, bool body) {
  for (const auto& each : ours) {
    if (each.found == nullptr) continue;
    for (const auto& mutation : each.found->mutation) {
      const auto same = [&](const auth::Mutation& known) {
        return known.kind == mutation.kind && known.part == mutation.part && known.received == mutation.received;
      };
      if ((mutation.part == "body") == body && std::ranges::none_of(into, same)) into.push_back(mutation);
    }
  }
}

/// Body before header.
std::vector<auth::Mutation> changes_of(const std::vector<OurSignature>& ours) {
  std::vector<auth::Mutation> out;
  collect(out, ours, true);
  collect(out, ours, false);
  return out;
}

/// "the body hash fails", "the header hash fails", or the verifier's own words.
std::string what_fails(const std::vector<OurSignature>& ours) {
  const auto fails = [&](std::optional<bool> auth::Dkim::* part) {
    return std::ranges::any_of(ours, [&](const auto& each) { return each.found && (each.found->*part) == false; });
  };
  const bool body = fails(&auth::Dkim::body_ok), header = fails(&auth::Dkim::header_ok);
  if (body && header) return "the body hash and the header hash fail";
  if (body) return "the body hash fails";
  if (header) return "the header hash fails";
  for (const auto& each : ours)
    if (each.found != nullptr && !holds(each) && !undecided(each)) return plain(each.found->reason, 200);
  return "what is missing was removed from the header";
}

std::string survivors(std::size_t good, std::size_t all) {
  if (all == 1) return "The DKIM signature does not survive";
  if (good == 0) return "None of the " + std::to_string(all) + " DKIM signatures survives";
  return "Only " + std::to_string(good) + " of the " + std::to_string(all) + " DKIM signatures survive" +
         (good == 1 ? "s" : "");
}

/// None is known to be broken, and for all we know those over our limit hold.
void judge_limited(const Copy& it, const std::vector<OurSignature>& ours, Findings& findings) {
  const auto first = std::ranges::find_if(ours, limited);
  auto& finding =
      it.add(findings, check, Verdict::error,
             "Not every signature could be judged: " + first->name + ": " + plain(first->found->reason, 200), "dkim");
  finding.cause = Cause::own_limit;
  finding.fix_by = FixBy::us;
  finding.advice = "See who adds that many signatures to the message on its way";
}

void judge_undecided(const Copy& it, const std::vector<OurSignature>& ours, Findings& findings) {
  const auto first = std::ranges::find_if(ours, undecided);
  const bool temporary = first->found->result == auth::DkimOutcome::temperror;
  auto& finding =
      it.add(findings, check, temporary ? Verdict::inconclusive : Verdict::error,
             "Not every signature could be judged: " + first->name + ": " + plain(first->found->reason, 200), "dkim");
  if (temporary) finding.cause = Cause::dns_failure;
  finding.fix_by = FixBy::us;
  finding.advice = "Look at our own key records with doctor, and run it again";
}

}  // namespace

void judge_survival(const Copy& it, Findings& findings) {
  if (it.probe.fault && it.probe.fault->starts_with("dkim")) {
    it.add(findings, check, Verdict::not_applicable, "The message was signed wrongly on purpose", "dkim");
    return;
  }
  auto ours = our_signatures(it.probe, it.sent);
  const auto broken = [](const OurSignature& each) { return !holds(each) && !undecided(each); };
  const auto over_limit = static_cast<std::size_t>(std::ranges::count_if(ours, limited));
  const bool any_broken = std::ranges::any_of(ours, broken);
  if (over_limit > 0 && !any_broken) return judge_limited(it, ours, findings);
  if (over_limit > 0) std::erase_if(ours, limited);  // what is known is told of the others
  const auto all = ours.size();
  const auto good = static_cast<std::size_t>(std::ranges::count_if(ours, holds));
  const auto open = static_cast<std::size_t>(std::ranges::count_if(ours, undecided));
  if (all == 0) {
    it.add(findings, check, Verdict::not_applicable, "The message was sent without a DKIM signature", "dkim");
  } else if (good == all) {
    it.add(
        findings, check, Verdict::pass,
        all == 1 ? "The DKIM signature still verifies" : "All " + std::to_string(all) + " DKIM signatures still verify",
        "dkim");
  } else if (good + open == all || (good == 0 && open > 0)) {
    judge_undecided(it, ours, findings);
  } else {
    const auto changes = changes_of(ours);
    auto why = mutation_list(it.probe, changes, it.received);
    if (!why.empty()) why = " because " + why + "; " + would_have_survived(changes) + " would have survived that";
    it.add(findings, check, good == 0 ? Verdict::fail : Verdict::warn,
           survivors(good, all) + ": " + what_fails(ours) + why +
               (over_limit > 0 ? "; " + std::to_string(over_limit) + " more could not be judged" : ""),
           "dkim")
        .advice = mutation_advice(changes);
  }
}

}  // namespace mailprobe::evidence
