#include "receiver/query_log.h"

#include <boost/json.hpp>

#include "base/text.h"

namespace mailprobe::receiver {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::size_t max_line = 4096;  // a name has at most 1,004 characters with its escapes (RFC 1035 §3.1, §5.1)

std::optional<std::string> text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

std::optional<Time> time_of(const json::object& object) {
  const auto time = text_of(object, "time");
  return time ? parse_rfc3339(*time) : std::nullopt;
}

/// Empty: the line is none.
json::object object_of(std::string_view line) {
  if (line.size() > max_line) return {};
  boost::system::error_code error;
  auto value = json::parse(line, error);
  return error || !value.is_object() ? json::object{} : std::move(value.get_object());
}

}  // namespace

SeenQuery seen_query(const dns::Asked& asked, const IpAddress& from, dns::Transport transport) {
  return {.time = now(),
          .name = asked.name,
          .type = dns::type_text(asked.type),
          .from = from.text(),
          .transport = transport == dns::Transport::tcp ? "tcp" : "udp",
          .client_subnet = asked.client_subnet ? std::optional(asked.client_subnet->text()) : std::nullopt};
}

std::string to_json(const SeenQuery& query) {
  json::object object{{"time", rfc3339(query.time)},
                      {"name", query.name},
                      {"type", query.type},
                      {"from", query.from},
                      {"transport", query.transport}};
  if (query.client_subnet) object["client_subnet"] = *query.client_subnet;
  return json::serialize(object);
}

std::optional<SeenQuery> query_from_json(std::string_view line) {
  const auto object = object_of(line);
  const auto name = text_of(object, "name"), type = text_of(object, "type"), from = text_of(object, "from");
  const auto at = time_of(object);
  if (!at || !name || !type || !from) return std::nullopt;
  return SeenQuery{.time = *at,
                   .name = to_lower(*name),
                   .type = *type,
                   .from = *from,
                   .transport = text_of(object, "transport").value_or(""),
                   .client_subnet = text_of(object, "client_subnet")};
}

std::string to_json(const DroppedQueries& dropped) {
  return json::serialize(
      json::object{{"time", rfc3339(dropped.time)}, {"zone", dropped.zone}, {"dropped", dropped.count}});
}

std::optional<DroppedQueries> dropped_from_json(std::string_view line) {
  const auto object = object_of(line);
  const auto* count = object.if_contains("dropped");
  const auto at = time_of(object);
  const auto zone = text_of(object, "zone");
  if (!at || !zone || count == nullptr || !count->is_int64() || count->get_int64() <= 0) return std::nullopt;
  return DroppedQueries{.time = *at, .zone = to_lower(*zone), .count = count->get_int64()};
}

Result<QueryLog> QueryLog::open(const fs::path& path, std::size_t max) {
  auto lines = LineLog::open(path, max);
  if (!lines) return std::unexpected(lines.error());
  return QueryLog(std::move(*lines));
}

}  // namespace mailprobe::receiver
