// Enumerations and their words: one table each, used for JSON, the terminal and the command line.
// Specialise Words<E> beside the enumeration; word() and from_word() do the rest.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace mailprobe {

template <class E>
struct Words;  // static constexpr std::array table{std::pair{E::a, std::string_view{"a"}}, …}

template <class E>
concept Worded = requires { Words<E>::table; };

template <Worded E>
constexpr std::string_view word(E value) {
  for (const auto& [key, text] : Words<E>::table)
    if (key == value) return text;
  return "?";
}

template <Worded E>
constexpr std::optional<E> from_word(std::string_view text) {
  for (const auto& [key, name] : Words<E>::table)
    if (name == text) return key;
  return std::nullopt;
}

}  // namespace mailprobe
