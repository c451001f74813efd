// Limits of the sessions, each with its reason; those of one reply are in smtp/reply.h.
#pragma once

#include <cstddef>

namespace mailprobe::smtp {

// Client.
constexpr int quit_seconds = 5;               // manners; the outcome is known by then
constexpr int max_auth_rounds = 8;            // SCRAM takes three
constexpr std::size_t max_command = 512;      // RFC 5321 §4.5.3.1.4, RFC 4954 §4: an initial response must fit
constexpr std::size_t max_text_line = 998;    // RFC 5321 §4.5.3.1.6, without CRLF
constexpr std::size_t max_capabilities = 64;  // keywords of one EHLO; the longest seen have some twenty
constexpr std::size_t max_further = 64;       // answers to what was not meant to be answered

// Server.
constexpr std::size_t max_command_line = 2048;     // RFC 5321 §4.5.3.1.4 and what extensions add to it
constexpr std::size_t max_auth_line = 12'288;      // RFC 4954 §4
constexpr std::size_t max_recipients = 100;        // RFC 5321 §4.5.3.1.8
constexpr int max_errors = 10;                     // then the peer is no mail server
constexpr int max_auth_failures = 3;               // then the peer is guessing
constexpr std::size_t max_piece = 64 * 1024;       // of a chunk, read at once
constexpr std::size_t max_line_piece = 16 * 1024;  // of a line of a message, read at once
constexpr std::size_t least_room = 64 * 1024;      // of memory, for DATA to be worth its 354
constexpr std::size_t max_data_line = 256 * 1024;  // real messages break the 998; memory must not follow a peer's whim

}  // namespace mailprobe::smtp
