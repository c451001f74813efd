// The way of a message as stations and the legs between them: us, the target's hosts, the folder, or the place where it
// ended. Data for the picture; no coordinates.
#pragma once

#include <string>
#include <vector>

#include "evidence/document.h"

namespace mailprobe::reporter {

struct Station {
  std::string icon;  // us, server, mailbox, junk, stop, unknown
  std::string tone;  // as in view.h
  std::string name, detail;
};

struct Leg {
  std::string kind;  // secure, claimed, plain, unknown, broken, inside: how its line is drawn
  std::string label, detail, delay;
};

struct Journey {
  std::vector<Station> stations;
  std::vector<Leg> legs;  // one fewer
};

Journey journey(const evidence::Probe& probe, const evidence::Self& self, const evidence::Target& target);

/// The whole of it in one sentence, for those who do not see the picture.
std::string description(const Journey& journey);

}  // namespace mailprobe::reporter
