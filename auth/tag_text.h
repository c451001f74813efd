// Writing the fields that DKIM and ARC sign with: which header fields are covered, and tags in lines that fit. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/dkim_sign.h"
#include "auth/header_block.h"

namespace mailprobe::auth {

/// h=: each name as often as it occurs, and with options.oversign once more (RFC 6376 §8.15). Lower case.
std::vector<std::string> header_list(const Message& message, const SignOptions& options);

/// Behind the tags that are there already, on a line of its own where this one is full.
void append_tag(std::string& out, std::string_view tag);
/// The names of h=, with colons between them.
void append_names(std::string& out, const std::vector<std::string>& names);
/// Base64, broken into lines of at most 76.
void append_folded(std::string& out, std::string_view text);

}  // namespace mailprobe::auth
