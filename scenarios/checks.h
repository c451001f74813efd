// What has to hold of the values of a scenario file beyond their kinds, and the values that are read by a small grammar
// of their own. For scenarios/load.cpp. RFC 5322 §2.2 and §3.6.8 (field names), RFC 6376 §3.5 (c=).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "scenarios/format.h"
#include "yaml/fields.h"

namespace mailprobe::scenarios {

constexpr std::size_t max_expectation_parts = 50;  // of any, all

/// "500", "64KB", "1MB", up to max_message_bytes.
std::optional<std::int64_t> parse_size(std::string_view text);
/// Why a header field of that name cannot be asked for.
std::optional<std::string> wrong_header(std::string_view name);
bool good_header_value(std::string_view text);
/// A header field's value that is not folded by whoever wrote it.
bool good_header_line(std::string_view text);

/// A line of `expect` as text: "a == b", {any: [...]} is "any(...)". A problem where it is none.
std::optional<std::string> expectation_text(const yaml::Node& node, yaml::Problems& problems);

void check(const Part& part, yaml::Fields& map);
void check(const Dkim& dkim, yaml::Fields& map);
void check(const Send& send, yaml::Fields& map);
void check(const Watch& watch, yaml::Fields& map);
void check(const Probe& probe, yaml::Fields& map);
void check(const Scenario& scenario, yaml::Fields& map);

}  // namespace mailprobe::scenarios
