#include "receiver/waiting.h"

#include <fcntl.h>

#include <algorithm>
#include <vector>

#include "base/files.h"
#include "base/text.h"

namespace mailprobe::receiver {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t max_token = 64;  // RFC 5321 §4.5.3.1.1: of the whole local part
constexpr std::size_t max_file = 64;   // a time

/// nullopt: not there, or not readable.
std::optional<Time> until_of(const fs::path& path) {
  const auto file = File::open(path, O_RDONLY | O_NOFOLLOW);
  if (!file) return std::nullopt;
  const auto text = read_all(*file, max_file, path);
  return text ? parse_rfc3339(trim(*text)) : std::nullopt;
}

}  // namespace

bool can_be_token(std::string_view text) {
  return !text.empty() && text.size() <= max_token &&
         std::ranges::all_of(text, [](char c) { return is_alpha(c) || is_digit(c); });
}

Result<Waiting> Waiting::open(const fs::path& folder) {
  if (auto done = make_directory(folder); !done) return std::unexpected(done.error());
  return Waiting(folder);
}

Result<void> Waiting::expect(std::string_view token, Time until) {
  if (!can_be_token(token)) return fail(Failure::ours, "no token: " + std::string(token));
  const auto path = folder_ / to_lower(token);
  if (const auto known = until_of(path); known && *known >= until) return {};
  return replace_file(path, rfc3339(until));
}

void Waiting::forget(std::string_view token) {
  std::error_code ignored;
  if (can_be_token(token)) fs::remove(folder_ / to_lower(token), ignored);
}

bool Waiting::is_expected(std::string_view token, Time now) const {
  if (!can_be_token(token)) return false;
  const auto until = until_of(folder_ / to_lower(token));
  return until && now < *until;
}

std::size_t Waiting::sweep(Time now) {
  std::error_code error;
  std::vector<fs::path> expired;
  for (const auto& entry : fs::directory_iterator(folder_, error)) {
    if (!can_be_token(entry.path().filename().string())) continue;  // one that is being written
    const auto until = until_of(entry.path());
    if (until && now >= *until) expired.push_back(entry.path());
  }
  for (const auto& path : expired) fs::remove(path, error);
  return expired.size();
}

}  // namespace mailprobe::receiver
