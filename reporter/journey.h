// The way of a message as stations and the legs between them: us, the target's hosts, the folder, or the place where it
// ended; and the way back. Data for the picture; no coordinates.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct Station {
  std::string icon;  // us, server, mailbox, junk, stop, unknown
  std::string tone;  // as in view.h
  std::string name, detail;
  std::string time{};  // "12:00:03", UTC; empty: not known
};

struct Leg {
  std::string kind;    // secure, claimed, plain, unknown, broken, inside: how its line is drawn
  std::string label;   // "TLS 1.3", "plain text", "filed"
  std::string source;  // "observed", "claimed", "not stated": who says so; empty where there is nothing to say
  std::string detail, delay;
};

struct Journey {
  std::string title;  // of the way back: "And back: an answer, after 4 s"
  std::vector<Station> stations;
  std::vector<Leg> legs;  // one fewer
};

Journey journey(const evidence::Probe& probe, const evidence::Self& self, const evidence::Target& target);

/// Of the first answer, or of the message itself where it was forwarded to us; nullopt: nothing came back.
std::optional<Journey> way_back(const evidence::Probe& probe, const evidence::Self& self);

/// The whole of it in sentences, with nothing cut short: a station each, with the leg that led there.
std::vector<std::string> words_of(const Journey& journey);
/// The same as one text, for those who do not see the picture.
std::string description(const Journey& journey);

/// What a kind of line means; empty for one that needs no words.
std::string_view line_meaning(std::string_view kind);

}  // namespace mailprobe::reporter
