#include "reporter/headline.h"

#include <algorithm>

#include "base/text.h"
#include "evidence/answer.h"
#include "evidence/answered.h"
#include "evidence/our_signatures.h"
#include "evidence/returned.h"
#include "reporter/clause.h"
#include "reporter/escape.h"
#include "reporter/expectations.h"
#include "reporter/phrases.h"
#include "reporter/summary.h"
#include "reporter/survival_told.h"
#include "reporter/to_fix.h"

namespace mailprobe::reporter {

namespace {

using evidence::Attempt;
using evidence::Document;
using evidence::MailboxCopy;
using evidence::Probe;
using evidence::Verdict;

std::string server(const Attempt& attempt) {
  return attempt.host.empty() ? "the mail server" : one_line(attempt.host, 80);
}

std::string reply_words(const Attempt& attempt) {
  if (!attempt.reply) return {};
  return " (" + std::to_string(attempt.reply->code) +
         (attempt.reply->enhanced ? " " + one_line(*attempt.reply->enhanced, 12) : "") + ")";
}

using Signatures = std::vector<evidence::OurSignature>;

/// "A footer was appended" as it goes on within a sentence.
std::string first_mutation(const Signatures& ours) {
  for (const auto& signature : ours)
    if (!signature.found->mutation.empty()) {
      const auto& mutation = signature.found->mutation.front();
      auto title = mutation_phrase(mutation.kind, mutation.part).title;
      if (!title.contains(':')) title[0] = lower(title[0]);
      return ": " + title + " on the way";
    }
  return {};
}

/// Neither verified nor broken: over our limit of signatures, or without a key to be had.
bool undecided(const evidence::OurSignature& each) {
  using enum auth::DkimOutcome;
  return each.found->result != pass && each.found->result != fail && each.found->mutation.empty();
}

/// "but only 2 of the 4 DKIM signatures survive"
std::string removed_phrase(const evidence::Finding& finding) {
  auto count = finding.summary.substr(0, finding.summary.find(':'));
  if (!count.empty()) count[0] = lower(count[0]);
  return "but " + one_line(count, 120);
}

/// Of our own signatures: what others added on the way says nothing about the way.
std::string signatures_phrase(const Probe& probe, const Document& document) {
  if (probe.fault && probe.fault->starts_with("dkim"))
    return "signed wrongly on purpose (" + one_line(*probe.fault, 60) + ")";
  if (probe.smuggling && probe.smuggling->folder) return "and the one that was smuggled in with it arrived too";
  if (probe.smuggling && probe.smuggling->whole == true) return "whole, with the second one in it";
  auto ours = evidence::our_signatures(probe, std::nullopt);
  const auto* lost = not_all_survive(probe, document);
  if (lost != nullptr && signatures_told_of(*lost) > ours.size()) return removed_phrase(*lost) + first_mutation(ours);
  if (ours.empty()) return probe.mailbox->dkim.empty() ? "without a DKIM signature" : "without our DKIM signatures";
  const bool open = std::erase_if(ours, undecided) > 0;
  const auto all = ours.size();
  const auto whole = static_cast<std::size_t>(
      std::ranges::count_if(ours, [](const auto& each) { return each.found->result == auth::DkimOutcome::pass; }));
  if (open && whole == all) return "but not every DKIM signature of it could be verified";
  if (whole == all && lost != nullptr) return removed_phrase(*lost);
  if (whole == all) return all == 1 ? "with its DKIM signature intact" : "with every DKIM signature intact";
  const std::string cause = first_mutation(ours);
  if (all == 1) return "but its DKIM signature is broken" + cause;
  if (whole == 0) return "but all " + std::to_string(all) + " DKIM signatures are broken" + cause;
  return "but only " + std::to_string(whole) + " of its " + std::to_string(all) + " DKIM signatures survived" + cause;
}

std::string purpose_phrase(const Probe& probe) {
  return probe.fault ? ", wrong on purpose (" + one_line(*probe.fault, 60) + ")" : "";
}

std::string encryption_phrase(const Probe& probe) {
  if (!probe.smtp || probe.via) return {};  // the relay's session says nothing about the target's
  if (!probe.smtp->tls) return ", in plain text on the way in";
  return ", encrypted on the way in (" + tls_name(probe.smtp->tls->version) + ")";
}

std::string arrived(const Probe& probe, const Document& document) {
  const auto& copy = *probe.mailbox;
  const bool junk = in_junk(copy);
  const auto signatures = signatures_phrase(probe, document);
  const bool broken = signatures.starts_with("but");
  if (junk && broken) return "The message was put into the junk folder, and " + signatures.substr(4) + ".";
  if (junk) return "The message was delivered, but into the junk folder" + purpose_phrase(probe) + ".";
  if (broken) return "The message arrived in " + folder_phrase(copy) + ", " + signatures + ".";
  return "The message arrived in " + folder_phrase(copy) + encryption_phrase(probe) + ", " + signatures +
         (signatures.starts_with("signed wrongly") ? "" : purpose_phrase(probe)) + ".";
}

bool of_kind(const evidence::Reply& reply, std::initializer_list<evidence::AnswerKind> kinds) {
  return std::ranges::find(kinds, reply.kind) != kinds.end();
}

constexpr std::string_view not_taken = "; what it sent on to us came back, for our own receiver did not take it.";

/// What the answers say of a message that no mailbox shows; empty: nothing.
std::string told_by_answers(const Probe& probe) {
  using enum evidence::AnswerKind;
  const auto all = evidence::answers_of(probe, {});
  const auto of = [&](std::initializer_list<evidence::AnswerKind> kinds) {
    const auto found = std::ranges::find_if(all, [&](const auto& each) { return of_kind(each.reply, kinds); });
    return found == all.end() ? nullptr : &found->reply;
  };
  if (const auto* answer = of({person, vacation, reflector, opt_out}))
    return " and answered" + (answer->delay_ms ? " after " + duration(*answer->delay_ms) : std::string()) +
           (answer->session.tls ? ", over " + tls_name(answer->session.tls->version) : ", in plain text") + ".";
  if (of({complaint}) != nullptr) return ", and somebody complained about it.";
  if (const auto* bounce = evidence::bounce_of(probe)) {
    if (evidence::not_taken_by_us(probe, bounce->statuses)) return std::string(not_taken);
    const auto* status = evidence::telling(bounce->statuses);
    return ", and then returned" +
           (status == nullptr ? "." : ": " + one_line(status->diagnostic.value_or(status->status), 160) + ".");
  }
  return of({delay}) == nullptr ? "" : "; a notice came that it is delayed.";
}

std::string accepted(const Probe& probe) {
  const auto by = "The message was accepted by " + server(*probe.smtp);
  if (const auto& forward = probe.forward)
    return by + " and forwarded to us" +
           (forward->delay_ms ? " after " + duration(std::max<std::int64_t>(0, *forward->delay_ms)) : std::string()) +
           (forward->session.tls ? ", over " + tls_name(forward->session.tls->version) : ", in plain text") + ".";
  if (auto told = told_by_answers(probe); !told.empty()) return by + told;
  if (!probe.watch) return by + "; whether it reached the mailbox was not looked at.";
  const auto* bounce = evidence::mailbox_bounce_of(probe);
  if (probe.watch->completed && bounce != nullptr)
    return by + (evidence::not_taken_by_us(probe, bounce->statuses) ? std::string(not_taken)
                                                                    : ", but then a bounce came instead of it.");
  if (probe.watch->completed)
    return by + ", but did not show up in the mailbox within " + duration(probe.watch->waited_ms) + ".";
  if (probe.watch->cause == Cause::interrupted) return by + "; the wait for it in the mailbox was cut short.";
  return by + ", but the mailbox could not be searched, so where it ended is not known.";
}

/// What lies with us does not name the server as its subject.
bool our_own(std::optional<Cause> cause) {
  return cause == Cause::own_limit || cause == Cause::our_port_25 || cause == Cause::no_ipv6;
}

/// The server ended it, or fell silent, once the session was encrypted.
bool broken_off(const Attempt& attempt) {
  if (attempt.phase == "tls") return false;
  const auto cause = attempt.cause;
  return attempt.reply || cause == Cause::unreachable || cause == Cause::timed_out || cause == Cause::protocol_error;
}

/// The certificate, or the TLSA records, are not what was asked for.
bool unauthenticated(const Attempt& attempt) {
  const auto& tls = *attempt.tls;
  if (attempt.cause == Cause::unsupported) return false;  // an extension that it does not announce
  return (tls.verified && tls.verified->result == "fail") || (tls.dane && tls.dane->result == "fail");
}

/// Encrypted, and kept from going on by us: for who the server is, or for what it does not announce.
std::string held_back(const Attempt& attempt) {
  if (unauthenticated(attempt) || !attempt.error) return server(attempt) + " could not be authenticated as required.";
  return short_sentence(*attempt.error);
}

std::string not_sent(const Attempt& attempt) {
  const std::string nothing = "Nothing was sent: ";
  if (our_own(attempt.cause))
    return "Nothing was sent, for a reason of our own: " +
           (attempt.cause == Cause::own_limit && attempt.error ? one_line(*attempt.error, 160)
                                                               : std::string(cause_phrase(*attempt.cause))) +
           ".";
  const auto cause = attempt.cause;
  if (attempt.phase == "connect" && attempt.error &&
      (cause == Cause::policy || cause == Cause::bogus || cause == Cause::dns_failure))  // no connection was tried
    return nothing + one_line(*attempt.error, 200) + ".";
  if (attempt.phase == "connect") return nothing + server(attempt) + " could not be reached.";
  if (attempt.phase == "starttls" && !attempt.starttls_offered)
    return nothing + server(attempt) + " offers no encryption (STARTTLS).";
  if (attempt.tls && !broken_off(attempt)) return nothing + held_back(attempt);
  if (attempt.phase == "starttls" || attempt.phase == "tls")
    return nothing + "the connection to " + server(attempt) + " could not be encrypted as required.";
  return nothing + "the session with " + server(attempt) + " ended too early.";
}

std::string by_outcome(const Probe& probe) {
  const auto& last = *probe.smtp;
  switch (last.outcome) {
    case Outcome::accepted: return accepted(probe);
    case Outcome::rejected:
      return "The message was refused by " + server(last) + reply_words(last) + purpose_phrase(probe) + ".";
    case Outcome::temporary:
      return server(last) + " did not take the message yet and asked to try again later" + reply_words(last) + ".";
    case Outcome::unknown:
      return std::string("The message was handed over whole, but no ") + (last.reply ? "usable " : "") +
             "answer came: it was possibly delivered, and will not be sent again.";
    case Outcome::not_sent: return not_sent(last);
  }
  return {};
}

/// As the finding says it, which begins so.
std::string nothing_for(const Document& document) {
  const auto found = std::ranges::find_if(document.findings, [](const evidence::Finding& each) {
    return each.check == "path.accepted" && each.summary.starts_with("Nothing was sent: ");
  });
  return found == document.findings.end() ? "Nothing was sent." : short_sentence(found->summary);
}

std::string no_attempt(const Document& document) {
  const auto& target = document.target;
  if (document.run.problem) return "Nothing was sent: " + one_line(*document.run.problem, 200) + ".";
  using enum evidence::MxShape;
  const auto domain = one_line(target.domain, 80);
  switch (target.shape) {
    case null_mx: return "Nothing was sent: " + domain + " says that it takes no mail (null MX).";
    case nxdomain: return "Nothing was sent: the domain " + domain + " does not exist.";
    case none: return "Nothing was sent: " + domain + " has no mail server.";
    case failed: return "Nothing was sent: the mail servers of " + domain + " could not be looked up.";
    default: return nothing_for(document);
  }
}

// --- of many messages ----------------------------------------------------------------------------------------------

bool here(const Probe& probe) { return probe.mailbox || probe.forward; }
bool as_junk(const Probe& probe) { return probe.mailbox && in_junk(*probe.mailbox); }
bool refused(const Probe& probe) { return !here(probe) && probe.smtp && probe.smtp->outcome == Outcome::rejected; }
bool unsent(const Probe& probe) { return !here(probe) && (!probe.smtp || probe.smtp->outcome == Outcome::not_sent); }
bool is_wrong_on_purpose(const Probe& probe) { return probe.fault.has_value(); }

using Is = bool (*)(const Probe&);

std::size_t count(const Document& document, Is is) {
  return static_cast<std::size_t>(std::ranges::count_if(document.probes, is));
}

std::size_t count_both(const Document& document, Is is, Is also) {
  return static_cast<std::size_t>(
      std::ranges::count_if(document.probes, [&](const Probe& probe) { return is(probe) && also(probe); }));
}

std::string were(std::size_t n, std::string_view what) {
  return n == 0 ? "" : std::to_string(n) + (n == 1 ? " was " : " were ") + std::string(what);
}

std::string joined(const std::string& one, const std::string& other, std::string_view between) {
  return one + (one.empty() || other.empty() ? "" : std::string(between)) + other;
}

/// What a target does with those that are wrong on purpose is not charged to it, but where it does so with all.
std::string of_wrong_ones(const Document& document) {
  const auto part = [&](Is is, std::string_view what) {
    return count(document, is) == document.probes.size() ? ""
                                                         : were(count_both(document, is, is_wrong_on_purpose), what);
  };
  const auto fates = joined(part(refused, "refused"), part(as_junk, "put into the junk folder"), " and ");
  if (fates.empty()) return {};
  return "of the " + std::to_string(count(document, is_wrong_on_purpose)) + " that are wrong on purpose " + fates;
}

/// Why not all arrived, as far as sending them goes.
std::string stopped(const Document& document) {
  const auto all = document.probes.size();
  if (count(document, unsent) == all) return "nothing was sent";
  if (count(document, refused) == all) return all == 1 ? "it was refused" : "all of them were refused";
  const auto of_right_ones = count(document, refused) - count_both(document, refused, is_wrong_on_purpose);
  return joined(were(of_right_ones, "refused"), were(count(document, unsent), "not sent"), ", ");
}

std::string several(const Document& document) {
  if (std::ranges::none_of(document.probes, [](const Probe& probe) { return probe.watch || here(probe); }))
    return "No mailbox was looked in.";
  const auto arrived = count(document, here), junk = count(document, as_junk);
  auto text = std::to_string(arrived) + " of " + count_of(document.probes.size(), "message") + " arrived";
  if (junk > 0)
    text += junk < arrived ? ", " + std::to_string(junk) + " of them in the junk folder"
            : junk == 1    ? ", in the junk folder"
                           : ", all of them in the junk folder";
  return joined(text, joined(stopped(document), of_wrong_ones(document), "; "), "; ") + ".";
}

// --- what is wrong -------------------------------------------------------------------------------------------------

using Wrong = std::vector<ToFix>;

std::size_t findings_of(const Document& document, Verdict verdict) {
  return static_cast<std::size_t>(std::ranges::count(document.findings, verdict, &evidence::Finding::verdict));
}

/// "a check failed: …", "3 things could be better, first of all: …"
std::string clause(const Document& document, const ToFix& first) {
  const auto n = findings_of(document, first.verdict);
  const std::string colon = n > 1 ? ", first of all: " : ": ";
  const auto& text = first.brief;
  if (first.verdict == Verdict::fail)
    return (n > 1 ? std::to_string(n) + " checks failed" : std::string("a check failed")) + colon + text;
  if (first.verdict == Verdict::warn)
    return (n > 1 ? std::to_string(n) + " things" : std::string("one thing")) + " could be better" + colon + text;
  return "not everything could be determined" + colon + text;
}

std::string but(std::string sentence, const std::string& clause) {
  const auto* joint = sentence.contains(" but ") ? "; and " : "; but ";
  sentence.pop_back();
  return sentence + joint + clause;
}

/// The story of a message is about its delivery and its signatures already.
bool told(const Document& document, const std::string& sentence, const std::string& check) {
  if (document.probes.size() > 1) return false;  // of many it is how many arrived
  if (check == "path.filter-verdict") return sentence.contains("the junk folder");
  return check == "path.accepted" || check == "path.delivered" || check == "path.dkim-survival";
}

/// Where the story of the message is a good one and something is wrong all the same, that is the news.
std::string with_fault(const Document& document, std::string sentence, const Wrong& wrong) {
  if (wrong.empty() || told(document, sentence, wrong.front().check)) return sentence;
  return but(std::move(sentence), clause(document, wrong.front()));
}

/// `inspect` and `doctor` send nothing.
std::string without_probes(const Document& document, Verdict verdict, const Wrong& wrong) {
  const bool ours = std::ranges::all_of(document.findings, [](const auto& f) { return f.check.starts_with("self."); });
  const auto domain = one_line(document.target.domain, 80);
  if (document.target.shape == evidence::MxShape::null_mx) return domain + " takes no mail: it has a null MX.";
  if (document.target.shape == evidence::MxShape::nxdomain) return "There is no domain " + domain + ".";
  const auto whose = ours ? "our own standing" : "the mail servers of " + domain;
  if (verdict == Verdict::pass) return "Nothing to object to in " + whose + ".";
  const auto unclear = "Not everything about " + whose + " could be determined";
  if (wrong.empty()) return unclear + ".";
  const auto& first = wrong.front();
  if (verdict == Verdict::warn)  // a failure that is not expected of anybody leaves the verdict as it is
    return (first.verdict == Verdict::fail ? "What is expected of " + whose + " holds" : "No fault in " + whose) +
           "; but " + clause(document, first);
  if (verdict != Verdict::fail) return unclear + ": " + first.brief;
  const auto n = findings_of(document, Verdict::fail);
  return (n > 1 ? std::to_string(n) + " checks of " : "A check of ") + (ours ? whose : domain) + " failed" +
         (n > 1 ? ", first of all: " : ": ") + first.brief;
}

/// "11 of 12 expectations hold, 1 failed: …"; what it names is of the kind that was counted last
std::string expected(const Document& document, const Wrong& wrong) {
  auto text = expectation_counts(document);
  if (wrong.empty()) return text;
  text.pop_back();
  const auto of = [&](Verdict verdict) {
    return static_cast<std::size_t>(
        std::ranges::count(document.expectations, verdict, &evidence::Expectation::verdict));
  };
  const auto failed = of(Verdict::fail), held = of(Verdict::pass);
  const auto& first = wrong.front().counts;
  const bool all =
      failed > 0 ? first.failed_expectations == failed : first.open_expectations == document.expectations.size() - held;
  return text + (all ? ": " : ", first of all: ") + wrong.front().brief;
}

/// What was under way when it ended.
std::string in_flight(const Document& document) {
  if (document.probes.empty()) return {};
  const auto count = [&](Outcome outcome) {
    return static_cast<std::size_t>(std::ranges::count_if(
        document.probes, [&](const Probe& probe) { return probe.smtp && probe.smtp->outcome == outcome; }));
  };
  const auto whole = document.probes.size();
  const auto of_all = [&](std::size_t n) {
    return whole == 1 ? std::string("the message was ")
                      : std::to_string(n) + " of " + count_of(whole, "message") + " were ";
  };
  const auto accepted = count(Outcome::accepted), possible = count(Outcome::unknown);
  std::string text;
  if (accepted > 0) text += "; " + of_all(accepted) + "accepted";
  if (possible > 0) text += "; " + of_all(possible) + "possibly delivered";
  return text.empty() ? "; nothing was handed over" : text;
}

std::string with_problem(std::string sentence, const std::string& problem) {
  const auto words = one_line(problem, 200);
  if (sentence.empty()) return "Nothing was sent: " + words + ".";
  return sentence + " The run is incomplete: " + words + ".";
}

/// That all went well is no verdict where nobody said what is to come of it.
std::string with_nothing_expected(const Document& document) {
  const auto sentence =
      document.probes.size() > 1 ? several(document) : probe_sentence(document.probes.front(), document);
  return sentence + " The scenario expects nothing, so that nothing of it can hold or fail: add \"expect\" to it.";
}

std::string story(const Document& document, Verdict verdict) {
  if (document.run.interrupted) return "The run was interrupted before it was complete" + in_flight(document) + ".";
  if (document.probes.empty() && document.run.problem) return with_problem({}, *document.run.problem);
  const auto wrong = all_to_fix(document);
  if (document.probes.empty()) return without_probes(document, verdict, wrong);
  if (!document.expectations.empty()) return expected(document, wrong) + " " + several(document);
  if (document.run.scenario) return with_nothing_expected(document);
  if (document.probes.size() > 1) return with_fault(document, several(document), wrong);
  const auto& probe = document.probes.front();
  auto sentence = probe_sentence(probe, document);
  const bool good = probe.mailbox || (probe.smtp && probe.smtp->outcome == Outcome::accepted);
  return good ? with_fault(document, std::move(sentence), wrong) : sentence;
}

}  // namespace

bool handed_over(const Probe& probe) {
  return probe.smtp && (probe.smtp->outcome == Outcome::accepted || probe.smtp->outcome == Outcome::unknown);
}

std::string folder_phrase(const MailboxCopy& copy) {
  if (in_junk(copy)) return "the junk folder";
  if (iequals(copy.folder, "INBOX")) return "the inbox";
  return "the folder “" + one_line(copy.folder, 60) + "”";
}

std::string probe_sentence(const Probe& probe, const Document& document) {
  if (probe.mailbox) return arrived(probe, document);
  return probe.smtp ? by_outcome(probe) : no_attempt(document);
}

Headline headline(const Document& document) {
  const auto verdict = overall_verdict(document);
  auto sentence = story(document, verdict);
  const auto& problem = document.run.problem;
  const bool told = document.probes.empty() || !document.probes.front().smtp;  // then the story is the problem
  if (problem && !told) sentence = with_problem(std::move(sentence), *problem);
  const bool counted = !document.expectations.empty() && !document.run.interrupted;  // in the sentence
  return {verdict, std::move(sentence), counted ? finding_counts(document) : counts_text(document)};
}

}  // namespace mailprobe::reporter
