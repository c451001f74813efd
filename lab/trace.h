// The header fields that a receiving server puts on top of a message. Text only; judges nothing.
// RFC 5321 §4.4 (Return-Path, Received), RFC 3848 (ESMTPS), RFC 8601 (Authentication-Results).
#pragma once

#include <string>

#include "auth/evaluate.h"
#include "smtp/server.h"

namespace mailprobe::lab {

/// Each with its final CRLF.
std::string return_path(const Path& reverse_path);
std::string received(const smtp::ServerState& state, const std::string& host, const Path& recipient, Time time);
std::string authentication_results(const std::string& authserv_id, const auth::Envelope& envelope,
                                   const auth::Evaluation& evaluation);

}  // namespace mailprobe::lab
