// What each suite needs of a configuration and of our DNS, and which can run: for `doctor`. Pure: what is published has
// been looked up (probe/own_negative.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "evidence/document.h"
#include "probe/settings.h"
#include "scenarios/format.h"

namespace mailprobe::app {

struct SuiteStanding {
  std::string name, description;
  std::vector<std::string> lacks;    // in words; empty: it can run
  std::vector<std::string> besides;  // what the target has to do for it
  std::vector<std::string> omits;    // what is left out of it, and why
  std::string unknown = {};          // why it is not known whether all records are there; empty: it is
};

/// `negative`: what is published for what is to fail.
SuiteStanding standing_of(const scenarios::Scenario& suite, const probe::Settings& settings,
                          const probe::Identity& identity, const std::vector<evidence::OwnRecord>& negative);

/// Of every suite that comes with the program.
std::vector<SuiteStanding> suite_standings(const probe::Settings& settings, const probe::Identity& identity,
                                           const std::vector<evidence::OwnRecord>& negative);

/// A line each, and one more for each thing that is missing.
std::string to_text(const std::vector<SuiteStanding>& standings);

}  // namespace mailprobe::app
