#include "reporter/exchanges.h"

namespace mailprobe::reporter {

namespace {

constexpr std::size_t code_length = 3;  // of a reply, before "-" or " " (RFC 5321 §4.2.1)

bool is_last_line(std::string_view line) { return line.size() <= code_length || line[code_length] != '-'; }

/// The first that waits takes the line; where none does, the server spoke unasked.
void take_reply(std::vector<Exchange>& all, std::size_t& waiting, const Event& event) {
  if (waiting >= all.size()) return;
  auto& one = all[waiting];
  one.replies.push_back(event.text);
  one.end_ms = event.t_ms;
  if (is_last_line(event.text)) ++waiting;
}

}  // namespace

std::vector<Exchange> exchanges(const std::vector<Event>& events) {
  std::vector<Exchange> all;
  std::size_t waiting = 0;
  const auto ask = [&](std::string_view command, std::size_t at) {
    all.push_back(
        {.command = command, .begin_ms = events[at].t_ms, .end_ms = events[at].t_ms, .replies = {}, .event = at});
  };
  if (!events.empty()) {
    ask(connect_command, 0);
    all.back().begin_ms = 0;
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& event = events[i];
    if (event.dir == Direction::out) ask(event.text, i);
    if (event.dir == Direction::note && event.text == final_dot) ask(final_dot, i);
    if (event.dir == Direction::in) take_reply(all, waiting, event);
  }
  return all;
}

}  // namespace mailprobe::reporter
