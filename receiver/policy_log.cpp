#include "receiver/policy_log.h"

#include <fcntl.h>

#include <boost/json.hpp>

#include "base/text.h"

namespace mailprobe::receiver {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::size_t max_line = 4096;
constexpr std::size_t max_name = 253;  // RFC 1035 §2.3.4; what SNI says may be longer

std::string line_of(const evidence::PolicyFetch& fetch) {
  json::object object{{"time", rfc3339(fetch.time)}, {"address", fetch.address}, {"outcome", fetch.outcome}};
  if (fetch.name) object["name"] = fetch.name->substr(0, max_name);
  return json::serialize(object);
}

std::optional<std::string> text_of(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

std::optional<evidence::PolicyFetch> fetch_of(std::string_view line) {
  if (line.size() > max_line) return std::nullopt;
  boost::system::error_code error;
  const auto value = json::parse(line, error);
  if (error || !value.is_object()) return std::nullopt;
  const auto& object = value.get_object();
  const auto time = text_of(object, "time"), address = text_of(object, "address"), outcome = text_of(object, "outcome");
  const auto at = time ? parse_rfc3339(*time) : std::nullopt;
  if (!at || !address || !outcome) return std::nullopt;
  return evidence::PolicyFetch{.time = *at, .address = *address, .name = text_of(object, "name"), .outcome = *outcome};
}

void read_into(const fs::path& path, Time since, std::vector<evidence::PolicyFetch>& all) {
  const auto file = File::open(path, O_RDONLY);
  if (!file) return;
  const auto text = read_all(*file, 16 * PolicyLog::max_file, path);
  if (!text) return;
  for (const auto line : split(*text, '\n')) {
    auto fetch = fetch_of(line);
    if (fetch && fetch->time >= since) all.push_back(std::move(*fetch));
  }
}

}  // namespace

Result<PolicyLog> PolicyLog::open(const fs::path& path, std::size_t max) {
  auto lines = LineLog::open(path, max);
  if (!lines) return std::unexpected(lines.error());
  return PolicyLog(std::move(*lines));
}

Result<void> PolicyLog::add(const evidence::PolicyFetch& fetch) { return lines_.add(line_of(fetch)); }

std::vector<evidence::PolicyFetch> policy_fetches_since(const fs::path& path, Time since) {
  std::vector<evidence::PolicyFetch> all;
  read_into(put_aside_as(path), since, all);
  read_into(path, since, all);
  return all;
}

}  // namespace mailprobe::receiver
