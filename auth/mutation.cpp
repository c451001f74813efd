#include "auth/mutation.h"

#include <algorithm>
#include <unordered_map>

#include "auth/body_mutation.h"
#include "auth/dkim_signature.h"
#include "auth/header_block.h"
#include "auth/header_mutation.h"
#include "auth/limits.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

constexpr std::string_view own_name = "DKIM-Signature";

using Fields = std::vector<const HeaderField*>;

/// Fields by name in lower case, topmost first: one pass, however many names are asked for.
std::unordered_map<std::string, Fields> by_name(const Message& message) {
  std::unordered_map<std::string, Fields> fields;
  for (const auto& field : message.fields) fields[to_lower(field.name)].push_back(&field);
  return fields;
}

/// What a hop adds, or may rewrite, without touching what the author wrote (RFC 5322 §3.6.7, RFC 8601, RFC 8617).
bool trace(std::string_view name) {
  constexpr std::string_view names[] = {"received", "return-path", "authentication-results", "dkim-signature"};
  return name.empty() || std::ranges::find(names, name) != std::end(names) || name.starts_with("arc-");
}

class Comparison {
 public:
  Comparison(std::string_view sent, std::string_view received)
      : sent_raw_(sent), received_raw_(received), sent_(split_message(sent)), received_(split_message(received)) {}

  [[nodiscard]] const Message& sent() const { return sent_; }
  [[nodiscard]] const Message& received() const { return received_; }

  std::vector<Mutation> run(const std::vector<std::string>& names, Canon header, Canon body) {
    const auto before = by_name(sent_), now = by_name(received_);
    for (const auto& name : names) {
      const auto a = before.find(name), b = now.find(name);
      add_fields(a == before.end() ? Fields{} : a->second, b == now.end() ? Fields{} : b->second, header);
    }
    add_body(body);
    return std::move(found_);
  }

  void add_fields(const Fields& before, const Fields& now, Canon canon) {
    if (before.empty() && now.empty()) return;
    const auto name = before.empty() ? now.front()->name : before.front()->name;
    auto found = field_mutations(name, sent_raw_, before, received_raw_, now, canon);
    std::ranges::move(found, std::back_inserter(found_));
  }

 private:
  void add_body(Canon canon) {
    auto found = body_mutations(sent_, received_, canon);
    for (auto& mutation : found) {
      if (mutation.sent) shift(*mutation.sent, sent_raw_, sent_.body);
      if (mutation.received) shift(*mutation.received, received_raw_, received_.body);
      found_.push_back(std::move(mutation));
    }
  }

  /// From an offset in the body to one in the message.
  static void shift(ByteRange& range, std::string_view whole, std::string_view body) {
    const auto by = static_cast<std::int64_t>(whole.size() - body.size());
    range.first += by;
    range.second += by;
  }

  std::string_view sent_raw_, received_raw_;
  Message sent_, received_;
  std::vector<Mutation> found_;
};

/// A field that was damaged on the way still says which signature it is.
DkimSignature what_it_says(const HeaderField& field) {
  DkimSignature read;
  const auto whole = parse_dkim_signature(field.value, read);
  return whole ? *whole : read;
}

/// The same signature: by its value, and where that was damaged by everything that names it.
const HeaderField* same_signature(const Message& sent, const DkimSignature& wanted) {
  const HeaderField* named = nullptr;
  for (const auto* field : sent.all(own_name)) {
    DkimSignature read;
    if (!parse_dkim_signature(field->value, read)) continue;
    if (read.b == wanted.b) return field;
    if (!named && read.domain == wanted.domain && read.selector == wanted.selector &&
        read.canonicalization() == wanted.canonicalization())
      named = field;
  }
  return named;
}

std::vector<std::string> unique(std::vector<std::string> names) {
  std::ranges::sort(names);
  const auto [first, last] = std::ranges::unique(names);
  names.erase(first, last);
  return names;
}

/// h= without what was touched, so that the change would not have mattered; nothing where that cannot be.
std::optional<std::vector<std::string>> surviving_headers(const Mutation& mutation, const DkimSignature& signature,
                                                          std::size_t sent) {
  const auto touched = to_lower(mutation.part);
  if (mutation.part == "body" || touched == to_lower(own_name)) return std::nullopt;
  // More fields than were sent: those at the bottom are still what was signed, once none is signed as absent. From has
  // to be signed (RFC 6376 §5.4): no list survives its change.
  const auto kept = mutation.kind == "header-duplicated" ? sent : 0;
  if (touched == "from" && kept == 0) return std::nullopt;
  std::vector<std::string> list;
  std::size_t seen = 0;
  for (const auto& name : signature.headers)
    if (name != touched || seen++ < kept) list.push_back(name);
  return list;
}

}  // namespace

std::vector<std::string> surviving_canonicalizations(std::string_view kind) {
  std::vector<std::string> all;
  for (const auto header : {Canon::simple, Canon::relaxed})
    for (const auto body : {Canon::simple, Canon::relaxed})
      if (survives(kind, header, body))
        all.push_back(std::string(canon_word(header)) + "/" + std::string(canon_word(body)));
  return all;
}

std::vector<Mutation> find_mutations(std::string_view sent, std::string_view received, const Dkim& signature) {
  Comparison comparison(sent, received);
  const auto own = comparison.received().all(own_name);
  if (signature.index < 1 || static_cast<std::size_t>(signature.index) > own.size()) return {};
  const auto* now = own[static_cast<std::size_t>(signature.index) - 1];
  const auto* before = same_signature(comparison.sent(), what_it_says(*now));
  if (!before) return {};
  const auto read = what_it_says(*before);
  comparison.add_fields({before}, {now}, read.header);
  auto found = comparison.run(unique(read.headers), read.header, read.body);
  for (auto& mutation : found) {
    mutation.canonicalizations = surviving_canonicalizations(mutation.kind);
    mutation.headers = surviving_headers(mutation, read, comparison.sent().all(mutation.part).size());
  }
  const auto survived = [&](const Mutation& each) { return survives(each.kind, read.header, read.body); };
  if (!std::ranges::all_of(found, survived)) std::erase_if(found, survived);
  return found;
}

std::vector<Mutation> find_mutations(std::string_view sent, std::string_view received) {
  Comparison comparison(sent, received);
  std::vector<std::string> names;
  for (const auto& field : comparison.sent().fields) {
    auto name = to_lower(field.name);
    if (!trace(name)) names.push_back(std::move(name));
  }
  auto found = comparison.run(unique(std::move(names)), Canon::simple, Canon::simple);
  for (auto& mutation : found) mutation.canonicalizations = surviving_canonicalizations(mutation.kind);
  return found;
}

bool survives(std::string_view kind, Canon header, Canon body) {
  if (kind == "trailing-white-space" || kind == "white-space-changed") return body == Canon::relaxed;
  if (kind == "header-refolded" || kind == "header-name-case") return header == Canon::relaxed;
  return false;
}

}  // namespace mailprobe::auth
