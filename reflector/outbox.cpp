#include "reflector/outbox.h"

#include <fcntl.h>

#include <algorithm>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "base/files.h"
#include "base/text.h"
#include "evidence/reflection.h"

namespace mailprobe::reflector {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr std::size_t name_length = 32;
constexpr std::size_t max_file = evidence::max_reflection_message + 64UL * 1024;  // with signatures and the head
constexpr std::string_view journal_suffix = ".journal";
constexpr auto memory = std::chrono::days(7);  // a probe that comes again later is another day's

bool is_name(const std::string& text) { return text.size() == name_length && from_hex(text).has_value(); }

std::string head_of(const Outgoing& answer) {
  return json::serialize(json::object{{"probe", answer.probe},
                                      {"recipient", answer.recipient},
                                      {"reverse_path", answer.reverse_path},
                                      {"created", rfc3339(answer.created)},
                                      {"due", rfc3339(answer.due)},
                                      {"tries", answer.tries},
                                      {"require_tls", answer.require_tls}});
}

std::string text_at(const json::object& object, std::string_view name) {
  const auto* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::optional<Outgoing> parse(std::string_view text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  json::error_code bad;
  const auto value = json::parse(text.substr(0, end), bad);
  if (bad || !value.is_object()) return std::nullopt;
  const auto& head = value.get_object();
  const auto created = parse_rfc3339(text_at(head, "created"));
  const auto due = parse_rfc3339(text_at(head, "due"));
  const auto* tries = head.if_contains("tries");
  if (!created || !due || tries == nullptr || !tries->is_int64()) return std::nullopt;
  const auto* require_tls = head.if_contains("require_tls");  // absent from those of earlier versions
  return Outgoing{.probe = text_at(head, "probe"),
                  .recipient = text_at(head, "recipient"),
                  .reverse_path = text_at(head, "reverse_path"),
                  .created = *created,
                  .due = *due,
                  .tries = static_cast<int>(std::clamp<std::int64_t>(tries->get_int64(), 0, 1000)),
                  .require_tls = require_tls != nullptr && *require_tls == true,
                  .message = std::string(text.substr(end + 1))};
}

}  // namespace

std::string name_of(const std::string& probe, const Mailbox& recipient) {
  return hex(sha256(probe + "\n" + to_lower(recipient.text()))).substr(0, name_length);
}

std::optional<std::chrono::milliseconds> pause_after(int tries, std::chrono::milliseconds age) {
  using namespace std::chrono_literals;
  constexpr std::chrono::milliseconds first = 1min, longest = 1h, give_up = 24h;  // nobody waits longer for an answer
  if (age >= give_up) return std::nullopt;
  return std::min(longest, first * (1 << std::clamp(tries - 1, 0, 10)));
}

Result<Outbox> Outbox::open(const fs::path& folder) {
  Outbox outbox(folder);
  for (const auto& path : {outbox.waiting_, outbox.done_})
    if (auto done = make_directory(path); !done) return std::unexpected(done.error());
  return outbox;
}

bool Outbox::knows(const std::string& name) const {
  std::error_code ignored;
  return fs::exists(waiting_ / name, ignored) || fs::exists(done_ / name, ignored);
}

Result<void> Outbox::keep(const std::string& name, const Outgoing& answer) const {
  return replace_file(waiting_ / name, head_of(answer) + "\n" + answer.message);
}

Result<Outgoing> Outbox::read(const std::string& name) const {
  const auto path = waiting_ / name;
  const auto file = File::open(path, O_RDONLY | O_NOFOLLOW);
  if (!file) return std::unexpected(file.error());
  const auto text = read_all(*file, max_file, path);
  if (!text) return std::unexpected(text.error());
  auto answer = parse(*text);
  if (!answer) return fail(Failure::ours, path.string() + " is damaged");
  return std::move(*answer);
}

std::vector<std::string> Outbox::names() const {
  std::vector<std::string> out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(waiting_, error))
    if (auto name = entry.path().filename().string(); is_name(name)) out.push_back(std::move(name));
  std::ranges::sort(out);
  return out;
}

Result<void> Outbox::finish(const std::string& name, const std::string& outcome) const {
  if (auto done = replace_file(done_ / name, outcome + "\n"); !done) return done;
  std::error_code error;
  fs::remove(waiting_ / name, error);
  if (error) return fail(Failure::ours, "cannot remove " + (waiting_ / name).string() + ": " + error.message());
  fs::remove(journal(name), error);
  return {};
}

fs::path Outbox::journal(const std::string& name) const { return waiting_ / (name + std::string(journal_suffix)); }

void Outbox::forget(Time now) const {
  std::error_code error;
  std::vector<fs::path> old;
  const auto file_now = std::chrono::file_clock::from_sys(now);
  for (const auto& entry : fs::directory_iterator(done_, error))
    if (const auto written = entry.last_write_time(error); !error && file_now - written > memory)
      old.push_back(entry.path());
  for (const auto& path : old) fs::remove(path, error);
}

}  // namespace mailprobe::reflector
