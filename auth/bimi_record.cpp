#include "auth/bimi_record.h"

#include "auth/tag_list.h"
#include "base/text.h"

namespace mailprobe::auth {

namespace {

constexpr std::string_view version = "v=BIMI1";
constexpr std::size_t max_uri = 2048;  // a TXT record of several strings can hold more; no host serves it

/// §4.3: the URI of an https resource, or nothing.
std::string uri_of(const TagList& tags, std::string_view name, std::vector<std::string>& problems) {
  const auto value = tags.get(name).value_or("");
  if (value.empty()) return {};
  if (!istarts_with(value, "https://") || value.size() <= std::string_view("https://").size())
    problems.push_back(std::string(name) + "= is no https URI");
  else if (value.size() > max_uri)
    problems.push_back(std::string(name) + "= is longer than any URI that is served");
  return std::string(value);
}

bool is_vector_image(std::string_view location) {
  const auto path = location.substr(0, location.find_first_of("?#"));
  return path.size() >= 4 && iequals(path.substr(path.size() - 4), ".svg");
}

}  // namespace

bool is_bimi_record(std::string_view text) {
  if (!text.starts_with(version)) return false;
  const auto rest = text.substr(version.size());
  return rest.empty() || rest.front() == ';' || rest.front() == ' ' || rest.front() == '\t';
}

Result<BimiRecord> parse_bimi_record(std::string_view text) {
  if (!is_bimi_record(text)) return fail(Failure::protocol, "it does not begin with v=BIMI1");
  const auto tags = TagList::parse(text);
  if (!tags) return std::unexpected(tags.error());
  if (!tags->get("l")) return fail(Failure::protocol, "it has no l=, which is required");
  BimiRecord record;
  record.location = uri_of(*tags, "l", record.problems);
  record.authority = uri_of(*tags, "a", record.problems);
  record.declines = record.location.empty() && record.authority.empty();
  if (!record.location.empty() && !is_vector_image(record.location))
    record.problems.emplace_back("l= does not lead to an SVG");
  return record;
}

}  // namespace mailprobe::auth
