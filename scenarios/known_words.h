// Closed lists and shapes of texts in a scenario file that are no enumerations of format.h: read by scenarios/checks,
// and told to editors by scenarios/schema.
#pragma once

#include <array>
#include <string_view>

namespace mailprobe::scenarios {

/// RFC 6376 §3.5 (c=).
inline constexpr std::array<std::string_view, 4> canonicalizations{"relaxed/relaxed", "relaxed/simple",
                                                                   "simple/relaxed", "simple/simple"};
/// Without regard to case (RFC 2045 §5.1).
inline constexpr std::array<std::string_view, 3> charsets{"us-ascii", "iso-8859-1", "utf-8"};

/// Header fields that say who sends, what it is and how it is written: ours to say. Without regard to case.
inline constexpr std::array<std::string_view, 14> own_fields{
    "From",         "Sender",         "To",       "Reply-To",    "Subject",        "Date", "Message-ID",
    "MIME-Version", "DKIM-Signature", "Received", "Return-Path", "Auto-Submitted", "Bcc",  "Comments"};
inline constexpr std::array<std::string_view, 4> own_field_beginnings{"X-Mailprobe-", "Content-", "Resent-", "ARC-"};

// For editors (ECMA 262); what reads a file is scenarios/checks.
inline constexpr std::string_view name_pattern = "^[A-Za-z0-9_-]{1,60}$";
inline constexpr std::string_view probe_name_pattern = "^[A-Za-z0-9_-]{1,60}([/#].*)?$";
inline constexpr std::string_view field_name_pattern = "^[!-9;-~]{1,70}$";  // RFC 5322 §3.6.8
inline constexpr std::string_view header_line_pattern = R"(^[^\u0000-\u0008\u000a-\u001f\u007f]*(\u000d?\u000a)?$)";
inline constexpr std::string_view charset_pattern =
    "^([Uu][Ss]-[Aa][Ss][Cc][Ii][Ii]|[Ii][Ss][Oo]-8859-1|[Uu][Tt][Ff]-8)$";
inline constexpr std::string_view type_pattern =
    "^(?![Mm][Uu][Ll][Tt][Ii][Pp][Aa][Rr][Tt]/)[A-Za-z0-9.+-]{1,70}/[A-Za-z0-9.+-]{1,70}$";

}  // namespace mailprobe::scenarios
