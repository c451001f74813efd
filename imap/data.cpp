#include "imap/data.h"

#include <algorithm>

#include "base/text.h"
#include "imap/limits.h"

namespace mailprobe::imap {

namespace {

std::unexpected<Error> broken(std::string what) {
  return fail(Failure::protocol, std::move(what), Cause::protocol_error);
}

/// What may stand for an astring: a mailbox may be called NIL.
bool stringlike(const Value& value) { return !value.is_list(); }

// date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE                  (RFC 9051 §9)
// Apart from its hyphens it is a date of RFC 5322.
std::optional<Time> internal_date(std::string text) {
  for (std::size_t i = 0; i < text.size() && i < 11; ++i)
    if (text[i] == '-') text[i] = ' ';
  return parse_rfc5322(trim(text));
}

/// sequence-set without "*" (RFC 9051 §9); the numbers spelt out. false: malformed or too many.
bool add_set(std::string_view set, std::vector<std::uint32_t>& numbers) {
  for (const auto part : split(set, ',')) {
    const auto colon = part.find(':');
    const auto first = number32(part.substr(0, colon));
    const auto last = colon == std::string_view::npos ? first : number32(part.substr(colon + 1));
    if (!first || !last) return false;
    const auto [low, high] = std::minmax(*first, *last);
    if (high - low >= max_numbers - std::min(numbers.size(), max_numbers)) return false;
    for (auto n = low;; ++n) {
      numbers.push_back(n);
      if (n == high) break;
    }
  }
  return true;
}

void add_fetch_item(FetchData& data, std::string_view name, Value& value) {
  const bool text = value.kind == Value::Kind::string;
  if (iequals(name, "UID") && value.kind == Value::Kind::atom) data.uid = number32(value.text);
  if (iequals(name, "INTERNALDATE") && text) data.internal_date = internal_date(value.text);
  if (iequals(name, "BODY[]") && text) data.body = std::move(value.text);
  if (istarts_with(name, "BODY[HEADER.FIELDS ") && text) data.fields = std::move(value.text);
}

}  // namespace

std::optional<std::uint32_t> number32(std::string_view text) {
  const auto number = parse_number(text);
  if (!number || *number > 0xffff'ffffULL) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

std::vector<std::string> names_of(const std::vector<Value>& values) {
  std::vector<std::string> names;
  for (const auto& value : values)
    if (!value.is_list()) names.push_back(value.text);
  return names;
}

// mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox …               (RFC 9051 §9)
Result<Response> list_data(std::vector<Value> values) {
  if (values.size() < 3 || !values[0].is_list() || values[1].is_list() || !stringlike(values[2]))
    return broken("LIST response is malformed");
  ListData data;
  data.attributes = names_of(values[0].items);
  if (values[1].kind != Value::Kind::nil) data.delimiter = std::move(values[1].text);
  data.name = std::move(values[2].text);
  return data;
}

// "STATUS" SP mailbox SP "(" [status-att-list] ")"                                                        (RFC 9051 §9)
Result<Response> status_data(std::vector<Value> values) {
  if (values.size() < 2 || !stringlike(values[0]) || !values[1].is_list())
    return broken("STATUS response is malformed");
  StatusData data;
  data.name = std::move(values[0].text);
  const auto& items = values[1].items;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (iequals(items[i].text, "MESSAGES")) data.messages = number32(items[i + 1].text);
    if (iequals(items[i].text, "UIDNEXT")) data.uidnext = number32(items[i + 1].text);
    if (iequals(items[i].text, "UIDVALIDITY")) data.uidvalidity = number32(items[i + 1].text);
  }
  return data;
}

// "SEARCH" *(SP nz-number) [SP "(MODSEQ" SP mod-sequence-value ")"]                        (RFC 3501 §9, RFC 7162
// §3.1.5)
Result<Response> search_data(const std::vector<Value>& values) {
  SearchData data;
  for (const auto& value : values) {
    if (value.is_list()) continue;
    const auto number = number32(value.text);
    if (!number || data.numbers.size() == max_numbers) return broken("SEARCH response is malformed");
    data.numbers.push_back(*number);
  }
  return data;
}

// esearch-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)                    (RFC 9051 §9)
Result<Response> esearch_data(const std::vector<Value>& values) {
  SearchData data;
  for (std::size_t i = 0; i + 1 < values.size(); ++i)
    if (iequals(values[i].text, "ALL") && !add_set(values[i + 1].text, data.numbers))
      return broken("ESEARCH response is malformed");
  return data;
}

// msg-att = "(" (msg-att-dynamic / msg-att-static) *(SP …) ")": names and values in turn                  (RFC 9051 §9)
// A list may stand around a pair (Domino), a value may be missing (Yandex).
Result<Response> fetch_data(std::uint32_t number, std::vector<Value> values) {
  if (values.size() != 1 || !values[0].is_list()) return broken("FETCH response is malformed");
  FetchData data;
  data.number = number;
  auto& items = values[0].items;
  for (std::size_t i = 0; i + 1 < items.size();) {
    const bool pair = !items[i].is_list();
    if (pair) add_fetch_item(data, items[i].text, items[i + 1]);
    i += pair ? 2 : 1;
  }
  return data;
}

}  // namespace mailprobe::imap
