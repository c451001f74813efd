#include "auth/explain.h"

#include <algorithm>

#include "auth/limits.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "dns/records.h"

namespace mailprobe::auth {

namespace {

std::string shown(std::string_view text) { return safe_text(text, limits::explained_bytes); }

std::string type_word(dns::Type type) {
  switch (type) {
    case dns::Type::a: return "A";
    case dns::Type::aaaa: return "AAAA";
    case dns::Type::mx: return "MX";
    case dns::Type::ptr: return "PTR";
    case dns::Type::txt: return "TXT";
    default: return "TYPE" + std::to_string(static_cast<unsigned>(type));  // RFC 3597 §5
  }
}

std::string status_text(const dns::Answer& answer) {
  switch (answer.status) {
    case dns::Status::ok: return answer.dnssec == Dnssec::secure ? "found, secure" : "found";
    case dns::Status::nodata: return "no such record";
    case dns::Status::nxdomain: return "no such name";
    case dns::Status::timeout: return "no answer in time";
    case dns::Status::servfail: break;
  }
  return answer.why.empty() ? "failed" : "failed: " + shown(answer.why);
}

std::vector<std::string> data_of(const Recorded& recorded) {
  std::vector<std::string> data;
  const auto& answer = recorded.answer;
  for (const auto& text : dns::txt(answer))
    if (recorded.type == dns::Type::txt) data.push_back("\"" + shown(text) + "\"");
  for (const auto& mx : dns::mx(answer))
    if (recorded.type == dns::Type::mx) data.push_back(std::to_string(mx.preference) + " " + shown(mx.exchange));
  for (const auto& name : dns::names(answer))
    if (recorded.type == dns::Type::ptr) data.push_back(shown(name));
  for (const auto& address : dns::addresses(answer))
    if (recorded.type == dns::Type::a || recorded.type == dns::Type::aaaa) data.push_back(address.text());
  return data;
}

std::string_view property(const MethodResult& theirs, std::string_view name) {
  for (const auto& [key, value] : theirs.properties)
    if (iequals(key, name)) return value;
  return {};
}

/// RFC 8601 §2.7.1, RFC 6008 §4: by header.b, else by header.d and header.s, as far as they are given.
const Dkim* same_signature(const std::vector<Dkim>& ours, const MethodResult& theirs) {
  const auto d = property(theirs, "header.d"), s = property(theirs, "header.s"), b = property(theirs, "header.b");
  if (d.empty() && b.empty()) return ours.size() == 1 ? &ours.front() : nullptr;
  const auto matches = [&](const Dkim& one) {
    const bool b_fits = b.empty() || b.starts_with(one.header_b) || one.header_b.starts_with(b);
    return b_fits && (d.empty() || iequals(d, one.domain)) && (s.empty() || iequals(s, one.selector));
  };
  const auto found = std::ranges::find_if(ours, matches);
  return found == ours.end() ? nullptr : &*found;
}

/// Our result beside one of theirs; empty: there is none of ours.
std::string_view our_result(const Evaluation& ours, const MethodResult& theirs) {
  if (theirs.method == "spf") return ours.spf ? word(ours.spf->result) : std::string_view{};
  if (theirs.method == "dmarc") return ours.dmarc.result ? word(*ours.dmarc.result) : std::string_view{};
  if (theirs.method == "arc") return ours.arc ? word(ours.arc->result) : std::string_view{};
  if (theirs.method != "dkim") return {};
  if (ours.dkim.empty()) return "none";
  const auto* dkim = same_signature(ours.dkim, theirs);
  return dkim ? word(dkim->result) : std::string_view{};
}

}  // namespace

void explain_dns(const std::vector<Recorded>& dns, std::vector<ExplainStep>& steps) {
  for (const auto& one : dns) {
    steps.push_back(
        {ExplainPart::dns, 0, type_word(one.type) + " " + shown(one.name) + ": " + status_text(one.answer)});
    const auto data = data_of(one);
    for (std::size_t i = 0; i < std::min(data.size(), limits::explained_records); ++i)
      steps.push_back({ExplainPart::dns, 1, data[i]});
    if (data.size() > limits::explained_records)
      steps.push_back(
          {ExplainPart::dns, 1, "… and " + std::to_string(data.size() - limits::explained_records) + " more"});
  }
}

void explain_spf(const Evaluation& evaluation, const std::vector<SpfEvent>& spf, std::vector<ExplainStep>& steps) {
  const auto add = [&](std::size_t depth, std::string text) {
    steps.push_back({ExplainPart::spf, static_cast<int>(depth), std::move(text)});
  };
  if (!evaluation.spf) return add(0, "SPF: not judged");
  const auto& result = *evaluation.spf;
  add(0, "SPF: may " + (evaluation.client ? evaluation.client->text() : "the client") + " use " + shown(result.domain) +
             (result.identity == "helo" ? " (HELO)" : "") + "?");
  for (const auto& step : spf)
    add(step.depth + 1, shown(step.text) + (step.outcome.empty() ? "" : ": " + shown(step.outcome)));
  add(1, std::string(word(result.result)) + (result.reason.empty() ? "" : ", " + shown(result.reason)) + "; " +
             std::to_string(result.lookups) + " of 10 terms that look something up, " +
             std::to_string(result.void_lookups) + " of 2 void look-ups");
}

void explain_recorded(const Evaluation& evaluation, std::vector<ExplainStep>& steps) {
  for (const auto& field : evaluation.authentication_results) {
    steps.push_back({ExplainPart::authentication_results, 0,
                     "Authentication-Results of " +
                         (field.authserv_id.empty() ? "nobody who can be read" : shown(field.authserv_id)) +
                         (field.trusted ? "" : ", not trusted")});
    for (const auto& theirs : field.results) {
      const auto ours = our_result(evaluation, theirs);
      const auto verdict = ours.empty()                   ? std::string("we judge none of that")
                           : iequals(ours, theirs.result) ? "ours is the same"
                                                          : "ours is " + std::string(ours);
      const auto domain = theirs.method == "dkim" ? property(theirs, "header.d") : std::string_view{};
      steps.push_back({ExplainPart::authentication_results, 1,
                       shown(theirs.method) + "=" + shown(theirs.result) +
                           (domain.empty() ? "" : " (" + shown(domain) + ")") + ": " + verdict});
    }
  }
}

Task<std::vector<ExplainStep>> explain(std::string_view message, const Evaluation& evaluation, const Traces& traces) {
  const auto parts = split_message(message);
  std::vector<ExplainStep> steps;
  explain_dns(traces.dns, steps);
  explain_dkim(parts, evaluation.dkim, traces.known, steps);
  explain_arc(parts, evaluation.arc, traces.arc, steps);
  explain_spf(evaluation, traces.spf, steps);
  co_await explain_dmarc(evaluation, traces.dns, steps);
  explain_recorded(evaluation, steps);
  co_return steps;
}

}  // namespace mailprobe::auth
