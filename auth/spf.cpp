#include "auth/spf.h"

#include <algorithm>

#include "auth/limits.h"
#include "auth/spf_domain.h"
#include "auth/spf_macro.h"
#include "auth/spf_record.h"
#include "base/safe_text.h"
#include "base/text.h"
#include "dns/records.h"

// Order of events, check_host() of RFC 7208 §4:
//  1. the identity and its domain; a domain that cannot be one is `none` (§4.3)
//  2. the record: TXT, one that begins with v=spf1 (§4.4, §4.5)
//  3. its syntax, whole, before anything is looked up (§4.6)
//  4. the terms from left to right until one matches (§4.6.2); include starts again at 2
//  5. redirect= where none matched (§6.1), else neutral (§4.7)
//  6. exp= of a fail (§6.2)

namespace mailprobe::auth {

namespace {

/// Why an evaluation ended before its time.
struct Stop {
  SpfOutcome outcome;
  std::string reason;
};
template <class T>
using Step = std::expected<T, Stop>;

std::unexpected<Stop> temperror(const std::string& name, const dns::Answer& answer) {
  const auto why = answer.why.empty() ? std::string("no usable answer") : answer.why;
  return std::unexpected(Stop{SpfOutcome::temperror, "look-up of " + safe_text(name, 256) + " failed: " + why});
}
std::unexpected<Stop> permerror(std::string reason) {
  return std::unexpected(Stop{SpfOutcome::permerror, std::move(reason)});
}

class Evaluator {
 public:
  Evaluator(SpfQuestion question, dns::Resolver& resolver, std::vector<SpfEvent>* steps)
      : question_(std::move(question)), resolver_(resolver), steps_(steps) {
    question_.client = question_.client.unmapped();  // RFC 7208 §5
    const auto& path = question_.mail_from;
    const auto at = path.rfind('@');                                                       // npos + 1 is 0
    local_part_ = at == std::string::npos || at == 0 ? "postmaster" : path.substr(0, at);  // RFC 7208 §4.3
    sender_domain_ = as_a_labels(path.empty() ? question_.helo : path.substr(at + 1));     // RFC 7208 §2.4
    local_part_.resize(std::min(local_part_.size(), limits::spf_macro_value));
    local_part_is_utf8_ = std::ranges::any_of(local_part_, [](char c) { return static_cast<unsigned char>(c) > 0x7f; });
    question_.helo.resize(std::min(question_.helo.size(), limits::spf_macro_value));
  }

  Task<Spf> run() {
    spf_.identity = question_.mail_from.empty() ? "helo" : "mailfrom";
    spf_.domain = sender_domain_;
    const std::string domain = spf_.domain;
    auto outcome = co_await check_host(domain, 0);
    if (outcome) {
      spf_.result = *outcome;
      if (*outcome == SpfOutcome::none) spf_.mechanism = {};
    } else {
      spf_.result = outcome.error().outcome;
      spf_.reason = outcome.error().reason;
    }
    if (spf_.result == SpfOutcome::fail) co_await explain();
    co_return std::move(spf_);
  }

 private:
  /// The term that is being judged, and those above it: the path where it decides.
  class Trail {
   public:
    Trail(Evaluator& of, std::string_view domain, std::string_view term) : of_(of) {
      of_.trail_.emplace_back(domain, term);
    }
    ~Trail() { of_.trail_.pop_back(); }
    Trail(const Trail&) = delete;
    Trail& operator=(const Trail&) = delete;

    void keep() const {
      of_.spf_.path.clear();
      for (const auto& [domain, term] : of_.trail_) of_.spf_.path.push_back({std::string(domain), std::string(term)});
    }
    /// An error ends everything: its path is that of the innermost term.
    [[nodiscard]] Stop stopped(Stop stop) const {
      if (!of_.stopped_) keep();
      of_.stopped_ = true;
      return stop;
    }

   private:
    Evaluator& of_;
  };

  Task<Step<SpfOutcome>> check_host(std::string domain, std::size_t depth) {
    if (!queryable(domain)) {
      spf_.reason = "'" + safe_text(domain, 100) + "' is not a domain name that could have a record";
      co_return SpfOutcome::none;
    }
    if (depth > limits::spf_path) co_return permerror("includes or redirects too deep");
    auto text = co_await fetch(domain);
    if (!text) co_return std::unexpected(text.error());
    note(2 * depth, domain, text->empty() ? std::string_view("no SPF record") : std::string_view(*text));
    if (text->empty()) {
      if (depth == 0) spf_.reason = "no SPF record at " + safe_text(domain, 256);
      co_return SpfOutcome::none;
    }
    const auto record = parse_spf(*text);
    if (!record) co_return permerror("record of " + safe_text(domain, 256) + ": " + record.error().message);
    co_return co_await judge(*record, domain, depth);
  }

  Task<Step<SpfOutcome>> judge(const SpfRecord& record, std::string domain, std::size_t depth) {
    for (const auto& term : record.terms) {
      const Trail trail(*this, domain, term.text);
      if (term.mechanism == SpfMechanism::include) note(2 * depth + 1, term.text, "");
      auto matched = co_await matches(term, domain, depth);
      note_outcome(2 * depth + 1, term, matched);
      if (!matched) co_return std::unexpected(trail.stopped(std::move(matched.error())));
      if (!*matched) continue;
      if (depth == included_at_) remember(term, domain, record.explanation);
      if (term.mechanism != SpfMechanism::include) trail.keep();  // an include's path is that of the match within
      co_return term.qualifier;
    }
    if (record.redirect) {
      note(2 * depth + 1, "redirect", *record.redirect);
      co_return co_await redirect(*record.redirect, domain, depth);
    }
    note(2 * depth + 1, "end of the record", "neutral");
    spf_.mechanism = "default";
    Trail(*this, domain, "default").keep();
    co_return SpfOutcome::neutral;  // RFC 7208 §4.7
  }

  /// The record that counts, or nothing.
  Task<Step<std::string>> fetch(std::string domain) {
    const auto answer = co_await resolver_.query(domain, dns::Type::txt);
    if (answer.absent()) co_return std::string();
    if (!answer.found()) co_return temperror(domain, answer);
    std::string found;
    int count = 0;
    for (auto& text : dns::txt(answer))
      if (is_spf(text) && ++count == 1) found = std::move(text);
    if (count > 1) co_return permerror("more than one SPF record at " + safe_text(domain, 256));  // RFC 7208 §4.5
    co_return found;
  }

  /// RFC 7208 §6.1: the redirect's result is the whole result; no record there is permerror.
  Task<Step<SpfOutcome>> redirect(std::string spec, std::string domain, std::size_t depth) {
    const std::string term = "redirect=" + spec;
    const Trail trail(*this, domain, term);
    if (auto counted = count_term(); !counted) co_return std::unexpected(trail.stopped(std::move(counted.error())));
    auto target = co_await expand(spec, domain);
    if (!target) co_return std::unexpected(trail.stopped(std::move(target.error())));
    const auto level = included_at_;
    if (depth == included_at_) included_at_ = depth + 1;
    const std::string next = *target;
    auto outcome = co_await check_host(next, depth + 1);
    included_at_ = level;
    if (outcome && *outcome == SpfOutcome::none)
      outcome = permerror("redirect to " + safe_text(next, 256) + ", which has no SPF record");
    if (!outcome) co_return std::unexpected(trail.stopped(std::move(outcome.error())));
    co_return outcome;
  }

  void remember(const SpfTerm& term, const std::string& domain, const std::optional<std::string>& explanation) {
    spf_.mechanism = term.text;
    explanation_ = explanation;
    explanation_domain_ = domain;
  }

  void note(std::size_t depth, std::string_view text, std::string_view outcome) {
    if (steps_ && steps_->size() < limits::spf_steps)
      steps_->push_back({depth, std::string(text), std::string(outcome)});
  }
  void note_outcome(std::size_t depth, const SpfTerm& term, const Step<bool>& matched) {
    if (!steps_) return;
    if (!matched)
      note(depth, term.text, std::string(word(matched.error().outcome)) + ", " + matched.error().reason);
    else
      note(depth, term.text, *matched ? "matches, " + std::string(word(term.qualifier)) : "no match");
  }

  Step<void> count_term() {
    if (++spf_.lookups > limits::spf_terms) return permerror("more than 10 terms that look something up");
    return {};
  }
  Step<void> count_void(const dns::Answer& answer) {  // RFC 7208 §4.6.4
    if (answer.absent() && ++spf_.void_lookups > limits::spf_void_lookups)
      return permerror("more than 2 look-ups that found nothing");
    return {};
  }

  Task<Step<bool>> matches(const SpfTerm& term, const std::string& domain, std::size_t depth) {
    using enum SpfMechanism;
    const auto& client = question_.client;
    if (term.mechanism == all) co_return true;
    if (term.mechanism == ip4 || term.mechanism == ip6)
      co_return client.in(term.network, term.network.v6 ? term.prefix6 : term.prefix4);
    if (auto counted = count_term(); !counted) co_return std::unexpected(counted.error());
    std::string target = domain;
    if (local_part_is_utf8_ && uses_local_part(term.domain_spec)) co_return false;  // RFC 8616 §4
    if (!term.domain_spec.empty()) {
      auto expanded = co_await expand(term.domain_spec, domain);
      if (!expanded) co_return std::unexpected(expanded.error());
      target = *expanded;
    }
    switch (term.mechanism) {
      case include: co_return co_await match_include(target, depth);
      case a: co_return co_await match_addresses(target, term, true);
      case mx: co_return co_await match_mx(target, term);
      case ptr: co_return co_await match_ptr(target);
      default: co_return co_await match_exists(target);
    }
  }

  /// The table of RFC 7208 §5.2.
  Task<Step<bool>> match_include(std::string target, std::size_t depth) {
    const auto mechanism = spf_.mechanism;
    auto outcome = co_await check_host(target, depth + 1);
    spf_.mechanism = mechanism;
    if (!outcome) co_return std::unexpected(outcome.error());
    if (*outcome == SpfOutcome::none)
      co_return permerror("include of " + safe_text(target, 256) + ", which has no SPF record");
    co_return *outcome == SpfOutcome::pass;
  }

  Task<Step<bool>> match_addresses(std::string name, SpfTerm term, bool count) {
    if (!queryable(name)) co_return false;
    const bool v6 = question_.client.v6;
    const auto answer = co_await resolver_.query(name, v6 ? dns::Type::aaaa : dns::Type::a);
    if (!answer.found() && !answer.absent()) co_return temperror(name, answer);
    if (count) {
      if (auto counted = count_void(answer); !counted) co_return std::unexpected(counted.error());
    }
    co_return std::ranges::any_of(dns::addresses(answer), [&](const IpAddress& address) {
      return question_.client.in(address, v6 ? term.prefix6 : term.prefix4);
    });
  }

  Task<Step<bool>> match_mx(std::string name, SpfTerm term) {
    if (!queryable(name)) co_return false;
    const auto answer = co_await resolver_.query(name, dns::Type::mx);
    if (!answer.found() && !answer.absent()) co_return temperror(name, answer);
    if (auto counted = count_void(answer); !counted) co_return std::unexpected(counted.error());
    const auto hosts = dns::mx(answer);
    if (hosts.size() > limits::spf_mx_hosts) co_return permerror("more than 10 MX hosts at " + safe_text(name, 256));
    for (const auto& host : hosts) {
      auto matched = co_await match_addresses(host.exchange, term, false);
      if (!matched || *matched) co_return matched;
    }
    co_return false;
  }

  /// RFC 7208 §5.5: errors are no match.
  Task<Step<bool>> match_ptr(std::string target) {
    const auto names = co_await validated_names();
    if (auto counted = count_void(pointers_); !counted) co_return std::unexpected(counted.error());
    co_return std::ranges::any_of(names, [&](const std::string& name) { return within(name, target); });
  }

  Task<Step<bool>> match_exists(std::string name) {
    if (!queryable(name)) co_return false;
    const auto answer = co_await resolver_.query(name, dns::Type::a);  // A also where the client is IPv6: §5.7
    if (!answer.found() && !answer.absent()) co_return temperror(name, answer);
    if (auto counted = count_void(answer); !counted) co_return std::unexpected(counted.error());
    co_return answer.found();
  }

  /// Names of the client that point back to it (RFC 7208 §5.5); the first ten.
  Task<std::vector<std::string>> validated_names() {
    if (names_) co_return *names_;
    names_.emplace();
    pointers_ = co_await resolver_.query(question_.client.reverse_name(), dns::Type::ptr);
    auto names = dns::names(pointers_);
    if (names.size() > limits::spf_ptr_names) names.resize(limits::spf_ptr_names);
    for (const auto& name : names) {
      const auto back = co_await resolver_.query(name, question_.client.v6 ? dns::Type::aaaa : dns::Type::a);
      const auto addresses = dns::addresses(back);
      if (std::ranges::find(addresses, question_.client) != addresses.end()) names_->push_back(name);
    }
    co_return *names_;
  }

  /// %{p}: the current domain itself, one within it, any, else "unknown" (RFC 7208 §7.3).
  Task<std::string> validated_name(std::string domain) {
    const auto names = co_await validated_names();
    for (const auto& name : names)
      if (iequals(name, domain)) co_return name;
    for (const auto& name : names)
      if (within(name, domain)) co_return name;
    co_return names.empty() ? "unknown" : names.front();
  }

  Task<SpfMacroValues> macro_values(std::string_view text, std::string domain) {
    SpfMacroValues values{local_part_ + "@" + sender_domain_, domain, question_.helo, sender_domain_, question_.client};
    if (uses_validated_name(text)) values.validated = co_await validated_name(domain);
    values.receiver = question_.receiver;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(question_.time.time_since_epoch());
    values.timestamp = std::to_string(seconds.count());
    co_return values;
  }

  Task<Step<std::string>> expand(std::string spec, std::string domain) {
    const auto values = co_await macro_values(spec, domain);
    co_return shortened(expand_macros(spec, values, false));
  }

  /// RFC 7208 §6.2: any trouble means that there is no explanation. Does not count against the limits.
  Task<void> explain() {
    if (!explanation_) co_return;
    const std::string spec = *explanation_, domain = explanation_domain_;
    const auto target = co_await expand(spec, domain);
    if (!target || !queryable(*target)) co_return;
    const auto answer = co_await resolver_.query(*target, dns::Type::txt);
    const auto texts = dns::txt(answer);
    if (!answer.found() || texts.size() != 1 || !check_macros(texts.front(), true)) co_return;
    const auto& text = texts.front();
    const auto values = co_await macro_values(text, domain);
    spf_.explanation = expand_macros(text, values, true);
  }

  SpfQuestion question_;
  dns::Resolver& resolver_;
  std::vector<SpfEvent>* steps_;
  std::string local_part_, sender_domain_;
  bool local_part_is_utf8_ = false;
  Spf spf_;
  std::vector<std::pair<std::string_view, std::string_view>> trail_;  // domain and term, of frames that wait
  bool stopped_ = false;
  std::size_t included_at_ = 0;  // the depth whose matches are the whole record's: moves with redirect
  std::optional<std::string> explanation_;
  std::string explanation_domain_;
  dns::Answer pointers_;  // PTR records of the client
  std::optional<std::vector<std::string>> names_;
};

}  // namespace

Task<Spf> check_spf(SpfQuestion question, dns::Resolver& resolver, std::vector<SpfEvent>* steps) {
  Evaluator evaluator(std::move(question), resolver, steps);
  co_return co_await evaluator.run();
}

}  // namespace mailprobe::auth
