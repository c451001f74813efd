// The evidence document as JSON text and back (RFC 8259). Unknown members are ignored, and those that earlier versions
// did not write may be missing; others that are missing are an error that names the pointer; bytes that are not UTF-8
// become U+FFFD.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "evidence/document.h"

namespace mailprobe::evidence {

std::string to_json(const Document& document);
Result<Document> from_json(std::string_view text);

/// One session alone, on one line, and back: for what is kept before there is a document.
std::string to_json(const Session& session);
Result<Session> session_from_json(std::string_view text);
/// A received message by itself, and what a reflector answers, likewise.
std::string to_json(const Reply& reply);
Result<Reply> reply_from_json(std::string_view text);
std::string to_json(const Reflection& reflection);
Result<Reflection> reflection_from_json(std::string_view text);
/// A survey by itself: what is kept of it between two runs.
std::string to_json(const TlsSurvey& survey);
Result<TlsSurvey> survey_from_json(std::string_view text);

/// A comparison by itself, as `diff --json` prints it: {"schema": "mailprobe-diff/1", "run": {…}, "comparison": {…}};
/// the run is the later one.
std::string to_json(const Comparison& comparison, const Run& later);

/// One object as `verify --json -` prints it, without file and error: see app/verify.
std::string to_json(const std::optional<auth::Spf>& spf, const std::vector<auth::Dkim>& dkim,
                    const std::optional<auth::Arc>& arc, const auth::Dmarc& dmarc);

}  // namespace mailprobe::evidence
