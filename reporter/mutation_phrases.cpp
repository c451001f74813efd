#include <array>

#include "reporter/escape.h"
#include "reporter/phrases.h"

namespace mailprobe::reporter {

namespace {

struct Row {
  std::string_view kind, title, meaning, remedy;
};

constexpr std::string_view no_body_remedy =
    "No canonicalization survives this: the host that does it must stop, or sign again.";
constexpr std::string_view relaxed_remedy = "A signature with relaxed canonicalization survives this.";

/// The kinds of docs/mutations.md.
constexpr std::array<Row, 23> rows{{
    {"footer-appended", "A footer was appended", "Text was added at the end of the body.", no_body_remedy},
    {"text-prepended", "Text was put in front", "Text was added at the start of the body.", no_body_remedy},
    {"trailing-white-space", "White space at line ends changed",
     "Spaces at the ends of lines, or empty lines at the end of the body, were added or removed.", relaxed_remedy},
    {"white-space-changed", "White space inside lines changed", "Runs of spaces and tabs inside lines differ.",
     relaxed_remedy},
    {"line-endings-changed", "Line endings changed",
     "A line that ended with CR or LF alone ends with CRLF, or vice versa.",
     "Send CRLF only: nobody needs to repair it."},
    {"lines-rewrapped", "Lines were wrapped anew", "The same words, with other line breaks.", no_body_remedy},
    {"transfer-encoding-changed", "The transfer encoding changed",
     "The body was converted between 8bit, quoted-printable and base64.",
     "Sign 7bit text: nobody needs to convert it."},
    {"charset-changed", "The charset was changed", "The same text in another charset.",
     "Sign us-ascii or utf-8: nobody needs to convert it."},
    {"mime-preamble-changed", "The MIME preamble was changed", "What stands before the first part is another text.",
     no_body_remedy},
    {"part-added", "A part was added", "The message has a MIME part more than were sent.", no_body_remedy},
    {"part-removed", "A part was removed", "A MIME part that was sent is gone.", no_body_remedy},
    {"mime-boundary-changed", "The MIME boundary changed", "The line between the parts of the message is another one.",
     no_body_remedy},
    {"body-changed", "The body was changed", "The body differs in a way that has no name of its own.", ""},
    {"header-refolded", "The field was folded anew", "The same words, with other line breaks or spaces.",
     relaxed_remedy},
    {"header-name-case", "The field's name was written in another case",
     "The same field, its name in other capitals or small letters.", relaxed_remedy},
    {"subject-tagged", "The subject was tagged", "A tag was put in front of the Subject.",
     "A signature that leaves out Subject survives this; better is not to tag."},
    {"address-rewritten", "Addresses were rewritten", "The field has other addresses, or other names for them.",
     "A signature that leaves out this field survives this; From cannot be left out."},
    {"message-id-rewritten", "The Message-ID was rewritten", "The message has another Message-ID.",
     "A signature that leaves out Message-ID survives this."},
    {"date-rewritten", "The Date was rewritten", "The message has another Date.",
     "A signature that leaves out Date survives this."},
    {"header-rewritten", "The field was rewritten", "The field has another value.",
     "A signature that leaves out this field survives this."},
    {"header-removed", "The field was removed", "The field is gone.",
     "A signature that leaves out this field survives this."},
    {"header-duplicated", "The field was duplicated", "There are more fields of this name than were sent.",
     "A signature that is not oversigned survives this, at the price of letting others add the field."},
    {"header-reordered", "Fields changed places", "Several fields of this name stand in another order.", ""},
}};

}  // namespace

MutationPhrase mutation_phrase(std::string_view kind, std::string_view part) {
  const std::string where = part.empty() || part == "body" ? "" : one_line(part, 100) + ": ";
  for (const auto& row : rows)
    if (row.kind == kind) return {where + std::string(row.title), std::string(row.meaning), std::string(row.remedy)};
  return {where + one_line(kind, 100), "", ""};
}

}  // namespace mailprobe::reporter
