#include "evidence/checks_tls.h"

#include <algorithm>
#include <array>

#include "base/tls_profile.h"
#include "base/tls_rating.h"
#include "base/tls_registry.h"

namespace mailprobe::evidence {

namespace {

using Names = std::vector<std::string>;

/// A verdict that only gets worse, with what makes it so.
struct Outcome {
  Verdict verdict = Verdict::pass;
  Names faults;

  void fault(Verdict weight, std::string text) {
    if (weight == Verdict::fail || verdict != Verdict::fail) verdict = weight;
    faults.push_back(std::move(text));
  }
};

std::string sentence(const Names& parts) {
  std::string text;
  for (const auto& part : parts)
    if (!part.empty()) text += (text.empty() ? "" : "; ") + part;
  return text;
}

Names with_answer(const std::vector<TlsOption>& options, TlsAnswer answer) {
  Names names;
  for (const auto& option : options)
    if (option.answer == answer) names.push_back(plain(option.name, 80));
  return names;
}
Names accepted(const std::vector<TlsOption>& options) { return with_answer(options, TlsAnswer::accepted); }

TlsAnswer answer_of(const std::vector<TlsOption>& options, std::string_view name) {
  const auto found = std::ranges::find(options, name, &TlsOption::name);
  return found == options.end() ? TlsAnswer::not_tested : found->answer;
}

/// "A, B and 3 more"
std::string some(Names names) {
  constexpr std::size_t most = 4;
  if (names.size() > most + 1) {
    const auto more = std::to_string(names.size() - most) + " more";
    names.resize(most);
    names.push_back(more);
  }
  return listed(names);
}

/// Why a part of the survey is missing.
const TlsOmission* omission(const TlsSurvey& survey) {
  return survey.omitted.empty() ? nullptr : &survey.omitted.back();
}
std::optional<Cause> omission_cause(const TlsSurvey& survey) {
  const auto* missing = omission(survey);
  return missing != nullptr ? missing->cause : std::nullopt;
}

std::string negotiated(const Tried& tried, std::string_view what) {
  if (!tried.attempt.tls) return {};
  return plain(what == "version" ? tried.attempt.tls->version : tried.attempt.tls->cipher) + " is negotiated";
}

void add(Findings& findings, std::string_view check, const Tried& tried, Outcome outcome, std::string summary,
         std::string advice, Names evidence, std::optional<Cause> cause = {}) {
  const bool wanting = outcome.verdict == Verdict::warn || outcome.verdict == Verdict::fail;
  findings.add(check, address_subject(tried.attempt),
               {.verdict = outcome.verdict,
                .summary = std::move(summary),
                .cause = cause,
                .advice = wanting ? std::move(advice) : "",
                .evidence = std::move(evidence)});
}

// --- versions -------------------------------------------------------------------------------------------------------

/// Whether TLS 1.2 or 1.3 is accepted. The session, which offers both, tells it too (RFC 5246 §E.1): a survey that was
/// cut off may not have come to them.
TlsAnswer modern(const Tried& tried, const TlsSurvey& survey) {
  constexpr std::array<std::string_view, 2> names{"TLSv1.2", "TLSv1.3"};
  const auto& session = tried.attempt.tls;
  const auto is_accepted = [&](std::string_view name) {
    return answer_of(survey.versions, name) == TlsAnswer::accepted || (session && session->version == name);
  };
  const auto is_refused = [&](std::string_view name) { return answer_of(survey.versions, name) == TlsAnswer::refused; };
  if (std::ranges::any_of(names, is_accepted)) return TlsAnswer::accepted;
  const bool told = session || no_common_version(tried.attempt);
  return told || std::ranges::all_of(names, is_refused) ? TlsAnswer::refused : TlsAnswer::not_tested;
}

/// TLS 1.0 and 1.1 beside something better serve old clients that would else go in plain text (RFC 9325 §5.2): warn.
/// SSL 3.0, or nothing better, is a failure.
Outcome judge_versions(const TlsSurvey& survey, TlsAnswer better) {
  Outcome outcome;
  for (const auto& name : accepted(survey.versions)) {
    const auto rating = rate_tls_version(name);
    if (rating.ietf != TlsAdvice::must_not) continue;
    const bool worst = name == "SSLv3" || better == TlsAnswer::refused;
    outcome.fault(worst ? Verdict::fail : Verdict::warn, std::string(rating.why));
  }
  return outcome;
}

// --- suites, groups, hashes -----------------------------------------------------------------------------------------

std::string_view group_of(TlsAdvice advice) { return advice == TlsAdvice::must_not ? "forbidden" : "to be phased out"; }

/// All suites of one weight and one reason in one fault.
void judge_suites(const TlsSurvey& survey, TlsAdvice advice, Outcome& outcome) {
  std::vector<std::pair<std::string_view, Names>> bad;
  for (const auto& name : accepted(survey.suites)) {
    const auto rating = rate_tls_suite(name);
    if (rating.ietf != advice) continue;
    auto same = std::ranges::find(bad, rating.why, [](const auto& each) { return each.first; });
    if (same == bad.end()) same = bad.emplace(bad.end(), rating.why, Names{});
    same->second.push_back(name);
  }
  for (const auto& [why, names] : bad)
    outcome.fault(advice == TlsAdvice::must_not ? Verdict::fail : Verdict::warn,
                  count_of(names.size(), "suite") + " " + std::string(group_of(advice)) + ": " + some(names) + " (" +
                      std::string(why) + ")");
}

void judge_groups(const TlsSurvey& survey, Outcome& outcome) {
  Names weak;
  for (const auto& name : accepted(survey.groups))
    if (rate_tls_group(name).ietf >= TlsAdvice::should_not) weak.push_back(name);
  if (!weak.empty()) outcome.fault(Verdict::warn, "weak groups: " + some(weak));
}

/// Only a client that offers nothing better gets them: never worse than a warning.
void judge_hashes(const TlsSurvey& survey, Outcome& outcome) {
  Names weak;
  for (const auto& name : accepted(survey.hashes))
    if (rate_tls_hash(name).ietf >= TlsAdvice::should_not) weak.push_back(name);
  if (!weak.empty()) outcome.fault(Verdict::warn, "signs with " + some(weak) + " (RFC 9155 §4)");
}

void judge_prime(const TlsSurvey& survey, Outcome& outcome) {
  if (!survey.dh_bits) return;
  const auto rating = rate_dh_bits(*survey.dh_bits);
  if (rating.ietf == TlsAdvice::must_not)
    outcome.fault(Verdict::fail,
                  "DHE with " + std::to_string(*survey.dh_bits) + " bits (" + std::string(rating.why) + ")");
}

/// "NCSC level: phase-out (groups, DH prime)": the lowest of suites, groups, hashes and the prime, and of which.
std::string level_text(const TlsSurvey& survey) {
  constexpr std::array<std::string_view, 3> others{"versions", "certificates", "settings"};
  auto levels = ncsc_levels(survey);
  std::erase_if(levels, [&](const TlsLevelOf& of) { return std::ranges::find(others, of.what) != others.end(); });
  if (levels.empty()) return {};
  TlsLevelOf worst;
  for (const auto& of : levels) worst.level = std::max(worst.level, of.level);
  worst.at_best = worst.level < TlsLevel::insufficient && std::ranges::any_of(levels, &TlsLevelOf::at_best);
  Names whose;
  for (const auto& of : levels)
    if (of.level == worst.level) whose.emplace_back(of.what);
  const bool all = whose.size() == levels.size();
  return "NCSC level: " + level_words(worst) + (all ? "" : " (" + listed(whose) + ")");
}

std::string version_level_text(const TlsSurvey& survey) {
  for (const auto& of : ncsc_levels(survey))
    if (of.what == "versions") return "NCSC level: " + level_words(of);
  return {};
}

/// "12 suites accepted, the server's order, groups x25519 and secp256r1"
std::string seen(const TlsSurvey& survey) {
  const auto suites = accepted(survey.suites).size();
  auto text = count_of(suites, "suite") + (survey.full ? " accepted" : " seen");
  if (survey.preference) text += ", the " + plain(*survey.preference, 20) + "’s order";
  if (const auto groups = accepted(survey.groups); !groups.empty())
    text += (groups.size() == 1 ? ", group " : ", groups ") + some(groups);
  if (const auto hashes = accepted(survey.hashes); !hashes.empty()) text += ", signed with " + some(hashes);
  if (survey.dh_bits) text += ", DH of " + count_of(static_cast<std::size_t>(*survey.dh_bits), "bit");
  const auto level = level_text(survey);
  return text + (level.empty() ? "" : "; " + level);
}

/// Suites of the classes that matter which nobody could ask for.
bool bad_suites_asked(const TlsSurvey& survey) {
  return std::ranges::none_of(survey.suites, [](const TlsOption& option) {
    const auto traits = tls_suite_traits(option.name);
    return option.answer == TlsAnswer::not_tested && rate_tls_suite(option.name).ietf == TlsAdvice::must_not &&
           traits.authentication != TlsAuthentication::other;
  });
}

/// Versions that must not be accepted.
bool old_unasked(const TlsSurvey& survey) {
  return std::ranges::any_of(survey.versions, [](const TlsOption& option) {
    return option.answer == TlsAnswer::not_tested && rate_tls_version(option.name).ietf == TlsAdvice::must_not;
  });
}

std::string unasked(const TlsSurvey& survey, std::string_view what) {
  const auto* missing = omission(survey);
  return std::string(what) + " is not known" + (missing != nullptr ? ": " + plain(missing->why, 200) : "");
}

// --- hygiene --------------------------------------------------------------------------------------------------------

Outcome judge_habits(const TlsSurvey& survey) {
  Outcome outcome;
  if (survey.compression == true) outcome.fault(Verdict::fail, "TLS compression is on (CRIME; RFC 9325 §3.3)");
  if (survey.secure_renegotiation == false) outcome.fault(Verdict::fail, "secure renegotiation is missing (RFC 5746)");
  if (survey.extended_master_secret == false)
    outcome.fault(Verdict::warn, "the extended master secret is missing (RFC 7627)");
  if (survey.encrypt_then_mac == false)
    outcome.fault(Verdict::warn, "CBC suites come without encrypt-then-MAC (RFC 9325 §4.2)");
  if (survey.client_renegotiation == true)
    outcome.fault(Verdict::warn,
                  "clients may renegotiate: a handshake costs them less than the server (CVE-2011-1473)");
  if (survey.early_data == true)
    outcome.fault(Verdict::warn, "tickets permit 0-RTT, for which SMTP has no profile (RFC 8446 §E.5)");
  return outcome;
}

void note(Names& notes, const std::optional<bool>& fact, std::string_view yes, std::string_view no) {
  if (fact) notes.emplace_back(*fact ? yes : no);
}

/// What is as it should be, and what is neither good nor bad.
std::string habits_seen(const TlsSurvey& survey) {
  Names notes;
  if (survey.compression == false) notes.emplace_back("no compression");
  if (survey.secure_renegotiation == true) notes.emplace_back("secure renegotiation");
  if (survey.client_renegotiation == false) notes.emplace_back("no renegotiation by clients");
  if (survey.extended_master_secret == true) notes.emplace_back("extended master secret");
  if (survey.encrypt_then_mac == true) notes.emplace_back("encrypt-then-MAC");
  if (survey.early_data == false) notes.emplace_back("no 0-RTT");
  note(notes, survey.session_tickets, "session tickets", "no session tickets");
  note(notes, survey.ocsp_stapling, "OCSP stapled", "no OCSP stapled");
  return notes.empty() ? "" : listed(notes);
}

/// Compression and renegotiation are of handshakes before TLS 1.3, and the server may make such.
bool legacy_unasked(const TlsSurvey& survey) {
  if (survey.compression && survey.secure_renegotiation) return false;
  constexpr std::array<std::string_view, 3> legacy{"TLSv1", "TLSv1.1", "TLSv1.2"};
  return std::ranges::any_of(
      legacy, [&](std::string_view name) { return answer_of(survey.versions, name) != TlsAnswer::refused; });
}

bool nothing_known(const TlsSurvey& survey) {
  return !survey.compression && !survey.secure_renegotiation && !survey.extended_master_secret && !survey.early_data;
}

}  // namespace

bool no_common_version(const Attempt& attempt) {
  if (attempt.phase != "tls" || !attempt.error) return false;
  constexpr std::array<std::string_view, 4> words{"protocol version", "protocol_version", "unsupported protocol",
                                                  "unsupported_protocol"};
  return std::ranges::any_of(words, [&](std::string_view each) { return attempt.error->contains(each); });
}

bool strong_cipher(const TlsFacts& tls) {
  if (tls.version == "TLSv1.3") return true;
  const auto& suite = tls.cipher;
  const bool aead = suite.contains("GCM") || suite.contains("CHACHA20") || suite.contains("CCM");
  return aead && suite.contains("DHE");
}

/// Of an attempt where the address has no session of its own, which it would be told with.
const TlsSurvey* survey_of(const Tried& tried) {
  if (tried.address == nullptr || !tried.address->survey) return nullptr;
  const bool told = tried.of_inspect() || !tried.address->session;
  return told ? &*tried.address->survey : nullptr;
}

std::string survey_at(const Tried& tried, std::string_view member) {
  return tried.address_at + pointer("survey", member);
}

const TlsChain* session_chain(const Tried& tried) {
  const auto* survey = survey_of(tried);
  if (survey == nullptr || !tried.attempt.tls || tried.attempt.tls->certificates.empty()) return nullptr;
  const auto key = tls_key_type(tried.attempt.tls->certificates.front().key);
  const auto same = [&](const TlsChain& chain) {
    return !chain.certificates.empty() && tls_key_type(chain.certificates.front().key) == key;
  };
  const auto found = std::ranges::find_if(survey->chains, same);
  return found == survey->chains.end() ? nullptr : &*found;
}

/// One of an earlier run may be gone: it is shown with its time, and not judged.
std::vector<OtherChain> other_chains(const Tried& tried) {
  constexpr auto another_run = std::chrono::minutes(10);
  const auto* survey = survey_of(tried);
  if (survey == nullptr || survey->started + another_run < tried.attempt.started) return {};
  const auto* known = session_chain(tried);
  std::vector<OtherChain> others;
  for (std::size_t i = 0; i < survey->chains.size(); ++i) {
    const auto& chain = survey->chains[i];
    if (&chain == known) continue;
    auto& other = others.emplace_back();
    other.chain = &chain;
    other.at = survey_at(tried, "chains") + pointer(i);
    other.shown.host = tried.attempt.host;
    other.shown.address = tried.attempt.address;
    other.shown.started = tried.attempt.started;
    auto& tls = other.shown.tls.emplace();
    tls.certificates = chain.certificates;
    tls.verified = chain.verified;
    tls.dane = chain.dane;
  }
  return others;
}

/// Of an earlier run, where this one could not ask all of it again.
std::string asked_before(const Tried& tried, const TlsSurvey& survey) {
  return survey.started < tried.attempt.started ? "asked at " + rfc3339(survey.started) : "";
}

void judge_surveyed_version(const Tried& tried, const TlsSurvey& survey, Findings& findings) {
  const auto better = modern(tried, survey);
  auto outcome = judge_versions(survey, better);
  const auto all = accepted(survey.versions);
  auto open = with_answer(survey.versions, TlsAnswer::not_tested);
  if (tried.attempt.tls) std::erase(open, tried.attempt.tls->version);
  Names parts = outcome.faults;
  parts.push_back(negotiated(tried, "version"));
  if (!all.empty()) parts.push_back("accepted: " + listed(all));
  if (auto level = version_level_text(survey); !level.empty()) parts.push_back(std::move(level));
  if (!open.empty()) parts.push_back(unasked(survey, "of " + listed(open) + " it"));
  const bool none = all.empty() && !tried.attempt.tls;
  if (outcome.faults.empty() && (none || old_unasked(survey))) outcome.verdict = Verdict::not_tested;
  if (none && open.empty()) outcome.verdict = Verdict::fail;
  if (none && open.empty()) parts.emplace_back("no version of TLS is accepted");
  parts.push_back(asked_before(tried, survey));
  const auto lacking = better == TlsAnswer::refused ? std::optional(Cause::unsupported) : std::nullopt;
  add(findings, "inbound.tls-version", tried, outcome, sentence(parts),
      lacking ? "Enable TLS 1.2 and 1.3" : "Turn off what is older than TLS 1.2", {survey_at(tried, "versions")},
      outcome.verdict == Verdict::fail || open.empty() ? lacking : omission_cause(survey));
}

void judge_surveyed_cipher(const Tried& tried, const TlsSurvey& survey, Findings& findings) {
  Outcome outcome;
  judge_suites(survey, TlsAdvice::must_not, outcome);
  judge_prime(survey, outcome);
  judge_suites(survey, TlsAdvice::should_not, outcome);
  judge_groups(survey, outcome);
  judge_hashes(survey, outcome);
  const bool asked = bad_suites_asked(survey);
  if (outcome.faults.empty() && !asked) outcome.verdict = Verdict::not_tested;
  Names parts = outcome.faults;
  parts.push_back(negotiated(tried, "cipher"));
  parts.push_back(outcome.faults.empty() ? seen(survey) : level_text(survey));
  if (!asked) parts.push_back(unasked(survey, "whether forbidden suites are accepted"));
  parts.push_back(asked_before(tried, survey));
  add(findings, "inbound.tls-cipher", tried, outcome, sentence(parts),
      "Leave only ECDHE suites with AES-GCM or ChaCha20-Poly1305, and DH primes of 2048 bits or more",
      {survey_at(tried, "suites"), survey_at(tried, "groups"), survey_at(tried, "hashes")},
      asked || outcome.verdict == Verdict::fail ? std::nullopt : omission_cause(survey));
}

std::string without_survey(const Tried& tried) {
  if (!tried.of_inspect()) return "What the server’s TLS accepts was not asked: inspect does that, or send --survey";
  if (tried.attempt.tls) return "What else the server’s TLS does was not asked: --no-survey, or there was no time";
  return "There was no TLS session, so what else the server’s TLS does is not known";
}

void judge_hygiene(const Tried& tried, Findings& findings) {
  const auto* survey = survey_of(tried);
  if (survey == nullptr || nothing_known(*survey)) {
    const auto cause = survey != nullptr ? omission_cause(*survey) : tried.attempt.cause;
    add(findings, "inbound.tls-hygiene", tried, {.verdict = Verdict::not_tested, .faults = {}},
        survey != nullptr ? unasked(*survey, "what else the server’s TLS does") : without_survey(tried), "", {tried.at},
        cause);
    return;
  }
  auto outcome = judge_habits(*survey);
  const bool open = legacy_unasked(*survey);
  if (outcome.faults.empty() && open) outcome.verdict = Verdict::not_tested;
  auto parts = outcome.faults;
  parts.push_back(habits_seen(*survey));
  if (open) parts.push_back(unasked(*survey, "what it does before TLS 1.3"));
  parts.push_back(asked_before(tried, *survey));
  auto words = sentence(parts);
  if (outcome.verdict == Verdict::pass && !words.empty()) words = "Nothing unsafe: " + words;
  add(findings, "inbound.tls-hygiene", tried, outcome, words,
      "Update the TLS library, and leave compression, 0-RTT and renegotiation by clients off",
      {survey_at(tried, "steps")}, open && outcome.verdict != Verdict::fail ? omission_cause(*survey) : std::nullopt);
}

}  // namespace mailprobe::evidence
