// Limits of an IMAP session, each with its reason. A server that goes over one has broken the protocol, for us.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mailprobe::imap {

constexpr std::size_t max_line = 1024 * 1024;            // SEARCH over a large folder is one line
constexpr std::size_t max_frame = 16 * 1024 * 1024;      // one message with its dress; a probe's has a few KB
constexpr std::size_t max_command_data = 2 * max_frame;  // all that answers one command
constexpr std::size_t max_responses = 50'000;            // to one command; LIST of the largest known accounts fits
constexpr std::size_t max_depth = 100;                   // of parentheses; the parser's stack is as deep
constexpr std::size_t max_values = 200'000;              // of one response
constexpr std::size_t max_numbers = 100'000;             // that one SEARCH may name, ranges spelt out
constexpr std::size_t max_quoted = 1000;                 // longer strings go as literals
constexpr std::size_t max_literal_minus = 4096;          // RFC 7888 §5
constexpr std::uint32_t max_headers = 500;               // whose identification is looked at where SEARCH is no help
constexpr int max_auth_rounds = 8;                       // SCRAM takes three

constexpr int greeting_seconds = 60;
constexpr int command_seconds = 60;
constexpr int tls_seconds = 30;
constexpr int last_search_seconds = 10;  // after the deadline, for every folder once more
constexpr int logout_seconds = 5;        // manners; all is done by then

}  // namespace mailprobe::imap
