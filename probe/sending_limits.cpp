#include "probe/sending_limits.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>

#include <boost/json.hpp>

#include "auth/public_suffix.h"
#include "base/encoding.h"
#include "base/text.h"

namespace mailprobe::probe {

namespace json = boost::json;

namespace {

constexpr std::size_t max_state = 8 * 1024 * 1024;
constexpr double burst = 10;               // connections to a provider before the rate holds
constexpr int refusals_that_suppress = 3;  // RCPT 5xx in a row
constexpr auto day = std::chrono::hours(24);

/// The file under its lock, for one change.
class State {
 public:
  static Result<State> open(const std::filesystem::path& folder);

  json::object& part(std::string_view name) {
    auto& value = root_[name];
    if (!value.is_object()) value.emplace_object();
    return value.get_object();
  }
  [[nodiscard]] std::string where() const { return path_.string(); }
  Result<void> save() { return replace_file(path_, json::serialize(root_)); }

 private:
  State(File lock, std::filesystem::path path) : lock_(std::move(lock)), path_(std::move(path)) {}

  File lock_;
  std::filesystem::path path_;
  json::object root_;
};

Result<State> State::open(const std::filesystem::path& folder) {
  if (auto done = make_directory(folder); !done) return std::unexpected(done.error());
  auto lock = File::open(folder / "limits.lock", O_RDWR | O_CREAT);
  if (!lock) return std::unexpected(lock.error());
  if (::flock(lock->descriptor(), LOCK_EX) != 0) return fail(Failure::ours, "cannot lock " + folder.string());
  State state(std::move(*lock), folder / "limits.json");
  std::error_code error;
  if (!std::filesystem::exists(state.path_, error)) return state;
  const auto file = File::open(state.path_, O_RDONLY);
  if (!file) return std::unexpected(file.error());
  const auto text = read_all(*file, max_state, state.path_);
  if (!text) return std::unexpected(text.error());
  boost::system::error_code bad;
  auto value = json::parse(*text, bad);
  if (bad || !value.is_object())
    return fail(Failure::usage, state.where() + " (what was sent to whom) is damaged: look at it, or remove it");
  state.root_ = std::move(value.get_object());
  return state;
}

double number(const json::object& object, std::string_view key, double otherwise) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_number() ? value->to_number<double>() : otherwise;
}

double seconds(Time time) { return static_cast<double>(time.time_since_epoch().count()) / 1000.0; }

json::object& entry(json::object& part, std::string_view key) {
  auto& value = part[key];
  if (!value.is_object()) value.emplace_object();
  return value.get_object();
}

double refusals_of(const json::object& refusals, std::string_view recipient) {
  const auto* row = refusals.if_contains(recipient);
  return row != nullptr && row->is_object() ? number(row->get_object(), "in_a_row", 0) : 0;
}

/// Entries that say nothing any more: full buckets and days gone by.
void forget_before(json::object& part, std::string_view key, double limit) {
  std::vector<std::string> old;
  for (const auto& [name, value] : part)
    if (!value.is_object() || number(value.get_object(), key, 0) < limit) old.emplace_back(name);
  for (const auto& name : old) part.erase(name);
}

}  // namespace

std::string provider_of(const std::string& host) {
  auto name = to_lower(host);
  if (IpAddress::parse(name) || name.find('.') == std::string::npos) return name;
  return auth::registrable_domain(name);
}

Result<Permit> SendingLimits::message(const std::string& recipient, Time now) const {
  auto state = State::open(folder_);
  if (!state) return std::unexpected(state.error());
  const auto key = to_lower(recipient);
  if (refusals_of(state->part("refusals"), key) >= refusals_that_suppress)
    return Permit{
        false,
        {},
        recipient + " was refused three times in a row and gets no more; \"mailprobe suppress remove\" lifts that"};
  auto& sent = state->part("recipients");
  forget_before(sent, "since", seconds(now - day));
  auto& today = entry(sent, key);
  const auto count = number(today, "count", 0);
  if (count >= limits_.per_day_per_recipient)
    return Permit{false, {}, std::to_string(limits_.per_day_per_recipient) + " messages a day to " + recipient};
  today["since"] = number(today, "since", seconds(now));
  today["count"] = count + 1;
  if (auto done = state->save(); !done) return std::unexpected(done.error());
  return Permit{true, {}, {}};
}

Result<Permit> SendingLimits::connection(const std::string& host, Time now) const {
  auto state = State::open(folder_);
  if (!state) return std::unexpected(state.error());
  const double rate = std::max(limits_.per_minute_per_mx, 1) / 60.0;  // a second
  auto& buckets = state->part("providers");
  const auto provider = provider_of(host);
  forget_before(buckets, "at", seconds(now) - burst / rate);
  auto& bucket = entry(buckets, provider);
  const double elapsed = std::max(0.0, seconds(now) - number(bucket, "at", seconds(now)));
  const double tokens = std::min(burst, number(bucket, "tokens", burst) + elapsed * rate);
  if (tokens < 1) {
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::duration<double>((1 - tokens) / rate));
    return Permit{false, wait, std::to_string(limits_.per_minute_per_mx) + " connections a minute to " + provider};
  }
  bucket["at"] = seconds(now);
  bucket["tokens"] = tokens - 1;
  if (auto done = state->save(); !done) return std::unexpected(done.error());
  return Permit{true, {}, {}};
}

Result<void> SendingLimits::recipient_answered(const std::string& recipient, bool refused, Time now) const {
  auto state = State::open(folder_);
  if (!state) return std::unexpected(state.error());
  auto& refusals = state->part("refusals");
  const auto key = to_lower(recipient);
  if (!refused && !refusals.contains(key)) return {};
  if (refused) {
    auto& row = entry(refusals, key);
    row["in_a_row"] = number(row, "in_a_row", 0) + 1;
    row["last"] = rfc3339(now);
  } else {
    refusals.erase(key);
  }
  return state->save();
}

Result<std::vector<std::string>> SendingLimits::given_up() const {
  auto state = State::open(folder_);
  if (!state) return std::unexpected(state.error());
  std::vector<std::string> all;
  const auto& refusals = state->part("refusals");
  for (const auto& [recipient, row] : refusals)
    if (refusals_of(refusals, recipient) >= refusals_that_suppress) all.emplace_back(recipient);
  std::ranges::sort(all);
  return all;
}

Result<File> SendingLimits::place(const std::string& host) const {
  const auto folder = folder_ / "locks";
  if (auto done = make_directory(folder); !done) return std::unexpected(done.error());
  const auto name = hex(sha256(provider_of(host))).substr(0, 16);  // a host's name is not ours to make a path of
  for (int i = 0; i < std::max(limits_.connections_per_mx, 1); ++i) {
    auto file = File::open(folder / (name + "." + std::to_string(i)), O_RDWR | O_CREAT);
    if (!file) return std::unexpected(file.error());
    if (::flock(file->descriptor(), LOCK_EX | LOCK_NB) == 0) return file;
  }
  return File{};
}

}  // namespace mailprobe::probe
