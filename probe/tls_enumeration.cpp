#include "probe/tls_enumeration.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "probe/tls_questions.h"
#include "smtp/connection.h"
#include "tls/context.h"
#include "tls/ocsp.h"

namespace mailprobe::probe {

namespace {

constexpr int silences = 2;  // in a row, before a server is left alone
constexpr int command_seconds = 10;

bool fatal(const std::optional<Error>& error) {
  return error && (error->kind == Failure::interrupted || error->kind == Failure::ours);
}

struct Asking {
  EnumerationOptions options;
  std::shared_ptr<const tls::Context> trust;
  std::function<Steady()> steady;

  [[nodiscard]] Steady patience() const { return std::min(options.deadline, steady() + options.patience); }
};

/// RFC 6066 §3: neither addresses nor a final dot.
std::string sni_of(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.starts_with('[') || IpAddress::parse(host)) return {};
  return std::string(host);
}

/// Reads until nothing more is in the clear, or the server closes.
Task<Result<tls::ServerFlight>> read_flight(tls::Stream& stream) {
  tls::FlightParser parser;
  std::array<char, 16 * 1024> buffer;
  for (;;) {
    const auto got = co_await stream.read_some(buffer.data(), buffer.size());
    if (!got && got.error().kind == Failure::connection) break;  // a reset is how some servers say no
    if (!got) co_return std::unexpected(got.error());
    if (*got == 0) break;
    const auto over = parser.feed({buffer.data(), *got});
    if (!over) co_return std::unexpected(over.error());
    if (*over) break;
  }
  co_return parser.flight();
}

/// Certificates in words: do they verify, do the TLSA records know them, what is stapled to them.
std::optional<tls::Chain> judge_chain(const std::vector<std::string>& der, std::string_view ocsp,
                                      const Asking& asking) {
  if (der.empty()) return std::nullopt;
  const auto& options = asking.options;
  auto chain = tls::read_chain(der, *asking.trust, options.host);
  chain.dane = tls::match_chain(der, *asking.trust, options.tlsa, options.dane_names);
  if (!ocsp.empty()) chain.ocsp = tls::read_ocsp(ocsp, der, *asking.trust);
  return chain;
}

Task<TlsReply> say_hello(tls::Stream& stream, tls::ClientHello hello, const Asking& asking) {
  TlsReply reply;
  hello.random = random_bytes(32);
  hello.server_name = sni_of(asking.options.host);
  const auto bytes = tls::write(hello);
  if (!bytes) {
    reply.error = bytes.error();
    co_return reply;
  }
  stream.deadline(asking.patience());
  const auto written = co_await stream.write(*bytes);
  if (!written) {
    reply.error = written.error();
    co_return reply;
  }
  auto flight = co_await read_flight(stream);
  if (flight)
    reply.flight = std::move(*flight);
  else
    reply.error = flight.error();
  reply.chain = judge_chain(reply.flight.certificates, reply.flight.ocsp, asking);
  co_return reply;
}

/// Session tickets come with the first bytes after a TLS 1.3 handshake (RFC 8446 §4.6.1).
Task<Result<void>> greet(tls::Stream& stream, std::string helo) {
  const auto ehlo = smtp::Command::ehlo(helo);
  if (!ehlo) co_return std::unexpected(ehlo.error());
  Transcript transcript;
  smtp::Connection connection(stream, transcript);
  const auto answered = co_await connection.ask(*ehlo, command_seconds);
  if (!answered) co_return std::unexpected(answered.error());
  if (connection.usable()) (void)co_await connection.ask(smtp::Command::quit(), command_seconds);
  co_return Result<void>{};
}

Task<TlsReply> shake_hands(tls::Stream& stream, std::string signatures, tls::Version version, const Asking& asking) {
  TlsReply reply;
  auto context = asking.options.contexts->get(signatures, version);
  if (!context) {
    reply.error = context.error();
    co_return reply;
  }
  tls::Handshake how;
  how.context = std::move(*context);
  how.server_name = asking.options.host;
  how.extras = std::make_shared<tls::Extras>();
  const auto extras = how.extras;
  stream.deadline(asking.patience());
  auto facts = co_await stream.handshake(std::move(how));
  if (!facts) {
    reply.error = facts.error();
    // An alert is an answer; OpenSSL's own objections to the server's are not about the connection.
    if (reply.error->kind == Failure::protocol && reply.error->message.contains("alert"))
      reply.error->kind = Failure::unsupported;
    co_return reply;
  }
  reply.facts = std::move(*facts);
  reply.extras = *extras;
  reply.chain = judge_chain(reply.extras.certificates, reply.extras.ocsp, asking);
  co_return reply;
}

Task<TlsReply> shake_hands_and_greet(tls::Stream& stream, std::string signatures, const Asking& asking) {
  auto reply = co_await shake_hands(stream, std::move(signatures), tls::Version::tls1_3, asking);
  if (!reply.facts) co_return reply;
  const auto greeted = co_await greet(stream, asking.options.helo);
  if (!greeted && greeted.error().kind == Failure::interrupted) reply.error = greeted.error();
  reply.settled = greeted.has_value();
  co_return reply;
}

/// Of a whole handshake, and another one inside of it. A server that says no, hangs up or ignores it makes none.
Task<TlsReply> renegotiate(tls::Stream& stream, tls::Version version, const Asking& asking) {
  std::string any;
  auto reply = co_await shake_hands(stream, std::move(any), version, asking);
  if (!reply.facts) co_return reply;
  stream.deadline(asking.patience());
  const auto done = co_await stream.renegotiate();
  const bool ours = !done && (fatal(done.error()) || asking.steady() >= asking.options.deadline);
  if (ours) {
    reply.error = done.error();
    reply.facts.reset();
    co_return reply;
  }
  reply.renegotiated = done.has_value();
  if (!done) reply.refusal = done.error().message;
  co_return reply;
}

Task<TlsReply> ask(tls::Stream& stream, TlsQuestion question, const Asking& asking) {
  if (question.handshake) {
    auto signatures = std::move(*question.handshake);
    co_return co_await shake_hands_and_greet(stream, std::move(signatures), asking);
  }
  if (question.renegotiate) co_return co_await renegotiate(stream, *question.renegotiate, asking);
  auto hello = std::move(question.hello);
  co_return co_await say_hello(stream, std::move(hello), asking);
}

void leave_out(TlsSurvey& survey, std::string what, const Error& error) {
  survey.omitted.push_back({.what = std::move(what), .cause = error.cause, .why = error.message});
}

constexpr std::string_view rest = "the rest";

Error deadline_passed() { return {Failure::ours, "the deadline has passed", Cause::own_limit, {}}; }

/// A wait that our deadline ended says nothing of the server. Those of SMTP are whole seconds, and so end before it.
bool out_of_time(const std::optional<Error>& error, const Asking& asking) {
  return error && error->kind == Failure::timeout &&
         asking.options.deadline - asking.steady() < std::chrono::seconds(1);
}

/// Ours to stop: the budget or the deadline.
std::optional<Error> limit(const Asking& asking, int made) {
  if (made >= asking.options.budget)
    return Error{Failure::ours,
                 "the budget of " + std::to_string(asking.options.budget) + " connections is used up",
                 Cause::own_limit,
                 {}};
  if (asking.steady() >= asking.options.deadline) return deadline_passed();
  return std::nullopt;
}

std::optional<TlsQuestion> question_for(const TlsSurvey& survey, bool intrusive) {
  if (intrusive)
    if (auto question = renegotiation_question(survey)) return question;
  return next_question(survey);
}

/// A survey under way. A server that hangs up refuses what is asked, or us: which, is known when it says something
/// again.
struct Course {
  TlsSurvey survey;
  std::optional<TlsSurvey> sure;       // as it was when the server fell silent
  std::optional<TlsQuestion> control;  // what it said something to last
  int made = 0, silent = 0;
};

bool spoke(const TlsReply& reply) {
  const bool alert = reply.error && reply.error->kind == Failure::unsupported;
  return reply.facts || reply.flight.hello || reply.flight.fatal() || alert;
}

Error hangs_up_on_all() {
  return {Failure::connection, "the server hangs up on what it has answered before", Cause::rate_limited, {}};
}

/// An error ends the survey.
Task<Result<TlsReply>> ask_one(Course& course, const TlsOpener& open, TlsQuestion question, const Asking& asking) {
  if (auto limited = limit(asking, course.made)) co_return std::unexpected(std::move(*limited));
  auto stream = co_await open();
  if (!stream && out_of_time(stream.error(), asking)) co_return std::unexpected(deadline_passed());
  if (!stream) co_return std::unexpected(std::move(stream.error()));
  ++course.made;
  ++course.survey.connections;
  auto reply = co_await ask(**stream, std::move(question), asking);
  (*stream)->close();
  if (fatal(reply.error)) co_return std::unexpected(std::move(*reply.error));
  if (out_of_time(reply.error, asking)) co_return std::unexpected(deadline_passed());
  co_return std::move(reply);
}

void take_in(Course& course, const TlsQuestion& question, const TlsReply& reply) {
  if (spoke(reply)) {
    course.sure.reset();
    course.control = question;
  } else if (!course.sure) {
    course.sure = course.survey;
  }
  learn(course.survey, question, reply);
  const bool timed_out = reply.error && reply.error->kind == Failure::timeout;
  course.silent = timed_out ? course.silent + 1 : 0;
}

/// What is sure, and why there is no more of it.
TlsSurvey cut_short(Course course, const Error& error) {
  auto survey = course.control && course.sure ? std::move(*course.sure) : std::move(course.survey);
  survey.connections = course.survey.connections;
  leave_out(survey, std::string(rest), error);
  return survey;
}

}  // namespace

Result<std::shared_ptr<const tls::Context>> SurveyContexts::get(const std::string& signatures, tls::Version only) {
  const std::pair key(signatures, only);
  if (const auto found = made_.find(key); found != made_.end()) return found->second;
  tls::ClientOptions wanted;
  wanted.ca_file = ca_file_;
  wanted.ca_pem = ca_pem_;
  wanted.survey = true;
  wanted.legacy_servers = true;
  wanted.only = only;
  wanted.signature_algorithms = signatures;
  auto made = tls::Context::client(wanted);
  if (made) made_.emplace(key, *made);
  return made;
}

/// 1. what to ask; 2. a connection, within our limits; 3. the question and its answer; 4. what it teaches.
Task<TlsSurvey> enumerate_tls(TlsSurvey survey, EnumerationOptions options, TlsOpener open,
                              std::function<Steady()> steady) {
  auto trust = options.contexts->get({});
  if (!trust) {
    leave_out(survey, std::string(rest), trust.error());
    co_return survey;
  }
  const Asking asking{std::move(options), std::move(*trust), std::move(steady)};
  Course course{.survey = std::move(survey), .sure = std::nullopt, .control = std::nullopt};
  while (auto question = question_for(course.survey, asking.options.intrusive)) {
    const auto reply = co_await ask_one(course, open, *question, asking);
    if (!reply) co_return cut_short(std::move(course), reply.error());
    take_in(course, *question, *reply);
    if (course.silent == silences) co_return cut_short(std::move(course), *reply->error);
  }
  if (course.control && course.sure) {
    const auto reply = co_await ask_one(course, open, *course.control, asking);
    if (!reply) co_return cut_short(std::move(course), reply.error());
    if (!spoke(*reply)) co_return cut_short(std::move(course), hangs_up_on_all());
    course.survey.steps.push_back({.asked = "once more: " + course.control->name, .answered = "as before"});
  }
  course.survey.finished = true;
  co_return std::move(course.survey);
}

}  // namespace mailprobe::probe
