// Small text helpers that the standard library lacks: ASCII only, no locale.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailprobe {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::string to_lower(std::string_view text);
bool iequals(std::string_view a, std::string_view b);
bool istarts_with(std::string_view text, std::string_view prefix);
/// Position of `needle` in `text` without regard to ASCII case, or npos.
std::size_t ifind(std::string_view text, std::string_view needle);
std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
/// Decimal, nothing but digits, no overflow.
std::optional<unsigned long long> parse_number(std::string_view digits);
/// Every line ending (LF, CR, CRLF) as CRLF.
std::string to_crlf(std::string_view text);
/// Levenshtein distance: for "did you mean …".
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace mailprobe
