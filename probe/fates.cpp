#include "probe/fates.h"

#include <algorithm>

#include "base/text.h"

namespace mailprobe::probe {

namespace {

std::string detail(const JournalLine& line, const std::string& key) {
  const auto found = line.details.find(key);
  return found == line.details.end() ? std::string() : found->second;
}

void note_reply(Fate& fate, const JournalLine& line) {
  fate.open = false;
  fate.replied = line.t;
  fate.outcome = from_word<mailprobe::Outcome>(detail(line, "outcome"));
  fate.text = detail(line, "text");
  const auto code = parse_number(detail(line, "code"));
  fate.code = code && *code < 1000 ? std::optional(static_cast<int>(*code)) : std::nullopt;
}

void note(Fate& fate, const JournalLine& line) {
  switch (line.event) {
    case JournalEvent::dot:
      fate.open = true;
      fate.dot = line.t;
      break;
    case JournalEvent::reply: note_reply(fate, line); break;
    case JournalEvent::found:
    case JournalEvent::late: fate.found = fate.found || line.details.contains("folder"); break;  // not an answer
    case JournalEvent::planned:
    case JournalEvent::intent:
    case JournalEvent::rcpt:
    case JournalEvent::done: break;
  }
}

}  // namespace

bool Fate::decided() const {
  return open || outcome == mailprobe::Outcome::accepted || outcome == mailprobe::Outcome::rejected;
}

std::vector<Fate> fates_of(const std::vector<JournalLine>& lines) {
  std::vector<Fate> fates;
  std::map<std::string, std::size_t> places;
  for (const auto& line : lines) {
    if (line.event == JournalEvent::planned && places.try_emplace(line.probe, fates.size()).second) {
      auto& fate = fates.emplace_back();
      fate.probe = line.probe;
      fate.name = detail(line, "name");
    }
    if (const auto place = places.find(line.probe); place != places.end()) note(fates[place->second], line);
  }
  return fates;
}

}  // namespace mailprobe::probe
