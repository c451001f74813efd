#include "app/verify_output.h"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "app/exit_status.h"
#include "auth/limits.h"
#include "base/safe_text.h"
#include "evidence/json.h"

namespace mailprobe::app {

namespace {

constexpr int result_width = 10;                            // "temperror" and a space
constexpr std::size_t known_indent = 2 + 7 + result_width;  // below a row's detail

std::string json_string(std::string_view text) { return boost::json::serialize(boost::json::string(valid_utf8(text))); }

enum class Tone { good, bad, neutral };

Tone tone_of(std::string_view result) {
  if (result == "pass") return Tone::good;
  return result == "fail" || result == "permerror" ? Tone::bad : Tone::neutral;
}

std::string painted(std::string_view result, const Console& console) {
  auto padded = fmt::format("{:<{}}", result, result_width);
  if (!console.color) return padded;
  const auto tone = tone_of(result);
  return std::string(tone == Tone::good  ? "\x1b[32m"
                     : tone == Tone::bad ? "\x1b[31m"
                                         : "\x1b[33m") +
         padded + "\x1b[0m";
}

std::string row(std::string_view name, std::string_view result, const std::string& detail, const Console& console) {
  auto text = fmt::format("  {:<6} {}{}", name, painted(result, console), detail);
  while (text.ends_with(' ')) text.pop_back();
  return text + "\n";
}

std::string after_comma(const std::string& text) { return text.empty() ? "" : ", " + safe_text(text); }

std::string not_judged(bool address_known) {
  return address_known ? "not judged: neither reverse-path nor HELO name is known (--mail-from, --helo give them)"
                       : "not judged: the client's address is not known (--ip gives it)";
}

/// " by include:a.example > ip4:192.0.2.1": how the result came about, where the record is not the domain's own.
std::string spf_path(const auth::Spf& spf) {
  if (spf.path.size() < 2) return after_comma(spf.mechanism.value_or(""));
  std::string text;
  for (const auto& step : spf.path) text += (text.empty() ? ", " : " > ") + safe_text(step.term);
  return text;
}

std::string spf_counts(const auth::Spf& spf) {
  if (spf.lookups == 0 && spf.void_lookups == 0) return {};
  const auto empty = spf.void_lookups == 0 ? "" : fmt::format(", {} of 2 void", spf.void_lookups);
  return fmt::format(", {} of 10 look-ups{}", spf.lookups, empty);
}

std::string spf_row(const auth::Evaluation& evaluation, const Console& console) {
  if (!evaluation.spf) return row("SPF", "-", not_judged(evaluation.client.has_value()), console);
  const auto& spf = *evaluation.spf;
  return row("SPF", word(spf.result),
             safe_text(spf.domain) + (spf.identity == "helo" ? " (HELO)" : "") + spf_path(spf) + spf_counts(spf) +
                 after_comma(spf.reason),
             console);
}

std::string dkim_row(const auth::Dkim& dkim, const Console& console) {
  return row("DKIM", word(dkim.result),
             fmt::format("{}. {} {} {} {}{}", dkim.index, safe_text(dkim.domain), safe_text(dkim.selector),
                         safe_text(dkim.algorithm), safe_text(dkim.canonicalization), after_comma(dkim.reason)),
             console);
}

/// What is known of a signature that does not hold, below it.
std::string known_rows(const auth::Known& known) {
  std::string text;
  for (const auto& words : known.words) text += std::string(known_indent, ' ') + words + "\n";
  return text;
}

std::string dkim_rows(const Judged& judged, const Console& console) {
  const auto& signatures = judged.evaluation.dkim;
  if (signatures.empty())
    return row("DKIM", "none",
               judged.evaluation.truncated
                   ? "no signature among the first " + std::to_string(auth::limits::header_fields) +
                         " header fields, more are not looked at"
                   : "the message is not signed",
               console);
  std::string text;
  for (std::size_t i = 0; i < signatures.size(); ++i) {
    text += dkim_row(signatures[i], console);
    if (i < judged.known.size() && !judged.explain) text += known_rows(judged.known[i]);
  }
  return text;
}

/// The steps under three headings: what was looked up, hashed, compared.
std::string explain_text(const std::vector<auth::ExplainStep>& steps) {
  std::string text;
  std::string_view heading;
  for (const auto& step : steps) {
    const bool hashed = step.part == auth::ExplainPart::dkim || step.part == auth::ExplainPart::arc;
    const std::string_view wanted = step.part == auth::ExplainPart::dns ? "Looked up" : hashed ? "Hashed" : "Compared";
    if (wanted != heading) text += fmt::format("\n  {}\n", wanted);
    heading = wanted;
    text += std::string(4 + 2 * static_cast<std::size_t>(step.depth), ' ') + step.text + "\n";
  }
  return text + "\n";
}

std::string explain_json(const std::vector<auth::ExplainStep>& steps) {
  std::string text;
  for (const auto& step : steps)
    text += fmt::format(R"({}{{"part":"{}","depth":{},"text":{}}})", text.empty() ? "" : ",", word(step.part),
                        step.depth, json_string(step.text));
  return ",\"explain\":[" + text + "]";
}

std::string aligned_text(const auth::Dmarc& dmarc) {
  const bool spf = dmarc.aligned_spf.value_or(false), dkim = dmarc.aligned_dkim.value_or(false);
  if (spf && dkim) return ", by SPF and DKIM";
  return spf ? ", by SPF" : dkim ? ", by DKIM" : "";
}

std::string dmarc_row(const auth::Dmarc& dmarc, const Console& console) {
  auto detail = safe_text(dmarc.domain);
  if (dmarc.policy) detail += fmt::format(", policy {}", word(*dmarc.policy));
  detail += aligned_text(dmarc) + after_comma(dmarc.reason);
  if (detail.starts_with(", ")) detail = detail.substr(2);
  return row("DMARC", dmarc.result ? word(*dmarc.result) : "-", detail, console);
}

std::string claimed(const std::vector<auth::MethodResult>& results) {
  std::string text;
  for (const auto& result : results) text += " " + safe_text(result.method) + "=" + safe_text(result.result);
  return text;
}

/// The chain, then what each set claims, oldest first.
std::string arc_rows(const auth::Arc& arc, const Console& console) {
  const auto count = arc.instances.size();
  auto detail = fmt::format("{} {}", count, count == 1 ? "set" : "sets") + after_comma(arc.reason);
  if (arc.oldest_pass.value_or(0) > 0) detail += fmt::format(", the message is as it was since i={}", *arc.oldest_pass);
  auto text = row("ARC", word(arc.result), detail, console);
  for (const auto& set : arc.instances)
    text += fmt::format("    i={} {} cv={}, {} says{}\n", set.instance, safe_text(set.domain), safe_text(set.cv),
                        safe_text(set.authserv_id), claimed(set.results));
  return text;
}

std::string recorded_row(const auth::AuthenticationResults& field, const Console& console) {
  const auto detail =
      safe_text(field.authserv_id) + (field.trusted ? " says" : " says, not trusted") + claimed(field.results);
  return row("Field", field.trusted ? "trusted" : "shown", detail, console);
}

bool temporary(const auth::Evaluation& evaluation) {
  const auto& spf = evaluation.spf;
  return (spf && spf->result == auth::SpfOutcome::temperror) ||
         evaluation.dmarc.result == auth::DmarcOutcome::temperror || (evaluation.arc && evaluation.arc->temporary) ||
         std::ranges::count(evaluation.dkim, auth::DkimOutcome::temperror, &auth::Dkim::result) > 0;
}

bool signed_in_vain(const std::vector<auth::Dkim>& signatures) {
  const auto counts = [&](auth::DkimOutcome outcome) {
    return std::ranges::count(signatures, outcome, &auth::Dkim::result) > 0;
  };
  // A key that could not be looked up is no failure of the message's.
  return !signatures.empty() && !counts(auth::DkimOutcome::pass) && !counts(auth::DkimOutcome::temperror);
}

}  // namespace

std::string verify_json(const Judged& judged, const std::optional<std::string>& error) {
  const auto& evaluation = judged.evaluation;
  auto object = evidence::to_json(evaluation.spf, evaluation.dkim, evaluation.arc, evaluation.dmarc);
  object.resize(object.rfind('}'));
  return "{\"file\":" + json_string(judged.file) + ",\"error\":" + (error ? json_string(*error) : "null") + "," +
         object.substr(object.find('{') + 1) + (judged.explain ? explain_json(*judged.explain) : "") + "}\n";
}

std::string verify_text(const Judged& judged, const Console& console) {
  const auto& evaluation = judged.evaluation;
  auto text = safe_text(judged.file) + "\n" + spf_row(evaluation, console) + dkim_rows(judged, console);
  if (evaluation.arc && evaluation.arc->result != auth::ArcOutcome::none) text += arc_rows(*evaluation.arc, console);
  text += dmarc_row(evaluation.dmarc, console);
  for (const auto& field : evaluation.authentication_results) text += recorded_row(field, console);
  return text + (judged.explain ? explain_text(*judged.explain) : "");
}

int verify_status(const auth::Evaluation& evaluation) {
  if (evaluation.dmarc.result == auth::DmarcOutcome::fail || signed_in_vain(evaluation.dkim)) return exit_fail;
  return temporary(evaluation) || !evaluation.dmarc.result ? exit_inconclusive : exit_ok;
}

}  // namespace mailprobe::app
