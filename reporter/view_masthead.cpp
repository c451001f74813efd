#include <algorithm>

#include <fmt/format.h>

#include "reporter/headline.h"
#include "reporter/measurements.h"
#include "reporter/phrases.h"
#include "reporter/summary.h"
#include "reporter/to_fix.h"
#include "reporter/views.h"

namespace mailprobe::reporter {

namespace {

using evidence::Document;
using evidence::Probe;

View fact(std::string_view tone, std::string_view label, std::string value, std::string note = {}) {
  return View().set("tone", tone).set("label", label).set("value", std::move(value)).set("note", std::move(note));
}

View delivery_fact(const Probe& probe) {
  if (!probe.smtp) return fact("fail", "Delivery", "Not sent");
  const auto& last = *probe.smtp;
  const auto tone = tone_of(last.outcome);
  const auto reply = last.reply ? fmt::format("{} {}", last.reply->code, last.reply->enhanced.value_or("")) : "";
  switch (last.outcome) {
    case Outcome::accepted: return fact(tone, "Delivery", "Accepted", "in " + duration(last.duration_ms));
    case Outcome::temporary: return fact(tone, "Delivery", "Not yet", reply);
    case Outcome::rejected: return fact(tone, "Delivery", "Refused", reply);
    case Outcome::unknown: return fact(tone, "Delivery", "Unknown", "no answer at the end");
    case Outcome::not_sent:
      return fact(tone, "Delivery", "Not sent", last.phase.empty() ? "" : "ended at " + last.phase);
  }
  return fact("mute", "Delivery", "–");
}

View encryption_fact(const Probe& probe) {
  if (!probe.smtp) return fact("mute", "Encryption", "–");
  const bool sent = probe.smtp->outcome != Outcome::not_sent;
  if (!probe.smtp->tls) {
    if (sent) return fact("fail", "Encryption", "None", "plain text");
    const bool asked = probe.smtp->phase == "starttls" || probe.smtp->phase == "tls";
    return fact(asked ? "fail" : "mute", "Encryption", asked ? "None" : "–",
                asked && !probe.smtp->starttls_offered ? "not offered" : "");
  }
  const auto& version = probe.smtp->tls->version;
  const bool current = version == "TLSv1.3" || version == "TLSv1.2";
  return fact(current ? "pass" : "fail", "Encryption", tls_name(version), probe.smtp->tls->group.value_or(""));
}

View certificate_fact(const Probe& probe, Time at) {
  if (!probe.smtp || !probe.smtp->tls || !probe.smtp->tls->verified) return fact("mute", "Certificate", "–");
  const auto& tls = *probe.smtp->tls;
  if (tls.verified->result != "pass")
    return fact("fail", "Certificate", "Not valid",
                tls.verified->cause ? std::string(cause_phrase(*tls.verified->cause)) : "");
  const auto days = certificate_days(tls, at);
  return fact("pass", "Certificate", "Valid", days ? fmt::format("for {} more days", *days) : "");
}

View mailbox_fact(const Probe& probe) {
  if (probe.mailbox) {
    const bool junk = in_junk(*probe.mailbox);
    return fact(junk ? "warn" : "pass", "Mailbox", probe.mailbox->folder, "after " + duration(probe.mailbox->delay_ms));
  }
  if (!probe.watch || !handed_over(probe)) return fact("mute", "Mailbox", "–", "not looked at");
  const bool expected = probe.smtp && probe.smtp->outcome == Outcome::accepted;
  if (probe.watch->completed)
    return fact(expected ? "fail" : "unsure", "Mailbox", "Not found", "in " + duration(probe.watch->waited_ms));
  return fact("unsure", "Mailbox", "Unknown", "not searched to the end");
}

View dkim_fact(const std::vector<auth::Dkim>& all) {
  const auto whole = static_cast<std::size_t>(std::ranges::count(all, auth::DkimOutcome::pass, &auth::Dkim::result));
  const auto tone = all.empty() || whole == 0 ? "fail" : whole < all.size() ? "warn" : "pass";
  return fact(tone, "DKIM", all.empty() ? "None left" : fmt::format("{} of {}", whole, all.size()),
              all.empty() ? "" : "signatures intact");
}

void add_results(Views& facts, const Probe& probe) {
  if (!probe.mailbox) return;
  const auto& copy = *probe.mailbox;
  facts.push_back(dkim_fact(copy.dkim));
  if (copy.spf)
    facts.push_back(
        fact(tone_of_result(word(copy.spf->result)), "SPF", std::string(word(copy.spf->result)), copy.spf->domain));
  const std::string dmarc(copy.dmarc.result ? word(*copy.dmarc.result) : "–");
  facts.push_back(fact(tone_of_result(copy.dmarc.result ? dmarc : ""), "DMARC", dmarc,
                       copy.dmarc.policy ? "policy " + std::string(word(*copy.dmarc.policy)) : ""));
}

Views facts_of(const Document& document) {
  Views facts;
  if (document.probes.size() != 1) return facts;
  const auto& probe = document.probes.front();
  facts = {delivery_fact(probe), encryption_fact(probe), certificate_fact(probe, document.run.started),
           mailbox_fact(probe)};
  add_results(facts, probe);
  return facts;
}

/// `doctor` judges nobody but us.
bool own_standing(const Document& document) {
  return !document.findings.empty() && std::ranges::all_of(document.findings, [](const evidence::Finding& finding) {
    return direction_of(finding) == "self";
  });
}

std::string_view kind_of(const Document& document) {
  if (!document.probes.empty()) return "delivery report";
  return own_standing(document) ? "own standing" : "inspection";
}

}  // namespace

void view_masthead(View& page, const Page& from) {
  const auto& run = from.document.run;
  const auto head = headline(from.document);
  auto facts = facts_of(from.document);
  View masthead;
  badge(masthead, head.verdict)
      .set("sentence", head.sentence)
      .set("counts", head.counts)
      .set("target", addressee(from.document))
      .set("kind", kind_of(from.document))
      .set("whom", from.document.probes.empty() ? "Domain" : "To")
      .set("when", moment(run.started))
      .set("took", run.finished ? duration((*run.finished - run.started).count()) : "")
      .set("has_facts", !facts.empty())
      .set("facts", std::move(facts));
  view_first(masthead, from);
  page.set("masthead", std::move(masthead));
}

void view_first(View& page, const Page& from) {
  const auto first = first_to_fix(from.document);
  Views few;
  few.reserve(first.few.size());
  for (const auto& each : first.few) {
    View view;
    badge(view, each.verdict)
        .set("sentence", each.sentence)
        .set("advice", each.advice)
        .set("own_part", each.own_part)
        .set("whose", each.whose)
        .set("where", each.where);
    few.push_back(std::move(view));
  }
  page.set("has_first", !few.empty())
      .set("first_title", first.title)
      .set("first_rest", first.rest)
      .set("first", std::move(few));
}

}  // namespace mailprobe::reporter
