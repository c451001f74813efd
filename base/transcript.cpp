#include "base/transcript.h"

namespace mailprobe {

Transcript::Transcript() : start_(std::chrono::steady_clock::now()) {}

std::int64_t Transcript::elapsed_ms() const {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now() - start_).count();
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
