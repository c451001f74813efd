#include "probe/policy_cache.h"

#include <fcntl.h>
#include <sys/file.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "base/files.h"
#include "base/text.h"

namespace mailprobe::probe {

namespace json = boost::json;

namespace {

constexpr std::size_t max_entry = 512UL * 1024;  // a policy of 64 KiB, escaped

std::string print(const std::string& domain, const CachedPolicy& entry) {
  json::object out;
  out["domain"] = domain;
  out["id"] = entry.id;
  out["fetched"] = rfc3339(entry.fetched);
  out["from"] = entry.from;
  out["policy"] = tls::print_sts_policy(entry.policy);
  return json::serialize(out);
}

std::optional<std::string> member(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

/// nullopt: damaged, or another domain's.
std::optional<CachedPolicy> read(std::string_view text, const std::string& domain) {
  boost::system::error_code bad;
  const auto value = json::parse(text, bad);
  if (bad || !value.is_object()) return std::nullopt;
  const auto& object = value.get_object();
  const auto whose = member(object, "domain"), id = member(object, "id"), from = member(object, "from");
  const auto fetched = member(object, "fetched"), policy = member(object, "policy");
  if (whose != domain || !id || !from || !fetched || !policy) return std::nullopt;
  const auto time = parse_rfc3339(*fetched);
  auto parsed = tls::parse_sts_policy(*policy);
  if (!time || !parsed) return std::nullopt;
  return CachedPolicy{*id, std::move(*parsed), *time, *from};
}

}  // namespace

/// A domain's name is not ours to make a path of.
std::filesystem::path PolicyCache::file_of(const std::string& domain) const {
  return folder_ / (hex(sha256(to_lower(domain))).substr(0, 32) + ".json");
}

Result<std::optional<CachedPolicy>> PolicyCache::find(const std::string& domain, Time now) const {
  const auto path = file_of(domain);
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  const auto file = File::open(path, O_RDONLY);
  if (!file) return std::unexpected(file.error());
  const auto text = read_all(*file, max_entry, path);
  if (!text) return std::unexpected(text.error());
  auto entry = read(*text, to_lower(domain));
  if (!entry)
    return fail(Failure::ours, "the MTA-STS policy kept for " + domain + " is damaged and not used: " + path.string());
  // RFC 8461 §3.2: max_age counts from the last fetch. One from the future is a clock that was set back.
  if (entry->expires() <= now || entry->fetched > now + std::chrono::hours(24)) return std::nullopt;
  return entry;
}

Result<void> PolicyCache::keep(const std::string& domain, const CachedPolicy& entry) const {
  if (auto done = make_directory(folder_); !done) return done;
  const auto path = file_of(domain);
  // Writers take turns; readers see the old file or the new one.
  const auto lock = File::open(folder_, O_RDONLY | O_DIRECTORY);
  if (!lock) return std::unexpected(lock.error());
  if (::flock(lock->descriptor(), LOCK_EX) != 0) return fail(Failure::ours, "cannot lock " + folder_.string());
  return replace_cached(path, print(to_lower(domain), entry));
}

}  // namespace mailprobe::probe
