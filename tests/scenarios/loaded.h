// Scenario files from a text in a test: without the lines that each of them needs.
#pragma once

#include <gtest/gtest.h>

#include "scenarios/load.h"

namespace mailprobe::scenarios {

inline Outside outside() {
  return {.given = {{"target", "reflector@target.test"}},
          .environment = [](const std::string& name) -> std::optional<Secret> {
            return name == "TOKEN" ? std::optional(Secret("s3cret-token")) : std::nullopt;
          },
          .file = [](const std::string& path) -> Result<Secret> {
            if (path == "token.txt") return Secret("from a file");
            return fail(Failure::usage, path + " cannot be read");
          }};
}

/// Two lines that every file has; the rest begins in line 3.
inline std::string whole(std::string_view rest) { return "version: 1\nname: daily\n" + std::string(rest); }

inline Scenario loaded(std::string_view rest) {
  auto scenario = load(whole(rest), "f.yaml", outside());
  EXPECT_TRUE(scenario) << (scenario ? "" : scenario.error().message);
  return scenario ? std::move(*scenario) : Scenario{};
}

inline std::string problem(std::string_view rest) {
  const auto scenario = load(whole(rest), "f.yaml", outside());
  return scenario ? "none" : scenario.error().message;
}

}  // namespace mailprobe::scenarios
