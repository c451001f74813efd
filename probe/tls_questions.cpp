#include "probe/tls_questions.h"

#include <algorithm>
#include <array>

#include "base/tls_rating.h"
#include "base/tls_registry.h"
#include "probe/tls_known.h"
#include "probe/tls_offers.h"

namespace mailprobe::probe {

namespace {

/// A set of options that one handshake asks about. Members stand in the order of offering.
struct Class {
  std::string_view name;
  TlsTopic topic;
  Names (*members)();
  bool (*sensible)(const TlsSurvey&);  // after what is known, the question has a meaning
  bool each = false;                   // accepted ones are struck out and the rest offered again, without --full too
  bool full_only = false;
};

Names old_versions() { return {"SSLv3", "TLSv1", "TLSv1.1"}; }
Names old_hashes() { return {"md5", "sha1"}; }
Names sha224() { return {"sha224"}; }
Names rsa_key() { return {"rsa"}; }
Names ecdsa_key() { return {"ecdsa"}; }
Names nothing() { return {}; }

constexpr std::string_view any_session = "a whole TLS 1.3 handshake", rsa_session = "a whole TLS 1.3 handshake, RSA",
                           ecdsa_session = "a whole TLS 1.3 handshake, ECDSA";

bool recommended(const std::string& suite) {
  const auto names = recommended_suites();
  return std::ranges::find(names, suite) != names.end();
}

bool lacks_key(const TlsSurvey& survey, std::string_view key) {
  return answer_of(survey.keys, key) == TlsAnswer::not_tested;
}
/// Before TLS 1.3 certificates are in the clear; only with TLS 1.3 a handshake for each type of key is needed.
bool wants_rsa_session(const TlsSurvey& survey) { return speaks_tls13(survey) && lacks_key(survey, "rsa"); }
bool wants_ecdsa_session(const TlsSurvey& survey) { return speaks_tls13(survey) && lacks_key(survey, "ecdsa"); }
bool wants_session(const TlsSurvey& survey) {
  return speaks_tls13(survey) && !asked(survey, rsa_session) && !asked(survey, ecdsa_session);
}
/// A recommended suite was chosen, among many; or one to phase out, and there is another of these.
bool may_choose(const TlsSurvey& survey) {
  return chose_a_suite(survey) && (recommended(*survey.preferred_suite) || !alternatives(survey).empty());
}
/// Offered last and chosen again, of all that is known to be accepted: by its order, or because it has no other.
bool chose_the_last(const TlsSurvey& survey) {
  return answered(survey, with_order) && !survey.preference && alternatives(survey).empty();
}

// Worst first; what the later ones ask has a meaning only after the earlier ones.
constexpr std::array<Class, 20> classes{{
    {with_forbidden, TlsTopic::suites, forbidden_suites, always, true},
    {"versions before TLS 1.2", TlsTopic::versions, old_versions, always, true},
    {with_phase_out, TlsTopic::suites, phase_out_suites, always, true},
    {with_recommended, TlsTopic::suites, recommended_suites, always},
    {with_tls13, TlsTopic::suites, tls13_suites, always},
    {"an RSA certificate", TlsTopic::keys, rsa_key, legacy},
    {"an ECDSA certificate", TlsTopic::keys, ecdsa_key, legacy},
    {rsa_session, TlsTopic::session, rsa_key, wants_rsa_session},
    {ecdsa_session, TlsTopic::session, ecdsa_key, wants_ecdsa_session},
    {any_session, TlsTopic::session, nothing, wants_session},
    {"MD5 and SHA-1 signatures", TlsTopic::hashes, old_hashes, speaks_tls12, true},
    {"weak groups", TlsTopic::groups, weak_groups, legacy, true},
    {"DHE alone", TlsTopic::dh, nothing, legacy},
    {"hybrid groups", TlsTopic::groups, hybrid_groups, speaks_tls13},
    {with_order, TlsTopic::preference, nothing, may_choose},
    {with_second, TlsTopic::suites, recommended_suites, chose_the_last},
    {"SHA-224 signatures", TlsTopic::hashes, sha224, speaks_tls12},
    {"finite-field groups", TlsTopic::groups, prime_groups, speaks_tls13},
    {"strong groups", TlsTopic::groups, strong_groups, always, false, true},
    {"other suites", TlsTopic::suites, other_suites, always, false, true},
}};

std::string signatures_for(const Names& keys) {
  if (keys.empty()) return {};
  return keys.front() == "rsa" ? "RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512"
                               : "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512";
}

void fill_hello(TlsQuestion& question, const TlsSurvey& survey) {
  switch (question.topic) {
    case TlsTopic::suites: question.hello = hello_with_suites(question.offered); break;
    case TlsTopic::versions:
      question.hello = hello_for_version(tls_code_of(tls_versions(), question.offered.back()).value_or(0x0300));
      break;
    case TlsTopic::groups: {
      const bool weak = rate_tls_group(question.offered.front()).ietf >= TlsAdvice::should_not;
      question.hello = hello_with_groups(question.offered, !weak && speaks_tls13(survey));
      break;
    }
    case TlsTopic::hashes: question.hello = hello_with_hashes(question.offered); break;
    case TlsTopic::keys: question.hello = hello_for_key(question.offered.front()); break;
    case TlsTopic::dh: question.hello = hello_with_dhe(); break;
    case TlsTopic::preference:
      question.hello = hello_with_last(survey.preferred_suite.value_or(""), alternatives(survey));
      break;
    case TlsTopic::session: question.handshake = signatures_for(question.offered); break;
  }
}

Names untested(const TlsSurvey& survey, const Class& of) {
  auto names = of.members();
  const auto& options = options_of(survey, of.topic);
  std::erase_if(names, [&](const std::string& name) { return answer_of(options, name) != TlsAnswer::not_tested; });
  if (names.size() > max_suites_offered) names.resize(max_suites_offered);
  return names;
}

bool lists(const Class& of) { return of.members != nothing; }

/// The first handshake of the class.
bool opens(const Class& of, const TlsSurvey& survey) {
  return (!of.full_only || survey.full) && !asked(survey, of.name) && !left_out(survey, of.name) &&
         of.sensible(survey) && (!lists(of) || !untested(survey, of).empty());
}

/// Another one: some of it was accepted, or did not fit in.
bool goes_on(const Class& of, const TlsSurvey& survey) {
  return (of.each || survey.full) && lists(of) && of.topic != TlsTopic::session && asked(survey, of.name) &&
         !left_out(survey, of.name) && of.sensible(survey) && !untested(survey, of).empty();
}

TlsQuestion question_of(const Class& of, const TlsSurvey& survey) {
  TlsQuestion question;
  question.name = of.name;
  question.topic = of.topic;
  question.offered = untested(survey, of);
  fill_hello(question, survey);
  return question;
}

std::vector<TlsOption> options(std::span<const TlsCode> table) {
  std::vector<TlsOption> out;
  out.reserve(table.size());
  for (const auto& row : table) out.push_back({.name = std::string(row.name), .answer = TlsAnswer::not_tested});
  return out;
}

std::vector<TlsOption> options(std::initializer_list<std::string_view> names) {
  std::vector<TlsOption> out;
  out.reserve(names.size());
  for (const auto name : names) out.push_back({.name = std::string(name), .answer = TlsAnswer::not_tested});
  return out;
}

}  // namespace

TlsSurvey blank_survey(bool full, Time started) {
  TlsSurvey survey;
  survey.started = started;
  survey.full = full;
  survey.versions = options(tls_versions());
  survey.suites = options(tls_suites());
  survey.groups = options(tls_groups());
  survey.hashes = options({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"});
  survey.keys = options({"rsa", "ecdsa"});
  return survey;
}

std::optional<TlsQuestion> renegotiation_question(const TlsSurvey& survey) {
  constexpr std::array<std::pair<std::string_view, tls::Version>, 3> versions{
      {{"TLSv1.2", tls::Version::tls1_2}, {"TLSv1.1", tls::Version::tls1_1}, {"TLSv1", tls::Version::tls1_0}}};
  if (survey.client_renegotiation || asked(survey, with_renegotiation) || left_out(survey, with_renegotiation))
    return std::nullopt;
  for (const auto& [name, version] : versions) {
    if (!accepted(survey.versions, name)) continue;
    TlsQuestion question;
    question.name = with_renegotiation;
    question.topic = TlsTopic::session;
    question.renegotiate = version;
    return question;
  }
  return std::nullopt;
}

/// First one handshake for each class, then those that have more to tell.
std::optional<TlsQuestion> next_question(const TlsSurvey& survey) {
  for (auto* rule : {&opens, &goes_on})
    for (const auto& each : classes)
      if ((*rule)(each, survey)) return question_of(each, survey);
  return std::nullopt;
}

}  // namespace mailprobe::probe
