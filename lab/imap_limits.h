// Limits of the lab's IMAP server, each with its reason.
#pragma once

#include <chrono>
#include <cstddef>

namespace mailprobe::lab {

constexpr std::size_t max_imap_command = 64 * 1024;  // one command, literals included: a long UID set fits
constexpr std::size_t max_imap_depth = 20;           // of parentheses and of NOT and OR: the parsers' stack is as deep
constexpr std::size_t max_imap_ranges = 5000;        // in one sequence set
constexpr int max_imap_errors = 20;                  // then the peer is no IMAP client
constexpr int max_imap_logins = 3;                   // then the peer is guessing
constexpr int max_imap_auth_rounds = 8;              // SCRAM takes three
constexpr auto imap_idle_time = std::chrono::minutes(30);   // RFC 3501 §5.4
constexpr auto imap_login_time = std::chrono::seconds(60);  // who does not log in takes up a connection for nothing

}  // namespace mailprobe::lab
