// What an answer teaches: the half of probe/tls_questions.h that changes the survey.
#include <algorithm>
#include <array>

#include "base/tls_registry.h"
#include "probe/tls_known.h"
#include "probe/tls_questions.h"

namespace mailprobe::probe {

namespace {

constexpr std::uint16_t ssl3 = 0x0300, tls12 = 0x0303, tls13 = 0x0304;

void mark(std::vector<TlsOption>& options, const std::string& name, TlsAnswer answer) {
  const auto found = std::ranges::find(options, name, &TlsOption::name);
  if (found == options.end())
    options.push_back({name, answer});
  else if (found->answer != TlsAnswer::accepted)
    found->answer = answer;
}

/// RFC 5246 §E.1: a server answers with the highest version that both have.
void learn_version(TlsSurvey& survey, std::uint16_t version, const tls::ClientHello& hello) {
  mark(survey.versions, tls_name_of(tls_versions(), version), TlsAnswer::accepted);
  if (!hello.versions.empty()) return;
  for (const auto& row : tls_versions())
    if (row.code > version && row.code <= hello.version)
      mark(survey.versions, std::string(row.name), TlsAnswer::refused);
}

/// Servers that fetch OCSP responses when they need one have none for the first who asks.
void learn_staple(TlsChain& known, const TlsChain& shown) {
  if (shown.certificates.front().sha256 != known.certificates.front().sha256 || known.stapled == true) return;
  if (shown.stapled) known.stapled = shown.stapled;
  known.ocsp = shown.ocsp;
}

void learn_chain(TlsSurvey& survey, TlsChain shown) {
  if (shown.certificates.empty()) return;
  shown.key = tls_key_type(shown.certificates.front().key);
  mark(survey.keys, shown.key, TlsAnswer::accepted);
  const auto known = std::ranges::find(survey.chains, shown.key, &TlsChain::key);
  if (known == survey.chains.end())
    survey.chains.push_back(std::move(shown));
  else
    learn_staple(*known, shown);
}

/// `whole`: a stapled response would have been seen.
TlsChain shown_chain(const tls::Chain& chain, bool whole) {
  TlsChain shown;
  shown.certificates = chain.certificates;
  shown.verified = chain.verified;
  shown.dane = chain.dane;
  shown.ocsp = chain.ocsp;
  if (whole || chain.ocsp) shown.stapled = chain.ocsp.has_value();
  return shown;
}

/// The prime of an anonymous suite is not what is wrong with it, and OpenSSL takes a smaller one there than elsewhere.
void learn_exchange(TlsSurvey& survey, const tls::KeyExchange& exchange, std::uint16_t version, bool anonymous) {
  if (exchange.group) mark(survey.groups, tls_name_of(tls_groups(), *exchange.group), TlsAnswer::accepted);
  if (exchange.dh_bits && !anonymous) {
    const auto bits = static_cast<std::int64_t>(*exchange.dh_bits);
    survey.dh_bits = std::min(survey.dh_bits.value_or(bits), bits);
  }
  if (!exchange.scheme || version != tls12) return;
  const auto scheme = tls_name_of(tls_signature_schemes(), *exchange.scheme);
  if (const auto hash = tls_hash_of(scheme); !hash.empty()) mark(survey.hashes, std::string(hash), TlsAnswer::accepted);
}

/// Where encrypt_then_mac has a meaning: a server that chose another kind must not answer it (RFC 7366 §3).
bool is_cbc(std::uint16_t suite) { return tls_name_of(tls_suites(), suite).find("_CBC_") != std::string::npos; }

/// What a ServerHello before TLS 1.3 says beside the suite. SSL 3.0 knows no extensions and says nothing of the rest.
void learn_hygiene(TlsSurvey& survey, const tls::ServerFlight& flight, const tls::ClientHello& asked_with) {
  const auto& hello = *flight.hello;
  if (asked_with.deflate) survey.compression = survey.compression.value_or(false) || hello.compression != 0;
  if (hello.version <= ssl3 || hello.version >= tls13) return;
  survey.secure_renegotiation = hello.has(0xff01);  // RFC 5746
  survey.extended_master_secret = hello.has(23);    // RFC 7627
  if (is_cbc(hello.suite)) survey.encrypt_then_mac = survey.encrypt_then_mac.value_or(true) && hello.has(22);
  survey.session_tickets = hello.has(35) || survey.session_tickets.value_or(false);  // RFC 5077
  if (flight.done) survey.ocsp_stapling = !flight.ocsp.empty() || survey.ocsp_stapling.value_or(false);
}

/// The first choice among the recommended suites; of those to phase out, where it takes no recommended one.
void learn_choice(TlsSurvey& survey, const TlsQuestion& question, const TlsReply& reply) {
  if (question.name != with_recommended && question.name != with_phase_out) return;
  survey.preferred_suite = tls_name_of(tls_suites(), reply.flight.hello->suite);
}

/// Chosen again at the end of an offer with others that are accepted: by the server's order.
void learn_preference(TlsSurvey& survey, std::string_view asked_for, const std::string& suite) {
  const bool other = suite != survey.preferred_suite;
  if (asked_for == with_second || (asked_for == with_order && !other && !alternatives(survey).empty()))
    survey.preference = "server";
  else if (asked_for == with_order && other)
    survey.preference = "client";
}

void learn_hello(TlsSurvey& survey, const TlsQuestion& question, const TlsReply& reply) {
  const auto& hello = *reply.flight.hello;
  learn_version(survey, hello.version, question.hello);
  const auto suite = tls_name_of(tls_suites(), hello.suite);
  mark(survey.suites, suite, TlsAnswer::accepted);
  if (hello.group) mark(survey.groups, tls_name_of(tls_groups(), *hello.group), TlsAnswer::accepted);
  learn_hygiene(survey, reply.flight, question.hello);
  if (reply.chain) learn_chain(survey, shown_chain(*reply.chain, reply.flight.done && question.hello.extensions));
  if (reply.flight.exchange) {
    const bool anonymous = tls_suite_traits(suite).authentication == TlsAuthentication::anonymous;
    learn_exchange(survey, *reply.flight.exchange, hello.version, anonymous);
  }
  learn_preference(survey, question.name, suite);
}

void learn_facts(TlsSurvey& survey, const TlsReply& reply) {
  const auto& facts = *reply.facts;
  mark(survey.versions, facts.version, TlsAnswer::accepted);
  mark(survey.suites, facts.cipher, TlsAnswer::accepted);
  if (facts.group) mark(survey.groups, *facts.group, TlsAnswer::accepted);
  if (reply.chain) learn_chain(survey, shown_chain(*reply.chain, true));
  if (reply.settled) {
    survey.session_tickets = reply.extras.tickets > 0 || survey.session_tickets.value_or(false);
    survey.early_data = reply.extras.early_data > 0;
  }
  survey.ocsp_stapling = !reply.extras.ocsp.empty() || survey.ocsp_stapling.value_or(false);
}

/// What was on offer and not taken: all of it, where none was.
void learn_refusal(TlsSurvey& survey, const TlsQuestion& question) {
  auto& options = options_of(survey, question.topic);
  const bool some = std::ranges::any_of(question.offered, [&](const auto& name) { return accepted(options, name); });
  if (some) return;
  for (const auto& name : question.offered) mark(options, name, TlsAnswer::refused);
  if (question.name == with_tls13) mark(survey.versions, "TLSv1.3", TlsAnswer::refused);
  const bool all_answered =
      answered(survey, with_forbidden) && answered(survey, with_phase_out) && answered(survey, with_recommended);
  if (all_answered && !speaks_tls12(survey)) mark(survey.versions, "TLSv1.2", TlsAnswer::refused);
}

/// The server chose, and broke off: a handshake that nobody could complete.
bool broken_off(const TlsReply& reply) { return reply.flight.hello && reply.flight.fatal(); }

/// An alert that says nothing of what was on offer, or nothing that can be understood.
bool beside_the_point(const TlsReply& reply) {
  if (reply.error) return reply.error->kind != Failure::connection && reply.error->kind != Failure::unsupported;
  const auto alert = reply.flight.fatal();
  if (!alert) return false;
  constexpr std::uint8_t internal_error = 80;
  constexpr std::array<std::uint8_t, 3> others{49, 90, 112};  // access_denied, user_canceled, unrecognized_name
  return reply.flight.hello ? alert->description == internal_error
                            : std::ranges::find(others, alert->description) != others.end();
}

std::string said(const TlsReply& reply) {
  if (reply.facts) {
    auto text = reply.facts->version + " " + reply.facts->cipher;
    if (reply.facts->group) text += " " + *reply.facts->group;
    if (reply.renegotiated) text += *reply.renegotiated ? ", and once more" : ", and no more: " + reply.refusal;
    return text;
  }
  if (const auto& hello = reply.flight.hello) {
    auto text = tls_name_of(tls_versions(), hello->version) + " " + tls_name_of(tls_suites(), hello->suite);
    const auto& exchange = reply.flight.exchange;
    const auto group = hello->group ? hello->group : exchange ? exchange->group : std::nullopt;
    if (group) text += " " + tls_name_of(tls_groups(), *group);
    if (exchange && exchange->dh_bits) text += ", DH " + std::to_string(*exchange->dh_bits) + " bits";
    if (const auto alert = reply.flight.fatal()) text += ", then alert " + tls::alert_name(alert->description);
    return text;
  }
  if (const auto alert = reply.flight.fatal()) return "alert " + tls::alert_name(alert->description);
  return reply.error ? reply.error->message : "closes the connection";
}

void learn_nothing(TlsSurvey& survey, const TlsQuestion& question, const TlsReply& reply) {
  const auto cause = reply.error         ? reply.error->cause
                     : broken_off(reply) ? std::optional(Cause::protocol_error)
                                         : std::optional(Cause::refused);
  survey.omitted.push_back({.what = question.name, .cause = cause, .why = said(reply)});
}

}  // namespace

void learn(TlsSurvey& survey, const TlsQuestion& question, const TlsReply& reply) {
  const bool again = asked(survey, question.name);
  survey.steps.push_back({.asked = question.name + (again ? ", without those accepted" : ""), .answered = said(reply)});
  if (!reply.facts && beside_the_point(reply)) {
    learn_nothing(survey, question, reply);
    survey.steps.back().answered += " (says nothing of the question)";
    return;
  }
  const bool chose = reply.flight.hello && !broken_off(reply);
  if (chose) learn_hello(survey, question, reply);
  if (chose && !again) learn_choice(survey, question, reply);
  if (reply.facts) learn_facts(survey, reply);
  if (reply.renegotiated) survey.client_renegotiation = reply.renegotiated;
  learn_refusal(survey, question);
}

void doubt_refusals(TlsSurvey& survey, std::string_view negotiated) {
  const auto all = {&survey.versions, &survey.suites, &survey.groups, &survey.hashes, &survey.keys};
  const bool spoke = std::ranges::any_of(survey.steps, [](const TlsStep& step) {
    return step.answered.starts_with("alert ") || step.answered.starts_with("TLS") || step.answered.starts_with("SSL");
  });
  const bool contradicts = !negotiated.empty() && answer_of(survey.versions, negotiated) == TlsAnswer::refused;
  if (survey.steps.empty() || (spoke && !contradicts)) return;
  for (auto* options : all)
    for (auto& option : *options)
      if (option.answer == TlsAnswer::refused) option.answer = TlsAnswer::not_tested;
  survey.finished = false;
  survey.omitted.push_back({.what = "all that it did not accept",
                            .cause = Cause::refused,
                            .why = "the server hangs up instead of refusing what is offered"});
}

void take_up(TlsSurvey& survey, bool full) {
  for (const auto& one : survey.omitted)
    std::erase_if(survey.steps, [&](const TlsStep& step) { return step.asked == one.what; });
  survey.omitted.clear();
  survey.full = survey.full || full;
  survey.finished = false;
}

}  // namespace mailprobe::probe
