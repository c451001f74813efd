#include "evidence/checks_answer.h"

#include <algorithm>
#include <array>

#include "auth/header_block.h"
#include "base/text.h"

namespace mailprobe::evidence {

namespace {

/// Bounces and their like: sent from the null reverse-path by the mail system itself, which many leave unsigned.
bool of_the_system(const Reply& reply) {
  return reply.session.mail_from.value_or("").empty() &&
         (reply.kind == AnswerKind::bounce || reply.kind == AnswerKind::delay || reply.kind == AnswerKind::delivered ||
          reply.kind == AnswerKind::unknown);
}

/// What is missing of a bounce is a warning, of other mail a failure: no policy makes anybody refuse the former for it.
Verdict missing(const Reply& reply) { return of_the_system(reply) ? Verdict::warn : Verdict::fail; }

// --- SPF ------------------------------------------------------------------------------------------------------------

const std::optional<auth::Spf>& spf_of(const Reply& reply) { return reply.spf ? reply.spf : reply.session.spf; }

std::string spf_subject(const auth::Spf& spf) {
  const bool helo = spf.identity == "helo";
  return "SPF of " + std::string(helo ? "the HELO name " : "") + plain(spf.domain, 260);
}

/// RFC 7208 §2.4: of a null reverse-path the HELO name is asked, for which few publish a record.
Judgement judge_spf(const Reply& reply) {
  const auto& spf = spf_of(reply);
  if (!spf) return {.verdict = Verdict::inconclusive, .summary = "SPF was not evaluated"};
  const bool helo = spf->identity == "helo";
  const auto who = spf_subject(*spf);
  const auto reason = spf->reason.empty() ? "" : ": " + plain(spf->reason, 200);
  using enum auth::SpfOutcome;
  switch (spf->result) {
    case pass: return {.verdict = Verdict::pass, .summary = who + " passes"};
    case none:
      return {.verdict = helo ? Verdict::warn : missing(reply),
              .summary = who + " is not published",
              .advice = helo ? "Publish an SPF record for the server's own name: it stands for bounces"
                             : "Publish an SPF record that lists the hosts that send"};
    case neutral:
    case softfail:
      return {.verdict = Verdict::warn,
              .summary = who + " comes to " + std::string(word(spf->result)),
              .advice = "List the sending address in the SPF record"};
    case temperror:
      return {.verdict = Verdict::inconclusive,
              .summary = who + " could not be looked up" + reason,
              .cause = Cause::dns_failure};
    case fail:
      return {
          .verdict = Verdict::fail, .summary = who + " fails", .advice = "List the sending address in the SPF record"};
    case permerror:
      return {.verdict = Verdict::fail, .summary = who + " is in error" + reason, .advice = "Mend the SPF record"};
  }
  return {};
}

// --- DKIM -----------------------------------------------------------------------------------------------------------

bool passes(const auth::Dkim& dkim) { return dkim.result == auth::DkimOutcome::pass; }
bool passes_clean(const auth::Dkim& dkim) { return passes(dkim) && !dkim.partial && !dkim.testing; }

std::string signer(const auth::Dkim& dkim) {
  return "the signature of " + plain(dkim.domain, 260) + " (" + plain(dkim.selector, 80) + ")";
}

Judgement judge_passing(const Reply& reply, const auth::Dkim& dkim) {
  if (!passes_clean(dkim))
    return {
        .verdict = Verdict::warn,
        .summary = "DKIM: " + signer(dkim) + " verifies, but " +
                   (dkim.partial ? "l= leaves a part of the body unsigned" : "its key is marked as being tested (t=y)"),
        .advice = dkim.partial ? "Sign the whole body: leave l= out" : "Take t=y out of the key record"};
  if (reply.dmarc.aligned_dkim == false)
    return {.verdict = Verdict::warn,
            .summary = "DKIM: " + signer(dkim) + " verifies, but is not of the domain in From, " +
                       plain(reply.dmarc.domain, 260),
            .advice = "Sign with a key of the domain in From"};
  return {.verdict = Verdict::pass, .summary = "DKIM: " + signer(dkim) + " verifies"};
}

Judgement judge_failing(const std::vector<auth::Dkim>& all) {
  const auto temporary = std::ranges::find(all, auth::DkimOutcome::temperror, &auth::Dkim::result);
  if (temporary != all.end())
    return {.verdict = Verdict::inconclusive,
            .summary = "DKIM: the key of " + signer(*temporary) + " could not be looked up",
            .cause = Cause::dns_failure};
  const auto& first = all.front();
  return {.verdict = Verdict::fail,
          .summary = "DKIM: " + signer(first) +
                     (first.result == auth::DkimOutcome::fail ? " does not verify"
                                                              : " comes to " + std::string(word(first.result))) +
                     (first.reason.empty() ? "" : ": " + plain(first.reason, 200)),
          .advice = "Look at what changes the message after it is signed, and at the key that is published"};
}

Judgement judge_dkim(const Reply& reply) {
  const auto& all = reply.dkim;
  if (all.empty())
    return {
        .verdict = missing(reply),
        .summary = of_the_system(reply) ? "The bounce is not signed with DKIM" : "The answer is not signed with DKIM",
        .advice = "Sign what the server sends with a key of the domain in From"};
  auto best = std::ranges::find_if(all, passes_clean);
  if (best == all.end()) best = std::ranges::find_if(all, passes);
  return best == all.end() ? judge_failing(all) : judge_passing(reply, *best);
}

// --- DMARC ----------------------------------------------------------------------------------------------------------

std::string carried_by(const auth::Dmarc& dmarc) {
  std::vector<std::string> by;
  if (dmarc.aligned_spf == true) by.emplace_back("SPF");
  if (dmarc.aligned_dkim == true) by.emplace_back("DKIM");
  return by.empty() ? "" : ", by " + listed(by);
}

Judgement judge_dmarc(const Reply& reply) {
  const auto& dmarc = reply.dmarc;
  const auto who = dmarc.domain.empty() ? "" : " of " + plain(dmarc.domain, 260);
  const auto reason = dmarc.reason.empty() ? "" : ": " + plain(dmarc.reason, 200);
  if (!dmarc.result)
    return {.verdict = Verdict::inconclusive, .summary = "DMARC" + who + " could not be evaluated" + reason};
  using enum auth::DmarcOutcome;
  switch (*dmarc.result) {
    case pass: return {.verdict = Verdict::pass, .summary = "DMARC" + who + " passes" + carried_by(dmarc)};
    case none:
      return {.verdict = missing(reply),
              .summary = "DMARC" + who + " comes to none" + reason,
              .advice = "Publish a DMARC record for the domain in From"};
    case temperror:
      return {.verdict = Verdict::inconclusive,
              .summary = "DMARC" + who + " could not be looked up" + reason,
              .cause = Cause::dns_failure};
    case fail:
      return {.verdict = missing(reply),
              .summary = "DMARC" + who + " fails" + reason +
                         (dmarc.policy ? ": the policy is " + std::string(word(*dmarc.policy)) : ""),
              .advice = "Let SPF or DKIM pass with the domain in From"};
    case permerror:
      return {.verdict = Verdict::fail,
              .summary = "DMARC" + who + " is in error" + reason,
              .advice = "Mend the DMARC record"};
  }
  return {};
}

// --- what large providers ask for -----------------------------------------------------------------------------------

/// The rules of large providers: those that are broken, and those that we could not look into.
struct Rules {
  std::vector<std::string> missed, unknown;
};

void check_tls(const Session& session, Rules& rules) {
  if (session.tls) return;
  if (withheld_starttls(session))
    rules.unknown.emplace_back("TLS, which our receiver did not offer");
  else
    rules.missed.emplace_back("no TLS");
}

void check_name(const Session& session, Rules& rules) {
  if (session.ptr_confirmed == false) rules.missed.emplace_back("no name that leads back to the address");
  if (!session.ptr_confirmed && !session.ptr) rules.unknown.emplace_back("whether a name leads back to the address");
}

void check_spf(const Reply& reply, Rules& rules) {
  using enum auth::SpfOutcome;
  const auto& spf = spf_of(reply);
  if (!spf || spf->result == temperror) {
    rules.unknown.emplace_back("SPF");
    return;
  }
  // From the null reverse-path, by a host that has no SPF record: nothing that a provider could ask for.
  const bool of_helo_alone = spf->identity == "helo" && spf->result == none;
  if (spf->result != pass && !of_helo_alone) rules.missed.emplace_back("SPF does not pass");
}

void check_dkim(const Reply& reply, Rules& rules) {
  if (std::ranges::any_of(reply.dkim, passes)) return;
  if (std::ranges::find(reply.dkim, auth::DkimOutcome::temperror, &auth::Dkim::result) != reply.dkim.end())
    rules.unknown.emplace_back("DKIM");
  else
    rules.missed.emplace_back("DKIM does not pass");
}

void check_dmarc(const Reply& reply, Rules& rules) {
  using enum auth::DmarcOutcome;
  const auto& result = reply.dmarc.result;
  if (!result || *result == temperror)
    rules.unknown.emplace_back("DMARC");
  else if (*result != pass)
    rules.missed.emplace_back("DMARC does not pass");
}

std::size_t count(const auth::Message& message, std::string_view name) { return message.all(name).size(); }

/// RFC 5322 §3.6: Date and From must be there once; Message-ID should, and the providers insist.
void check_format(const auth::Message& message, std::vector<std::string>& missed) {
  for (const std::string_view name : {"From", "Date", "Message-ID"})
    if (const auto times = count(message, name); times != 1)
      missed.push_back(times == 0 ? std::string(name) + " is missing" : std::string(name) + " stands there twice");
}

/// RFC 8058: what calls itself bulk must have the one-click way out.
void check_unsubscribe(const auth::Message& message, std::vector<std::string>& missed) {
  const auto* precedence = message.first("Precedence");
  const bool list = count(message, "List-Id") > 0 || count(message, "List-Unsubscribe") > 0;
  const bool bulk = list || (precedence != nullptr && iequals(trim(precedence->value), "list"));
  if (bulk && count(message, "List-Unsubscribe-Post") == 0) missed.emplace_back("no one-click unsubscribe (RFC 8058)");
}

Rules rules_of(const Reply& reply, const std::optional<std::string>& raw) {
  Rules rules;
  check_tls(reply.session, rules);
  check_name(reply.session, rules);
  check_spf(reply, rules);
  check_dkim(reply, rules);
  check_dmarc(reply, rules);
  if (!raw) return rules;
  const auto message = auth::split_message(*raw);
  check_format(message, rules.missed);
  check_unsubscribe(message, rules.missed);
  return rules;
}

/// A bounce is no mail that anybody has asked rules for.
std::optional<Judgement> judge_rules(const Reply& reply, const RawReader& raw) {
  if (of_the_system(reply)) return std::nullopt;
  const auto rules = rules_of(reply, raw ? raw(reply.raw) : std::nullopt);
  const auto unknown = rules.unknown.empty() ? "" : "; not determined: " + listed(rules.unknown);
  if (!rules.missed.empty())
    return Judgement{
        .verdict = Verdict::warn,
        .summary = "Not kept of the rules that large providers have for senders: " + listed(rules.missed) + unknown,
        .advice = "Mend what is listed: mail that breaks these rules is refused or filed as spam"};
  if (rules.unknown.empty())
    return Judgement{.verdict = Verdict::pass,
                     .summary = "The answer keeps the rules that large providers have for senders"};
  const bool ours = !reply.session.tls && withheld_starttls(reply.session);
  return Judgement{.verdict = Verdict::inconclusive,
                   .summary = "No rule of large providers for senders is seen broken" + unknown,
                   .cause = ours ? Cause::own_limit : Cause::dns_failure};
}

// --- all of a probe's ------------------------------------------------------------------------------------------------

struct AnswerCheck {
  std::string_view check, member;
  Judgement (*judge)(const Reply& reply);
};
constexpr std::array<AnswerCheck, 3> answer_checks{{
    {"outbound.spf", "spf", judge_spf},
    {"outbound.dkim", "dkim", judge_dkim},
    {"outbound.dmarc", "dmarc", judge_dmarc},
}};

void add(Findings& findings, std::string_view check, const Probe& probe, const std::vector<Part>& parts) {
  if (!parts.empty()) findings.add(check, probe_subject(probe), worst_of(parts)).probe = probe.name;
}

}  // namespace

void judge_answers(const Probe& probe, const std::string& at, const RawReader& raw, Findings& findings) {
  const auto answers = answers_of(probe, at);
  for (const auto& [check, member, judge] : answer_checks) {
    std::vector<Part> parts;
    for (const auto& answer : answers) {
      auto judgement = judge(answer.reply);
      judgement.evidence = {answer.at + pointer(member)};
      parts.push_back({std::move(judgement), &answer.reply.session});
    }
    add(findings, check, probe, parts);
  }
  std::vector<Part> rules;
  for (const auto& answer : answers) {
    auto judgement = judge_rules(answer.reply, raw);
    if (!judgement) continue;
    judgement->evidence = {answer.at};
    rules.push_back({std::move(*judgement), &answer.reply.session});
  }
  add(findings, "outbound.sender-rules", probe, rules);
}

}  // namespace mailprobe::evidence
