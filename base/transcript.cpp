#include "base/transcript.h"

#include <algorithm>

#include "base/encoding.h"

namespace mailprobe {

namespace {

constexpr std::size_t least_hidden = 4;

}  // namespace

Transcript::Transcript() : start_(std::chrono::steady_clock::now()) {}

std::int64_t Transcript::elapsed_ms() const {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now() - start_).count();
}

void Transcript::keep_hidden(std::string text) {
  Secret secret(std::move(text));
  if (secret.reveal().size() < least_hidden) return;
  const auto at = std::ranges::find_if(
      hidden_, [&](const Secret& other) { return other.reveal().size() <= secret.reveal().size(); });
  hidden_.insert(at, std::move(secret));
}

void Transcript::hide(std::string_view secret) {
  const auto known = [&](const Secret& other) { return other.reveal() == secret; };
  if (std::ranges::any_of(hidden_, known)) return;  // a connection that is made again
  keep_hidden(std::string(secret));
  auto encoded = base64(secret);
  encoded.resize(encoded.find_last_not_of('=') + 1);  // some leave the padding out
  keep_hidden(std::move(encoded));
}

std::string Transcript::masked(std::string_view text) const {
  std::string out;
  while (!text.empty()) {
    const auto found = std::ranges::find_if(
        hidden_, [&](const Secret& secret) { return text.starts_with(std::string_view(secret.reveal())); });
    out += found == hidden_.end() ? text.substr(0, 1) : "***";
    text.remove_prefix(found == hidden_.end() ? 1 : found->reveal().size());
  }
  return out;
}

void Transcript::add(Direction dir, std::string_view shown) {
  if (events_.size() > max_events) return;
  const auto text = masked(shown);
  Event event{elapsed_ms(), dir, text.substr(0, max_text)};
  if (text.size() > max_text) event.text += " [… " + std::to_string(text.size() - max_text) + " more bytes]";
  if (events_.size() == max_events)
    event = {event.t_ms, Direction::note, "the transcript is full; what follows is left out"};
  events_.push_back(std::move(event));
  if (observer) observer(events_.back());
}

}  // namespace mailprobe
