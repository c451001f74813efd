#include "auth/received.h"

#include <algorithm>
#include <array>

#include "auth/lexical.h"
#include "auth/limits.h"
#include "auth/received_client.h"
#include "auth/received_tls.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

constexpr std::array<std::string_view, 7> keywords{"from", "by", "via", "with", "id", "for", "tls"};

struct Clause {
  std::string keyword;  // empty before the first
  std::vector<std::string> words, comments;
};

// Time-stamp-line = "Received:" FWS Stamp ; Stamp = From-domain By-domain Opt-info [CFWS] ";" FWS date-time
/// Splits at the last ";" outside comments and quoted strings.
std::pair<std::string_view, std::string_view> split_date(std::string_view value) {
  Lexer lexer(value);
  std::size_t last = std::string_view::npos;
  while (!lexer.done()) {
    lexer.skip_cfws();
    lexer.run(";");
    if (lexer.peek() != ';') continue;
    last = lexer.position();
    lexer.advance();
  }
  if (last == std::string_view::npos) return {value, {}};
  return {value.substr(0, last), value.substr(last + 1)};
}

/// A keyword starts a clause, but not where the one before it still has no word: "from by.example.org".
bool starts_clause(std::string_view word, const Clause& current) {
  if (!current.keyword.empty() && current.words.empty()) return false;
  return std::ranges::any_of(keywords, [&](std::string_view keyword) { return iequals(word, keyword); });
}

std::vector<Clause> clauses_of(std::string_view text) {
  std::vector<Clause> clauses(1);
  Lexer lexer(text);
  for (lexer.skip_space(); !lexer.done(); lexer.skip_space()) {
    if (lexer.peek() == '(') {
      clauses.back().comments.push_back(lexer.comment());
      continue;
    }
    const auto word = lexer.run("");
    if (starts_clause(word, clauses.back()))
      clauses.push_back({to_lower(word), {}, {}});
    else
      clauses.back().words.emplace_back(word);
  }
  return clauses;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
  return out;
}

std::string without_angles(std::string_view text) {
  if (text.starts_with('<')) text.remove_prefix(1);
  return std::string(text.substr(0, text.find('>')));
}

/// "(envelope-from <a@example.org>)" of Exim and Dovecot, "(envelope-sender <a@example.org>)" of qmail.
std::optional<std::string> envelope_from_in(const std::vector<std::string>& comments) {
  for (const std::string_view comment : comments)
    for (const std::string_view key : {"envelope-from ", "envelope-sender "})
      if (const auto at = ifind(comment, key); at != std::string_view::npos) {
        const auto address = trim(comment.substr(at + key.size()));
        return without_angles(address.substr(0, address.find(' ')));
      }
  return std::nullopt;
}

void take(const Clause& clause, Received& received) {
  const auto first = clause.words.empty() ? std::string() : clause.words.front();
  if (clause.keyword == "from" && received.from.empty()) {
    received.from = first;
    read_client(clause.comments, received);
  } else if (clause.keyword == "by" && received.by.empty()) {
    received.by = first;
  } else if (clause.keyword == "with" && received.protocol.empty()) {
    received.protocol = joined(clause.words);  // "Microsoft SMTP Server" has three words
  } else if (clause.keyword == "id" && received.id.empty()) {
    received.id = first;
  } else if (clause.keyword == "for" && received.recipient.empty()) {
    received.recipient = without_angles(first);
  }
}

}  // namespace

Received parse_received(std::string_view value) {
  const auto [stamp, date] = split_date(value.substr(0, limits::received_bytes));
  Received received;
  received.time = parse_rfc5322(date);
  std::vector<std::string> comments;
  std::string cipher;
  for (const auto& clause : clauses_of(stamp)) {
    take(clause, received);
    if (clause.keyword == "tls" && !clause.words.empty()) cipher = clause.words.front();  // RFC 8314 §4.3
    comments.insert(comments.end(), clause.comments.begin(), clause.comments.end());
  }
  received.envelope_from = envelope_from_in(comments);
  received.tls = claimed_tls(comments, received.protocol, cipher);
  return received;
}

std::vector<Received> received_of(const Message& message) {
  auto fields = message.all("Received");
  if (fields.size() > limits::hops) fields.resize(limits::hops);
  std::vector<Received> all;
  all.reserve(fields.size());
  for (const auto* field : fields) all.push_back(parse_received(field->value));
  return all;
}

std::vector<Hop> hops_of(const std::vector<Received>& topmost_first) {
  std::vector<Hop> hops;
  std::optional<Time> before;
  for (auto received = topmost_first.rbegin(); received != topmost_first.rend(); ++received) {
    auto& hop = hops.emplace_back();
    hop.time = received->time;
    hop.from = received->from;
    hop.by = received->by;
    hop.protocol = received->protocol;
    if (hop.time && before) hop.delay_ms = (*hop.time - *before).count();
    hop.tls = received->tls;
    if (hop.tls) hop.tls_source = TlsSource::claimed;
    before = hop.time;
  }
  return hops;
}

}  // namespace mailprobe::auth
